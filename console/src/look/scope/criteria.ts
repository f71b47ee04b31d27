import type { Schema } from "../../api/client";

export type Criteria = Schema<"Criteria">;
export type Comparator = Schema<"Comparator">;
export type Words = Schema<"Words">;
type Word = Schema<"Word">;
/** What a person chooses: a comparator, or that a field is blank or not. */
export type Op = Comparator | "empty" | "not_empty";
export type Join = "all" | "any";

const EMPTY = "${EMPTY}";

export function isGroup(criteria: Criteria): boolean {
  return criteria.all != null || criteria.any != null;
}

export function joinOf(group: Criteria): Join {
  return group.any != null ? "any" : "all";
}

export function partsOf(group: Criteria): Criteria[] {
  return group.any ?? group.all ?? [];
}

export function group(join: Join, parts: Criteria[]): Criteria {
  return join === "any" ? { any: parts } : { all: parts };
}

/** The whole as a group, which is what the editor shows. */
export function asGroup(criteria: Criteria | null | undefined): Criteria {
  if (criteria == null) return group("all", []);
  return isGroup(criteria) ? criteria : group("all", [criteria]);
}

/** A group as it is written: nothing for none, and one condition by itself. */
export function written(root: Criteria): Criteria | null {
  const parts = partsOf(root);
  const [only, more] = parts;
  if (only === undefined) return null;
  return more === undefined && joinOf(root) === "all" ? only : root;
}

/** The values of a condition one by one. */
export function valuesOf(value: Words | null | undefined): Word[] {
  if (value == null) return [];
  return Array.isArray(value) ? value : [value];
}

export function textsOf(value: Words | null | undefined): string[] {
  return valuesOf(value).map(String);
}

export function opOf({ comparator, value }: Criteria): Op | null {
  if (comparator == null) return null;
  if (value === EMPTY && comparator === "equal") return "empty";
  if (value === EMPTY && comparator === "not_equal") return "not_empty";
  return comparator;
}

const MANY = new Set<Op>(["in", "not_in", "include_all", "include_any", "exclude_all", "exclude_any"]);
const RANGE = new Set<Op>(["between", "not_between"]);
const BLANK = new Set<Op>(["empty", "not_empty"]);

/** How many values a comparison takes. */
export function takes(op: Op): "none" | "one" | "two" | "many" {
  if (BLANK.has(op)) return "none";
  if (RANGE.has(op)) return "two";
  return MANY.has(op) ? "many" : "one";
}

/** The condition with another comparison. A value stays where the new one can take it. */
export function withOp(condition: Criteria, op: Op): Criteria {
  const { field } = condition;
  if (op === "empty") return { field: field ?? null, comparator: "equal", value: EMPTY };
  if (op === "not_empty") return { field: field ?? null, comparator: "not_equal", value: EMPTY };
  const before = opOf(condition);
  const kept = before !== null && takes(before) === takes(op);
  const value = kept ? condition.value : undefined;
  return { field: field ?? null, comparator: op, ...(value == null ? {} : { value }) };
}

const TEXT: Op[] = [
  "equal",
  "not_equal",
  "contains",
  "not_contains",
  "starts_with",
  "ends_with",
  "in",
  "not_in",
];
const ORDER: Op[] = [
  "equal",
  "not_equal",
  "greater_than",
  "greater_equal",
  "less_than",
  "less_equal",
  "between",
  "not_between",
];
const ENDS: Op[] = ["empty", "not_empty"];
const OPS: Partial<Record<Schema<"FieldType">, Op[]>> = {
  text: [...TEXT, ...ENDS],
  textarea: [...TEXT, ...ENDS],
  email: [...TEXT, ...ENDS],
  phone: [...TEXT, ...ENDS],
  url: [...TEXT, ...ENDS],
  picklist: ["in", "not_in", "equal", "not_equal", "contains", "not_contains", ...ENDS],
  multi_picklist: ["include_any", "include_all", "exclude_any", "exclude_all", ...ENDS],
  tags: ["include_any", "include_all", "exclude_any", "exclude_all", ...ENDS],
  integer: [...ORDER, ...ENDS],
  decimal: [...ORDER, ...ENDS],
  date: [...ORDER, ...ENDS],
  datetime: [...ORDER, ...ENDS],
  boolean: ["equal"],
  owner: ["in", "not_in", ...ENDS],
  lookup: ["in", "not_in", ...ENDS],
};

/** The comparisons that make sense for a type; none where only the service can compare. */
export function opsOf(type: Schema<"FieldType">): Op[] {
  return OPS[type] ?? [];
}

/** A new condition on a field. */
export function conditionOn(field: Schema<"Field">): Criteria {
  const [op] = opsOf(field.type);
  const condition: Criteria = { field: field.api_name };
  if (field.type === "boolean") return { ...condition, comparator: "equal", value: true };
  return op === undefined ? condition : withOp(condition, op);
}

/** How many conditions are not said to the end. */
export function unfinished(criteria: Criteria | null | undefined): number {
  if (criteria == null) return 0;
  if (isGroup(criteria)) {
    const parts = partsOf(criteria);
    return parts.length === 0 ? 1 : parts.reduce((sum, part) => sum + unfinished(part), 0);
  }
  const op = opOf(criteria);
  if (!criteria.field || op === null) return 1;
  const values = textsOf(criteria.value).filter((text) => text.trim() !== "");
  const wanted = { none: 1, one: 1, two: 2, many: 1 }[takes(op)];
  return values.length < wanted ? 1 : 0;
}

/** How many conditions there are. */
export function countOf(criteria: Criteria | null | undefined): number {
  if (criteria == null) return 0;
  return isGroup(criteria) ? partsOf(criteria).reduce((sum, part) => sum + countOf(part), 0) : 1;
}
