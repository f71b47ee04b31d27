import type { Schema } from "../../api/client";
import { SIDES, type ModulePair, type Side } from "../mapping/pairs";

export type Policy = Schema<"DeletionPolicy">;

/** What a deletion on a side does to the other record. */
export function policyOf(deletion: ModulePair["deletion"], side: Side): Policy {
  return typeof deletion === "string" ? deletion : (deletion[side] ?? "unlink");
}

/** The choice with another one for a side; one word where both are the same. */
export function withPolicy(
  deletion: ModulePair["deletion"],
  side: Side,
  policy: Policy,
): ModulePair["deletion"] {
  const both = { left: policyOf(deletion, "left"), right: policyOf(deletion, "right"), [side]: policy };
  return both.left === both.right ? both.left : both;
}

/** Whether changes of a side are carried over at all. */
export function goes({ direction }: ModulePair, from: Side): boolean {
  return direction === "both" || direction === (from === "left" ? "left_to_right" : "right_to_left");
}

/** The ways in which deletions of a new integration would take everything along. */
export function cascadesOf(integration: string, modules: ModulePair[]): Schema<"Cascade">[] {
  return modules.flatMap(({ left, right, deletion }) =>
    SIDES.filter((side) => policyOf(deletion, side) === "delete").map((deleted_on) => ({
      integration,
      left,
      right,
      deleted_on,
      records: 0,
      looked_at: 0,
      with_related: 0,
      related: 0,
    })),
  );
}

/** A limit without what says nothing; null for the usual one. */
export function limitOf(records: number | null, share: number | null): Schema<"DeletionLimitConfig"> | null {
  if (records === null && share === null) return null;
  return {
    ...(records === null ? {} : { records }),
    ...(share === null ? {} : { share: `${share}%` }),
  };
}
