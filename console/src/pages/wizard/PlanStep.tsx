import { Button, Group, Progress, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { api, ask, type Schema } from "../../api/client";
import { ProblemError } from "../../api/problem";
import { jobQuery, statusQuery } from "../../api/queries";
import { useFormat } from "../../look/format";
import { Problem } from "../../look/Problem";
import { useToast } from "../../shell/toast";
import type { Draft } from "./draft";
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
  const format = useFormat();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { name, left, right, modules } = draft;
  const params = { params: { path: { name } } };
  const job = useQuery({ ...jobQuery(draft.job ?? ""), enabled: draft.job !== null });

  const plan = useMutation({
    mutationFn: async () => {
      if (draft.saved) await ask(api.PATCH("/integrations/{name}", { ...params, body: { modules } }));
      else await ask(api.POST("/integrations", { body: { name, left, right, modules, start: false } }));
      set({ saved: true });
      return ask(api.POST("/integrations/{name}/plan", params));
    },
    onSuccess: (started) => {
      queries.setQueryData(["job", started.id], started);
      set({ job: started.id });
    },
  });
  const leave = async () => {
    await queries.invalidateQueries({ queryKey: statusQuery.queryKey });
    await navigate({ to: "/integrations/$name", params: { name } });
    clear();
  };
  const start = useMutation({
    mutationFn: () => ask(api.POST("/integrations/{name}/resume", params)),
    onSuccess: async () => {
      toast.done(t("started", { name }));
      await leave();
    },
  });
  const running = job.data?.state === "running";
  const progress = job.data?.progress;
  const problem = job.data?.problem;
  const done = job.data?.state === "done" && job.data.kind === "plan";
  return (
    <Stack>
      <Text size="sm" c="dimmed">
        {t("planText")}
      </Text>
      <Group>
        <Button
          variant={done ? "default" : "filled"}
          loading={plan.isPending}
          disabled={running}
          onClick={() => plan.mutate()}
        >
          {t(done ? "planAgain" : "makePlan")}
        </Button>
      </Group>
      {plan.isError && <Problem error={plan.error} />}
      {job.isError && <Problem error={job.error} />}
      {problem && (
        <Problem
          error={
            new ProblemError({
              type: "about:blank",
              title: problem.code,
              status: 0,
              code: problem.code,
              detail: problem.message,
              hint: problem.hint,
            })
          }
        />
      )}
      {running && (
        <div role="status">
          <Text size="sm" fw={600} mb={6}>
            {t("planning")}
          </Text>
          <Progress
            animated
            value={progress && progress.expected > 0 ? (progress.scanned / progress.expected) * 100 : 4}
            aria-label={t("planning")}
          />
          {progress && (
            <Text size="xs" c="dimmed" mt={4} className="number">
              {t("progress", {
                scanned: format.count(progress.scanned),
                expected: format.count(progress.expected),
              })}
            </Text>
          )}
        </div>
      )}
      {done && job.data?.result != null && (
        <>
          <Plan plan={job.data.result as Schema<"PlanReport">} left={left} right={right} />
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
