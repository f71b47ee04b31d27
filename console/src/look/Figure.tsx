import { Box, Text } from "@mantine/core";
import type { ReactNode } from "react";

interface Props {
  label: string;
  value: ReactNode;
  color?: "warning" | "danger";
  width?: number;
}

/** A number with its name above it. */
export function Figure({ label, value, color, width = 76 }: Props) {
  return (
    <Box miw={width} maw={280}>
      <Text size="xs" c="dimmed">
        {label}
      </Text>
      <Text
        size="sm"
        fw={600}
        className="number"
        component="div"
        {...(color === undefined ? {} : { c: `var(--${color})` })}
      >
        {value}
      </Text>
    </Box>
  );
}
