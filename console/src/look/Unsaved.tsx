import { Button, Group, Paper, Text } from "@mantine/core";
import { useBlocker } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { ConfirmDialog } from "./ConfirmDialog";
import { useWords } from "./words";

/** How much room a page leaves below for the bar while there is one. */
export const BAR = 76;

interface Props {
  /** Whether anything is changed. */
  dirty: boolean;
  /** What is changed, in one line. */
  text: string;
  onDiscard: () => void;
  /** The button that saves, or leads to it. */
  children: ReactNode;
}

/** What is changed and not saved: a bar that stays in view, and a question to whoever leaves. */
export function Unsaved({ dirty, text, onDiscard, children }: Props) {
  const words = useWords();
  return (
    <>
      {dirty && (
        <Paper className="save-bar" shadow="md" p="sm" component="section" aria-label={words("unsaved")}>
          <Group justify="space-between" gap="sm">
            <Text size="sm" fw={600}>
              {text}
            </Text>
            <Group gap="xs">
              <Button variant="default" onClick={onDiscard}>
                {words("discard")}
              </Button>
              {children}
            </Group>
          </Group>
        </Paper>
      )}
      <AskToLeave dirty={dirty} />
    </>
  );
}

/** The question to whoever leaves a page with something that is not saved. */
export function AskToLeave({ dirty }: { dirty: boolean }) {
  const words = useWords();
  const blocker = useBlocker({
    shouldBlockFn: () => dirty,
    enableBeforeUnload: () => dirty,
    withResolver: true,
  });
  return (
    <ConfirmDialog
      opened={blocker.status === "blocked"}
      title={words("leaveTitle")}
      text={words("leaveText")}
      action={words("leave")}
      pending={false}
      error={null}
      onClose={() => blocker.reset?.()}
      onConfirm={() => blocker.proceed?.()}
    />
  );
}
