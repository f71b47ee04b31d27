import { Badge, Group, Paper, Stack, Text } from "@mantine/core";
import type { Schema } from "../../api/client";
import { CardTitle } from "../../look/CardTitle";
import { useFormat } from "../../look/format";
import { IconCircleCheck } from "../../look/icons";
import { LinkBlock } from "../../look/links";
import { useMatterName } from "../../look/matterNames";
import { StateBadge } from "../../look/StateBadge";
import { matters, standingOf } from "../../look/standing";
import { useTexts } from "./texts";

/** What waits for a person, by integration and kind. */
export function AttentionCard({ integrations }: { integrations: Schema<"IntegrationStatus">[] }) {
  const t = useTexts();
  const format = useFormat();
  const name = useMatterName();
  const stopped = integrations.filter((integration) => standingOf(integration) === "stopped");
  const rows = integrations.flatMap((integration) => {
    const counts = new Map<string, number>();
    for (const module of integration.modules) {
      for (const [code, count] of matters(module)) {
        counts.set(code, (counts.get(code) ?? 0) + count);
      }
    }
    return [...counts].map(([code, count]) => ({ integration: integration.name, code, count }));
  });
  rows.sort((one, other) => other.count - one.count);
  return (
    <Paper p="md">
      <CardTitle title={t("attention")} />
      {rows.length + stopped.length === 0 ? (
        <Group gap="sm" wrap="nowrap" align="flex-start">
          <IconCircleCheck size={20} color="var(--mantine-color-teal-6)" />
          <div>
            <Text size="sm" fw={600}>
              {t("calm")}
            </Text>
            <Text size="sm" c="dimmed">
              {t("calmText")}
            </Text>
          </div>
        </Group>
      ) : (
        <Stack gap={2} mx={-8}>
          {stopped.map((integration) => (
            <LinkBlock
              key={integration.name}
              to="/integrations/$name"
              params={{ name: integration.name }}
              className="row-link"
              p={8}
              style={{ borderRadius: 8 }}
            >
              <Group justify="space-between" wrap="nowrap">
                <div style={{ minWidth: 0 }}>
                  <Text size="sm">{t("stopped")}</Text>
                  <Text size="xs" c="dimmed">
                    {integration.name}
                  </Text>
                </div>
                <StateBadge standing="stopped" />
              </Group>
            </LinkBlock>
          ))}
          {rows.slice(0, 6).map(({ integration, code, count }) => (
            <LinkBlock
              key={`${integration} ${code}`}
              to="/integrations/$name"
              params={{ name: integration }}
              search={{ tab: "attention", code }}
              className="row-link"
              p={8}
              style={{ borderRadius: 8 }}
            >
              <Group justify="space-between" wrap="nowrap">
                <div style={{ minWidth: 0 }}>
                  <Text size="sm">{name(code)}</Text>
                  <Text size="xs" c="dimmed">
                    {integration}
                  </Text>
                </div>
                <Badge variant="light" color="orange" className="number" style={{ flexShrink: 0 }}>
                  {format.compact(count)}
                </Badge>
              </Group>
            </LinkBlock>
          ))}
        </Stack>
      )}
    </Paper>
  );
}
