import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, ask, type Schema } from "../../api/client";
import { statusQuery } from "../../api/queries";

type Decision = Schema<"Decision">;

/** Which writes are undone. */
export type Selection = Schema<"UndoSelection">;

/** The plan of an undo, and the undo itself, which does what the plan said or nothing. */
export function useUndo(name: string) {
  const queries = useQueryClient();
  const params = { path: { name } };
  const plan = useMutation({
    mutationFn: (of: Selection) =>
      ask(api.POST("/api/v1/integrations/{name}/undo/plan", { params, body: of })),
  });
  const undo = useMutation({
    mutationFn: (of: Schema<"UndoRequest">) =>
      ask(api.POST("/api/v1/integrations/{name}/undo", { params, body: of })),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ["integration", name] });
      void queries.invalidateQueries({ queryKey: statusQuery.queryKey });
    },
  });
  const look = (of: Selection) => {
    undo.reset();
    plan.mutate(of);
  };
  const confirm = () => {
    if (plan.isSuccess) undo.mutate({ ...plan.variables, digest: plan.data.digest });
  };
  const reset = () => {
    plan.reset();
    undo.reset();
  };
  return { plan, undo, look, confirm, reset };
}

/** So many are asked about at a time. */
const AT_ONCE = 10;
const EVERY = 2_000;

/** What has become of decisions by now: those that still wait are asked about again, the first of them first. */
export function useFollowed(name: string, decisions: Decision[]): Decision[] {
  const queries = useQueryClient();
  const queryKey = ["undone", name, decisions.map(({ id }) => id).join(" ")];
  const followed = useQuery({
    queryKey,
    initialData: decisions,
    staleTime: Infinity,
    gcTime: 0,
    refetchInterval: ({ state }) => (state.data?.some(waits) === true ? EVERY : false),
    queryFn: async ({ signal }) => {
      const before = queries.getQueryData<Decision[]>(queryKey) ?? decisions;
      const asked = before.filter(waits).slice(0, AT_ONCE);
      const found = await Promise.all(
        asked.map(({ id }) =>
          ask(
            api.GET("/api/v1/integrations/{name}/decisions/{id}", { signal, params: { path: { name, id } } }),
          ),
        ),
      );
      const now = new Map(found.map((decision) => [decision.id, decision]));
      return before.map((decision) => now.get(decision.id) ?? decision);
    },
  });
  return followed.data;
}

function waits({ state }: Decision): boolean {
  return state === "waiting";
}
