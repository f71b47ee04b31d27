import { Group, Table, Text } from "@mantine/core";
import type { Schema } from "../../api/client";
import { Count } from "../../look/Count";
import { useFormat } from "../../look/format";
import { LinkText } from "../../look/links";
import { Undo } from "../../look/undo";
import { RunOutcome } from "./RunOutcome";
import { useTexts } from "./texts";

interface Props {
  run: Schema<"Run">;
  integration: Schema<"IntegrationStatus">;
}

/** How the records of a run came out, and the ways to them. */
export function RunDetails({ run, integration }: Props) {
  const t = useTexts();
  const { name } = integration;
  const format = useFormat();
  const ended = run.ended_at;
  const span =
    ended === null
      ? t("runSince", { from: format.dateTime(run.started_at) })
      : t("runFromTo", { from: format.dateTime(run.started_at), to: format.dateTime(ended) });
  const stretch = { since: String(run.started_at), ...(ended === null ? {} : { until: String(ended + 1) }) };
  const { left, right } = run.written;
  const wrote = [left, right].some(({ added, updated, deleted }) => added + updated + deleted > 0);
  const all = run.outcomes.reduce((total, each) => total + each.count, 0);
  return (
    <>
      <Text size="sm" c="dimmed" mb="xs">
        {span}
      </Text>
      {run.outcomes.length === 0 ? (
        <Text size="sm">{t("runNothing")}</Text>
      ) : (
        <Table.ScrollContainer minWidth={300} type="native">
          <Table aria-label={t("runOutcomes")}>
            <Table.Tbody>
              {run.outcomes.map((outcome) => (
                <RunOutcome
                  key={`${outcome.outcome}.${outcome.reason}`}
                  outcome={outcome}
                  run={run}
                  integration={integration}
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
      <Group justify="space-between" gap="sm">
        <LinkText
          size="sm"
          to="/integrations/$name"
          params={{ name }}
          search={{ tab: "history", module: run.module, ...stretch }}
        >
          {t("runHistory")}
        </LinkText>
        {wrote && <Undo kind="run" integration={integration} of={{ module: run.module, run: run.number }} />}
      </Group>
    </>
  );
}
