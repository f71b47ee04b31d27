import { Autosize } from "./Autosize";
import { MultiSelect, Select, TagsInput, TextInput } from "@mantine/core";
import type { Schema } from "../../api/client";
import { useFormat } from "../../look/format";
import { useModuleName } from "../../look/names";
import { useWords } from "../../look/words";
import { isRows, type Edited } from "./draft";
import { LookupInput } from "./LookupInput";
import { MomentInput } from "./MomentInput";
import { OwnerInput } from "./OwnerInput";
import { SubformInput } from "./SubformInput";
import { useTexts } from "./texts";

interface Props {
  connection: string;
  field: Schema<"Field">;
  value: Edited | undefined;
  /** What the record held when it was read: a lookup's name is known from it. */
  given: Schema<"FieldValue"> | undefined;
  disabled: boolean;
  /** Where it stands in the form, and what is wrong with what stands at a place. */
  path: string;
  told: (path: string) => string | undefined;
  onChange: (value: Edited) => void;
}

const INPUT: Partial<Record<Schema<"FieldType">, { type?: string; inputMode?: "numeric" | "decimal" }>> = {
  email: { type: "email" },
  phone: { type: "tel" },
  url: { type: "url" },
  integer: { inputMode: "numeric" },
  decimal: { inputMode: "decimal" },
  date: { type: "date" },
};

/** The editor that fits the field's type. */
export function FieldEditor({ connection, field, value, given, disabled, path, told, onChange }: Props) {
  const t = useTexts();
  const words = useWords();
  const format = useFormat();
  const moduleName = useModuleName();
  const text = typeof value === "string" ? value : "";
  const limit = field.max_length;
  const near = limit !== null && text.length > limit * 0.8;
  const hint = field.read_only
    ? t("readOnly")
    : field.type === "lookup"
      ? t("lookupText", { module: moduleName(field.lookup?.module ?? "") })
      : field.type === "owner"
        ? t("ownerText")
        : near
          ? t("tooLong", { count: format.count(text.length), limit: format.count(limit) })
          : undefined;
  const error = told(path);
  const shared = { label: field.label, description: hint, disabled, error, withAsterisk: field.required };
  const maxLength = limit === null ? {} : { maxLength: limit };
  switch (field.type) {
    case "boolean":
      return (
        <Select
          {...shared}
          clearable={!field.required}
          value={value === true ? "yes" : value === false ? "no" : null}
          onChange={(chosen) => onChange(chosen === null ? null : chosen === "yes")}
          data={[
            { value: "yes", label: words("yes") },
            { value: "no", label: words("no") },
          ]}
        />
      );
    case "picklist":
      return (
        <Select
          {...shared}
          searchable
          clearable={!field.required}
          value={text === "" ? null : text}
          onChange={(chosen) => onChange(chosen ?? "")}
          data={withValue(field.options, text)}
        />
      );
    case "multi_picklist":
      return (
        <MultiSelect
          {...shared}
          searchable
          clearable
          value={Array.isArray(value) ? value.filter((each) => typeof each === "string") : []}
          onChange={onChange}
          data={field.options}
        />
      );
    case "tags":
      return (
        <TagsInput
          {...shared}
          {...maxLength}
          value={Array.isArray(value) ? value.filter((each) => typeof each === "string") : []}
          onChange={onChange}
        />
      );
    case "lookup":
      return field.lookup === null ? (
        <TextInput {...shared} value={text} onChange={(event) => onChange(event.currentTarget.value)} />
      ) : (
        <LookupInput
          {...shared}
          connection={connection}
          module={field.lookup.module}
          value={text}
          name={nameIn(given, text)}
          onChange={onChange}
        />
      );
    case "owner":
      return (
        <OwnerInput
          {...shared}
          connection={connection}
          value={text}
          name={nameIn(given, text)}
          onChange={onChange}
        />
      );
    case "subform":
    case "multi_lookup":
      return (
        <SubformInput
          connection={connection}
          field={field}
          description={hint}
          disabled={disabled}
          error={error}
          path={path}
          told={told}
          rows={isRows(value) ? value : []}
          given={given}
          onChange={onChange}
        />
      );
    case "datetime":
      return <MomentInput {...shared} value={text} onChange={onChange} />;
    case "textarea":
      return <Autosize {...shared} {...maxLength} value={text} onChange={onChange} />;
    default:
      return (
        <TextInput
          {...shared}
          {...maxLength}
          {...INPUT[field.type]}
          value={text}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
  }
}

/** The name of a lookup's record, while it is still the one that was read. */
function nameIn(given: Schema<"FieldValue"> | undefined, id: string): string {
  const known = typeof given === "object" && given !== null && "id" in given && given.id === id;
  return known ? (given.name ?? "") : "";
}

/** A value that is no option any more is still shown. */
function withValue(options: Schema<"PicklistOption">[], value: string) {
  const known = value === "" || options.some((option) => option.value === value);
  return known ? options : [...options, { value, label: value }];
}
