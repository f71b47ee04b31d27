import { Box, Group, Select, Text } from "@mantine/core";
import type { Schema } from "../../api/client";
import { useExplainMatter } from "../explain";
import { IconPlus } from "../icons";
import { useShownValue } from "../value";
import { useWords } from "../words";
import { useZone } from "../zone";
import { KINDS, moved, newStep, type Step } from "./steps";
import { StepRow } from "./StepRow";
import "./steps.css";
import { useTexts } from "./texts";

interface Props {
  /** Which way the values go, in words. */
  title: string;
  steps: Step[];
  fields: { from: Schema<"Field"> | undefined; to: Schema<"Field"> | undefined };
  /** What a real record holds; undefined where there is none. */
  sample: unknown;
  /** What becomes of it, step by step. */
  carried: Schema<"Carried"> | null | undefined;
  disabled: boolean;
  onChange: (steps: Step[]) => void;
}

/** What is done to values on their way, one step after the other, shown on a real value. */
export function StepList({ title, steps, fields, sample, carried, disabled, onChange }: Props) {
  const t = useTexts();
  const words = useWords();
  const zone = useZone();
  const shown = useShownValue();
  const explain = useExplainMatter();
  const set = (at: number, step: Step | null) =>
    onChange(steps.flatMap((each, place) => (place !== at ? [each] : step === null ? [] : [step])));
  const text = (value: unknown) => shown(value) || words("blank");
  const traced = carried?.steps ?? [];
  // The way back of a map that is one to one needs nobody to say it.
  const undone = steps.length === 0 && traced.length > 0;
  const refused =
    carried != null && carried.problem !== null && traced.every(({ problem }) => problem === null);
  return (
    <Box component="section" aria-label={t("onTheWay", { way: title })} miw={0}>
      <Text size="sm" fw={600}>
        {title}
      </Text>
      {steps.length === 0 && (
        <Text size="xs" c="dimmed">
          {t(undone ? "undone" : "asItIs")}
        </Text>
      )}
      {steps.length > 0 && sample !== undefined && (
        <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
          {t("begins", { value: text(sample) })}
        </Text>
      )}
      {steps.length > 0 && (
        <ol className="steps">
          {steps.map((step, at) => (
            <StepRow
              // A step has no name of its own: its place says which it is.
              key={`${String(at)} ${String(steps.length)}`}
              step={step}
              number={at + 1}
              last={at === steps.length - 1}
              fields={fields}
              taken={traced[at]}
              disabled={disabled}
              onChange={(next) => set(at, next)}
              onMove={(by) => onChange(moved(steps, at, at + by))}
            />
          ))}
        </ol>
      )}
      {steps.length > 0 && refused && (
        <Text size="xs" c="var(--danger)" role="status">
          {explain(carried.problem ?? "", carried.what ?? carried.problem ?? "", "").what}
        </Text>
      )}
      {!disabled && (
        <Group mt={6}>
          <Select
            key={steps.length}
            size="xs"
            w={230}
            aria-label={t("addOf", { way: title })}
            placeholder={t("add")}
            leftSection={<IconPlus size={14} />}
            value={null}
            onChange={(kind) => {
              if (kind !== null) onChange([...steps, newStep(kind, zone)]);
            }}
            data={KINDS.map((kind) => ({ value: kind, label: t(`kind_${kind}`) }))}
            renderOption={({ option }) => (
              <div>
                <Text size="sm">{option.label}</Text>
                <Text size="xs" c="dimmed">
                  {t(`about_${option.value}`)}
                </Text>
              </div>
            )}
            comboboxProps={{ width: 300, position: "bottom-start" }}
          />
        </Group>
      )}
    </Box>
  );
}
