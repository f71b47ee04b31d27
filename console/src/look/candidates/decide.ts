import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, ask, type Schema } from "../../api/client";
import { statusQuery } from "../../api/queries";
import { useToast } from "../../shell/toast";
import { useTexts } from "./texts";

type Decision = Schema<"Decision">;

/** Ties two records of a left module by hand, or takes a pair apart, and tells what became of it. */
export function useBelonging(name: string, module: string) {
  const t = useTexts();
  const toast = useToast();
  const queries = useQueryClient();
  const onSettled = () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: ["integration", name] }),
      queries.invalidateQueries({ queryKey: ["attention"] }),
      queries.invalidateQueries({ queryKey: statusQuery.queryKey }),
    ]);
  const tell = ({ state, code, what, hint }: Decision, done: string, later: string) => {
    if (state === "not_done") toast.notDone(code ?? "", what ?? "", hint ?? "");
    else toast.done(state === "done" ? done : later);
  };
  const tie = useMutation({
    mutationFn: (ids: Schema<"LinkRequest">) =>
      ask(
        api.POST("/api/v1/integrations/{name}/modules/{module}/links", {
          params: { path: { name, module } },
          body: ids,
        }),
      ),
    onSuccess: (decision) => tell(decision, t("tied"), t("tiedLater")),
    onError: toast.problem,
    onSettled,
  });
  const takeApart = useMutation({
    mutationFn: (left_id: string) =>
      ask(
        api.DELETE("/api/v1/integrations/{name}/modules/{module}/links/{left_id}", {
          params: { path: { name, module, left_id } },
        }),
      ),
    onSuccess: (decision) => tell(decision, t("apart"), t("apartLater")),
    onSettled,
  });
  return { tie, takeApart };
}
