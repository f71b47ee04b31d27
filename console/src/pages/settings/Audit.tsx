import { Box, Code, Group, Paper, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { auditQuery } from "../../api/queries";
import { CardTitle } from "../../look/CardTitle";
import { EmptyState } from "../../look/EmptyState";
import { useFormat } from "../../look/format";
import { IconFileText } from "../../look/icons";
import { ListState } from "../../look/ListState";
import { MoreButton } from "../../look/MoreButton";
import { useTexts } from "./texts";

/** Who did what, newest first. */
export function Audit() {
  const t = useTexts();
  const format = useFormat();
  const query = useInfiniteQuery(auditQuery);
  return (
    <Paper p="lg">
      <CardTitle title={t("audit")} />
      <ListState
        query={query}
        items={query.data?.pages.flatMap((page) => page.items) ?? []}
        empty={<EmptyState icon={<IconFileText size={22} />} title={t("noAudit")} />}
      >
        {(entries) =>
          entries.map(({ id, at, actor, action, details }) => (
            <Group
              key={id}
              py={8}
              gap="sm"
              justify="space-between"
              style={{ borderTop: "1px solid var(--line)" }}
            >
              <Box flex="1 1 260px" miw={0}>
                <Text size="sm" component="div">
                  <b>{actor}</b> <Code>{action}</Code>
                </Text>
                {Object.keys(details).length > 0 && (
                  <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
                    {Object.entries(details)
                      .map(
                        ([key, value]) =>
                          `${key}: ${typeof value === "string" ? value : JSON.stringify(value)}`,
                      )
                      .join(", ")}
                  </Text>
                )}
              </Box>
              <Text size="xs" c="dimmed" className="number">
                {format.dateTime(at)}
              </Text>
            </Group>
          ))
        }
      </ListState>
      <MoreButton query={query} />
    </Paper>
  );
}
