import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, ask, setCsrf, type Schema } from "./client";
import { ProblemError } from "./problem";

const firstPage: string | undefined = undefined;
const nextOf = (page: { next: string | null }) => page.next ?? undefined;
/** Leaves out what is not set: the API takes absent parameters, not empty ones. */
export function set<T extends Record<string, unknown>>(
  query: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(query).filter(([, value]) => value !== undefined && value !== "");
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

export const setupQuery = queryOptions({
  queryKey: ["setup"],
  queryFn: ({ signal }) => ask(api.GET("/api/v1/setup", { signal })),
});

/** The session, or null when nobody is logged in. */
export const sessionQuery = queryOptions({
  queryKey: ["session"],
  staleTime: Infinity,
  queryFn: async ({ signal }): Promise<Schema<"Session"> | null> => {
    try {
      const session = await ask(api.GET("/api/v1/session", { signal }));
      setCsrf(session.csrf);
      return session;
    } catch (error) {
      if (error instanceof ProblemError && error.problem.status === 401) return null;
      throw error;
    }
  },
});

/** Kept current by the live events; asked for once. */
export const statusQuery = queryOptions({
  queryKey: ["status"],
  staleTime: 30_000,
  queryFn: ({ signal }) => ask(api.GET("/api/v1/status", { signal })),
});

export const activityQuery = (hours: 1 | 24 | 720, integration?: string) =>
  queryOptions({
    queryKey: ["activity", hours, integration ?? null],
    staleTime: 60_000,
    refetchInterval: 60_000,
    queryFn: ({ signal }) =>
      ask(api.GET("/api/v1/activity", { signal, params: { query: set({ hours, integration }) } })),
  });

export const servicesQuery = queryOptions({
  queryKey: ["services"],
  staleTime: Infinity,
  queryFn: ({ signal }) => ask(api.GET("/api/v1/services", { signal })),
});

export const connectionsQuery = queryOptions({
  queryKey: ["connections"],
  queryFn: ({ signal }) => ask(api.GET("/api/v1/connections", { signal })),
});

export const connectionQuery = (name: string) =>
  queryOptions({
    queryKey: ["connections", name],
    queryFn: ({ signal }) =>
      ask(api.GET("/api/v1/connections/{name}", { signal, params: { path: { name } } })),
  });

export const modulesQuery = (name: string) =>
  queryOptions({
    queryKey: ["connections", name, "modules"],
    staleTime: 300_000,
    queryFn: ({ signal }) =>
      ask(api.GET("/api/v1/connections/{name}/modules", { signal, params: { path: { name } } })),
  });

export const fieldsQuery = (name: string, module: string) =>
  queryOptions({
    queryKey: ["connections", name, "fields", module],
    staleTime: 300_000,
    queryFn: ({ signal }) =>
      ask(
        api.GET("/api/v1/connections/{name}/modules/{module}/fields", {
          signal,
          params: { path: { name, module } },
        }),
      ),
  });

export const usersQuery = (name: string) =>
  queryOptions({
    queryKey: ["connections", name, "users"],
    staleTime: 300_000,
    queryFn: ({ signal }) =>
      ask(api.GET("/api/v1/connections/{name}/users", { signal, params: { path: { name } } })),
  });

export const recordsQuery = (name: string, module: string, search: string) =>
  infiniteQueryOptions({
    queryKey: ["connections", name, "records", module, search],
    initialPageParam: firstPage,
    getNextPageParam: nextOf,
    queryFn: ({ signal, pageParam: cursor }) =>
      ask(
        api.GET("/api/v1/connections/{name}/modules/{module}/records", {
          signal,
          params: { path: { name, module }, query: set({ cursor, search }) },
        }),
      ),
  });

export const recordQuery = (name: string, module: string, id: string) =>
  queryOptions({
    queryKey: ["connections", name, "record", module, id],
    queryFn: ({ signal }) =>
      ask(
        api.GET("/api/v1/connections/{name}/modules/{module}/records/{id}", {
          signal,
          params: { path: { name, module, id } },
        }),
      ),
  });

export const integrationsQuery = queryOptions({
  queryKey: ["integrations"],
  queryFn: ({ signal }) => ask(api.GET("/api/v1/integrations", { signal })),
});

export interface HistoryFilter {
  module?: string | undefined;
  record?: string | undefined;
  kind?: Schema<"JournalKind"> | undefined;
  /** From this time on, and before that one, in milliseconds since 1970. */
  since?: number | undefined;
  until?: number | undefined;
}

export const historyQuery = (name: string, filter: HistoryFilter) =>
  infiniteQueryOptions({
    queryKey: ["integration", name, "history", filter],
    initialPageParam: firstPage,
    getNextPageParam: nextOf,
    queryFn: ({ signal, pageParam: cursor }) =>
      ask(
        api.GET("/api/v1/integrations/{name}/history", {
          signal,
          params: { path: { name }, query: set({ ...filter, cursor, limit: 40 }) },
        }),
      ),
  });

/** `since`: those that went on then, or began later. */
export const runsQuery = (name: string, since: number | undefined) =>
  infiniteQueryOptions({
    queryKey: ["integration", name, "runs", since ?? null],
    initialPageParam: firstPage,
    getNextPageParam: nextOf,
    queryFn: ({ signal, pageParam: cursor }) =>
      ask(
        api.GET("/api/v1/integrations/{name}/runs", {
          signal,
          params: { path: { name }, query: set({ since, cursor, limit: 50 }) },
        }),
      ),
  });

export interface AttentionFilter {
  module?: string | undefined;
  code?: string | undefined;
  record?: string | undefined;
}

export const attentionQuery = (name: string, filter: AttentionFilter) =>
  infiniteQueryOptions({
    queryKey: ["integration", name, "attention", filter],
    initialPageParam: firstPage,
    getNextPageParam: nextOf,
    queryFn: ({ signal, pageParam: cursor }) =>
      ask(
        api.GET("/api/v1/integrations/{name}/attention", {
          signal,
          params: { path: { name }, query: set({ ...filter, cursor }) },
        }),
      ),
  });

/** Records that wait for the record they point to; of this left module, if one is given. */
export const waitingQuery = (name: string, module: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ["integration", name, "attention", "waiting", module ?? null],
    initialPageParam: firstPage,
    getNextPageParam: nextOf,
    queryFn: ({ signal, pageParam: cursor }) =>
      ask(
        api.GET("/api/v1/integrations/{name}/waiting", {
          signal,
          params: { path: { name }, query: set({ module, cursor }) },
        }),
      ),
  });

