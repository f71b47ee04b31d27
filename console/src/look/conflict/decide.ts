import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, ask, type Schema } from "../../api/client";
import { statusQuery } from "../../api/queries";
import { useToast } from "../../shell/toast";
import { useFormat } from "../format";
import { useTexts } from "./texts";

type Item = Schema<"AttentionItem">;

export interface Decision {
  winner: Schema<"Side">;
  items: Item[];
  /** So that nobody is asked again about these fields. */
  forEver?: boolean;
}

/** Decides conflicts of an integration as they were seen: what has changed meanwhile is left alone, and said. */
export function useDecide(name: string) {
  const t = useTexts();
  const toast = useToast();
  const format = useFormat();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ winner, items, forEver = false }: Decision) =>
      ask(
        api.POST("/api/v1/integrations/{name}/attention/decide", {
          params: { path: { name } },
          body: {
            winner,
            ids: items.map(({ id }) => id),
            seen: Object.fromEntries(items.map(({ id, conflict }) => [id, conflict?.version ?? ""])),
            for_ever: forEver,
          },
        }),
      ),
    onSuccess: ({ decisions }) => {
      const of = (state: string) => decisions.filter((decision) => decision.state === state);
      const [done, waiting] = [of("done").length, of("waiting").length];
      if (done > 0) toast.done(t("done", { count: done, n: format.count(done) }));
      if (waiting > 0) toast.done(t("later", { count: waiting, n: format.count(waiting) }));
      const failed = of("not_done")[0];
      if (failed) toast.notDone(failed.code ?? "", failed.what ?? "", failed.hint ?? "");
    },
    onError: toast.problem,
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ["integration", name] }),
        queries.invalidateQueries({ queryKey: ["attention"] }),
        queries.invalidateQueries({ queryKey: statusQuery.queryKey }),
      ]),
  });
}
