import type { Schema } from "../../api/client";

type Field = Schema<"Field">;
type Value = Schema<"FieldValue">;
type Cell = Schema<"CellValue">;
type Values = Record<string, Value>;
/** A row of a subform; `key` stays with it while it is moved. */
export interface Row {
  key: string;
  cells: Draft;
}
/** What an editor holds: text for most types, a list for several choices, yes or no, rows. */
export type Edited = string | string[] | boolean | Row[] | null;
export type Draft = Record<string, Edited>;
export type Fault = "mandatory" | "notNumber" | "notWhole";

let last = 0;
export function newKey(): string {
  last += 1;
  return `row${last}`;
}

export function newRow(columns: Field[]): Row {
  return { key: newKey(), cells: draftOf(columns, {}) };
}

function isRow(value: unknown): value is Record<string, Cell> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Rows of a subform, or the links of a lookup to several records. */
function holdsRows(field: Field): boolean {
  return field.type === "subform" || field.type === "multi_lookup";
}

function edited(field: Field, value: Value | undefined): Edited {
  if (value === null || value === undefined) value = "";
  switch (field.type) {
    case "boolean":
      return typeof value === "boolean" ? value : null;
    case "multi_picklist":
    case "tags":
      return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
    case "subform":
    case "multi_lookup":
      if (!Array.isArray(value)) return [];
      return value.filter(isRow).map((row) => ({ key: newKey(), cells: draftOf(field.columns, row) }));
    default:
      if (typeof value === "object") return "id" in value && typeof value.id === "string" ? value.id : "";
      return String(value);
  }
}

export function draftOf(fields: Field[], values: Values): Draft {
  return Object.fromEntries(fields.map((field) => [field.api_name, edited(field, values[field.api_name])]));
}

export function isRows(value: Edited | undefined): value is Row[] {
  return Array.isArray(value) && value.every((each) => typeof each === "object");
}

/** What the API takes for what the editor of a cell holds. Numbers stay text, so that no digit is lost. */
function cell(field: Field, value: Edited | undefined): Cell {
  if (value === undefined || value === null || value === "") return null;
  if (Array.isArray(value)) return value.filter((each) => typeof each === "string");
  if ((field.type === "lookup" || field.type === "owner") && typeof value === "string")
    return { id: value, name: null };
  return value;
}

function sent(field: Field, value: Edited | undefined): Value {
  if (!holdsRows(field) || !isRows(value)) return cell(field, value);
  const row = ({ cells }: Row) =>
    Object.fromEntries(
      field.columns.map((column) => [column.api_name, cell(column, cells[column.api_name])]),
    );
  return value.map(row);
}

/** Only what differs from the record, so that nobody else's change is written over. */
export function changesOf(fields: Field[], draft: Draft, values: Values): Values {
  const changed = fields.filter((field) => {
    const before = sent(field, edited(field, values[field.api_name]));
    return !field.read_only && JSON.stringify(before) !== JSON.stringify(sent(field, draft[field.api_name]));
  });
  return Object.fromEntries(changed.map((field) => [field.api_name, sent(field, draft[field.api_name])]));
}

const NUMBER = /^-?\d+(\.\d+)?$/;

function faultOf(field: Field, value: Edited | undefined): Fault | null {
  const blank =
    value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
  if (blank) return field.required ? "mandatory" : null;
  if (typeof value !== "string") return null;
  if (field.type === "integer") return /^-?\d+$/.test(value) ? null : "notWhole";
  return field.type !== "decimal" || NUMBER.test(value) ? null : "notNumber";
}

/** Where a cell of a subform's row is told of. */
export function cellPath(path: string, row: Row, column: Field): string {
  return `${path}.${row.key}.${column.api_name}`;
}

/** What is wrong, by field or cell. A mandatory owner of a new record is the connected user, if nobody else is named. */
export function wrongIn(fields: Field[], draft: Draft, fresh: boolean): Map<string, Fault> {
  const wrong = new Map<string, Fault>();
  for (const field of fields) {
    const value = draft[field.api_name];
    const fault = field.read_only ? null : faultOf(field, value);
    if (fault !== null && !(fresh && field.type === "owner")) wrong.set(field.api_name, fault);
    if (!holdsRows(field) || !isRows(value)) continue;
    for (const row of value) {
      for (const column of field.columns) {
        const inside = faultOf(column, row.cells[column.api_name]);
        if (inside !== null) wrong.set(cellPath(field.api_name, row, column), inside);
      }
    }
  }
  return wrong;
}
