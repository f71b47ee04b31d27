import { Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMemo } from "react";
import { asProblem } from "../api/problem";
import { useExplainProblem } from "../look/explain";
import { useWords } from "../look/words";

/** Short messages at the edge: that something was done, or why it was not. */
export function useToast() {
  const explain = useExplainProblem();
  const words = useWords();
  return useMemo(
    () => ({
      done: (message: string) =>
        notifications.show({
          message,
          color: "teal",
          autoClose: 4_000,
          closeButtonProps: { "aria-label": words("close") },
        }),
      problem: (error: unknown) => {
        const problem = asProblem(error);
        const { what, hint } = explain(problem.code, problem.detail, problem.hint);
        notifications.show({
          color: "red",
          autoClose: 12_000,
          closeButtonProps: { "aria-label": words("close") },
          title: what,
          message: (
            <Stack gap={2}>
              <Text size="sm">{hint}</Text>
              <Text size="xs" c="dimmed">
                {words("code", { code: problem.code })}
              </Text>
            </Stack>
          ),
        });
      },
    }),
    [explain, words],
  );
}
