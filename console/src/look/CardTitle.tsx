import { Group, Title } from "@mantine/core";
import type { ReactNode } from "react";

/** The head of a card: its title, and what can be chosen for it. */
export function CardTitle({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <Group justify="space-between" mb="sm" gap="xs">
      <Title order={2} fz={15}>
        {title}
      </Title>
      {children}
    </Group>
  );
}
