import { Group, Paper, Stack, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import type { Schema } from "../../api/client";
import { linksQuery } from "../../api/queries";
import { EmptyState } from "../../look/EmptyState";
import { IconLink, IconSearch } from "../../look/icons";
import { LinkBlock, LinkText } from "../../look/links";
import { ListState } from "../../look/ListState";
import { MoreButton } from "../../look/MoreButton";
import { TypedFilter } from "../../look/TypedFilter";
import { ModuleFilter, useFilters } from "./filters";
import { useTexts } from "./texts";

/** The pairs of a module, to look one up. */
export function Records({ integration }: { integration: Schema<"IntegrationStatus"> }) {
  const t = useTexts();
  const { name } = integration;
  const { said, filter } = useFilters(name, "records");
  const module = said.module ?? integration.modules[0]?.left ?? "";
  const search = said.search ?? "";
  const query = useInfiniteQuery({ ...linksQuery(name, module, search), enabled: module !== "" });
  const links = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Stack>
      <Group align="flex-end">
        <ModuleFilter
          integration={integration}
          value={module}
          onChange={(value) => filter({ module: value })}
          always
        />
        <TypedFilter
          flex="1 1 220px"
          maw={360}
          leftSection={<IconSearch size={16} />}
          label={t("searchRecords")}
          value={search}
          onChange={(typed) => filter({ search: typed })}
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
