import { Group, Paper, Select, Stack, Table } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import type { Schema } from "../../api/client";
import { runsQuery } from "../../api/queries";
import { EmptyState } from "../../look/EmptyState";
import { IconHistory } from "../../look/icons";
import { ListState } from "../../look/ListState";
import { MoreButton } from "../../look/MoreButton";
import { useModuleName } from "../../look/names";
import { PERIODS, periodOf, useSince } from "../../look/period";
import type { IntegrationSearch } from "../../shell/search";
import { RunRow } from "./RunRow";
import { useTexts } from "./texts";

/** The history of the sync, run by run: when, which way, which module, how many records were added, updated, left out, not carried over. */
export function Runs({ integration }: { integration: Schema<"IntegrationStatus"> }) {
  const t = useTexts();
  const moduleName = useModuleName();
  const navigate = useNavigate();
  const narrow = useMediaQuery("(max-width: 48em)");
  const { name } = integration;
  const { module, period: said } = useSearch({ from: "/inside/integrations/$name" });
  const period = periodOf(said);
  const query = useInfiniteQuery(runsQuery(name, useSince(period)));
  const runs = (query.data?.pages ?? [])
    .flatMap((page) => page.items)
    .filter((run) => module === undefined || run.module === module);
  const go = (to: { module?: string | null; period?: string | null }) => {
    const wanted = Object.entries({ module, period: said, ...to });
    const kept = Object.fromEntries(wanted.filter(([, value]) => value != null && value !== "7"));
    void navigate({
      to: "/integrations/$name",
      params: { name },
      search: { ...(kept as IntegrationSearch), tab: "runs" },
      replace: true,
    });
  };
  const rows = runs.map((run) => (
    <RunRow key={`${run.module} ${String(run.number)}`} run={run} integration={integration} narrow={narrow} />
  ));
  return (
    <Stack gap="md">
      <Group gap="sm" align="flex-end">
        <Select
          label={t("period")}
          w={170}
          allowDeselect={false}
          value={period}
          onChange={(value) => go({ period: value })}
          data={PERIODS.map((each) => ({ value: each, label: t(`period_${each}`) }))}
        />
        <Select
          label={t("filterModule")}
          placeholder={t("any")}
          clearable
          w={170}
          value={module ?? null}
          onChange={(value) => go({ module: value })}
          data={integration.modules.map((each) => ({ value: each.left, label: moduleName(each.left) }))}
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
              <Table verticalSpacing="sm" horizontalSpacing="md" aria-label={t("runs")}>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>{t("runDate")}</Table.Th>
                    <Table.Th>{t("filterModule")}</Table.Th>
                    <Table.Th>{t("runDirection")}</Table.Th>
                    <Table.Th ta="right">{t("runAdded")}</Table.Th>
                    <Table.Th ta="right">{t("runUpdated")}</Table.Th>
                    <Table.Th ta="right">{t("runSkipped")}</Table.Th>
                    <Table.Th ta="right">{t("runFailed")}</Table.Th>
                    <Table.Th w={48} />
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>{rows}</Table.Tbody>
              </Table>
            )
          }
        </ListState>
        <MoreButton query={query} />
      </Paper>
    </Stack>
  );
}
