import { Button, Group, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { api, ask } from "../../api/client";
import { ProblemError } from "../../api/problem";
import { statusQuery } from "../../api/queries";
import { ConfirmDialog } from "../../look/ConfirmDialog";
import { Cascades } from "../../look/deletion/Cascades";
import { cascadesOf } from "../../look/deletion/policy";
import { JobRun, resultOf, useJob, useStartJob } from "../../look/job";
import { Problem } from "../../look/Problem";
import { useToast } from "../../shell/toast";
import type { Draft } from "./draft";
import { LossyPairs } from "./LossyPairs";
import { Plan } from "./Plan";
import { useTexts } from "./texts";

interface Props {
  draft: Draft;
  set: (change: Partial<Draft>) => void;
  clear: () => void;
}

/** Saves the integration paused, has its plan made, shows it, and starts. */
export function PlanStep({ draft, set, clear }: Props) {
  const t = useTexts();
  const toast = useToast();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { name, left, right, modules, owners } = draft;
  const params = { params: { path: { name } } };
  const job = useJob(draft.job);

  const make = useStartJob(
    async (typed: string | null) => {
      const body = { modules, owners, ...(typed === null ? {} : { confirm_deletion: typed }) };
      if (draft.saved) await ask(api.PATCH("/api/v1/integrations/{name}", { ...params, body }));
      else
        await ask(api.POST("/api/v1/integrations", { body: { ...body, name, left, right, start: false } }));
      set({ saved: true });
      return ask(api.POST("/api/v1/integrations/{name}/plan", params));
    },
    (started) => set({ job: started }),
  );
  // Deletions that take everything along have to be agreed to.
  const refused = make.error instanceof ProblemError ? make.error.problem.code : null;
  const unconfirmed = refused === "deletion.unconfirmed";
  const lossy = refused === "mapping.lossy";
  const leave = async () => {
    await queries.invalidateQueries({ queryKey: statusQuery.queryKey });
    await navigate({ to: "/integrations/$name", params: { name } });
    clear();
  };
  const start = useMutation({
    mutationFn: () => ask(api.POST("/api/v1/integrations/{name}/resume", params)),
    onSuccess: async () => {
      toast.done(t("started", { name }));
      await leave();
    },
  });
  const plan = resultOf(job.data, "plan");
  return (
    <Stack>
      <Text size="sm" c="dimmed">
        {t("planText")}
      </Text>
      <Group>
        <Button
          variant={plan ? "default" : "filled"}
          loading={make.isPending}
          disabled={job.data?.state === "running"}
          onClick={() => make.mutate(null)}
        >
          {t(plan ? "planAgain" : "makePlan")}
        </Button>
      </Group>
      <JobRun job={job} start={unconfirmed ? { error: null } : make} doing={t("planning")} />
      {lossy && (
        <LossyPairs
          draft={draft}
          onChange={(changed) => {
            set({ modules: changed, job: null });
            make.reset();
          }}
        />
      )}
      <ConfirmDialog
        opened={unconfirmed}
        title={t("confirmDeletion")}
        text={<Cascades cascades={cascadesOf(name, modules)} sides={{ left, right }} />}
        action={t("makePlan")}
        name={name}
        pending={false}
        error={null}
        onClose={() => make.reset()}
        onConfirm={() => make.mutate(name)}
      />
      {plan && (
        <>
          <Plan plan={plan} left={left} right={right} />
          {start.isError && <Problem error={start.error} />}
          <Group>
            <Button loading={start.isPending} onClick={() => start.mutate()}>
              {t("start")}
            </Button>
            <Button
              variant="default"
              onClick={() => {
                toast.done(t("kept", { name }));
                void leave();
              }}
            >
              {t("later")}
            </Button>
          </Group>
        </>
      )}
    </Stack>
  );
}
