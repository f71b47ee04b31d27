import { Text } from "@mantine/core";
import type { Schema } from "../api/client";
import { sentence, useExplainProblem } from "./explain";

interface Props {
  problem: Schema<"MappingProblem">;
  /** Whether the two fields are named; not where they stand beside it. */
  named?: boolean;
}

/** What is wrong with a mapping, and what to do. A sentence that is of the code alone has the hub's own below it, which names the thing. */
export function Wrong({ problem, named = true }: Props) {
  const { what, hint } = useExplainProblem()(problem.code, problem.what, problem.hint);
  const own = sentence(problem.what);
  const fields = new Set([problem.left, problem.right].filter((name) => name !== null));
  return (
    <Text size="sm" component="span" c="inherit" style={{ overflowWrap: "anywhere" }}>
      {named && fields.size > 0 && <b>{[...fields].join(" ↔ ")}: </b>}
      {what} {hint}
      {own !== what && (
        <Text span size="xs" c="dimmed" display="block" lang="en">
          {own}
        </Text>
      )}
    </Text>
  );
}
