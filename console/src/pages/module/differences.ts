import type { Schema } from "../../api/client";
import { policyOf } from "../../look/deletion/policy";
import {
  isListed,
  isSame,
  listOf,
  SIDES,
  type FieldPair,
  type ModulePair,
  type Side,
} from "../../look/mapping/pairs";
import { isAlike } from "../../look/mapping/same";

/** One thing that is different: of the module pair, or of one pair of fields. */
export type Difference =
  | { what: "setting"; key: string; before: unknown; after: unknown; pair?: { left: string; right: string } }
  | { what: "added" | "removed"; pair: { left: string; right: string } }
  | { what: "listed"; count: number }
  | { what: "same_name" };

/** The ways whose deletions would do something else than before. */
export function deletionWays({ before, after }: { before: unknown; after: unknown }): Side[] {
  const policy = (of: unknown, side: Side) => policyOf(of ?? "unlink", side);
  return SIDES.filter((side) => policy(before, side) !== policy(after, side));
}

/** What is different between two states of a module pair, in the order of its keys; field by field where both are lists. */
export function differences(before: ModulePair, after: ModulePair): Difference[] {
  const moved = isListed(after) ? ["field_conflict"] : [];
  return [...settings(before, after, ["left", "right", "fields", ...moved]), ...ofFields(before, after)];
}

function settings(before: object, after: object, but: string[], pair?: { left: string; right: string }) {
  const [old, next] = [before, after].map((each) => new Map<string, unknown>(Object.entries(each)));
  if (old === undefined || next === undefined) return [];
  const keys = new Set([...old.keys(), ...next.keys()].filter((key) => !but.includes(key)));
  return [...keys]
    .filter((key) => !isAlike(old.get(key), next.get(key)) || saysNone(key, old.get(key), next.get(key)))
    .map((key): Difference => {
      const found = { what: "setting" as const, key, before: old.get(key), after: next.get(key) };
      return pair === undefined ? found : { ...found, pair };
    });
}

/** No match keys at all is something else than nothing said about them: then the usual one counts. */
function saysNone(key: string, before: unknown, after: unknown): boolean {
  return key === "match" && (before == null) !== (after == null);
}

function ofFields(before: ModulePair, after: ModulePair): Difference[] {
  if (!isListed(after)) return isListed(before) ? [{ what: "same_name" }] : [];
  if (!isListed(before)) return [{ what: "listed", count: after.fields.length }];
  const find = (list: FieldPair[], pair: FieldPair) => list.find((each) => isSame(each, pair));
  const changed = after.fields.flatMap((pair): Difference[] => {
    const old = find(before.fields, pair);
    const { left, right } = pair;
    if (old === undefined) return [{ what: "added", pair: { left, right } }];
    return settings(old, pair, ["left", "right"], { left, right });
  });
  const removed = before.fields
    .filter((pair) => find(after.fields, pair) === undefined)
    .map(({ left, right }): Difference => ({ what: "removed", pair: { left, right } }));
  return [...changed, ...removed];
}

/** Fields that came or went when a list took the place of equal names. */
export function listedAnew(
  preview: Schema<"ModulePreview"> | undefined,
  before: ModulePair,
  after: ModulePair,
): Difference[] {
  if (preview === undefined || !isListed(after)) return [];
  return ofFields({ ...after, fields: listOf(before, preview) }, after);
}
