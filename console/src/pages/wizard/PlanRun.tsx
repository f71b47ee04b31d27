import { Button, Group, Stack } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { api, ask } from "../../api/client";
import { statusQuery } from "../../api/queries";
import { JobRun, resultOf, useJob } from "../../look/job";
import { Problem } from "../../look/Problem";
import { useToast } from "../../shell/toast";
import { Plan } from "./Plan";
import { useTexts } from "./texts";

interface Props {
  integration: { name: string; left: string; right: string };
  /** The job that makes the plan. */
  job: string | null | undefined;
  /** How asking for it goes. */
  make: { isPending: boolean; error: unknown };
  onMake: () => void;
  /** It was started, or is kept as it is. */
  onLeave?: () => void;
  /** What has to be settled before it can be made. */
  children?: ReactNode;
}

/** The plan of a paused integration: it is made and shown, and then the sync starts, or stays paused. */
export function PlanRun({ integration, job: id, make, onMake, onLeave, children }: Props) {
  const t = useTexts();
  const toast = useToast();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { name, left, right } = integration;
  const job = useJob(id);
  const plan = resultOf(job.data, "plan");
  const leave = async () => {
    await queries.invalidateQueries({ queryKey: statusQuery.queryKey });
    await navigate({ to: "/integrations/$name", params: { name } });
    onLeave?.();
  };
  const start = useMutation({
    mutationFn: () => ask(api.POST("/api/v1/integrations/{name}/resume", { params: { path: { name } } })),
    onSuccess: async () => {
      toast.done(t("started", { name }));
      await leave();
    },
  });
  return (
    <Stack>
      <Group>
        <Button
          variant={plan ? "default" : "filled"}
          loading={make.isPending}
          disabled={job.data?.state === "running"}
          onClick={onMake}
        >
          {t(plan ? "planAgain" : "makePlan")}
        </Button>
      </Group>
      <JobRun job={job} start={make} doing={t("planning")} />
      {children}
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
