import { Group, NumberInput, Select, Textarea, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Schema } from "../../api/client";
import { MapForm } from "./MapForm";
import { REGIONS, type Step } from "./steps";
import { useTexts } from "./texts";
import { usePartName } from "./words";

interface Props {
  step: Step;
  number: number;
  fields: { from: Schema<"Field"> | undefined; to: Schema<"Field"> | undefined };
  disabled: boolean;
  onChange: (step: Step) => void;
}

/** A number holds no more digits after its point. */
const MOST_DIGITS = 28;

/** What is said about one step. The fields' names have its number, for who only hears them. */
export function StepForm({ step, number, fields, disabled, onChange }: Props) {
  const t = useTexts();
  const partName = usePartName();
  if (step === "trim") return null;
  const all = { size: "xs" as const, disabled };
  const named = (key: Parameters<typeof t>[0]) => ({ "aria-label": t("of", { name: t(key), number }) });
  if ("case" in step) {
    return (
      <Select
        {...all}
        {...named("case")}
        allowDeselect={false}
        value={step.case}
        onChange={(value) => onChange({ case: value as Schema<"LetterCase"> })}
        data={(["upper", "lower", "title"] as const).map((value) => ({ value, label: t(`case_${value}`) }))}
      />
    );
  }
  if ("phone" in step) {
    return (
      <Region {...all} {...named("country")} value={step.phone} onChange={(phone) => onChange({ phone })} />
    );
  }
  if ("map" in step) {
    return (
      <MapForm
        map={step.map}
        number={number}
        fields={fields}
        disabled={disabled}
        onChange={(map) => onChange({ map })}
      />
    );
  }
  if ("round" in step) {
    return (
      <NumberInput
        {...all}
        {...named("digits")}
        min={0}
        max={MOST_DIGITS}
        clampBehavior="strict"
        allowDecimal={false}
        allowNegative={false}
        suffix={t("digitsAfter")}
        value={step.round}
        onChange={(value) => onChange({ round: typeof value === "number" ? value : 0 })}
      />
    );
  }
  if ("date_of" in step) {
    return (
      <Zone {...all} {...named("zone")} value={step.date_of} onChange={(date_of) => onChange({ date_of })} />
    );
  }
  if ("time_of" in step) {
    const { zone, at = "00:00" } = step.time_of;
    return (
      <Group gap="xs" wrap="nowrap" grow preventGrowOverflow={false}>
        <Zone
          {...all}
          {...named("zone")}
          value={zone}
          onChange={(value) => onChange({ time_of: { zone: value, at } })}
        />
        <TextInput
          {...all}
          {...named("clock")}
          type="time"
          maw={110}
          value={at}
          onChange={(event) => onChange({ time_of: { zone, at: event.currentTarget.value || "00:00" } })}
        />
      </Group>
    );
  }
  if ("split" in step) {
    const { at, part } = step.split;
    return (
      <Group gap="xs" wrap="nowrap" align="flex-end" grow>
        <TextInput
          {...all}
          label={t("splitAt")}
          {...named("splitAt")}
          placeholder={t("splitSpace")}
          value={at}
          error={at === "" ? t("splitEmpty") : undefined}
          onChange={(event) => onChange({ split: { at: event.currentTarget.value, part } })}
        />
        <Select
          {...all}
          label={t("part")}
          {...named("part")}
          allowDeselect={false}
          value={String(part)}
          onChange={(value) => onChange({ split: { at, part: Number(value) } })}
          data={parts(part).map((each) => ({
            value: String(each),
            label: partName(each),
          }))}
        />
      </Group>
    );
  }
  if ("constant" in step) {
    const options = fields.to?.options ?? [];
    if (options.length > 0) {
      return (
        <Select
          {...all}
          {...named("constant")}
          searchable
          allowDeselect={false}
          value={step.constant === "" ? null : step.constant}
          onChange={(value) => onChange({ constant: value ?? "" })}
          data={options}
        />
      );
    }
    return (
      <TextInput
        {...all}
        {...named("constant")}
        placeholder={t("constant")}
        value={step.constant}
        onChange={(event) => onChange({ constant: event.currentTarget.value })}
      />
    );
  }
  return (
    <Textarea
      {...all}
      {...named("script")}
      description={t("scriptText")}
      inputWrapperOrder={["input", "description"]}
      autosize
      minRows={2}
      maxRows={12}
      spellCheck={false}
      maxLength={4000}
      styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
      value={step.script}
      onChange={(event) => onChange({ script: event.currentTarget.value })}
    />
  );
}

/** The usual ones, and the one that is said. */
function parts(said: number): number[] {
  const usual = [1, 2, 3, -2, -1];
  return usual.includes(said) || said === 0 ? usual : [...usual, said];
}

interface ChoiceProps {
  "aria-label": string;
  size: "xs";
  disabled: boolean;
  value: string;
  onChange: (value: string) => void;
}

function Region({ value, onChange, ...rest }: ChoiceProps) {
  const { i18n } = useTranslation();
  const names = new Intl.DisplayNames(i18n.language, { type: "region" });
  const data = (REGIONS.includes(value) ? REGIONS : [value, ...REGIONS])
    .map((code) => ({
      value: code,
      label: `${/^[A-Z]{2}$/.test(code) ? (names.of(code) ?? code) : code} (${code})`,
    }))
    .sort((a, b) => a.label.localeCompare(b.label, i18n.language));
  return (
    <Select
      {...rest}
      searchable
      allowDeselect={false}
      value={value}
      onChange={(chosen) => onChange(chosen ?? value)}
      data={data}
    />
  );
}

function Zone({ value, onChange, ...rest }: ChoiceProps) {
  const known = Intl.supportedValuesOf("timeZone");
  return (
    <Select
      {...rest}
      searchable
      allowDeselect={false}
      limit={60}
      value={value}
      onChange={(chosen) => onChange(chosen ?? value)}
      data={known.includes(value) ? known : [value, ...known]}
    />
  );
}
