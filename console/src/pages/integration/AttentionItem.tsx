import { Box, Button, Code, Collapse, Group, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { Schema } from "../../api/client";
import { Ago } from "../../look/Ago";
import { ConflictSides } from "../../look/conflict";
import { useDecide } from "../../look/conflict/decide";
import { useExplainMatter } from "../../look/explain";
import { useFormat } from "../../look/format";
import { IconRefresh } from "../../look/icons";
import { LinkText } from "../../look/links";
import { useFieldName, useModuleName } from "../../look/names";
import { useNow } from "../../look/now";
import { useWords } from "../../look/words";
import { useTexts } from "./texts";

interface Props {
  item: Schema<"AttentionItem">;
  integration: Schema<"IntegrationStatus">;
  first: boolean;
  pending: boolean;
  onRetry: () => void;
}

export function AttentionItem({ item, integration, first, pending, onRetry }: Props) {
  const t = useTexts();
  const words = useWords();
  const format = useFormat();
  const moduleName = useModuleName();
  const fieldName = useFieldName();
  const explain = useExplainMatter();
  const decide = useDecide(integration.name);
  const [opened, { toggle }] = useDisclosure();
  const now = useNow();
  // A day that is not today has its date.
  const dueAt = (due: number) =>
    format.date(due) === format.date(now) ? format.time(due) : format.dateTime(due);
  const { what, hint } = explain(item.code, item.what, item.hint);
  const label = item.label ?? item.left_id ?? item.right_id ?? item.id;
  return (
    <Box p="md" {...(first ? {} : { style: { borderTop: "1px solid var(--line)" } })}>
      <Group justify="space-between" align="flex-start" gap="sm">
        <Box flex="1 1 320px" miw={0}>
          <Text size="sm" c="dimmed" component="div">
            {item.left_id === null ? (
              label
            ) : (
              <LinkText
                fw={600}
                to="/integrations/$name/$module/$leftId"
                params={{ name: integration.name, module: item.module, leftId: item.left_id }}
              >
                {label}
              </LinkText>
            )}
            {" · "}
            {moduleName(item.module)}
            {item.field === null ? "" : ` · ${t("field")}: ${fieldName(item.field)}`}
          </Text>
          <Text size="sm" mt={2}>
            {what}
          </Text>
          <Text size="sm" c="dimmed">
            {hint}
          </Text>
          <Text size="xs" c="dimmed" mt={4} component="div">
            {item.due !== null && item.tries_most !== null && (
              <>
                {t("due", {
                  at: dueAt(item.due),
                  nth: format.count(Math.max(1, item.tries)),
                  most: format.count(item.tries_most),
                })}{" "}
                ·{" "}
              </>
            )}
            {t("since")} <Ago at={item.since} /> · {words("code", { code: item.code })}
          </Text>
        </Box>
        <Group gap="xs">
          {item.details != null && (
            <Button variant="subtle" size="xs" color="gray" aria-expanded={opened} onClick={toggle}>
              {t("details")}
            </Button>
          )}
          <Button
            variant="default"
            size="xs"
            leftSection={<IconRefresh size={14} />}
            loading={pending}
            onClick={onRetry}
          >
            {t("retry")}
          </Button>
        </Group>
      </Group>
      {item.conflict !== null && (
        <ConflictSides
          conflict={item.conflict}
          names={{ left: integration.left, right: integration.right }}
          about={`${label}, ${fieldName(item.conflict.left.field)}`}
          pending={decide.isPending ? decide.variables.winner : null}
          onDecide={(winner) => decide.mutate({ winner, items: [item] })}
        />
      )}
      <Collapse expanded={opened}>
        <Code block mt="sm">
          {JSON.stringify(item.details, null, 2)}
        </Code>
      </Collapse>
    </Box>
  );
}
