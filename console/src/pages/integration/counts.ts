import type { Schema } from "../../api/client";

type Run = Schema<"Run">;

/** What a run comes to, in four numbers. */
export interface Counts {
  added: number;
  updated: number;
  skipped: number;
  failed: number;
}

/** Records that were left out as they were, and those that wait for somebody or something. */
export function countsOf({ outcomes }: Run): Counts {
  const of = (...names: string[]) =>
    outcomes.filter(({ outcome }) => names.includes(outcome)).reduce((sum, { count }) => sum + count, 0);
  return {
    added: of("added"),
    updated: of("updated"),
    skipped: of("skipped"),
    failed: of("failed", "held"),
  };
}

/** One way in which a run went, and what it wrote there. */
export interface Way {
  from: "left" | "right";
  added: number;
  updated: number;
}

/** The ways that a run went, as far as the journal tells: a way that nothing was written to is none. */
export function waysOf({ written }: Run): Way[] {
  const ways: Way[] = [
    { from: "left", added: written.right.added, updated: written.right.updated },
    { from: "right", added: written.left.added, updated: written.left.updated },
  ];
  return ways.filter(({ added, updated }) => added + updated > 0);
}
