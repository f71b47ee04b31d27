import { useFormat } from "../format";
import { SIDES, type ModulePair } from "../mapping/pairs";
import { policyOf } from "./policy";
import { useTexts } from "./texts";

/** Deletion choices in short, as lists and summaries show them. */
export function useDeletionText(sides: { left: string; right: string }) {
  const t = useTexts();
  const format = useFormat();
  const policy = (deletion: ModulePair["deletion"]) =>
    SIDES.map((side) =>
      t("way", {
        from: sides[side],
        to: sides[side === "left" ? "right" : "left"],
        what: t(`what_${policyOf(deletion, side)}`),
      }),
    ).join(t("comma"));
  const limit = (said: ModulePair["deletion_limit"]): string => {
    const parts = [
      ...(said?.records == null ? [] : [t("recordsSaid", { n: format.count(said.records) })]),
      ...(said?.share == null ? [] : [t("shareSaid", { share: said.share })]),
    ];
    return parts.length === 0 ? t("usual") : parts.join(t("comma"));
  };
  return {
    policy,
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
      deletion: t("title"),
      delete_conflict: t("conflict"),
      converted: t("converted"),
      deletion_limit: t("limit"),
    },
  };
}
