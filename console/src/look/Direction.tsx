import { Text } from "@mantine/core";
import type { Schema } from "../api/client";
import { useWords } from "./words";

const ARROW = { both: "↔", left_to_right: "→", right_to_left: "←" } as const;

/** Which way a module pair is synced, with the connections' names. */
export function Direction({
  direction,
  left,
  right,
}: {
  direction: Schema<"Direction">;
  left: string;
  right: string;
}) {
  const words = useWords();
  return (
    <Text size="sm" c="dimmed" component="span">
      {words(direction === "both" ? "twoWay" : "oneWay")} · {left} {ARROW[direction]} {right}
    </Text>
  );
}
