import { Group, MultiSelect, NumberInput, Select, TagsInput, Text, TextInput } from "@mantine/core";
import type { Schema } from "../../api/client";
import { useWords } from "../words";
import { takes, textsOf, valuesOf, type Op, type Words } from "./criteria";
import { DateInput } from "./DateInput";
import { useTexts } from "./texts";
import { UsersInput } from "./UsersInput";

interface Props {
  label: string;
  field: Schema<"Field">;
  op: Op;
  value: Words | null;
  connection: string;
  readOnly: boolean;
  onChange: (value: Words | null) => void;
}

/** What a field is compared with, in the form that its type and the comparison take. */
export function ValueInput(props: Props) {
  const { label, field, op, value, readOnly, onChange } = props;
  const t = useTexts();
  const words = useWords();
  const all = { "aria-label": label, disabled: readOnly };
  const texts = textsOf(value);
  const [first = ""] = texts;
  const several = (next: string[]) => onChange(next.length === 0 ? null : next);
  const one = (next: string | null) => onChange(next === null || next === "" ? null : next);
  if (takes(op) === "two") return <Range {...props} />;
  switch (field.type) {
    case "boolean":
      return (
        <Select
          {...all}
          allowDeselect={false}
          value={first === "" ? null : first}
          onChange={(next) => onChange(next === "true")}
          data={[
            { value: "true", label: words("yes") },
            { value: "false", label: words("no") },
          ]}
        />
      );
    case "picklist":
    case "multi_picklist": {
      const data = withValues(field.options, texts);
      return takes(op) === "many" ? (
        <MultiSelect {...all} searchable hidePickedOptions value={texts} onChange={several} data={data} />
      ) : (
        <Select {...all} searchable value={first === "" ? null : first} onChange={one} data={data} />
      );
    }
    case "owner":
      return <UsersInput {...props} />;
    case "date":
    case "datetime":
      return (
        <DateInput label={label} value={first} readOnly={readOnly} periods onChange={(next) => one(next)} />
      );
    case "integer":
    case "decimal":
      if (takes(op) === "one") return <Amount {...all} field={field} value={value} onChange={onChange} />;
  }
  if (takes(op) === "many")
    return (
      <TagsInput
        {...all}
        placeholder={texts.length > 0 ? "" : t(field.type === "lookup" ? "ids" : "several")}
        value={texts}
        onChange={several}
      />
    );
  return <TextInput {...all} value={first} onChange={(event) => one(event.currentTarget.value)} />;
}

/** From one value to another one, both included. */
function Range({ label, field, value, readOnly, onChange }: Props) {
  const t = useTexts();
  const [from, to] = valuesOf(value);
  const set = (next: [typeof from, typeof to]) =>
    onChange(next.every((each) => each === undefined || each === "") ? null : next.map((each) => each ?? ""));
  const input = (name: string, own: typeof from, change: (next: typeof from) => void) =>
    field.type === "date" || field.type === "datetime" ? (
      <DateInput
        label={`${label}: ${name}`}
        value={own === undefined ? "" : String(own)}
        readOnly={readOnly}
        onChange={(next) => change(next ?? "")}
      />
    ) : (
      <Amount
        aria-label={`${label}: ${name}`}
        disabled={readOnly}
        field={field}
        value={own ?? null}
        onChange={(next) => change(valuesOf(next)[0])}
      />
    );
  return (
    <Group gap={6} wrap="nowrap">
      {input(t("from"), from, (next) => set([next, to]))}
      <Text size="sm" c="dimmed" aria-hidden>
        –
      </Text>
      {input(t("to"), to, (next) => set([from, next]))}
    </Group>
  );
}

interface AmountProps {
  "aria-label": string;
  disabled: boolean;
  field: Schema<"Field">;
  value: Words | null;
  onChange: (value: Words | null) => void;
}

/** A number. One with a fraction is kept as a text, so that nothing is rounded. */
function Amount({ field, value, onChange, ...all }: AmountProps) {
  const [first = ""] = textsOf(value);
  return (
    <NumberInput
      {...all}
      hideControls
      flex={1}
      miw={0}
      allowDecimal={field.type === "decimal"}
      value={first}
      onChange={(next) => {
        const text = String(next);
        if (text === "" || text === "-") onChange(null);
        else onChange(/^-?\d{1,15}$/.test(text) ? Number(text) : text);
      }}
    />
  );
}

/** The options, and what is written already though it is no option any more. */
function withValues(options: Schema<"PicklistOption">[], values: string[]): Schema<"PicklistOption">[] {
  const gone = values.filter((value) => !options.some((option) => option.value === value));
  return [...options, ...gone.map((value) => ({ value, label: value }))];
}
