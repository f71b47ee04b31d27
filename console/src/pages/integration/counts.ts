import type { Schema } from "../../api/client";

type Run = Schema<"Run">;

/** The columns of a run, in the order in which they are told; each record that was seen stands in one of those behind the first. */
export const COLUMNS = [
  "seen",
  "added",
  "updated",
  "linked",
  "deleted",
  "unlinked",
  "unchanged",
  "skipped",
  "held",
  "failed",
] as const;

export type Column = (typeof COLUMNS)[number];

/** What a run comes to: a line adds up to what was seen. */
export type Counts = Record<Column, number>;

/** Shown even where all of them are zero: what people look for first, and nothing is an answer too. */
const ALWAYS: readonly Column[] = ["seen", "added", "updated", "skipped", "failed"];

/** The outcomes that stand in another column than the one of their own name. */
const ELSEWHERE: Record<string, Column> = {
  undone: "updated",
  revived: "linked",
  gone: "deleted",
  untied: "unlinked",
};

/** The column in which an outcome is counted. One that nobody knows yet wrote nothing that we know of. */
function columnOf(outcome: string): Column {
  return COLUMNS.find((column) => column === outcome) ?? ELSEWHERE[outcome] ?? "unchanged";
}

/** How many records of a run stand in which column. */
export function countsOf({ seen, outcomes }: Run): Counts {
  const counts = Object.fromEntries(COLUMNS.map((column) => [column, 0])) as Counts;
  for (const { outcome, count } of outcomes) counts[columnOf(outcome)] += count;
  return { ...counts, seen };
}

/** The columns that these runs need: what is zero in all of them would only take room. */
export function columnsOf(runs: Run[]): Column[] {
  const counts = runs.map(countsOf);
  return COLUMNS.filter((column) => ALWAYS.includes(column) || counts.some((each) => each[column] > 0));
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
