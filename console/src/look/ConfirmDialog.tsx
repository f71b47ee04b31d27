import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { Problem } from "./Problem";
import { useWords } from "./words";

interface Props {
  opened: boolean;
  title: string;
  text: ReactNode;
  action: string;
  /** What must be typed first, for what cannot be undone. */
  name?: string;
  /** It cannot be done; the text says why. */
  blocked?: boolean;
  pending: boolean;
  error: unknown;
  onClose: () => void;
  onConfirm: () => void;
}

/** Asks before something is lost. The focus begins at the safe choice, and returns to where it was. */
export function ConfirmDialog({
  opened,
  title,
  text,
  action,
  name,
  blocked = false,
  pending,
  error,
  onClose,
  onConfirm,
}: Props) {
  const words = useWords();
  const [typed, setTyped] = useState("");
  const ready = name === undefined || typed.trim() === name;
  const close = () => {
    setTyped("");
    onClose();
  };
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={<b>{title}</b>}
      closeButtonProps={{ "aria-label": words("close") }}
    >
      <Stack>
        <Text size="sm" component="div">
          {text}
        </Text>
        {name !== undefined && !blocked && (
          <TextInput
            data-autofocus
            label={words("typeToConfirm", { name })}
            value={typed}
            autoComplete="off"
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        )}
        {error != null && <Problem error={error} />}
        <Group justify="flex-end">
          <Button
            variant="default"
            onClick={close}
            {...(name === undefined || blocked ? { "data-autofocus": true } : {})}
          >
            {words("cancel")}
          </Button>
          {!blocked && (
            <Button color="red.9" disabled={!ready} loading={pending} onClick={onConfirm}>
              {action}
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}
