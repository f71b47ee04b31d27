import { ActionIcon, Box, Group, Text } from "@mantine/core";
import type { Schema } from "../../api/client";
import { useExplainMatter } from "../explain";
import { IconArrowDown, IconArrowUp, IconX } from "../icons";
import { useShownValue } from "../value";
import { useWords } from "../words";
import { StepForm } from "./StepForm";
import { kindOf, type Step } from "./steps";
import { useTexts } from "./texts";

interface Props {
  step: Step;
  number: number;
  last: boolean;
  fields: { from: Schema<"Field"> | undefined; to: Schema<"Field"> | undefined };
  /** What a real value is after it. */
  taken: Schema<"CarriedStep"> | undefined;
  disabled: boolean;
  /** Null takes it out. */
  onChange: (step: Step | null) => void;
  onMove: (by: 1 | -1) => void;
}

/** One step: what it is, what is said about it, what a real value is after it. */
export function StepRow({ step, number, last, fields, taken, disabled, onChange, onMove }: Props) {
  const t = useTexts();
  const words = useWords();
  const shown = useShownValue();
  const explain = useExplainMatter();
  const kind = t(`kind_${kindOf(step)}`);
  const named = { number, kind };
  return (
    <li>
      <Group justify="space-between" wrap="nowrap" gap={4} align="center">
        <Text size="sm" fw={500}>
          {t("numbered", named)}
        </Text>
        {!disabled && (
          <Group gap={2} wrap="nowrap">
            <ActionIcon
              variant="subtle"
              color="gray"
              size="sm"
              disabled={number === 1}
              aria-label={t("up", named)}
              onClick={() => onMove(-1)}
            >
              <IconArrowUp size={14} />
            </ActionIcon>
            <ActionIcon
              variant="subtle"
              color="gray"
              size="sm"
              disabled={last}
              aria-label={t("down", named)}
              onClick={() => onMove(1)}
            >
              <IconArrowDown size={14} />
            </ActionIcon>
            <ActionIcon
              variant="subtle"
              color="gray"
              size="sm"
              aria-label={t("remove", named)}
              onClick={() => onChange(null)}
            >
              <IconX size={14} />
            </ActionIcon>
          </Group>
        )}
      </Group>
      <StepForm step={step} number={number} fields={fields} disabled={disabled} onChange={onChange} />
      {taken !== undefined && (
        <Box
          mt={4}
          fz="xs"
          c={taken.problem === null ? "dimmed" : "var(--danger)"}
          style={{ overflowWrap: "anywhere" }}
          role="status"
        >
          {taken.problem === null
            ? t("then", { value: shown(taken.value) || words("blank") })
            : explain(taken.problem, taken.what ?? taken.problem, "").what}
        </Box>
      )}
    </li>
  );
}
