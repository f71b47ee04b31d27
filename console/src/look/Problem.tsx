import { Alert, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { asProblem } from "../api/problem";
import { useExplainProblem } from "./explain";
import { IconAlertCircle } from "./icons";
import { useWords } from "./words";

/** A problem as people need it: the sentence, what to do, and the code to look up or to tell. */
export function Problem({ error, children }: { error: unknown; children?: ReactNode }) {
  const words = useWords();
  const explain = useExplainProblem();
  const problem = asProblem(error);
  const { what, hint } = explain(problem.code, problem.detail, problem.hint);
  return (
    <Alert color="red" variant="light" icon={<IconAlertCircle size={20} />} title={what} role="alert">
      <Stack gap={6}>
        {hint !== "" && <Text size="sm">{hint}</Text>}
        {problem.fields?.map((field) => (
          <Text size="sm" key={field.field + field.code}>
            <b>{field.field}</b>: {field.detail}
          </Text>
        ))}
        <Text size="xs" c="dimmed">
          {words("code", { code: problem.code })}
          {problem.trace !== undefined && ` · ${problem.trace}`}
        </Text>
        {children}
      </Stack>
    </Alert>
  );
}
