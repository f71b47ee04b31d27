import { Paper, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Schema } from "../../api/client";
import { Ago } from "../../look/Ago";
import { CardTitle } from "../../look/CardTitle";
import { useEntrySentence } from "../../look/journal";
import { LinkText } from "../../look/links";
import { statusQuery } from "../../api/queries";
import { useTexts } from "./texts";

/** The journal as it is written: the live events of the last minutes. */
export function LatestCard() {
  const t = useTexts();
  const sentence = useEntrySentence();
  const { data: status } = useQuery(statusQuery);
  const { data: latest } = useQuery<Schema<"JournalEvent">[]>({
    queryKey: ["latest"],
    enabled: false,
    initialData: [],
  });
  return (
    <Paper p="md">
      <CardTitle title={t("latest")} />
      {latest.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t("latestText")}
        </Text>
      ) : (
        <Stack gap={10} aria-live="off">
          {latest.slice(0, 8).map((entry) => {
            const sides = status?.integrations.find(({ name }) => name === entry.integration) ?? {
              left: "left",
              right: "right",
            };
            return (
              <div key={`${entry.integration} ${entry.module} ${entry.number}`}>
                <Text size="sm" lineClamp={2}>
                  {sentence(entry, sides)}
                </Text>
                <Text size="xs" c="dimmed">
                  <Ago at={entry.at} /> ·{" "}
                  {entry.left_id === null ? (
                    entry.integration
                  ) : (
                    <LinkText
                      size="xs"
                      c="dimmed"
                      td="underline"
                      to="/integrations/$name/$module/$leftId"
                      params={{ name: entry.integration, module: entry.module, leftId: entry.left_id }}
                    >
                      {entry.integration} / {entry.module}
                    </LinkText>
                  )}
                </Text>
              </div>
            );
          })}
        </Stack>
      )}
    </Paper>
  );
}
