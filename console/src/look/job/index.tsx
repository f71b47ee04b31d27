import { Progress, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Schema } from "../../api/client";
import { ProblemError } from "../../api/problem";
import { jobQuery } from "../../api/queries";
import { useFormat } from "../format";
import { Problem } from "../Problem";
import { useWords } from "../words";

type Job = Schema<"Job">;
/** What the jobs of each kind find. */
interface Results {
  plan: Schema<"PlanReport">;
  verify: Schema<"Certificate">;
  checkup: Schema<"Checkup">;
  backup: Schema<"BackupReport">;
}

/** A job by its number; nothing while there is none. */
export function useJob(id: string | null | undefined) {
  return useQuery({ ...jobQuery(id ?? ""), enabled: id != null });
}

/** Starts a job, and tells its number. */
export function useStartJob<Input = void>(start: (input: Input) => Promise<Job>, take: (id: string) => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: start,
    onSuccess: (started) => {
      queries.setQueryData(jobQuery(started.id).queryKey, started);
      take(started.id);
    },
  });
}

/** What a job of this kind found; null until it is done. */
export function resultOf<Kind extends Job["kind"]>(job: Job | undefined, kind: Kind): Results[Kind] | null {
  return job?.state === "done" && job.kind === kind ? (job.result as Results[Kind] | null) : null;
}

interface Props {
  job: { data: Job | undefined; error: unknown };
  start: { error: unknown };
  /** What it does, while it does it. */
  doing: string;
  /** Around the progress, such as a card. */
  frame?: (progress: ReactNode) => ReactNode;
}

/** A job as it goes: why it could not be started, how far it is, why it failed. What it found is the page's to show. */
export function JobRun({ job, start, doing, frame = (progress) => progress }: Props) {
  const problem = start.error ?? job.error ?? (job.data?.problem ? new ProblemError(job.data.problem) : null);
  return (
    <>
      {problem !== null && <Problem error={problem} />}
      {job.data?.state === "running" && frame(<Running progress={job.data.progress} doing={doing} />)}
    </>
  );
}

function Running({ progress, doing }: { progress: Job["progress"]; doing: string }) {
  const words = useWords();
  const format = useFormat();
  const known = progress !== null && progress.expected > 0;
  return (
    <div role="status">
      <Text size="sm" fw={600} mb={6}>
        {doing}
      </Text>
      {/* A job that does not know how far it is shows that it goes on. */}
      <Progress
        animated
        value={known ? (progress.scanned / progress.expected) * 100 : 100}
        aria-label={doing}
        {...(known ? {} : { "aria-valuetext": doing })}
      />
      {progress !== null && (
        <Text size="xs" c="dimmed" mt={4} className="number">
          {words("recordsRead", {
            scanned: format.count(progress.scanned),
            expected: format.count(progress.expected),
          })}
        </Text>
      )}
    </div>
  );
}
