import type { Schema } from "../api/client";

/** How an integration or a module pair stands, as one word. */
export type Standing = "agrees" | "loading" | "working" | "paused" | "inactive" | "attention" | "stopped";

type Module = Schema<"ModuleStatus">;

/** The reason of records that wait for the record they point to. */
export const WAITS = "lookup.parent_not_linked";

/** These go on by themselves when their parent is carried over; nobody has to look at them. */
const BY_ITSELF = new Set([WAITS]);

/** The matters that wait for a person, with how many there are of each. */
export function matters({ held, failed }: Module): [code: string, count: number][] {
  const all = [...Object.entries(held), ...Object.entries(failed)];
  return all.filter(([code]) => !BY_ITSELF.has(code));
}

/** How many matters wait for a person. */
export function waiting(module: Module): number {
  return matters(module).reduce((total, [, count]) => total + count, 0);
}

/** The matters that are conflicts to decide. */
export const CONFLICT = "conflict.held";

/** How many conflicts of an integration wait for a decision. */
export function conflictsOf({ modules }: Schema<"IntegrationStatus">): number {
  return modules.reduce((total, { held }) => total + (held[CONFLICT] ?? 0), 0);
}

export function isLoading(module: Module): boolean {
  return module.phase !== "steady";
}

export function standingOfModule(module: Module, paused: boolean): Standing {
  if (module.state === "inactive") return "inactive";
  if (paused || module.paused) return "paused";
  if (module.problem !== null) return "stopped";
  if (isLoading(module)) return "loading";
  if (waiting(module) > 0) return "attention";
  return module.open > 0 || module.agreed_since === null ? "working" : "agrees";
}

/** The gravest standing of its modules counts. */
const ORDER: Standing[] = ["stopped", "loading", "attention", "working", "agrees", "paused", "inactive"];

export function standingOf(integration: Schema<"IntegrationStatus">): Standing {
  if (integration.state === "paused") return "paused";
  const all = new Set(integration.modules.map((module) => standingOfModule(module, false)));
  return ORDER.find((standing) => all.has(standing)) ?? "working";
}

/** Records read and expected in the loads under way. */
export function loadOf(modules: Module[]): { scanned: number; expected: number } {
  const both = (sides: { left: number; right: number }) => sides.left + sides.right;
  return {
    scanned: modules.reduce((total, module) => total + both(module.scanned), 0),
    expected: modules.reduce(
      (total, module) => total + Math.max(both(module.expected), both(module.scanned)),
      0,
    ),
  };
}

/** How far behind the services the hub may be, in milliseconds; null before the first complete look. */
export function lagOf(modules: Module[], now: number): number | null {
  const seen = modules.flatMap((module) => [module.seen_until.left, module.seen_until.right]);
  const oldest = Math.min(...seen);
  return seen.length === 0 || oldest <= 0 ? null : Math.max(0, now - oldest);
}
