import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, ask } from "../../api/client";
import type { Draft, Side } from "./pairs";

const body = ({ left, right, modules, at }: Draft) => ({ left, right, modules, at });

/** The mapping as the hub would make it of the draft. */
export const previewQuery = ({ left, right, modules, at }: Draft) =>
  queryOptions({
    queryKey: ["preview", left, right, modules],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      ask(api.POST("/api/v1/integrations/preview", { signal, body: { left, right, modules } })),
    select: ({ modules: all }) => all[at],
  });

/** What the draft makes of some records. Rules that change no value are no reason to ask again. */
export const sampleQuery = (draft: Draft) => {
  const pair = draft.modules[draft.at];
  return queryOptions({
    queryKey: [
      "mapping",
      "records",
      draft.left,
      draft.right,
      pair && [pair.left, pair.right, pair.direction, pair.match, pair.fields],
    ],
    placeholderData: keepPreviousData,
    retry: false,
    queryFn: ({ signal }) => ask(api.POST("/api/v1/mapping/records", { signal, body: body(draft) })),
    select: ({ items }) => items,
  });
};

/** What could be mapped; asked for once, as what is accepted changes nothing about the rest. */
export const suggestionsQuery = (draft: Draft) => {
  const pair = draft.modules[draft.at];
  return queryOptions({
    queryKey: [
      "mapping",
      "suggestions",
      draft.left,
      draft.right,
      pair && [pair.left, pair.right, pair.direction],
    ],
    staleTime: 300_000,
    retry: false,
    queryFn: ({ signal }) => ask(api.POST("/api/v1/mapping/suggestions", { signal, body: body(draft) })),
    select: ({ items }) => items,
  });
};

/** The fields of the other side, with what speaks against each. */
export const fitsQuery = (draft: Draft, side: Side, field: string | null) => {
  const pair = draft.modules[draft.at];
  return queryOptions({
    queryKey: [
      "mapping",
      "fits",
      draft.left,
      draft.right,
      pair && [pair.left, pair.right, pair.direction],
      side,
      field,
    ],
    enabled: field !== null,
    staleTime: 60_000,
    queryFn: ({ signal }) =>
      ask(api.POST("/api/v1/mapping/fits", { signal, body: { ...body(draft), side, field: field ?? "" } })),
    select: ({ items }) => new Map(items.map((fit) => [fit.field, fit])),
  });
};