/** Of all integrations, the newest first. */
export const allAttentionQuery = (filter: AttentionFilter) =>
  infiniteQueryOptions({
    queryKey: ["attention", filter],
    initialPageParam: firstPage,
    getNextPageParam: nextOf,
    queryFn: ({ signal, pageParam: cursor }) =>
      ask(api.GET("/api/v1/attention", { signal, params: { query: set({ ...filter, cursor }) } })),
  });

/** How a record stands, and why. */
export const explainQuery = (name: string, module: string, side: Schema<"Side">, id: string) =>
  queryOptions({
    queryKey: ["integration", name, "explain", module, side, id],
    queryFn: ({ signal }) =>
      ask(
        api.GET("/api/v1/integrations/{name}/modules/{module}/explain", {
          signal,
          params: { path: { name, module }, query: { side, id } },
        }),
      ),
  });

export const linkQuery = (name: string, module: string, leftId: string) =>
  queryOptions({
    queryKey: ["integration", name, "link", module, leftId],
    queryFn: ({ signal }) =>
      ask(
        api.GET("/api/v1/integrations/{name}/modules/{module}/links/{left_id}", {
          signal,
          params: { path: { name, module, left_id: leftId } },
        }),
      ),
  });

export const linksQuery = (name: string, module: string, search: string) =>
  infiniteQueryOptions({
    queryKey: ["integration", name, "links", module, search],
    initialPageParam: firstPage,
    getNextPageParam: nextOf,
    queryFn: ({ signal, pageParam: cursor }) =>
      ask(
        api.GET("/api/v1/integrations/{name}/modules/{module}/links", {
          signal,
          params: { path: { name, module }, query: set({ search, cursor, limit: 100 }) },
        }),
      ),
  });

/** An integration with how it is configured. */
export const integrationQuery = (name: string) =>
  queryOptions({
    queryKey: ["integration", name, "config"],
    queryFn: ({ signal }) =>
      ask(api.GET("/api/v1/integrations/{name}", { signal, params: { path: { name } } })),
  });

export const jobsQuery = queryOptions({
  queryKey: ["jobs"],
  queryFn: ({ signal }) => ask(api.GET("/api/v1/jobs", { signal })),
});

/** A job; asked for again while it runs, in case the live events are cut off. */
export const jobQuery = (id: string) =>
  queryOptions<Schema<"Job">>({
    queryKey: ["job", id],
    refetchInterval: (query) => (query.state.data?.state === "running" ? 1_500 : false),
    queryFn: ({ signal }) => ask(api.GET("/api/v1/jobs/{id}", { signal, params: { path: { id } } })),
  });

export const membersQuery = queryOptions({
  queryKey: ["members"],
  queryFn: ({ signal }) => ask(api.GET("/api/v1/members", { signal })),
});

export const tokensQuery = queryOptions({
  queryKey: ["tokens"],
  queryFn: ({ signal }) => ask(api.GET("/api/v1/tokens", { signal })),
});

export const auditQuery = infiniteQueryOptions({
  queryKey: ["audit"],
  initialPageParam: firstPage,
  getNextPageParam: nextOf,
  queryFn: ({ signal, pageParam: cursor }) =>
    ask(api.GET("/api/v1/audit", { signal, params: { query: set({ cursor, limit: 100 }) } })),
});

/** Who is told of what; for administrators. */
export const noticesQuery = queryOptions({
  queryKey: ["notices"],
  queryFn: ({ signal }) => ask(api.GET("/api/v1/notices", { signal })),
});

/** What was told, the newest first. */
export const sentNoticesQuery = infiniteQueryOptions({
  queryKey: ["notices", "sent"],
  initialPageParam: firstPage,
  getNextPageParam: nextOf,
  queryFn: ({ signal, pageParam: cursor }) =>
    ask(api.GET("/api/v1/notices/sent", { signal, params: { query: set({ cursor, limit: 20 }) } })),
});

export const erasuresQuery = queryOptions({
  queryKey: ["erasures"],
  queryFn: ({ signal }) => ask(api.GET("/api/v1/erasures", { signal })),
  // What is not done yet goes on by itself.
  refetchInterval: ({ state }) => (state.data?.items.some((one) => one.done_at === null) ? 3_000 : false),
});

/** What is remembered of module pairs that were taken out; for administrators. */
export const rememberedQuery = queryOptions({
  queryKey: ["remembered"],
  queryFn: ({ signal }) => ask(api.GET("/api/v1/remembered", { signal })),
});

export const settingsQuery = queryOptions({
  queryKey: ["settings"],
  queryFn: ({ signal }) => ask(api.GET("/api/v1/settings", { signal })),
});
