import { Anchor, Code, Group, Table } from "@mantine/core";
import type { Schema } from "../../api/client";
import { skippedCsv } from "../../api/tables";
import { Count } from "../../look/Count";
import { LinkText } from "../../look/links";
import { useTexts } from "./texts";

interface Props {
  outcome: Schema<"RunOutcome">;
  run: Schema<"Run">;
  integration: Schema<"IntegrationStatus">;
}

/** The outcomes that there are words for; each outcome and reason has its own. */
const KNOWN = [
  "added",
  "updated",
  "deleted",
  "linked",
  "untied",
  "untied_edited",
  "untied_related",
  "untied_merged",
  "untied_converted",
  "undone",
  "gone",
  "revived",
  "unchanged",
  "skipped_direction",
  "skipped_no_parent",
  "skipped_untied",
  "skipped_erased",
  "skipped_scope",
  "skipped_window",
  "skipped_counterpart_scope",
  "skipped_conflict",
  "skipped_first_difference",
] as const;
const WRITTEN: Record<string, Schema<"JournalKind">> = {
  added: "created",
  updated: "updated",
  deleted: "deleted",
  linked: "linked",
  untied: "untied",
};

/** One line of a run: how records came out, how many, and the way to them. */
export function RunOutcome({ outcome: { outcome, reason, count, sample }, run, integration }: Props) {
  const t = useTexts();
  const { name } = integration;
  // What was written says to which side.
  const to = reason === "left" || reason === "right" ? integration[reason] : undefined;
  const key = reason === "" || to !== undefined ? outcome : `${outcome}_${reason}`;
  const known = KNOWN.find((each) => each === key);
  const kind = WRITTEN[outcome];
  const waits = outcome === "held" || outcome === "failed";
  const label = known ? t(`outcome_${known}`) : waits ? t(`outcome_${outcome}`) : key;
  return (
    <Table.Tr>
      <Table.Th scope="row" fw={400}>
        {label}
        {to !== undefined && ` → ${to}`}
        {waits && reason !== "" && <Code ml={6}>{reason}</Code>}
      </Table.Th>
      <Table.Td ta="right" w={90}>
        <Count value={count} />
      </Table.Td>
      <Table.Td w="35%">
        <Group gap="xs">
          {kind && (
            <LinkText
              size="xs"
              to="/integrations/$name"
              params={{ name }}
              search={{
                tab: "history",
                module: run.module,
                kind,
                since: String(run.started_at),
                ...(run.ended_at === null ? {} : { until: String(run.ended_at + 1) }),
              }}
            >
              {t("runWhich")}
            </LinkText>
          )}
          {waits && (
            <LinkText
              size="xs"
              to="/integrations/$name"
              params={{ name }}
              search={{ tab: "attention", module: run.module }}
            >
              {t("runWhich")}
            </LinkText>
          )}
          {outcome === "skipped" && reason !== "" && (
            <Anchor
              size="xs"
              href={skippedCsv(name, { left: run.module, right: run.right_module }, reason)}
              download={`${name}-${run.module}-${reason}.csv`}
            >
              {t("skippedNow")}
            </Anchor>
          )}
          {sample.map((id) => (
            <Code key={id}>{id}</Code>
          ))}
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}
