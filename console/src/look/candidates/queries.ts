import { queryOptions } from "@tanstack/react-query";
import { api, ask } from "../../api/client";

/** The records of both sides that a matter of matching is about. */
export const candidatesQuery = (name: string, id: string) =>
  queryOptions({
    queryKey: ["integration", name, "attention", "candidates", id],
    queryFn: ({ signal }) =>
      ask(
        api.GET("/api/v1/integrations/{name}/attention/{id}/candidates", {
          signal,
          params: { path: { name, id } },
        }),
      ),
  });
