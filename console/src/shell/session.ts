import { useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { api, ask, setCsrf, type Schema } from "../api/client";
import { sessionQuery } from "../api/queries";

/** The session; only inside the frame, where there is one. */
export function useSession(): Schema<"Session"> {
  const { data } = useSuspenseQuery(sessionQuery);
  if (data === null) throw new Error("nobody is logged in");
  return data;
}

const RANK = { user: 0, admin: 1, owner: 2 } as const;

/** Whether the member has at least this role. */
export function useMay(role: Schema<"Role">): boolean {
  return RANK[useSession().member.role] >= RANK[role];
}

/** Takes a new session up. */
export function useEnter() {
  const queries = useQueryClient();
  return (session: Schema<"Session">) => {
    setCsrf(session.csrf);
    queries.clear();
    queries.setQueryData(sessionQuery.queryKey, session);
  };
}

/** Ends the session, here and at the hub. */
export function useLeave() {
  const queries = useQueryClient();
  return async () => {
    await ask(api.DELETE("/api/v1/session"));
    setCsrf(null);
    queries.setQueryData(sessionQuery.queryKey, null);
  };
}

/** Changes one's own profile and keeps the session current. */
export function useChangeProfile() {
  const queries = useQueryClient();
  return async (body: Schema<"ProfileChange">) => {
    const member = await ask(api.PATCH("/api/v1/session/member", { body }));
    queries.setQueryData(sessionQuery.queryKey, (session) => (session ? { ...session, member } : session));
    return member;
  };
}
