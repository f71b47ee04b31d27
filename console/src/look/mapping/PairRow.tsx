import { ActionIcon, Badge, Box, Group, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { memo } from "react";
import type { Schema } from "../../api/client";
import { useExplainMatter } from "../explain";
import { IconAlertCircle, IconAlertTriangle, IconCircleCheck, IconSettings, IconX } from "../icons";
import { kindOf, type Step } from "../steps/steps";
import { useTexts as useStepTexts } from "../steps/texts";
import { useShownValue } from "../value";
import { Wrong } from "../Wrong";
import { DirectionChoice } from "./DirectionChoice";
import { FieldCell } from "./FieldCell";
import { refusalOf, type Line } from "./lines";
import { Lossy } from "./Lossy";
import { PairOptions } from "./PairOptions";
import { allowed, turned, type Direction, type FieldPair } from "./pairs";
import { useTexts } from "./texts";

/** Each part by itself: a row is drawn anew only when one of them is another. */
interface Props extends Line {
  /** The module's own way. */
  module: Direction;
  names: { left: string; right: string };
  left: Schema<"Field"> | undefined;
  right: Schema<"Field"> | undefined;
  sample: Schema<"PreviewedRecord"> | undefined;
  readOnly: boolean;
  /** Nothing in its place takes the pair out. */
  onReplace: (pair: FieldPair, next: FieldPair | null) => void;
}

/** Two fields that are kept in agreement: what they are, which way, and what becomes of a real record. */
export const PairRow = memo(function PairRow({
  left,
  right,
  module,
  names,
  sample,
  readOnly,
  onReplace,
  ...line
}: Props) {
  const { pair, direction, mapped, preview, problem, lossy, inexact } = line;
  const t = useTexts();
  const [opened, { toggle }] = useDisclosure();
  const steps = [...(pair.to_right ?? []), ...(pair.to_left ?? [])];
  const own =
    steps.length > 0 || [pair.conflict, pair.master, pair.blank, pair.default].some((value) => value != null);
  const called = { left: left?.label ?? pair.left, right: right?.label ?? pair.right };
  const may = allowed(module, left, right);
  // What cannot go both ways is shown by a value, with the way out.
  const isWrong = problem !== undefined && lossy === undefined;
  const onChange = (next: FieldPair) => onReplace(pair, next);
  const turn = (to: Direction) => onChange(turned(pair, module, to));
  return (
    <li {...(problem ? { "data-wrong": true } : {})} data-pair={`${pair.left} ${pair.right}`}>
      <div className="pair">
        <FieldCell
          field={left}
          name={pair.left}
          {...seen(sample?.left, pair.left)}
          becomes={useBecomes(preview?.to_left, sample?.right, pair.right)}
        />
        <Box>
          <DirectionChoice
            value={direction}
            allowed={may}
            label={t("wayOf", called)}
            names={names}
            disabled={readOnly}
            onChange={turn}
          />
          <Outcome line={line} />
          <StepsInShort pair={pair} />
        </Box>
        <FieldCell
          field={right}
          name={pair.right}
          {...seen(sample?.right, pair.right)}
          becomes={useBecomes(preview?.to_right, sample?.left, pair.left)}
        />
        <Group gap={2} justify="flex-end" wrap="nowrap">
          <ActionIcon
            variant={own ? "light" : "subtle"}
            color={own ? "ai" : "gray"}
            title={t("options")}
            aria-label={t("optionsOf", called)}
            aria-expanded={opened}
            onClick={toggle}
          >
            <IconSettings size={16} />
          </ActionIcon>
          {!readOnly && (
            <ActionIcon
              variant="subtle"
              color="gray"
              title={t("remove")}
              aria-label={t("removeOf", called)}
              onClick={() => onReplace(pair, null)}
            >
              <IconX size={16} />
            </ActionIcon>
          )}
        </Group>
      </div>
      {mapped?.matches === true && (
        <Badge size="xs" variant="light" color="ai" tt="none" mt={4}>
          {t("matches")}
        </Badge>
      )}
      {isWrong && (
        <Text size="sm" c="var(--danger)" mt={6} role="alert">
          <IconAlertCircle size={14} style={{ verticalAlign: "-2px" }} aria-hidden />{" "}
          <Wrong problem={problem} named={false} />
        </Text>
      )}
      {lossy && <Lossy lossy={lossy} names={names} allowed={may} {...(readOnly ? {} : { onOneWay: turn })} />}
      {inexact && (
        <Lossy
          lossy={inexact}
          allowedAsItIs
          names={names}
          allowed={may}
          {...(readOnly ? {} : { onOneWay: turn })}
        />
      )}
      {opened && (
        <PairOptions
          pair={pair}
          names={names}
          fields={{ left, right }}
          direction={direction}
          sample={sample}
          preview={preview}
          disabled={readOnly}
          onChange={onChange}
        />
      )}
    </li>
  );
});

/** What the sample holds in a field; nothing where there is no sample. */
function seen(side: Schema<"PreviewedSide"> | null | undefined, field: string) {
  if (side == null) return {};
  return { sample: side.values[field] ?? null };
}

/** What a field would hold after the sync, if that is another text than the one it comes from. */
function useBecomes(
  carried: Schema<"Carried"> | null | undefined,
  from: Schema<"PreviewedSide"> | null | undefined,
  field: string,
): string | undefined {
  const shown = useShownValue();
  if (carried == null || carried.problem !== null || from == null) return undefined;
  const text = shown(carried.value);
  return text === shown(from.values[field]) ? undefined : text;
}

/** Which steps are taken, each way in one line. */
function StepsInShort({ pair }: { pair: FieldPair }) {
  const t = useStepTexts();
  const line = (arrow: string, steps: Step[] | undefined) =>
    steps === undefined || steps.length === 0 ? null : (
      <Text size="xs" c="dimmed" mt={4} ta="center">
        {arrow} {steps.map((step) => t(`kind_${kindOf(step)}`)).join(", ")}
      </Text>
    );
  return (
    <>
      {line("→", pair.to_right)}
      {line("←", pair.to_left)}
    </>
  );
}

/** Whether both agree already, and what keeps a value from being carried over. */
function Outcome({ line }: { line: Line }) {
  const t = useTexts();
  const explain = useExplainMatter();
  const { preview } = line;
  if (preview === undefined) return null;
  const refused = refusalOf(line);
  if (refused?.problem != null) {
    return (
      <Text size="xs" mt={4} c="var(--danger)">
        {explain(refused.problem, refused.what ?? refused.problem, "").what}
      </Text>
    );
  }
  if (preview.agrees === null) return null;
  const Icon = preview.agrees ? IconCircleCheck : IconAlertTriangle;
  return (
    <Text size="xs" mt={4} ta="center" c={preview.agrees ? "dimmed" : "var(--warning)"}>
      <Icon size={13} style={{ verticalAlign: "-2px" }} aria-hidden />{" "}
      {t(preview.agrees ? "agrees" : "differs")}
    </Text>
  );
}
