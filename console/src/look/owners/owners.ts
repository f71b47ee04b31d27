import type { Schema } from "../../api/client";

export type Owners = Schema<"Owners">;
export type OwnerPair = Schema<"OwnerPair">;

/** Who stands in on each side: a user's address, the connected user, or nobody on both. */
export type StandIn =
  { kind: "connected" } | { kind: "none" } | { kind: "these"; left: string | null; right: string | null };

export function standInOf({ fallback }: Owners): StandIn {
  if (fallback === undefined || fallback === "connected_user") return { kind: "connected" };
  if (fallback === "none") return { kind: "none" };
  return { kind: "these", left: fallback.left ?? null, right: fallback.right ?? null };
}

/** Owners with somebody else who stands in; what goes without saying is left out. */
export function withStandIn(owners: Owners, stand: StandIn): Owners {
  if (stand.kind === "connected") return bare({ ...owners, fallback: "connected_user" });
  if (stand.kind === "none") return { ...owners, fallback: "none" };
  const sides = {
    ...(stand.left === null ? {} : { left: stand.left }),
    ...(stand.right === null ? {} : { right: stand.right }),
  };
  return { ...owners, fallback: sides };
}

export function withTable(owners: Owners, table: OwnerPair[]): Owners {
  return bare({ ...owners, table });
}

export function withLater(owners: Owners, later: Schema<"LaterChanges">): Owners {
  return bare({ ...owners, later_changes: later });
}

/** Without what goes without saying. */
function bare({ table = [], fallback, later_changes }: Owners): Owners {
  return {
    ...(table.length === 0 ? {} : { table }),
    ...(fallback === undefined || fallback === "connected_user" ? {} : { fallback }),
    ...(later_changes === undefined || later_changes === "carry" ? {} : { later_changes }),
  };
}
