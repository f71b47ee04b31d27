import { Button, Group, Paper, Skeleton, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { api, ask, type Schema } from "../../api/client";
import { jobsQuery } from "../../api/queries";
import { IconShieldCheck } from "../../look/icons";
import { JobRun, resultOf, useJob, useStartJob } from "../../look/job";
import { Certificate } from "./Certificate";
import { CompareEvery } from "./CompareEvery";
import { useTexts } from "./texts";

/** Starts a complete comparison, shows how far it is, and the certificate it ends with. The job's number stands in the address. */
export function Verify({ integration }: { integration: Schema<"IntegrationStatus"> }) {
  const t = useTexts();
  const navigate = useNavigate();
  const { name } = integration;
  const { job: chosen } = useSearch({ from: "/inside/integrations/$name" });
  const jobs = useQuery(jobsQuery);
  const latest = jobs.data?.items.find((job) => job.kind === "verify" && job.integration === name)?.id;
  const id = chosen ?? latest;
  const job = useJob(id);
  const start = useStartJob(
    (repair: boolean) =>
      ask(api.POST("/api/v1/integrations/{name}/verify", { params: { path: { name } }, body: { repair } })),
    (started) =>
      void navigate({
        to: "/integrations/$name",
        params: { name },
        search: { tab: "verify", job: started },
        replace: true,
      }),
  );
  const certificate = resultOf(job.data, "verify");
  const finding = jobs.isPending || (id !== undefined && job.isPending);
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
              disabled={job.data?.state === "running"}
              onClick={() => start.mutate(false)}
            >
              {t(job.data?.state === "done" ? "verifyAgain" : "verifyStart")}
            </Button>
          </div>
        </Group>
      </Paper>
      {finding && <Skeleton h={220} />}
      <JobRun
        job={job}
        start={start}
        doing={t("verifying")}
        frame={(progress) => <Paper p="lg">{progress}</Paper>}
      />
      {job.data && certificate && (
        <Certificate
          integration={integration}
          job={job.data}
          certificate={certificate}
          repairing={start.isPending}
          onRepair={() => start.mutate(true)}
        />
      )}
      <CompareEvery name={name} />
    </Stack>
  );
}
