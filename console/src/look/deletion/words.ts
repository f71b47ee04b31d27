import { useFormat } from "../format";
import { SIDES, type ModulePair, type Side } from "../mapping/pairs";
import { policyOf } from "./policy";
import { useTexts } from "./texts";

/** Deletion choices in short, as lists and summaries show them. */
export function useDeletionText(sides: { left: string; right: string }) {
  const t = useTexts();
  const format = useFormat();
  const between = (side: Side) => ({ from: sides[side], to: sides[side === "left" ? "right" : "left"] });
  const does = (deletion: ModulePair["deletion"], side: Side) => t(`what_${policyOf(deletion, side)}`);
  const policy = (deletion: ModulePair["deletion"]) =>
    SIDES.map((side) => t("way", { ...between(side), what: does(deletion, side) })).join(t("comma"));
  const limit = (said: ModulePair["deletion_limit"]): string => {
    const parts = [
      ...(said?.records == null ? [] : [t("recordsSaid", { n: format.count(said.records) })]),
      ...(said?.share == null ? [] : [t("shareSaid", { share: said.share })]),
    ];
    return parts.length === 0 ? t("usual") : parts.join(t("comma"));
  };
  return {
    does,
    wayOf: (side: Side) => t("wayOf", between(side)),
    limit,
    conflict: (value: ModulePair["delete_conflict"]) => t(`conflict_${value}`),
    converted: (value: ModulePair["converted"]) => t(`converted_${value}`),
    /** All of it in one line. */
    summary: ({ deletion, deletion_limit }: ModulePair): string => {
      const deletes = SIDES.some((side) => policyOf(deletion, side) !== "unlink");
      if (!deletes) return t("never");
      return [policy(deletion), t("limitSaid", { limit: limit(deletion_limit) })].join(t("comma"));
    },
    names: {
      delete_conflict: t("conflict"),
      converted: t("converted"),
      deletion_limit: t("limit"),
    },
  };
}
