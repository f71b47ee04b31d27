import type { Schema } from "../../api/client";

type Candidate = Schema<"Candidate">;

/** A pair of fields that some candidate holds something in. */
export interface Line {
  left: string;
  right: string;
  /** Not all hold the same, as far as it is known. */
  differs: boolean;
}

/** What a candidate holds in a pair of fields, as people read it: `""` when it is blank, `undefined` when that is not known. */
export function heldIn(
  { fields }: Candidate,
  line: Pick<Line, "left" | "right">,
  shown: (value: unknown) => string,
): string | undefined {
  const found = fields.find(({ left, right }) => left === line.left && right === line.right);
  return found === undefined ? undefined : shown(found.value);
}

/** The pairs of fields to compare candidates by, without those that are blank in all of them. */
export function linesOf(candidates: Candidate[], shown: (value: unknown) => string): Line[] {
  const pairs = new Map(
    candidates
      .flatMap(({ fields }) => fields)
      .map(({ left, right }) => [`${left} ${right}`, { left, right }]),
  );
  return [...pairs.values()].flatMap((pair) => {
    const held = new Set(candidates.map((one) => heldIn(one, pair, shown)));
    held.delete(undefined);
    const blank = [...held].every((value) => value === "");
    return blank ? [] : [{ ...pair, differs: held.size > 1 }];
  });
}
