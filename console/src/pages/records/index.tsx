import { Button, Group, Paper, Stack, Text } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { fieldsQuery, modulesQuery } from "../../api/queries";
import { EmptyState } from "../../look/EmptyState";
import { ErrorState } from "../../look/ErrorState";
import { useFormat } from "../../look/format";
import { IconPlus, IconSearch, IconTable } from "../../look/icons";
import { ListState } from "../../look/ListState";
import { useModuleName } from "../../look/names";
import { PageHead } from "../../look/PageHead";
import { TypedFilter } from "../../look/TypedFilter";
import { useMay } from "../../shell/session";
import { columnsOf } from "./columns";
import { countOf, listQuery, type RowPage } from "./list";
import { RecordDrawer } from "./RecordDrawer";
import { RecordTable } from "./RecordTable";
import { useTexts } from "./texts";

/** So many columns at most. */
const COLUMNS = 5;
const NO_PAGES: RowPage[] = [];
/** The drawer's address for a record that is yet to be made. */
const NEW = "new";

/** `/connections/$name/$module`: a module's records; the search and the open record stand in the address. */
export function RecordsPage() {
  const t = useTexts();
  const format = useFormat();
  const moduleName = useModuleName();
  const navigate = useNavigate();
  const may = useMay("admin");
  const { name, module } = useParams({ from: "/inside/connections/$name/$module" });
  const { search = "", record } = useSearch({ from: "/inside/connections/$name/$module" });
  const modules = useQuery(modulesQuery(name));
  const fields = useQuery(fieldsQuery(name, module));
  const columns = useMemo(() => columnsOf(fields.data?.items ?? [], COLUMNS), [fields.data]);
  const list = listQuery(
    name,
    module,
    search,
    columns.map(({ api_name }) => api_name),
  );
  const query = useInfiniteQuery({ ...list, enabled: fields.isSuccess });
  const pages = query.data?.pages ?? NO_PAGES;
  const count = countOf(pages);
  const about = modules.data?.items.find(({ api_name }) => api_name === module);

  const go = (to: { search?: string; record?: string | undefined }, replace = false) => {
    const next = { search, record, ...to };
    void navigate({
      to: "/connections/$name/$module",
      params: { name, module },
      search: {
        ...(next.search === "" ? {} : { search: next.search }),
        ...(next.record === undefined ? {} : { record: next.record }),
      },
      replace,
    });
  };
  const empty =
    search === "" ? (
      <EmptyState icon={<IconTable size={22} />} title={t("none")} text={t("noneText")} />
    ) : (
      <EmptyState
        icon={<IconSearch size={22} />}
        title={t("noneFound", { search })}
        text={t("noneFoundText")}
      />
    );
  return (
    <>
      <PageHead
        title={about?.plural_label ?? moduleName(module)}
        text={t("text", { name })}
        trail={[
          { label: t("trail"), to: "/connections" },
          { label: name, to: "/connections/$name", params: { name } },
        ]}
      >
        {may && about?.creatable !== false && (
          <Button leftSection={<IconPlus size={16} />} onClick={() => go({ record: NEW })}>
            {t("create")}
          </Button>
        )}
      </PageHead>
      <Stack gap="sm">
        <Group justify="space-between">
          <TypedFilter
            w={320}
            maw="100%"
            aria-label={t("search")}
            placeholder={t("searchText")}
            leftSection={<IconSearch size={16} />}
            value={search}
            onChange={(typed) => go({ search: typed }, true)}
          />
          <Text size="sm" c="dimmed" role="status">
            {query.data === undefined
              ? ""
              : query.hasNextPage
                ? t("loadedMore", { n: format.count(count) })
                : t("loaded", { count, n: format.count(count) })}
          </Text>
        </Group>
        {fields.isError ? (
          <ErrorState error={fields.error} retry={fields.refetch} />
        ) : (
          <Paper style={{ overflow: "hidden" }}>
            <ListState query={query} items={pages.filter(({ count }) => count > 0)} empty={empty}>
              {(some) => (
                <RecordTable
                  pages={some}
                  fields={columns}
                  more={
                    query.hasNextPage && !query.isFetchingNextPage ? () => void query.fetchNextPage() : null
                  }
                  onOpen={(id) => go({ record: id })}
                />
              )}
            </ListState>
          </Paper>
        )}
      </Stack>
      <RecordDrawer
        connection={name}
        module={about ?? null}
        api={module}
        fields={fields.data?.items ?? []}
        id={record === NEW ? null : record}
        opened={record !== undefined}
        onOpen={(id) => go({ record: id }, true)}
        onClose={() => go({ record: undefined })}
      />
    </>
  );
}
