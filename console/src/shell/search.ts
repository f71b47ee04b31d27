/** What the address may carry beside the path: every filter, so that a view can be shared. Anything else is dropped. */

type Raw = Record<string, unknown>;

/** Everything in an address is text: the router's own way takes ids for numbers, which are too short for them. */
export function read(search: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(search));
}

export function write(search: Raw): string {
  const texts = Object.entries(search).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  return texts.length === 0 ? "" : `?${new URLSearchParams(texts).toString()}`;
}

function text(raw: Raw, key: string): string | undefined {
  const value = raw[key];
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Only the keys that are set. */
function present<Keys extends string>(raw: Raw, ...keys: Keys[]): { [K in Keys]?: string } {
  const entries = keys
    .map((key) => [key, text(raw, key)] as const)
    .filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in Keys]?: string };
}

/** `next` leads back into the console, never elsewhere. */
export function login(raw: Raw): { next?: string } {
  const { next } = present(raw, "next");
  return next?.startsWith("/") === true && !next.startsWith("//") && !next.startsWith("/\\") ? { next } : {};
}

export const TABS = ["overview", "records", "runs", "history", "attention", "owners", "verify"] as const;
export type Tab = (typeof TABS)[number];

export interface IntegrationSearch {
  tab?: Tab;
  module?: string;
  record?: string;
  kind?: string;
  code?: string;
  job?: string;
  search?: string;
  since?: string;
  until?: string;
  period?: string;
}

export function integration(raw: Raw): IntegrationSearch {
  const tab = TABS.find((each) => each === raw["tab"]);
  return {
    ...(tab ? { tab } : {}),
    ...present(raw, "module", "record", "kind", "code", "job", "search", "since", "until", "period"),
  };
}

/** The job that makes the plan of what was added. */
export function adding(raw: Raw) {
  return present(raw, "job");
}

/** How an authorization in the browser ended, and what to look for. */
export function connections(raw: Raw) {
  return present(raw, "authorized", "problem");
}

export function attention(raw: Raw) {
  return present(raw, "code", "record");
}

export function conflicts(raw: Raw) {
  return present(raw, "integration");
}

/** Which side's record the address names; the left one's, if nothing is said. */
export function record(raw: Raw): { side?: "right" } {
  return raw["side"] === "right" ? { side: "right" } : {};
}

export function records(raw: Raw) {
  return present(raw, "search", "record");
}

/** `again`: the connection that gets a new credential; `standIn`: the one that gets a further one. */
export function connect(raw: Raw) {
  return present(raw, "again", "standIn");
}
