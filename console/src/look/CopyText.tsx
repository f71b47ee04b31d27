import { ActionIcon, Code, CopyButton, Group, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy } from "./icons";
import { useWords } from "./words";

/** Text to be taken elsewhere, with a button that copies it. */
export function CopyText({ text }: { text: string }) {
  const words = useWords();
  return (
    <Group gap={6} wrap="nowrap" align="flex-start">
      <Code block style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere", flex: 1 }} p="xs">
        {text}
      </Code>
      <CopyButton value={text}>
        {({ copied, copy }) => (
          <Tooltip label={words(copied ? "copied" : "copy")}>
            <ActionIcon
              variant="default"
              size={32}
              onClick={copy}
              aria-label={words(copied ? "copied" : "copy")}
            >
              {copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
    </Group>
  );
}
