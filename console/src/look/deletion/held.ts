import type { Schema } from "../../api/client";

/** Deletions that a person decides about, by the reason they are held for. */
export const HELD = ["delete.breaker", "delete.conflict", "delete.restored"] as const;
export type HeldCode = (typeof HELD)[number];

export function isHeld(code: string): code is HeldCode {
  return HELD.some((each) => each === code);
}

/** How many deletions are held, by reason; reasons without any are left out. */
export function heldIn(modules: Schema<"ModuleStatus">[]): { code: HeldCode; count: number }[] {
  return HELD.map((code) => ({
    code,
    count: modules.reduce((sum, { held }) => sum + (held[code] ?? 0), 0),
  })).filter(({ count }) => count > 0);
}
