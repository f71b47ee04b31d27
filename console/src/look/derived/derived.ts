import type { Schema } from "../../api/client";
import { isListed, readField, type ModulePair, type Side } from "../mapping/pairs";

export type Derived = Schema<"DerivedField">;
export type Recipe = "join" | "first_non_blank";

export const recipeOf = (derived: Derived): Recipe =>
  (derived.first_non_blank ?? []).length > 0 ? "first_non_blank" : "join";

export const sourcesOf = (derived: Derived): string[] => derived[recipeOf(derived)] ?? [];

/** A field that is made so; what stands between texts is said only where it is no space. */
export function makeDerived(
  side: Side,
  name: string,
  recipe: Recipe,
  sources: string[],
  between: string,
): Derived {
  if (recipe === "first_non_blank") return { side, name, first_non_blank: sources };
  return { side, name, join: sources, ...(between === " " ? {} : { with: between }) };
}

/** Fields of these types have nothing that could be put together. */
const APART = ["lookup", "owner", "subform", "multi_lookup", "other"];
const TEXTS = ["text", "textarea", "email", "phone", "url", "picklist"];

/** The fields that can be put together with those that are chosen. */
export function canJoin(recipe: Recipe, chosen: Schema<"Field">[], field: Schema<"Field">): boolean {
  if (APART.includes(field.type)) return false;
  if (recipe === "join") return true;
  if (field.type === "multi_picklist" || field.type === "tags") return false;
  const [first] = chosen;
  if (first === undefined) return true;
  return first.type === field.type || (TEXTS.includes(first.type) && TEXTS.includes(field.type));
}

/** Made fields as fields of their module: they can only be read. */
export function derivedFields(made: Derived[], side: Side, own: Schema<"Field">[]): Schema<"Field">[] {
  return made
    .filter((derived) => derived.side === side)
    .map((derived) => {
      const kinds = sourcesOf(derived).map((name) => own.find(({ api_name }) => api_name === name)?.type);
      const alike = recipeOf(derived) === "first_non_blank" && new Set(kinds).size === 1;
      return readField(derived.name, (alike ? kinds[0] : undefined) ?? "text");
    });
}

/** The module without a made field, and without the pairs that it was in. */
export function without(module: ModulePair, derived: Derived): ModulePair {
  const rest = module.derived.filter((each) => each !== derived);
  if (!isListed(module)) return { ...module, derived: rest };
  const fields = module.fields.filter((pair) => pair[derived.side] !== derived.name);
  return { ...module, derived: rest, fields };
}
