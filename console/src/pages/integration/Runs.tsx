import { Badge, Group, Paper, Stack, Table, Text, Title } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import type { Schema } from "../../api/client";
import { runsQuery } from "../../api/queries";
import { Count } from "../../look/Count";
import { EmptyState } from "../../look/EmptyState";
import { useFormat } from "../../look/format";
import { IconHistory } from "../../look/icons";
import { LinkText } from "../../look/links";
import { ListState } from "../../look/ListState";
import { MoreButton } from "../../look/MoreButton";
import { usePairName } from "../../look/names";
import { RunOutcome } from "./RunOutcome";
import { useTexts } from "./texts";

/** What was done, run by run: the first load, each comparison of everything, each day of changes, with how the records came out. */
export function Runs({ integration }: { integration: Schema<"IntegrationStatus"> }) {
  const t = useTexts();
  const query = useInfiniteQuery(runsQuery(integration.name));
  const runs = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Stack gap="md">
      <ListState
        query={query}
        items={runs}
        empty={
          <Paper>
            <EmptyState icon={<IconHistory size={22} />} title={t("noRuns")} text={t("noRunsText")} />
          </Paper>
        }
      >
        {(items) =>
          items.map((run) => <Run key={`${run.module} ${run.number}`} run={run} name={integration.name} />)
        }
      </ListState>
      <MoreButton query={query} />
    </Stack>
  );
}

function Run({ run, name }: { run: Schema<"Run">; name: string }) {
  const t = useTexts();
  const format = useFormat();
  const pair = usePairName();
  const title = `${t(`run_${run.kind}`)}: ${pair(run.module, run.right_module)}`;
  const ended = run.ended_at;
  const span =
    ended === null
      ? t("runSince", { from: format.dateTime(run.started_at) })
      : t("runFromTo", { from: format.dateTime(run.started_at), to: format.dateTime(ended) });
  const stretch = { since: String(run.started_at), ...(ended === null ? {} : { until: String(ended + 1) }) };
  const all = run.outcomes.reduce((total, each) => total + each.count, 0);
  return (
    <Paper p="md" component="section" aria-label={title}>
      <Group justify="space-between" align="flex-start" mb="xs">
        <div>
          <Title order={2} fz={16}>
            {title}
          </Title>
          <Text size="sm" c="dimmed">
            {span}
          </Text>
        </div>
        {ended === null && <Badge variant="light">{t("runGoesOn")}</Badge>}
      </Group>
      {run.outcomes.length === 0 ? (
        <Text size="sm">{t("runNothing")}</Text>
      ) : (
        <Table.ScrollContainer minWidth={300} type="native">
          <Table>
            <Table.Tbody>
              {run.outcomes.map((outcome) => (
                <RunOutcome
                  key={`${outcome.outcome}.${outcome.reason}`}
                  outcome={outcome}
                  run={run}
                  name={name}
                />
              ))}
              <Table.Tr>
                <Table.Th scope="row">{t("runAll")}</Table.Th>
                <Table.Td ta="right">
                  <Count value={all} />
                </Table.Td>
                <Table.Td />
              </Table.Tr>
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      <LinkText
        size="sm"
        to="/integrations/$name"
        params={{ name }}
        search={{ tab: "history", module: run.module, ...stretch }}
      >
        {t("runHistory")}
      </LinkText>
    </Paper>
  );
}
