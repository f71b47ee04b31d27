import { Group, Paper, Stack, Table } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useInfiniteQuery } from "@tanstack/react-query";
import type { Schema } from "../../api/client";
import { runsQuery } from "../../api/queries";
import { EmptyState } from "../../look/EmptyState";
import { IconHistory } from "../../look/icons";
import { ListState } from "../../look/ListState";
import { MoreButton } from "../../look/MoreButton";
import { periodOf, useSince } from "../../look/period";
import { columnsOf } from "./counts";
import { ModuleFilter, PeriodFilter, useFilters } from "./filters";
import { RunRow } from "./RunRow";
import { useTexts } from "./texts";

/** The history of the sync, run by run: when, which way, which module, how many records came out how. */
export function Runs({ integration }: { integration: Schema<"IntegrationStatus"> }) {
  const t = useTexts();
  const narrow = useMediaQuery("(max-width: 48em)");
  const { name } = integration;
  const { said, filter } = useFilters(name, "runs");
  const { module } = said;
  const period = periodOf(said.period);
  const query = useInfiniteQuery(runsQuery(name, useSince(period)));
  const runs = (query.data?.pages ?? [])
    .flatMap((page) => page.items)
    .filter((run) => module === undefined || run.module === module);
  const columns = columnsOf(runs);
  const rows = runs.map((run) => (
    <RunRow
      key={`${run.module} ${String(run.number)}`}
      run={run}
      integration={integration}
      columns={columns}
      narrow={narrow}
    />
  ));
  return (
    <Stack gap="md">
      <Group gap="sm" align="flex-end">
        <PeriodFilter value={period} onChange={(value) => filter({ period: value })} />
        <ModuleFilter
          integration={integration}
          value={module}
          onChange={(value) => filter({ module: value })}
        />
      </Group>
      <Paper style={{ overflow: "hidden" }}>
        <ListState
          query={query}
          items={runs}
          empty={
            <EmptyState
              icon={<IconHistory size={22} />}
              title={t("noRuns")}
              text={t(period === "all" ? "noRunsText" : "noRunsPeriod")}
            />
          }
        >
          {() =>
            narrow ? (
              rows
            ) : (
              <Table.ScrollContainer minWidth={620} type="native">
                <Table verticalSpacing="sm" horizontalSpacing="xs" aria-label={t("runs")}>
                  <Table.Thead>
                    <Table.Tr>
                      <Table.Th>{t("runDate")}</Table.Th>
                      <Table.Th>{t("filterModule")}</Table.Th>
                      <Table.Th>{t("runDirection")}</Table.Th>
                      {columns.map((column) => (
                        <Table.Th key={column} ta="right" style={{ whiteSpace: "nowrap" }}>
                          {t(`count_${column}`)}
                        </Table.Th>
                      ))}
                      <Table.Th w={48} />
                    </Table.Tr>
                  </Table.Thead>
                  <Table.Tbody>{rows}</Table.Tbody>
                </Table>
              </Table.ScrollContainer>
            )
          }
        </ListState>
        <MoreButton query={query} />
      </Paper>
    </Stack>
  );
}
