import { Paper, Select } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, ask } from "../../api/client";
import { integrationQuery } from "../../api/queries";
import { useMay } from "../../shell/session";
import { useToast } from "../../shell/toast";
import { useTexts } from "./texts";

/** Offered besides what was said elsewhere, such as in a file. */
const DAYS = [1, 7, 30, 90];
const NEVER = "never";

/** How often everything is compared though nobody asks for it. */
export function CompareEvery({ name }: { name: string }) {
  const t = useTexts();
  const toast = useToast();
  const may = useMay("admin");
  const queries = useQueryClient();
  const integration = useQuery(integrationQuery(name)).data;
  const save = useMutation({
    mutationFn: (compare_every: string | null) =>
      ask(
        api.PATCH("/api/v1/integrations/{name}", {
          params: { path: { name } },
          body: { modules: integration?.modules ?? [], compare_every },
        }),
      ),
    onSuccess: (changed) => {
      toast.done(t("compareEverySaved"));
      queries.setQueryData(integrationQuery(name).queryKey, changed);
    },
    onError: toast.problem,
  });
  if (integration === undefined) return null;
  const said = integration.compare_every ?? null;
  const days = DAYS.map((each) => `${each}d`);
  if (said !== null && !days.includes(said)) days.push(said);
  const label = (each: string) => {
    const count = Number.parseInt(each, 10);
    return t("compareEveryDays", { count, n: count });
  };
  return (
    <Paper p="lg">
      <Select
        label={t("compareEvery")}
        description={t("compareEveryText")}
        maw={640}
        allowDeselect={false}
        disabled={!may || save.isPending}
        value={said ?? NEVER}
        onChange={(value) => save.mutate(value === NEVER ? null : value)}
        data={[
          { value: NEVER, label: t("compareNever") },
          ...days.map((value) => ({ value, label: label(value) })),
        ]}
      />
    </Paper>
  );
}
