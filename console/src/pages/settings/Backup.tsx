import { Alert, Button, Group, Paper, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ask, type Schema } from "../../api/client";
import { ProblemError } from "../../api/problem";
import { jobQuery } from "../../api/queries";
import { CardTitle } from "../../look/CardTitle";
import { useFormat } from "../../look/format";
import { IconArchive, IconCircleCheck } from "../../look/icons";
import { Problem } from "../../look/Problem";
import { useTexts } from "./texts";

/** A backup now, and where it was written. */
export function Backup() {
  const t = useTexts();
  const format = useFormat();
  const queries = useQueryClient();
  const [id, setId] = useState<string | null>(null);
  const job = useQuery({ ...jobQuery(id ?? ""), enabled: id !== null });
  const start = useMutation({
    mutationFn: () => ask(api.POST("/backup")),
    onSuccess: (started) => {
      queries.setQueryData(["job", started.id], started);
      setId(started.id);
    },
  });
  const running = start.isPending || job.data?.state === "running";
  const result = job.data?.state === "done" ? (job.data.result as Schema<"BackupReport"> | null) : null;
  const problem = job.data?.problem;
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
          loading={running}
          onClick={() => start.mutate()}
        >
          {t("backupNow")}
        </Button>
        {running && (
          <Text size="sm" role="status">
            {t("backingUp")}
          </Text>
        )}
      </Group>
      {result && (
        <Alert color="teal" mt="md" icon={<IconCircleCheck size={20} />} role="status">
          {t("backedUp", { file: result.file, size: format.bytes(result.bytes) })}
        </Alert>
      )}
      {start.isError && <Problem error={start.error} />}
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
    </Paper>
  );
}
