import { Button, Group, Paper, Progress, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { api, ask, type Schema } from "../../api/client";
import { jobQuery, jobsQuery } from "../../api/queries";
import { useFormat } from "../../look/format";
import { IconShieldCheck } from "../../look/icons";
import { Problem } from "../../look/Problem";
import { ProblemError } from "../../api/problem";
import { Certificate } from "./Certificate";
import { useTexts } from "./texts";

/** Starts a complete comparison, shows how far it is, and the certificate it ends with. The job's number stands in the address. */
export function Verify({ integration }: { integration: Schema<"IntegrationStatus"> }) {
  const t = useTexts();
  const format = useFormat();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { name } = integration;
  const { job: chosen } = useSearch({ from: "/inside/integrations/$name" });
  const jobs = useQuery(jobsQuery);
  const latest = jobs.data?.items.find((job) => job.kind === "verify" && job.integration === name)?.id;
  const id = chosen ?? latest;
  const job = useQuery({ ...jobQuery(id ?? ""), enabled: id !== undefined });
  const start = useMutation({
    mutationFn: (repair: boolean) =>
      ask(api.POST("/integrations/{name}/verify", { params: { path: { name } }, body: { repair } })),
    onSuccess: (started) => {
      queries.setQueryData(["job", started.id], started);
      void navigate({
        to: "/integrations/$name",
        params: { name },
        search: { tab: "verify", job: started.id },
        replace: true,
      });
    },
  });
  const running = job.data?.state === "running";
  const progress = job.data?.progress;
  return (
    <Stack>
      <Paper p="lg">
        <Group align="flex-start" wrap="nowrap">
          <IconShieldCheck
            size={28}
            color="var(--mantine-primary-color-filled)"
            style={{ flexShrink: 0 }}
            aria-hidden
          />
          <div>
            <Title order={2}>{t("verifyTitle")}</Title>
            <Text size="sm" c="dimmed" mt={4} maw={640}>
              {t("verifyText")}
            </Text>
            <Button
              mt="md"
              loading={start.isPending && !start.variables}
              disabled={running}
              onClick={() => start.mutate(false)}
            >
              {t(job.data?.state === "done" ? "verifyAgain" : "verifyStart")}
            </Button>
          </div>
        </Group>
      </Paper>
      {start.isError && <Problem error={start.error} />}
      {job.isError && <Problem error={job.error} />}
      {running && (
        <Paper p="lg" role="status">
          <Text size="sm" fw={600} mb={6}>
            {t("verifying")}
          </Text>
          <Progress
            animated
            value={progress && progress.expected > 0 ? (progress.scanned / progress.expected) * 100 : 4}
            aria-label={t("verifying")}
          />
          {progress && (
            <Text size="xs" c="dimmed" mt={4} className="number">
              {t("progress", {
                scanned: format.count(progress.scanned),
                expected: format.count(progress.expected),
              })}
            </Text>
          )}
        </Paper>
      )}
      {job.data?.problem && <Problem error={jobProblem(job.data.problem)} />}
      {job.data?.state === "done" && job.data.kind === "verify" && job.data.result !== null && (
        <Certificate
          integration={integration}
          job={job.data}
          certificate={job.data.result as Schema<"Certificate">}
          repairing={start.isPending}
          onRepair={() => start.mutate(true)}
        />
      )}
    </Stack>
  );
}

/** A job tells its problem as the hub does; it is shown like any other. */
function jobProblem({ code, message, hint }: Schema<"HubProblem">) {
  return new ProblemError({ type: "about:blank", title: code, status: 0, code, detail: message, hint });
}
