import { NumberInput, Select, SimpleGrid, Stack, Text } from "@mantine/core";
import type { Schema } from "../../api/client";
import { SIDES, type ModulePair, type Side } from "../mapping/pairs";
import { goes, limitOf, policyOf, withPolicy, type Policy } from "./policy";
import { useTexts } from "./texts";

interface Props {
  pair: ModulePair;
  sides: { left: string; right: string };
  readOnly?: boolean;
  onChange: (pair: ModulePair) => void;
}

const POLICIES = ["unlink", "delete_if_unrelated", "delete"] as const;
const CONVERTED = ["unlink", "hold"] as const;
const CONFLICTS = ["edit", "delete", "hold"] as const;

/** What a deletion does to the other record, each way by itself; what is done when that was changed; how many are too many. */
export function DeletionEditor({ pair, sides, readOnly = false, onChange }: Props) {
  const t = useTexts();
  const limit = pair.deletion_limit;
  const records = limit?.records ?? null;
  const share = limit?.share == null ? null : Number.parseInt(limit.share, 10);
  const setLimit = (more: { records?: number | null; share?: number | null }) => {
    const next = { records, share, ...more };
    onChange({ ...pair, deletion_limit: limitOf(next.records, next.share) });
  };
  const deletes = SIDES.some((side) => goes(pair, side) && policyOf(pair.deletion, side) !== "unlink");
  return (
    <Stack gap="lg">
      <Text size="sm" c="dimmed">
        {t("text")}
      </Text>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        {SIDES.map((side) => (
          <OneWay key={side} pair={pair} side={side} sides={sides} readOnly={readOnly} onChange={onChange} />
        ))}
      </SimpleGrid>
      {[pair.left, pair.right].includes("Leads") && (
        <Select
          label={t("converted")}
          maw={420}
          allowDeselect={false}
          disabled={readOnly}
          value={pair.converted}
          onChange={(value) => onChange({ ...pair, converted: value as Schema<"ConvertedPolicy"> })}
          data={CONVERTED.map((value) => ({ value, label: t(`converted_${value}`) }))}
        />
      )}
      {deletes && (
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <Select
            label={t("conflict")}
            allowDeselect={false}
            disabled={readOnly}
            value={pair.delete_conflict}
            onChange={(value) =>
              onChange({ ...pair, delete_conflict: value as Schema<"DeleteConflictPolicy"> })
            }
            data={CONFLICTS.map((value) => ({ value, label: t(`conflict_${value}`) }))}
          />
          <fieldset style={{ border: 0, margin: 0, padding: 0, minWidth: 0 }}>
            <Text size="sm" fw={500} component="legend" p={0}>
              {t("limit")}
            </Text>
            <SimpleGrid cols={2} spacing="xs">
              <NumberInput
                aria-label={t("limitRecords")}
                placeholder={share === null ? t("usual") : ""}
                min={0}
                allowDecimal={false}
                allowNegative={false}
                disabled={readOnly}
                suffix={t("records")}
                value={records ?? ""}
                onChange={(value) => setLimit({ records: typeof value === "number" ? value : null })}
              />
              <NumberInput
                aria-label={t("limitShare")}
                placeholder={t("noShare")}
                min={0}
                max={100}
                clampBehavior="strict"
                allowDecimal={false}
                allowNegative={false}
                disabled={readOnly}
                suffix="%"
                value={share ?? ""}
                onChange={(value) => setLimit({ share: typeof value === "number" ? value : null })}
              />
            </SimpleGrid>
            <Text size="xs" c="dimmed" mt={5}>
              {t("limitText")}
            </Text>
          </fieldset>
        </SimpleGrid>
      )}
    </Stack>
  );
}

interface WayProps extends Required<Props> {
  side: Side;
}

function OneWay({ pair, side, sides, readOnly, onChange }: WayProps) {
  const t = useTexts();
  const [from, to] = side === "left" ? [sides.left, sides.right] : [sides.right, sides.left];
  const policy = policyOf(pair.deletion, side);
  const carried = goes(pair, side);
  const about: Partial<Record<Policy, string>> = {
    delete: t("cascadeText"),
    delete_if_unrelated: t("relatedText"),
  };
  return (
    <Select
      label={t("onSide", { from })}
      description={carried ? about[policy] : t("noWay", { from, to })}
      inputWrapperOrder={["label", "input", "description"]}
      styles={policy === "delete" && carried ? { description: { color: "var(--warning)" } } : {}}
      allowDeselect={false}
      disabled={readOnly || !carried}
      value={policy}
      onChange={(value) => onChange({ ...pair, deletion: withPolicy(pair.deletion, side, value as Policy) })}
      data={POLICIES.map((value) => ({ value, label: t(value, { to }) }))}
    />
  );
}
