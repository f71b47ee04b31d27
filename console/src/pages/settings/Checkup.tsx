import { Badge, Box, Button, Group, Paper, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ask, type Schema } from "../../api/client";
import { CardTitle } from "../../look/CardTitle";
import { sentence, useExplainProblem } from "../../look/explain";
import { IconListCheck } from "../../look/icons";
import { JobRun, resultOf, useJob, useStartJob } from "../../look/job";
import { useTexts } from "./texts";

type Check = Schema<"Check">;

const COLOR: Record<Check["state"], string> = { good: "teal", warning: "orange", failed: "red" };

/** What the hub needs, looked at now: its processes, its address from outside, every connection. */
export function Checkup() {
  const t = useTexts();
  const [id, setId] = useState<string | null>(null);
  const job = useJob(id);
  const start = useStartJob(() => ask(api.POST("/api/v1/checkup")), setId);
  const result = resultOf(job.data, "checkup");
  return (
    <Paper p="lg">
      <CardTitle title={t("checkup")} />
      <Text size="sm" c="dimmed" mb="md">
        {t("checkupText")}
      </Text>
      <Group>
        <Button
          variant="default"
          leftSection={<IconListCheck size={16} />}
          loading={start.isPending}
          disabled={job.data?.state === "running"}
          onClick={() => start.mutate()}
        >
          {t("checkNow")}
        </Button>
      </Group>
      <JobRun
        job={job}
        start={start}
        doing={t("checking")}
        frame={(progress) => <Box mt="md">{progress}</Box>}
      />
      {result && (
        <Stack gap="sm" mt="md" role="status">
          {result.checks.map((check, at) => (
            <Line key={`${at} ${check.name}`} check={check} />
          ))}
        </Stack>
      )}
    </Paper>
  );
}

/** The checks about a connection are called by its name. */
function useCheckName() {
  const t = useTexts();
  return (name: string) => {
    const [kind, connection] = name.split(" ", 2);
    if (kind === "connection") return connection ?? name;
    if (kind === "hub" || kind === "webhooks" || kind === "clock") return t(`check_${kind}`);
    return name;
  };
}

function Line({ check }: { check: Check }) {
  const t = useTexts();
  const { i18n } = useTranslation();
  const nameOf = useCheckName();
  const explain = useExplainProblem();
  // What is well is told in the hub's words, which are English; elsewhere that it is well is enough.
  const { what, hint } =
    check.code !== null
      ? explain(check.code, check.message, check.hint)
      : { what: i18n.language === "ja" ? t("checkFine") : sentence(check.message), hint: "" };
  return (
    <Group wrap="nowrap" align="flex-start" gap="sm">
      <Badge
        variant="light"
        color={COLOR[check.state]}
        radius="sm"
        tt="none"
        w={72}
        style={{ flexShrink: 0 }}
      >
        {t(`check_${check.state}`)}
      </Badge>
      <Box miw={0} style={{ overflowWrap: "anywhere" }}>
        <Text size="sm" fw={600}>
          {nameOf(check.name)}
        </Text>
        <Text size="sm" c="dimmed">
          {what} {hint}
        </Text>
      </Box>
    </Group>
  );
}
