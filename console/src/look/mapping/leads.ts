import { useQueries, useQuery } from "@tanstack/react-query";
import { fieldsQuery } from "../../api/queries";
import type { Draft } from "./pairs";
import { previewQuery, previewsQuery } from "./queries";

/** A module that lookups lead to, with their labels. */
export interface Lead {
  module: string;
  fields: string[];
}

function gathered(found: { module: string; field: string }[]): Lead[] {
  const modules = [...new Set(found.map(({ module }) => module))];
  return modules.map((module) => ({
    module,
    fields: found.filter((each) => each.module === module).map(({ field }) => field),
  }));
}

/** Where the lookups of a module pair lead: to modules of its integration (S2-17), and to those that it does not sync. */
export function useLeads(draft: Draft): { parents: Lead[]; missing: Lead[] } {
  const pair = draft.modules[draft.at];
  const preview = useQuery({ ...previewQuery(draft), enabled: pair !== undefined });
  const fields = useQuery({ ...fieldsQuery(draft.left, pair?.left ?? ""), enabled: pair !== undefined });
  const led = (fields.data?.items ?? []).flatMap(({ api_name, label, lookup }) =>
    lookup === null || lookup.module === pair?.left
      ? []
      : [{ api_name, field: label, module: lookup.module }],
  );
  const mapped = (preview.data?.mapped ?? []).filter(({ direction }) => direction !== null);
  const out = (preview.data?.left_out ?? []).filter(({ reason }) => reason === "lookup.parent_not_synced");
  return {
    parents: gathered(led.filter(({ api_name }) => mapped.some(({ left }) => left === api_name))),
    missing: gathered(led.filter(({ api_name }) => out.some(({ field }) => field === api_name))),
  };
}

/** The module pairs whose lookups lead to this one, each with the labels of those lookups. */
export function useChildren(draft: Draft, enabled: boolean): Lead[] {
  const parent = draft.modules[draft.at];
  const previews = useQuery({ ...previewsQuery(draft), enabled }).data ?? [];
  const fields = useQueries({
    queries: draft.modules.map(({ left }) => ({ ...fieldsQuery(draft.left, left), enabled })),
  });
  return draft.modules.flatMap((child, place) => {
    if (parent === undefined || place === draft.at || child.state === "inactive") return [];
    const mapped = (previews[place]?.mapped ?? []).filter(({ direction }) => direction !== null);
    const leading = (fields[place]?.data?.items ?? []).filter(
      ({ api_name, lookup }) =>
        lookup?.module === parent.left && mapped.some(({ left }) => left === api_name),
    );
    return leading.length === 0 ? [] : [{ module: child.left, fields: leading.map(({ label }) => label) }];
  });
}
