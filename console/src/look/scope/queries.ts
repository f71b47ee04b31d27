import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, ask, type Schema } from "../../api/client";
import type { Draft } from "../mapping/pairs";

export const viewsQuery = (name: string, module: string) =>
  queryOptions({
    queryKey: ["connections", name, "views", module],
    staleTime: 60_000,
    queryFn: ({ signal }) =>
      ask(
        api.GET("/api/v1/connections/{name}/modules/{module}/views", {
          signal,
          params: { path: { name, module } },
        }),
      ),
  });

/** How many records the scope takes in. Whole modules may be read for it: it is asked for only when `wanted`. */
export const countQuery = (draft: Draft, integration: string | null, wanted: boolean) => {
  const pair = draft.modules[draft.at];
  return queryOptions({
    queryKey: [
      "scope-count",
      integration,
      [draft.left, draft.right, pair?.left, pair?.right],
      [pair?.scope?.left, pair?.scope?.right],
    ],
    enabled: wanted && pair !== undefined,
    placeholderData: keepPreviousData,
    staleTime: 300_000,
    retry: false,
    queryFn: ({ signal }) => counted(draft, integration, signal),
  });
};

function counted(
  { left, right, modules, at, owners }: Draft,
  integration: string | null,
  signal: AbortSignal,
): Promise<Schema<"ScopeCounts">> {
  const pair = modules[at];
  if (integration === null || pair === undefined)
    return ask(
      api.POST("/api/v1/mapping/scope-count", { signal, body: { left, right, modules, at, owners } }),
    );
  const params = { path: { name: integration } };
  return ask(api.POST("/api/v1/integrations/{name}/scope-count", { signal, params, body: pair }));
}
