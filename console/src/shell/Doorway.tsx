import { Box, Group, Paper, SegmentedControl, Stack, Text, Title } from "@mantine/core";
import { useEffect, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { speak, type Language } from "../look/texts";
import { Mark } from "./Mark";

interface Props {
  title: string;
  text: string;
  children: ReactNode;
}

/** What stands around the pages before the log-in: the mark, one card, the language. */
export function Doorway({ title, text, children }: Props) {
  const { i18n } = useTranslation();
  useEffect(() => {
    document.title = `${title} · Musubi`;
  }, [title]);
  return (
    <Box component="main" mih="100dvh" px="md" py={{ base: 32, sm: 72 }}>
      <Stack maw={420} mx="auto" gap="lg">
        <Group gap="sm" justify="center">
          <Mark size={36} />
          <Text fw={700} fz={22} style={{ letterSpacing: "-0.01em" }}>
            Musubi
          </Text>
        </Group>
        <Paper p={{ base: "lg", sm: "xl" }} radius="lg" shadow="sm">
          <Title order={1} mb={4}>
            {title}
          </Title>
          <Text size="sm" c="dimmed" mb="lg">
            {text}
          </Text>
          {children}
        </Paper>
        <SegmentedControl
          size="xs"
          w="fit-content"
          mx="auto"
          aria-label="Language / 言語"
          value={i18n.language}
          onChange={(value) => speak(value as Language)}
          data={[
            { value: "en", label: "English" },
            { value: "ja", label: "日本語" },
          ]}
        />
      </Stack>
    </Box>
  );
}
