import { Alert, Box, Button, Group, Paper, Text } from "@mantine/core";
import { useState } from "react";
import { api, ask } from "../../api/client";
import { CardTitle } from "../../look/CardTitle";
import { useFormat } from "../../look/format";
import { IconArchive, IconCircleCheck } from "../../look/icons";
import { JobRun, resultOf, useJob, useStartJob } from "../../look/job";
import { useTexts } from "./texts";

/** A backup now, and where it was written. */
export function Backup() {
  const t = useTexts();
  const format = useFormat();
  const [id, setId] = useState<string | null>(null);
  const job = useJob(id);
  const start = useStartJob(() => ask(api.POST("/api/v1/backup")), setId);
  const result = resultOf(job.data, "backup");
  return (
    <Paper p="lg">
      <CardTitle title={t("backup")} />
      <Text size="sm" c="dimmed" mb="md">
        {t("backupText")}
      </Text>
      <Group>
        <Button
          variant="default"
          leftSection={<IconArchive size={16} />}
          loading={start.isPending}
          disabled={job.data?.state === "running"}
          onClick={() => start.mutate()}
        >
          {t("backupNow")}
        </Button>
      </Group>
      <JobRun
        job={job}
        start={start}
        doing={t("backingUp")}
        frame={(progress) => <Box mt="md">{progress}</Box>}
      />
      {result && (
        <Alert color="teal" mt="md" icon={<IconCircleCheck size={20} />} role="status">
          {t("backedUp", { file: result.file, size: format.bytes(result.bytes) })}
        </Alert>
      )}
    </Paper>
  );
}
