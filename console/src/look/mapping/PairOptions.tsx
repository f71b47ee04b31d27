import { MultiSelect, NumberInput, Select, SimpleGrid, TagsInput, Text, TextInput } from "@mantine/core";
import type { Schema } from "../../api/client";
import { StepList } from "../steps/StepList";
import { takesSteps } from "../steps/steps";
import { useWords } from "../words";
import {
  defaultOf,
  isBySide,
  SIDES,
  tidy,
  withDefault,
  type Direction,
  type FieldPair,
  type Side,
} from "./pairs";
import { useTexts } from "./texts";

interface Props {
  pair: FieldPair;
  names: { left: string; right: string };
  fields: { left: Schema<"Field"> | undefined; right: Schema<"Field"> | undefined };
  direction: Direction;
  /** A real record, and what becomes of its values. */
  sample: Schema<"PreviewedRecord"> | undefined;
  preview: Schema<"PreviewedField"> | undefined;
  disabled: boolean;
  onChange: (pair: FieldPair) => void;
}

const CONFLICTS = ["latest", "left", "right", "skip", "hold"] as const;
const AS_MODULE = "";

/** What may be said about one pair of fields that the module says otherwise. */
export function PairOptions({ pair, names, fields, direction, sample, preview, disabled, onChange }: Props) {
  const t = useTexts();
  const words = useWords();
  const change = (more: Partial<FieldPair>) => onChange(tidy({ ...pair, ...more }));
  const target: Side = direction === "right_to_left" ? "left" : "right";
  // What is an option of both fields is the exception: each side is asked for its own.
  const picklists = SIDES.every((side) => fields[side]?.type === "picklist");
  const apart = direction === "both" && (picklists || isBySide(pair.default));
  const given: readonly Side[] = apart ? SIDES : [target];
  const asModule = { value: AS_MODULE, label: t("asModule") };
  const choice = (key: "conflict" | "master" | "blank", data: { value: string; label: string }[]) => (
    <Select
      size="xs"
      label={t(`option_${key}`)}
      allowDeselect={false}
      disabled={disabled}
      value={pair[key] ?? AS_MODULE}
      onChange={(value) => change({ [key]: value === AS_MODULE ? null : value })}
      data={[asModule, ...data]}
    />
  );
  return (
    <>
      <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }} mt="xs" spacing="sm">
        {choice(
          "conflict",
          CONFLICTS.map((value) => ({ value, label: words(`conflict.${value}`, names) })),
        )}
        {choice("master", [
          { value: "left", label: names.left },
          { value: "right", label: names.right },
        ])}
        {choice("blank", [
          { value: "clear", label: t("blank_clear") },
          { value: "keep", label: t("blank_keep") },
          { value: "clear_from_master", label: t("blank_clear_from_master") },
        ])}
        {given.map((side) => (
          <DefaultInput
            key={side}
            label={apart ? t("option_default_of", { name: names[side] }) : t("option_default")}
            target={fields[side]}
            value={defaultOf(pair.default, side)}
            disabled={disabled}
            onChange={(value) => {
              const own = apart || isBySide(pair.default);
              change({ default: own ? withDefault(pair.default, side, value) : value });
            }}
          />
        ))}
      </SimpleGrid>
      {takesSteps(fields.left) && takesSteps(fields.right) ? (
        <SimpleGrid cols={{ base: 1, md: 2 }} mt="md" spacing="md">
          {(direction !== "right_to_left" || (pair.to_right ?? []).length > 0) && (
            <StepList
              title={`${names.left} → ${names.right}`}
              steps={pair.to_right ?? []}
              fields={{ from: fields.left, to: fields.right }}
              sample={sample?.left?.values[pair.left]}
              carried={preview?.to_right}
              disabled={disabled}
              onChange={(to_right) => change({ to_right })}
            />
          )}
          {(direction !== "left_to_right" || (pair.to_left ?? []).length > 0) && (
            <StepList
              title={`${names.right} → ${names.left}`}
              steps={pair.to_left ?? []}
              fields={{ from: fields.right, to: fields.left }}
              sample={sample?.right?.values[pair.right]}
              carried={preview?.to_left}
              disabled={disabled}
              onChange={(to_left) => change({ to_left })}
            />
          )}
        </SimpleGrid>
      ) : (
        <Text size="xs" c="dimmed" mt="sm">
          {t("noSteps")}
        </Text>
      )}
    </>
  );
}

interface DefaultProps {
  label: string;
  target: Schema<"Field"> | undefined;
  value: Schema<"DefaultValue"> | null;
  disabled: boolean;
  onChange: (value: Schema<"DefaultValue"> | null) => void;
}

/** What a new record is given where the other one is blank, in the form that the field takes. */
function DefaultInput({ label, target, value, disabled, onChange }: DefaultProps) {
  const t = useTexts();
  const words = useWords();
  const all = { size: "xs" as const, label, placeholder: t("noDefault") };
  const text = typeof value === "string" ? value : "";
  switch (target?.type) {
    case undefined:
    case "lookup":
    case "owner":
    case "subform":
    case "multi_lookup":
    case "other":
      return <TextInput {...all} placeholder={t("defaultNever")} disabled />;
    case "boolean":
      return (
        <Select
          {...all}
          clearable
          disabled={disabled}
          value={typeof value === "boolean" ? String(value) : null}
          onChange={(chosen) => onChange(chosen === null ? null : chosen === "true")}
          data={[
            { value: "true", label: words("yes") },
            { value: "false", label: words("no") },
          ]}
        />
      );
    case "integer":
      return (
        <NumberInput
          {...all}
          allowDecimal={false}
          hideControls
          disabled={disabled}
          value={typeof value === "number" ? value : ""}
          onChange={(number) => onChange(typeof number === "number" ? number : null)}
        />
      );
    case "picklist":
      return (
        <Select
          {...all}
          clearable
          searchable
          disabled={disabled}
          value={text === "" ? null : text}
          onChange={onChange}
          data={target.options}
        />
      );
    case "multi_picklist":
      return (
        <MultiSelect
          {...all}
          clearable
          searchable
          disabled={disabled}
          value={Array.isArray(value) ? value : []}
          onChange={(chosen) => onChange(chosen.length === 0 ? null : chosen)}
          data={target.options}
        />
      );
    case "tags":
      return (
        <TagsInput
          {...all}
          disabled={disabled}
          value={Array.isArray(value) ? value : []}
          onChange={(names) => onChange(names.length === 0 ? null : names)}
        />
      );
    default:
      return (
        <TextInput
          {...all}
          disabled={disabled}
          value={text}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
  }
}
