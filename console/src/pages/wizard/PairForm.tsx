import { ActionIcon, Group, Paper, Select, Text } from "@mantine/core";
import { IconX } from "../../look/icons";
import { useModuleName } from "../../look/names";
import type { Chosen, Pair } from "./draft";
import { PairChoices } from "./PairChoices";
import { useTexts } from "./texts";

interface Props {
  pair: Pair;
  draft: Chosen;
  rightModules: { value: string; label: string }[];
  /** Null takes the module out. */
  onChange: (pair: Pair | null) => void;
}

/** The settings of one module pair. */
export function PairForm({ pair, draft, rightModules, onChange }: Props) {
  const t = useTexts();
  const moduleName = useModuleName();
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
      <PairChoices pair={pair} sides={{ left: draft.left, right: draft.right }} onChange={onChange}>
        <Select
          label={t("rightModule", { name: draft.right })}
          searchable
          allowDeselect={false}
          data={rightModules}
          value={pair.right}
          onChange={(right) => onChange({ ...pair, right: right ?? pair.right })}
        />
      </PairChoices>
    </Paper>
  );
}
