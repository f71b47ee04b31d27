import { Box, Button, Code, Collapse, Group, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { Schema } from "../../api/client";
import { Ago } from "../Ago";
import { Candidates, hasCandidates } from "../candidates";
import { ConflictSides } from "../conflict";
import { useDecide } from "../conflict/decide";
import { useExplainMatter } from "../explain";
import { useFormat } from "../format";
import { IconRefresh } from "../icons";
import { LinkText } from "../links";
import { useFieldName, useModuleName } from "../names";
import { useNow } from "../now";
import { useWords } from "../words";
import { useTexts } from "./texts";

interface Props {
  item: Schema<"AttentionItem">;
  /** What the two sides are called. */
  names: { left: string; right: string };
  /** Where else the matter is than in its module: told where several integrations stand together. */
  told?: "integration";
  first: boolean;
  pending: boolean;
  onRetry: () => void;
}

/** What waits for a person: what happened, what to do, both values of a conflict, try again. */
export function AttentionItem({ item, names, told, first, pending, onRetry }: Props) {
  const t = useTexts();
  const words = useWords();
  const format = useFormat();
  const moduleName = useModuleName();
  const fieldName = useFieldName();
  const explain = useExplainMatter();
  const decide = useDecide(item.integration);
  const [opened, { toggle }] = useDisclosure();
  const [comparing, { toggle: compare }] = useDisclosure();
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
                params={{ name: item.integration, module: item.module, leftId: item.left_id }}
              >
                {label}
              </LinkText>
            )}
            {told === "integration" && (
              <>
                {" · "}
                <LinkText to="/integrations/$name" params={{ name: item.integration }}>
                  {item.integration}
                </LinkText>
              </>
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
          {hasCandidates(item.code) && (
            <Button
              variant="light"
              size="xs"
              aria-expanded={comparing}
              aria-label={t("compareOf", { label })}
              onClick={compare}
            >
              {t("compare")}
            </Button>
          )}
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
          names={names}
          about={`${label}, ${fieldName(item.conflict.left.field)}`}
          pending={decide.isPending ? decide.variables.winner : null}
          onDecide={(winner) => decide.mutate({ winner, items: [item] })}
        />
      )}
      {comparing && <Candidates item={item} names={names} />}
      <Collapse expanded={opened}>
        <Code block mt="sm">
          {JSON.stringify(item.details, null, 2)}
        </Code>
      </Collapse>
    </Box>
  );
}
