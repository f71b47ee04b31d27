import { ActionIcon, Group, MultiSelect, Paper, Select, SimpleGrid, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Schema } from "../../api/client";
import { fieldsQuery } from "../../api/queries";
import { IconX } from "../../look/icons";
import { useModuleName } from "../../look/names";
import { useWords } from "../../look/words";
import type { Draft, Pair } from "./draft";
import { PairPolicies } from "./PairPolicies";
import { useTexts } from "./texts";

interface Props {
  pair: Pair;
  draft: Draft;
  rightModules: { value: string; label: string }[];
  /** Null takes the module out. */
  onChange: (pair: Pair | null) => void;
}

const CONFLICTS = ["latest", "left", "right", "skip", "hold"] as const;

/** The settings of one module pair. */
export function PairForm({ pair, draft, rightModules, onChange }: Props) {
  const t = useTexts();
  const words = useWords();
  const moduleName = useModuleName();
  const fields = useQuery(fieldsQuery(draft.left, pair.left));
  const sides = { left: draft.left, right: draft.right };
  return (
    <Paper p="md" bg="var(--page)" component="section" aria-label={moduleName(pair.left)}>
      <Group justify="space-between" mb="xs">
        <Text fw={600}>{moduleName(pair.left)}</Text>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={t("removeModule", { name: moduleName(pair.left) })}
          onClick={() => onChange(null)}
        >
          <IconX size={16} />
        </ActionIcon>
      </Group>
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <Select
          label={t("rightModule", { name: draft.right })}
          searchable
          allowDeselect={false}
          data={rightModules}
          value={pair.right}
          onChange={(right) => onChange({ ...pair, right: right ?? pair.right })}
        />
        <Select
          label={t("direction")}
          allowDeselect={false}
          value={pair.direction}
          onChange={(direction) => onChange({ ...pair, direction: direction as Schema<"Direction"> })}
          data={[
            { value: "both", label: `${words("twoWay")}: ${sides.left} ↔ ${sides.right}` },
            { value: "left_to_right", label: `${words("oneWay")}: ${sides.left} → ${sides.right}` },
            { value: "right_to_left", label: `${words("oneWay")}: ${sides.left} ← ${sides.right}` },
          ]}
        />
        <MultiSelect
          label={t("match")}
          description={t("matchText")}
          inputWrapperOrder={["label", "input", "description"]}
          searchable
          value={pair.match.map((by) => (typeof by === "string" ? by : by.left))}
          onChange={(match) => onChange({ ...pair, match })}
          data={(fields.data?.items ?? []).map(({ api_name, label }) => ({
            value: api_name,
            label: `${label} (${api_name})`,
          }))}
        />
        <Select
          label={t("conflict")}
          allowDeselect={false}
          value={pair.conflict}
          onChange={(conflict) => onChange({ ...pair, conflict: conflict as Schema<"ConflictPolicy"> })}
          data={CONFLICTS.map((value) => ({ value, label: words(`conflict.${value}`, sides) }))}
        />
      </SimpleGrid>
      <PairPolicies pair={pair} sides={sides} onChange={onChange} />
    </Paper>
  );
}
