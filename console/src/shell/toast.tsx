import { Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMemo } from "react";
import { asProblem } from "../api/problem";
import { useExplainMatter, useExplainProblem } from "../look/explain";
import { useWords } from "../look/words";

/** Short messages at the edge: that something was done, or why it was not. */
export function useToast() {
  const explain = useExplainProblem();
  const matter = useExplainMatter();
  const words = useWords();
  return useMemo(
    () => ({
      done: (message: string) =>
        notifications.show({
          message,
          color: "teal",
          closeButtonProps: { "aria-label": words("close") },
        }),
      /** Something was asked for that the hub found a reason not to do. */
      notDone: (code: string, what: string, hint: string) => {
        const said = matter(code, what, hint);
        notifications.show({
          color: "orange",
          autoClose: 12_000,
          closeButtonProps: { "aria-label": words("close") },
          title: said.what,
          message: said.hint,
        });
      },
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
    [explain, matter, words],
  );
}
