/** Whether the hub would take both for the same, whatever the order of their keys and whether what says nothing is written out. */
export function isAlike(one: unknown, other: unknown): boolean {
  return plain(one) === plain(other);
}

function plain(value: unknown): string {
  return JSON.stringify(bare(value));
}

function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(bare);
  if (value === null || typeof value !== "object") return value ?? undefined;
  const said = Object.entries(value)
    .map(([key, each]) => [key, bare(each)] as const)
    .filter(([, each]) => each !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return said.length === 0 ? undefined : Object.fromEntries(said);
}
