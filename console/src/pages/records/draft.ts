import type { Schema } from "../../api/client";

type Field = Schema<"Field">;
type Values = Record<string, unknown>;
/** What the editors hold: text for most types, a list for several choices, yes or no. */
export type Draft = Record<string, string | string[] | boolean | null>;
export type Fault = "mandatory" | "notNumber" | "notWhole" | "notJson";

function textOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "object")
    return "id" in value && typeof value.id === "string" ? value.id : JSON.stringify(value, null, 2);
  return typeof value === "string"
    ? value
    : typeof value === "number" || typeof value === "boolean"
      ? String(value)
      : "";
}

function edited(field: Field, value: unknown): string | string[] | boolean | null {
  switch (field.type) {
    case "boolean":
      return typeof value === "boolean" ? value : null;
    case "multi_picklist":
      return Array.isArray(value) ? value.map(textOf) : [];
    default:
      return textOf(value);
  }
}

export function draftOf(fields: Field[], values: Values): Draft {
  return Object.fromEntries(fields.map((field) => [field.api_name, edited(field, values[field.api_name])]));
}

/** What the API takes for what the editor holds. Numbers stay text, so that no digit is lost. */
function sent(field: Field, value: Draft[string] | undefined): unknown {
  if (value === undefined || value === null || value === "") return null;
  switch (field.type) {
    case "lookup":
    case "owner":
      return typeof value === "string" ? { id: value } : null;
    case "subform":
      return typeof value === "string" ? (JSON.parse(value) as unknown) : null;
    default:
      return value;
  }
}

/** Only what differs from the record, so that nobody else's change is written over. */
export function changesOf(fields: Field[], draft: Draft, values: Values): Values {
  const changed = fields.filter((field) => {
    const before = edited(field, values[field.api_name]);
    return !field.read_only && JSON.stringify(before) !== JSON.stringify(draft[field.api_name]);
  });
  return Object.fromEntries(changed.map((field) => [field.api_name, sent(field, draft[field.api_name])]));
}

const NUMBER = /^-?\d+(\.\d+)?$/;

function faultOf(field: Field, value: Draft[string] | undefined): Fault | null {
  const blank =
    value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
  if (blank) return field.required ? "mandatory" : null;
  if (typeof value !== "string") return null;
  switch (field.type) {
    case "integer":
      return /^-?\d+$/.test(value) ? null : "notWhole";
    case "decimal":
    case "currency":
    case "percent":
      return NUMBER.test(value) ? null : "notNumber";
    case "subform":
      try {
        return Array.isArray(JSON.parse(value)) ? null : "notJson";
      } catch {
        return "notJson";
      }
    default:
      return null;
  }
}

/** What is wrong, by field. A mandatory owner of a new record is the connected user, if nobody else is named. */
export function wrongIn(fields: Field[], draft: Draft, fresh: boolean): Map<string, Fault> {
  const wrong = new Map<string, Fault>();
  for (const field of fields) {
    const fault = field.read_only ? null : faultOf(field, draft[field.api_name]);
    if (fault !== null && !(fresh && field.type === "owner")) wrong.set(field.api_name, fault);
  }
  return wrong;
}
