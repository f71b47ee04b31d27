import type { Schema } from "../../api/client";
import { isListed, type ModulePair } from "../mapping/pairs";

export type Entry = Schema<"MatchEntry">;
export type Form = Schema<"MatchForm">;
export const FORMS = ["plain", "email", "phone", "domain", "name"] as const;

/** Two letters, or a calling code. */
export type Country = Schema<"Country">;

/** The country of telephone numbers that are written without one, per side. */
export interface Countries {
  left: Country | null;
  right: Country | null;
}

/** A code as people write it. */
export function shown(country: Country): string {
  return typeof country === "number" ? `+${String(country)}` : country.toUpperCase();
}

export const NOWHERE: Countries = { left: null, right: null };

/** A match field with everything said. */
export interface Key {
  left: string;
  /** Null: the field that the left one is mapped to, else the one of the same name. */
  right: string | null;
  as: Form;
  country: Countries;
}

export function keyOf(entry: Entry): Key {
  if (typeof entry === "string") return { left: entry, right: null, as: "plain", country: NOWHERE };
  const { left, right = null, as = "plain", country = null } = entry;
  return { left, right, as, country: countriesOf(country) };
}

function countriesOf(said: Country | { left?: Country | null; right?: Country | null } | null): Countries {
  if (said === null) return NOWHERE;
  if (typeof said !== "object") return { left: said, right: said };
  return { left: said.left ?? null, right: said.right ?? null };
}

function countryOf({ left, right }: Countries) {
  if (left === null && right === null) return {};
  if (left !== null && left === right) return { country: left };
  return { country: { ...(left === null ? {} : { left }), ...(right === null ? {} : { right }) } };
}

/** As short as it can be said. */
export function entryOf({ left, right, as, country }: Key): Entry {
  const more = {
    ...(right === null ? {} : { right }),
    ...(as === "plain" ? {} : { as }),
    ...(as === "phone" ? countryOf(country) : {}),
  };
  return Object.keys(more).length === 0 ? left : { left, ...more };
}

/** The right field that a key compares with. */
export function rightOf(key: Key, module: ModulePair): string {
  if (key.right !== null) return key.right;
  const pair = isListed(module) ? module.fields.find(({ left }) => left === key.left) : undefined;
  return pair?.right ?? key.left;
}

/** How values of a field are compared best. */
export function formOf(field: Schema<"Field"> | undefined): Form {
  switch (field?.type) {
    case "email":
      return "email";
    case "phone":
      return "phone";
    case "url":
      return "domain";
    default:
      return "plain";
  }
}

/** By what the services themselves take two records of a module for one: what counts where nothing is said. */
const USUAL: Record<string, string> = {
  Contacts: "Email",
  Leads: "Email",
  Accounts: "Account_Name",
  Products: "Product_Name",
};

/** The match keys of a pair, said or not. */
export function keysOf(module: ModulePair): Key[] {
  const usual = USUAL[module.left];
  return (module.match ?? (usual === undefined ? [] : [usual])).map(keyOf);
}

/** The address that a service takes for a person's own. */
const PRIMARY = "Email";

/**
 * Pairs of primary addresses that would overwrite each other, since records are found by other addresses (AMB-9): empty where all e-mail keys compare the very
 * fields that are mapped to each other.
 */
export function overwritten(
  module: ModulePair,
  types: { left: Map<string, string>; right: Map<string, string> },
  mapped: { left: string; right: string }[],
): { left: string; right: string }[] {
  const keys = keysOf(module).map((key) => ({ left: key.left, right: rightOf(key, module) }));
  const mail = keys.filter(
    ({ left, right }) => types.left.get(left) === "email" || types.right.get(right) === "email",
  );
  return mapped
    .filter(({ left, right }) => left === PRIMARY || right === PRIMARY)
    .filter((pair) => mail.some(({ left, right }) => left !== pair.left || right !== pair.right));
}
