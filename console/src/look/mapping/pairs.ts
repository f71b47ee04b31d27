import type { Schema } from "../../api/client";

/** A module pair with everything chosen. */
export type ModulePair = Required<Schema<"ModulePair">>;
export type FieldPair = Schema<"FieldPair">;
export type Direction = Schema<"Direction">;
export type Side = Schema<"Side">;

/** An integration as it is thought out, and the module pair it is about. */
export interface Draft {
  left: string;
  right: string;
  modules: ModulePair[];
  /** Whose records become whose. */
  owners: Schema<"Owners">;
  /** The place in `modules`. */
  at: number;
}

export const SIDES = ["left", "right"] as const;

export function isListed<Pair extends Pick<ModulePair, "fields">>(
  pair: Pair,
): pair is Pair & { fields: FieldPair[] } {
  return pair.fields !== "same_name";
}

/** The pairs of fields one by one; those that are found by their names, too. */
export function listOf(
  pair: Pick<ModulePair, "fields" | "tags" | "field_conflict">,
  preview: Schema<"ModulePreview"> | undefined,
): FieldPair[] {
  const mapped = (preview?.mapped ?? []).filter(({ direction }) => direction !== null);
  // Tags that are asked for by themselves stand in no list.
  if (isListed(pair)) {
    if (!pair.tags) return pair.fields;
    const beside = mapped.filter((each) => !pair.fields.some((own) => isSame(own, each)));
    return pair.fields.concat(beside.map(({ left, right }) => ({ left, right })));
  }
  return mapped.map(({ left, right }) => {
    const conflict = pair.field_conflict[left];
    return conflict === undefined ? { left, right } : { left, right, conflict };
  });
}

/** Fields of other records that the pairs name, such as `Account_Name.Billing_City` or `Deals[latest Closing_Date].Amount`: they can only be read. */
export function throughFields(fields: ModulePair["fields"], side: Side): Schema<"Field">[] {
  const named = fields === "same_name" ? [] : fields.map((each) => each[side]);
  return [...new Set(named.filter((name) => name.includes(".")))].map((name) => readField(name, "text"));
}

/** A field that no module has: it comes about by reading, and cannot be written. */
export function readField(name: string, type: Schema<"Field">["type"]): Schema<"Field"> {
  return {
    api_name: name,
    label: name,
    type,
    max_length: null,
    options: [],
    lookup: null,
    columns: [],
    read_only: true,
    create_only: false,
    required: false,
    unique: false,
    custom: false,
  };
}

/** A lookup that is mapped to a text tells the name of its record, which never comes back. */
function tellsName(from: Schema<"Field"> | undefined, to: Schema<"Field"> | undefined): boolean {
  const points = from?.type === "lookup" || from?.type === "owner";
  return points && (to?.type === "text" || to?.type === "textarea");
}

export function isSame(one: { left: string; right: string }, other: { left: string; right: string }) {
  return one.left === other.left && one.right === other.right;
}

function isEmpty(value: unknown): boolean {
  return value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

/** A field pair without what says nothing. */
export function tidy(pair: FieldPair): FieldPair {
  const said = Object.entries(pair).filter(([, value]) => !isEmpty(value));
  return Object.fromEntries(said) as unknown as FieldPair;
}

type Default = FieldPair["default"] | undefined;

/** Whether each side has its own default. */
export function isBySide(said: Default): said is Schema<"DefaultBySide"> {
  return typeof said === "object" && said !== null && !Array.isArray(said);
}

/** What a new record of the side is given. */
export function defaultOf(said: Default, side: Side): Schema<"DefaultValue"> | null {
  return isBySide(said) ? (said[side] ?? null) : (said ?? null);
}

/** The defaults of both sides with another one for this side. */
export function withDefault(
  said: Default,
  side: Side,
  value: Schema<"DefaultValue"> | null,
): Schema<"DefaultBySide"> | null {
  const of = (each: Side) => (each === side ? value : defaultOf(said, each));
  const kept = SIDES.map((each) => [each, of(each)] as const).filter(([, one]) => !isEmpty(one));
  return kept.length === 0 ? null : Object.fromEntries(kept);
}

/** The directions that a pair of fields may have: within the module's, and never into what cannot be written. */
export function allowed(
  module: Direction,
  left: Schema<"Field"> | undefined,
  right: Schema<"Field"> | undefined,
): Direction[] {
  const fixed = (field: Schema<"Field"> | undefined) =>
    field?.read_only === true || field?.create_only === true;
  const there = module !== "right_to_left" && !fixed(right) && !tellsName(right, left);
  const back = module !== "left_to_right" && !fixed(left) && !tellsName(left, right);
  return [
    ...(back ? (["right_to_left"] as const) : []),
    ...(there && back ? (["both"] as const) : []),
    ...(there ? (["left_to_right"] as const) : []),
  ];
}

/** The pair that writes a field already: two must not write the same. */
export function writerOf(side: Side, field: string, pairs: FieldPair[]): FieldPair | undefined {
  const into = side === "right" ? "right_to_left" : "left_to_right";
  return pairs.find((pair) => pair[side] === field && pair.direction !== into);
}

/** The pair as it goes this way; the module's own way need not be said. */
export function turned(pair: FieldPair, module: Direction, direction: Direction): FieldPair {
  return tidy({ ...pair, direction: direction === module ? null : direction });
}

/** The module with one pair of fields narrowed to one way. */
export function oneWay(
  module: ModulePair,
  pair: { left: string; right: string },
  direction: Direction,
): ModulePair {
  if (!isListed(module)) return module;
  const fields = module.fields.map((each) =>
    isSame(each, pair) ? turned(each, module.direction, direction) : each,
  );
  return { ...module, fields };
}
