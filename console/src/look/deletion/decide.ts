import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, ask, type Schema } from "../../api/client";
import { statusQuery } from "../../api/queries";
import { useToast } from "../../shell/toast";
import { useFormat } from "../format";
import { useTexts } from "./texts";

type Item = Schema<"AttentionItem">;
/** So many are asked for at a time: each answer may take a moment. */
const AT_ONCE = 6;

/** Lets held deletions go, or refuses them: the pair is taken apart, and the other record stays. */
export function useDecideDeletions(name: string) {
  const t = useTexts();
  const toast = useToast();
  const format = useFormat();
  const queries = useQueryClient();
  const onSettled = () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: ["integration", name] }),
      queries.invalidateQueries({ queryKey: statusQuery.queryKey }),
    ]);
  const approve = useMutation({
    mutationFn: (items: Item[]) =>
      ask(
        api.POST("/api/v1/integrations/{name}/attention/retry", {
          params: { path: { name } },
          body: { ids: items.map(({ id }) => id) },
        }),
      ),
    onSuccess: ({ retried }) => toast.done(t("approved", { count: retried, n: format.count(retried) })),
    onSettled,
  });
  const refuse = useMutation({
    mutationFn: async (items: Item[]) => {
      const decisions: Schema<"Decision">[] = [];
      for (let at = 0; at < items.length; at += AT_ONCE) {
        decisions.push(...(await Promise.all(items.slice(at, at + AT_ONCE).map(takeApart(name)))));
      }
      return decisions;
    },
    onSuccess: (decisions) => {
      const of = (state: string) => decisions.filter((decision) => decision.state === state);
      const done = of("done").length + of("waiting").length;
      const later = of("waiting").length > 0 ? ` ${t("refusedLater")}` : "";
      if (done > 0) toast.done(`${t("refused", { count: done, n: format.count(done) })}${later}`);
      const failed = of("not_done")[0];
      if (failed) toast.notDone(failed.code ?? "", failed.what ?? "", failed.hint ?? "");
    },
    onError: toast.problem,
    onSettled,
  });
  return { approve, refuse };
}

const takeApart =
  (name: string) =>
  ({ module, left_id }: Item) =>
    ask(
      api.DELETE("/api/v1/integrations/{name}/modules/{module}/links/{left_id}", {
        params: { path: { name, module, left_id: left_id ?? "" } },
      }),
    );
