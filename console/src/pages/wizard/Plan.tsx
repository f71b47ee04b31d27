import { Paper, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import type { Schema } from "../../api/client";
import { Count } from "../../look/Count";
import { Figure } from "../../look/Figure";
import { useFormat } from "../../look/format";
import { useFieldName, usePairName } from "../../look/names";
import { useShownValue } from "../../look/value";
import { useWords } from "../../look/words";
import { Duplicates } from "./Duplicates";
import { LeftBehind } from "./LeftBehind";
import { Lookalikes } from "./Lookalikes";
import { Noted } from "./Noted";
import { UnmatchedInPlan } from "./UnmatchedInPlan";
import { useTexts } from "./texts";

interface Props {
  plan: Schema<"PlanReport">;
  left: string;
  right: string;
}

interface ModuleProps {
  integration: string;
  module: Schema<"ModulePlan">;
  left: string;
  right: string;
}

/** What a run would do: counts, cost and samples, module by module. */
export function Plan({ plan, left, right }: Props) {
  const t = useTexts();
  const format = useFormat();
  const cost = t("cost", {
    calls: format.count(plan.calls.left + plan.calls.right),
    credits: format.count(plan.credits.left + plan.credits.right),
  });
  return (
    <Stack>
      <div>
        <Text fw={600}>{cost}</Text>
        <Text>{t("time", { time: format.span(plan.seconds * 1_000) })}</Text>
      </div>
      <UnmatchedInPlan owners={plan.owners} left={left} right={right} />
      {plan.modules.map((module) => (
        <ModulePlan
          key={module.left}
          integration={plan.integration}
          module={module}
          left={left}
          right={right}
        />
      ))}
    </Stack>
  );
}

function ModulePlan({ integration, module, left, right }: ModuleProps) {
  const t = useTexts();
  const pair = usePairName();
  const held = Object.values(module.held).reduce((total, count) => total + count, 0);
  const deleted = module.would_delete.left + module.would_delete.right;
  const fieldName = useFieldName();
  const keys = module.matched_by.map((key) =>
    key.left === key.right ? fieldName(key.left) : `${fieldName(key.left)} ↔ ${fieldName(key.right)}`,
  );
  const usual = module.matched_by.some((key) => key.is_default);
  return (
    <Paper p="md" bg="var(--page)" component="section" aria-label={pair(module.left, module.right)}>
      <Title order={3} mb="sm">
        {pair(module.left, module.right)}
      </Title>
      <SimpleGrid cols={{ base: 2, sm: 4 }} verticalSpacing="sm">
        <Figure
          label={t("records")}
          value={
            <>
              <Count value={module.records.left} /> / <Count value={module.records.right} />
            </>
          }
        />
        <Figure label={t("wouldLink")} value={<Count value={module.would_link} />} />
        <Figure label={t("wouldCreate", { name: left })} value={<Count value={module.would_create_left} />} />
        <Figure
          label={t("wouldCreate", { name: right })}
          value={<Count value={module.would_create_right} />}
        />
        <Figure label={t("wouldUpdate", { name: left })} value={<Count value={module.would_update.left} />} />
        <Figure
          label={t("wouldUpdate", { name: right })}
          value={<Count value={module.would_update.right} />}
        />
        <Figure
          label={t("ambiguous")}
          value={<Count value={module.ambiguous} />}
          {...(module.ambiguous > 0 ? { color: "warning" } : {})}
        />
        <Figure
          label={t("held")}
          value={<Count value={held} />}
          {...(held > 0 ? { color: "warning" } : {})}
        />
        {deleted > 0 && <Figure label={t("wouldDelete")} value={<Count value={deleted} />} color="danger" />}
      </SimpleGrid>
      {keys.length > 0 && (
        <Text size="xs" c="dimmed" mt="xs">
          {t(usual ? "matchedByUsual" : "matchedBy", { fields: keys.join(", ") })}
        </Text>
      )}
      <Lookalikes integration={integration} module={module} sides={{ left, right }} />
      <LeftBehind module={module} sides={{ left, right }} />
      <Noted module={module} sides={{ left, right }} />
      <Duplicates module={module} sides={{ left, right }} />
      <Reading reading={module.reading.left} name={left} />
      <Reading reading={module.reading.right} name={right} />
      {module.attachments && <Attachments planned={module.attachments} />}
      {module.operations.length > 0 && (
        <Stack gap={4} mt="md">
          <Text size="sm" fw={600}>
            {t("samples")}
          </Text>
          {module.operations.slice(0, 8).map((operation) => (
            <Operation
              key={`${operation.kind} ${operation.side} ${operation.source_id}`}
              operation={operation}
              name={operation.side === "left" ? left : right}
            />
          ))}
        </Stack>
      )}
    </Paper>
  );
}

const LISTED = ["fields", "too_many_fields", "module", "failed"] as const;

/** That a side is read in bulk, or why it is not although it is large. That a small one is listed goes without saying. */
function Reading({ reading, name }: { reading: Schema<"Reading">; name: string }) {
  const t = useTexts();
  const listed = LISTED.find((why) => why === reading.why);
  if (reading.way === "list" && listed === undefined) return null;
  return (
    <Text size="sm" c="dimmed" mt="xs">
      {listed === undefined ? t("readBulk", { name }) : t(`readList_${listed}`, { name })}
    </Text>
  );
}

/** What looking for attachments costs, from then on. */
function Attachments({ planned }: { planned: Schema<"PlannedAttachments"> }) {
  const t = useTexts();
  const format = useFormat();
  const { calls, days } = planned;
  return (
    <Text size="sm" c="dimmed" mt="xs">
      {t("attachmentCalls", {
        n: format.count(calls.left + calls.right),
        count: days,
        days: format.count(days),
      })}
    </Text>
  );
}

function Operation({ operation, name }: { operation: Schema<"PlannedOperation">; name: string }) {
  const t = useTexts();
  const words = useWords();
  const shown = useShownValue();
  const fieldName = useFieldName();
  const text = (value: unknown) => shown(value) || words("blank");
  return (
    <Text size="sm" style={{ overflowWrap: "anywhere" }}>
      {t(`op_${operation.kind}`, { name })} · {operation.label ?? operation.target_id ?? operation.source_id}
      <Text span size="xs" c="dimmed" display="block">
        {operation.fields
          .slice(0, 4)
          .map(({ field, before, after }) =>
            operation.kind === "update"
              ? `${fieldName(field)}: ${text(before)} → ${text(after)}`
              : `${fieldName(field)}: ${text(after)}`,
          )
          .join(" · ")}
      </Text>
    </Text>
  );
}
