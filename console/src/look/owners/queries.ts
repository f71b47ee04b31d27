import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, ask } from "../../api/client";
import type { Draft } from "../mapping/pairs";

/** How the owners would be matched. */
export const ownersQuery = ({ left, right, owners }: Draft) =>
  queryOptions({
    queryKey: ["owners", left, right, owners],
    placeholderData: keepPreviousData,
    retry: false,
    queryFn: ({ signal }) =>
      ask(api.POST("/api/v1/mapping/owners", { signal, body: { left, right, owners } })),
  });

/** How many records each user has; asked for only when somebody wants to know, since it reads everything. */
export const ownedQuery = ({ left, right, modules }: Draft) =>
  queryOptions({
    queryKey: ["owned", left, right, modules.map((pair) => [pair.left, pair.right, pair.direction])],
    enabled: false,
    retry: false,
    staleTime: Infinity,
    queryFn: ({ signal }) =>
      ask(
        api.POST("/api/v1/mapping/owners/records", {
          signal,
          body: { left, right, modules, owners: {}, at: 0 },
        }),
      ),
  });
