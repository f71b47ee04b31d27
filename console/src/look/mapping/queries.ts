import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, ask } from "../../api/client";
import type { Draft, ModulePair, Side } from "./pairs";

const body = ({ left, right, modules, at, owners }: Draft) => ({ left, right, modules, at, owners });

/** What a question about the draft is remembered by: only what its answer depends on. */
const key = (what: string, draft: Draft, of: (pair: ModulePair) => unknown) => {
  const pair = draft.modules[draft.at];
  return ["mapping", what, draft.left, draft.right, pair && of(pair)];
};
const ways = ({ left, right, direction }: ModulePair) => [left, right, direction];

const preview = ({ left, right, modules, owners }: Draft) => ({
  queryKey: ["preview", left, right, modules, owners],
  placeholderData: keepPreviousData,
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    ask(api.POST("/api/v1/integrations/preview", { signal, body: { left, right, modules, owners } })),
});

/** The mapping as the hub would make it of the draft. */
export const previewQuery = (draft: Draft) =>
  queryOptions({ ...preview(draft), select: ({ modules }) => modules[draft.at] });

/** Those of all module pairs of the draft. */
export const previewsQuery = (draft: Draft) =>
  queryOptions({ ...preview(draft), select: ({ modules }) => modules });

/** What the draft makes of some records. Rules that change no value are no reason to ask again. */
export const sampleQuery = (draft: Draft) =>
  queryOptions({
    queryKey: key("records", draft, (pair) => [
      ways(pair),
      pair.match,
      pair.fields,
      pair.derived,
      draft.owners,
    ]),
    placeholderData: keepPreviousData,
    retry: false,
    queryFn: ({ signal }) => ask(api.POST("/api/v1/mapping/records", { signal, body: body(draft) })),
    select: ({ items }) => items,
  });

/** What could be mapped; asked for once, as what is accepted changes nothing about the rest. */
export const suggestionsQuery = (draft: Draft) =>
  queryOptions({
    queryKey: key("suggestions", draft, ways),
    staleTime: 300_000,
    retry: false,
    queryFn: ({ signal }) => ask(api.POST("/api/v1/mapping/suggestions", { signal, body: body(draft) })),
    select: ({ items }) => items,
  });

/** The fields of the other side, with what speaks against each. */
export const fitsQuery = (draft: Draft, side: Side, field: string | null) =>
  queryOptions({
    queryKey: key("fits", draft, (pair) => [ways(pair), pair.derived, draft.owners, side, field]),
    enabled: field !== null,
    staleTime: 60_000,
    queryFn: ({ signal }) =>
      ask(api.POST("/api/v1/mapping/fits", { signal, body: { ...body(draft), side, field: field ?? "" } })),
    select: ({ items }) => new Map(items.map((fit) => [fit.field, fit])),
  });
