import { Center, Stack, Text, ThemeIcon } from "@mantine/core";
import type { ReactNode } from "react";

interface Props {
  icon: ReactNode;
  title: string;
  /** What one could do, or why there is nothing. */
  text?: string;
  children?: ReactNode;
}

/** Stands where a list is empty: what would be here, and how to get it. */
export function EmptyState({ icon, title, text, children }: Props) {
  return (
    <Center py={48} px="md">
      <Stack align="center" gap={8} maw={420}>
        <ThemeIcon size={44} radius="xl" variant="light" color="gray" aria-hidden>
          {icon}
        </ThemeIcon>
        <Text fw={600} ta="center">
          {title}
        </Text>
        {text !== undefined && (
          <Text size="sm" c="dimmed" ta="center">
            {text}
          </Text>
        )}
        {children}
      </Stack>
    </Center>
  );
}
