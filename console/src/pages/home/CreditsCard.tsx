import { Group, Paper, Progress, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Schema } from "../../api/client";
import { activityQuery } from "../../api/queries";
import { CardTitle } from "../../look/CardTitle";
import { useFormat } from "../../look/format";
import { LinkText } from "../../look/links";
import { useTexts } from "./texts";

/** API credits used today and left, for each connection. */
export function CreditsCard({ connections }: { connections: Schema<"ConnectionStatus">[] }) {
  const t = useTexts();
  const format = useFormat();
  const { data } = useQuery(activityQuery(24));
  return (
    <Paper p="md">
      <CardTitle title={t("credits")} />
      <Stack gap="sm">
        {connections.map(({ name, credits_used }) => {
          const told = data?.credits.find((each) => each.connection === name);
          const used = told?.used_today ?? credits_used ?? 0;
          const limit = told?.limit ?? null;
          const share = limit === null || limit === 0 ? 0 : used / limit;
          return (
            <div key={name}>
              <Group justify="space-between" gap="xs">
                <LinkText to="/connections/$name" params={{ name }} size="sm" c="var(--mantine-color-text)">
                  {name}
                </LinkText>
                <Text size="sm" className="number">
                  {limit === null
                    ? t("creditsUsed", { used: format.count(used) })
                    : t("creditsOf", { used: format.count(used), limit: format.count(limit) })}
                </Text>
              </Group>
              {limit !== null && (
                <>
                  <Progress
                    mt={4}
                    size="sm"
                    value={share * 100}
                    color={share > 0.8 ? "orange" : "ai"}
                    aria-label={name}
                  />
                  <Text size="xs" c="dimmed" mt={2} className="number">
                    {t("creditsLeft", { left: format.count(Math.max(0, limit - used)) })}
                  </Text>
                </>
              )}
            </div>
          );
        })}
      </Stack>
    </Paper>
  );
}
