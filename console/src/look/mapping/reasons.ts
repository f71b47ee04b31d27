import { useTexts } from "./texts";

const REASONS = [
  "field.not_syncable",
  "field.not_chosen",
  "field.no_counterpart",
  "field.read_only",
  "field.types_differ",
  "field.other_direction",
  "lookup.parent_not_synced",
  "owner.unknown",
] as const;

/** Why a field is not mapped, or cannot be. */
export function useReason() {
  const t = useTexts();
  return (code: string): string => {
    const known = REASONS.find((reason) => reason === code);
    return known === undefined ? code : t(`reason_${known}`);
  };
}
