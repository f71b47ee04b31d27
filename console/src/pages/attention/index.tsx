import { Button, Group, Paper, Select, Stack } from "@mantine/core";
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { api, ask, type Schema } from "../../api/client";
import { allAttentionQuery, statusQuery } from "../../api/queries";
import { allAttentionCsv } from "../../api/tables";
import { AttentionItem } from "../../look/attention";
import { EmptyState } from "../../look/EmptyState";
import { useFormat } from "../../look/format";
import { IconCircleCheck, IconDownload } from "../../look/icons";
import { ListState } from "../../look/ListState";
import { useMatterName } from "../../look/matterNames";
import { MoreButton } from "../../look/MoreButton";
import { PageHead } from "../../look/PageHead";
import { TypedFilter } from "../../look/TypedFilter";
import { useToast } from "../../shell/toast";
import { useTexts } from "./texts";

/** `/attention`: what failed or waits for a person, of all modules and integrations, in the order of time. */
export function AttentionPage() {
  const t = useTexts();
  const toast = useToast();
  const format = useFormat();
  const navigate = useNavigate();
  const matterName = useMatterName();
  const queries = useQueryClient();
  const { code, record } = useSearch({ from: "/inside/attention" });
  const status = useQuery(statusQuery);
  const query = useInfiniteQuery(allAttentionQuery({ code, record }));
  const items = (query.data?.pages ?? []).flatMap((page) => page.items);
  const integrations = status.data?.integrations ?? [];
  const codes = new Set(
    integrations
      .flatMap(({ modules }) => modules)
      .flatMap(({ held, failed }) => [...Object.keys(held), ...Object.keys(failed)]),
  );
  if (code !== undefined) codes.add(code);
  const filter = (change: { code?: string | null; record?: string | null }) => {
    const kept = Object.entries({ code, record, ...change }).filter(
      ([, value]) => value != null && value !== "",
    );
    void navigate({ to: "/attention", search: Object.fromEntries(kept), replace: true });
  };
  const retry = useMutation({
    mutationFn: async ({ integration, id }: Schema<"AttentionItem">) => {
      const params = { path: { name: integration } };
      const body = { ids: [id] };
      return (await ask(api.POST("/api/v1/integrations/{name}/attention/retry", { params, body }))).retried;
    },
    onSuccess: (count) => {
      toast.done(t("retried", { count, n: format.count(count) }));
      void queries.invalidateQueries({ queryKey: ["attention"] });
    },
    onError: toast.problem,
  });
  return (
    <>
      <PageHead title={t("title")} text={t("text")} />
      <Stack maw={960}>
        <Group justify="space-between" align="flex-end">
          <Group gap="sm" align="flex-end">
            <Select
              label={t("kind")}
              placeholder={t("any")}
              clearable
              w={260}
              maw="100%"
              value={code ?? null}
              onChange={(value) => filter({ code: value })}
              data={[...codes].sort().map((each) => ({ value: each, label: matterName(each) }))}
            />
            <TypedFilter
              label={t("record")}
              w={210}
              value={record ?? ""}
              onChange={(typed) => filter({ record: typed })}
            />
          </Group>
          <Button
            component="a"
            variant="default"
            leftSection={<IconDownload size={16} />}
            href={allAttentionCsv({ code, record })}
            download="attention.csv"
          >
            {t("csv")}
          </Button>
        </Group>
        <Paper style={{ overflow: "hidden" }}>
          <ListState
            query={query}
            items={items}
            empty={
              code === undefined && record === undefined ? (
                <EmptyState icon={<IconCircleCheck size={22} />} title={t("calm")} text={t("calmText")} />
              ) : (
                <EmptyState icon={<IconCircleCheck size={22} />} title={t("noMatter")} />
              )
            }
          >
            {(some) =>
              some.map((item, at) => (
                <AttentionItem
                  key={item.id}
                  item={item}
                  names={sidesOf(integrations, item.integration)}
                  told="integration"
                  first={at === 0}
                  pending={retry.isPending && retry.variables.id === item.id}
                  onRetry={() => retry.mutate(item)}
                />
              ))
            }
          </ListState>
          <MoreButton query={query} />
        </Paper>
      </Stack>
    </>
  );
}

/** What the two sides of an integration are called. */
function sidesOf(integrations: Schema<"IntegrationStatus">[], name: string) {
  const found = integrations.find((integration) => integration.name === name);
  return { left: found?.left ?? "", right: found?.right ?? "" };
}
