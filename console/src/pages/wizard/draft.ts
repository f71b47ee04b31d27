import { useLocalStorage } from "@mantine/hooks";
import type { Schema } from "../../api/client";

/** A module pair with everything chosen. */
export type Pair = Required<Schema<"ModulePair">>;

/** What has been chosen so far; kept in the browser, so that one can leave and come back. */
export interface Draft {
  step: 0 | 1 | 2 | 3;
  name: string;
  left: string;
  right: string;
  modules: Pair[];
  owners: Schema<"Owners">;
  /** The hub knows the integration, paused, since a plan was asked for. */
  saved: boolean;
  /** The job that makes the plan. */
  job: string | null;
}

/** What the steps about modules and fields need of it. */
export type Chosen = Pick<Draft, "left" | "right" | "modules" | "owners">;

export const EMPTY: Draft = {
  step: 0,
  name: "",
  left: "",
  right: "",
  modules: [],
  owners: {},
  saved: false,
  job: null,
};

export function useDraft() {
  return useLocalStorage<Draft>({
    key: "musubi.wizard",
    defaultValue: EMPTY,
    getInitialValueInEffect: false,
    deserialize: (text) => whole(text === undefined ? {} : (JSON.parse(text) as Partial<Draft>)),
  });
}

/** What was kept before something could be chosen says nothing about it. */
function whole(kept: Partial<Draft>): Draft {
  const modules = (kept.modules ?? []).map((pair) => ({ ...newPair(pair.left), ...pair }));
  return { ...EMPTY, ...kept, modules };
}

export function newPair(module: string): Pair {
  return {
    left: module,
    right: module,
    state: null,
    paused: null,
    direction: "both",
    match: null,
    conflict: "latest",
    initial: null,
    master: "left",
    blank: "clear",
    deletion: "unlink",
    delete_conflict: "edit",
    converted: "unlink",
    deletion_limit: null,
    only_with_parent: null,
    automations: "after_load",
    bulk: "auto",
    scope: null,
    tags: false,
    attachments: false,
    derived: [],
    field_conflict: {},
    fields: "same_name",
  };
}

/** What is not said is as the hub takes it. */
export function filled(pair: Schema<"ModulePair">): Pair {
  return { ...newPair(pair.left), ...pair };
}

export function suggestedName(left: string, right: string): string {
  return left === "" || right === "" ? "" : `${left}-${right}`;
}

export function validName(name: string): boolean {
  return /^[a-z][a-z0-9-]{0,62}$/.test(name);
}

/** Whether the step's questions are answered. */
export function complete(draft: Draft): boolean {
  switch (draft.step) {
    case 0:
      return draft.left !== "" && draft.right !== "" && draft.left !== draft.right && validName(draft.name);
    case 1:
      return draft.modules.length > 0;
    default:
      return true;
  }
}
