import { Box, Collapse, Group, Paper, Text, Title, UnstyledButton } from "@mantine/core";
import { useDisclosure, useId } from "@mantine/hooks";
import type { ReactNode } from "react";
import { IconChevronDown } from "./icons";

interface Props {
  title: string;
  /** What it says at present, in one line. */
  summary: ReactNode;
  opened?: boolean;
  /** Within another card: without a border of its own. */
  inner?: boolean;
  children: ReactNode;
}

/** A part of a form that says in one line what it holds, and opens when somebody wants to change that. */
export function Fold({ title, summary, opened: first = false, inner = false, children }: Props) {
  const [opened, { toggle }] = useDisclosure(first);
  const id = useId();
  const whole = (
    <>
      <UnstyledButton
        w="100%"
        p={inner ? 0 : { base: "md", sm: "lg" }}
        aria-expanded={opened}
        aria-controls={id}
        onClick={toggle}
        style={{ borderRadius: 8 }}
      >
        <Group justify="space-between" wrap="nowrap" align="flex-start" gap="sm">
          <Box miw={0}>
            <Title order={inner ? 3 : 2} {...(inner ? { fz: "sm" } : {})}>
              {title}
            </Title>
            {!opened && (
              <Text
                size="sm"
                c="dimmed"
                mt={2}
                component="div"
                lineClamp={3}
                style={{ overflowWrap: "anywhere" }}
              >
                {summary}
              </Text>
            )}
          </Box>
          <IconChevronDown
            size={18}
            aria-hidden
            style={{ flexShrink: 0, marginTop: 3, rotate: opened ? "180deg" : "none" }}
          />
        </Group>
      </UnstyledButton>
      <Collapse expanded={opened} id={id}>
        {opened && (
          <Box {...(inner ? { pt: "sm" } : { px: { base: "md", sm: "lg" }, pb: { base: "md", sm: "lg" } })}>
            {children}
          </Box>
        )}
      </Collapse>
    </>
  );
  return inner ? (
    <Box
      component="section"
      aria-label={title}
      pt="sm"
      mt="sm"
      style={{ borderTop: "1px solid var(--line)" }}
    >
      {whole}
    </Box>
  ) : (
    <Paper component="section" aria-label={title}>
      {whole}
    </Paper>
  );
}
