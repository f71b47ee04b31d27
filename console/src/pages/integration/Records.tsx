import { Group, Paper, Select, Stack, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import type { Schema } from "../../api/client";
import { linksQuery } from "../../api/queries";
import { EmptyState } from "../../look/EmptyState";
import { IconLink, IconSearch } from "../../look/icons";
import { LinkBlock, LinkText } from "../../look/links";
import { ListState } from "../../look/ListState";
import { MoreButton } from "../../look/MoreButton";
import { useModuleName } from "../../look/names";
import { TypedFilter } from "../../look/TypedFilter";
import { useTexts } from "./texts";

/** The pairs of a module, to look one up. */
export function Records({ integration }: { integration: Schema<"IntegrationStatus"> }) {
  const t = useTexts();
  const moduleName = useModuleName();
  const navigate = useNavigate();
  const found = useSearch({ from: "/inside/integrations/$name" });
  const { name } = integration;
  const module = found.module ?? integration.modules[0]?.left ?? "";
  const search = found.search ?? "";
  const query = useInfiniteQuery({ ...linksQuery(name, module, search), enabled: module !== "" });
  const links = query.data?.pages.flatMap((page) => page.items) ?? [];
  const go = (to: { module: string; search: string }) =>
    void navigate({
      to: "/integrations/$name",
      params: { name },
      search: { tab: "records", module: to.module, ...(to.search === "" ? {} : { search: to.search }) },
      replace: true,
    });
  return (
    <Stack>
      <Group align="flex-end">
        <Select
          label={t("filterModule")}
          w={170}
          allowDeselect={false}
          value={module}
          onChange={(value) => go({ module: value ?? module, search })}
          data={integration.modules.map((each) => ({ value: each.left, label: moduleName(each.left) }))}
        />
        <TypedFilter
          flex="1 1 220px"
          maw={360}
          leftSection={<IconSearch size={16} />}
          label={t("searchRecords")}
          value={search}
          onChange={(typed) => go({ module, search: typed })}
        />
      </Group>
      <Paper style={{ overflow: "hidden" }}>
        <ListState
          query={query}
          items={links}
          empty={
            <EmptyState icon={<IconLink size={22} />} title={t("noLinks")} text={t("noLinksText")}>
              {/^\d{6,}$/.test(search) &&
                (["left", "right"] as const).map((side) => (
                  <LinkText
                    key={side}
                    size="sm"
                    to="/integrations/$name/$module/$leftId"
                    params={{ name, module, leftId: search }}
                    search={side === "right" ? { side } : {}}
                  >
                    {t("whyNot", { id: search, name: integration[side] })}
                  </LinkText>
                ))}
            </EmptyState>
          }
        >
          {(some) =>
            some.map((link, at) => (
              <LinkBlock
                key={link.left_id}
                to="/integrations/$name/$module/$leftId"
                params={{ name, module, leftId: link.left_id }}
                className="row-link"
                display="block"
                px="md"
                py={9}
                {...(at > 0 ? { style: { borderTop: "1px solid var(--line)" } } : {})}
              >
                <Group justify="space-between" gap="xs">
                  <Text size="sm" fw={600}>
                    {link.label ?? link.left_id}
                  </Text>
                  <Text size="xs" c="dimmed" className="number">
                    {link.left_id} ↔ {link.right_id}
                  </Text>
                </Group>
              </LinkBlock>
            ))
          }
        </ListState>
        <MoreButton query={query} />
      </Paper>
    </Stack>
  );
}
