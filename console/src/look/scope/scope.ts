import type { Schema } from "../../api/client";
import { SIDES } from "../mapping/pairs";
import { unfinished } from "./criteria";

export type Scope = Schema<"RecordScope">;
export type SideScope = Schema<"SideScope">;

/** Whether it leaves anything out. */
export function says(side: SideScope | null | undefined): side is SideScope {
  if (side == null) return false;
  return (side.views ?? []).length > 0 || side.criteria != null || (side.opt_out ?? null) !== null;
}

/** The scope as it is written: without what says nothing, and nothing at all where every record takes part. */
export function tidyScope(scope: Scope): Scope | null {
  const sides = SIDES.flatMap((side) => {
    const own = scope[side];
    return says(own) ? [[side, tidySide(own)] as const] : [];
  });
  const window = scope.created_within ?? null;
  if (sides.length === 0 && window === null) return null;
  const views = sides.some(([, side]) => (side.views ?? []).length > 0);
  return {
    ...Object.fromEntries(sides),
    ...(scope.leaving === undefined || scope.leaving === "keep_linked" ? {} : { leaving: scope.leaving }),
    ...(views && scope.view_changes === "apply" ? { view_changes: "apply" as const } : {}),
    ...(window === null ? {} : { created_within: window }),
    ...(window !== null && scope.apply_window_to_updates === true ? { apply_window_to_updates: true } : {}),
  };
}

function tidySide({ views = [], criteria, join, opt_out }: SideScope): SideScope {
  // With one thing said there is nothing to join.
  const joined = views.length + (criteria == null ? 0 : 1) > 1;
  return {
    ...(views.length === 0 ? {} : { views }),
    ...(criteria == null ? {} : { criteria }),
    ...(joined && join != null ? { join } : {}),
    ...(opt_out == null ? {} : { opt_out }),
  };
}

/** The window in days, as the form shows it. */
export function daysOf(scope: Scope): number | null {
  const days = /^(\d+)d$/.exec(scope.created_within ?? "")?.[1];
  return days === undefined ? null : Number(days);
}

/** Conditions that are not said to the end, of both sides. */
export function unfinishedIn(scope: Scope | null): number {
  return SIDES.reduce((sum, side) => sum + unfinished(scope?.[side]?.criteria), 0);
}
