import { Box, Code, Group, Paper, Skeleton, Text, ThemeIcon, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Schema } from "../../api/client";
import { explainQuery } from "../../api/queries";
import { Ago } from "../Ago";
import { useExplainMatter } from "../explain";
import { IconAlertTriangle, IconCircleCheck, IconInfoCircle } from "../icons";
import { LinkText } from "../links";
import { useFieldName } from "../names";
import { Problem } from "../Problem";
import { useWords } from "../words";
import { useTexts } from "./texts";

interface Props {
  /** The integration. */
  name: string;
  /** Its left module. */
  module: string;
  side: "left" | "right";
  id: string;
  /** Several integrations are told of: each by its name. */
  named?: boolean;
}

/** Why is this record synced, or not: the reasons, the weightiest first, each with what would change it. */
export function ExplanationCard({ name, module, side, id, named = false }: Props) {
  const t = useTexts();
  const query = useQuery(explainQuery(name, module, side, id));
  const title = query.data === undefined ? t("title") : t(query.data.synced ? "synced" : "notSynced");
  return (
    <Paper p="md" component="section" aria-label={named ? `${name}: ${title}` : title}>
      <Group gap="xs" wrap="nowrap" mb="xs">
        {query.data && (
          <ThemeIcon
            size={26}
            radius="xl"
            variant="light"
            color={query.data.synced ? "teal" : "orange"}
            aria-hidden
          >
            {query.data.synced ? <IconCircleCheck size={16} /> : <IconInfoCircle size={16} />}
          </ThemeIcon>
        )}
        <Title order={2} fz={15}>
          {named && (
            <>
              <LinkText to="/integrations/$name" params={{ name }}>
                {name}
              </LinkText>
              :{" "}
            </>
          )}
          {title}
        </Title>
      </Group>
      {query.isPending && <Skeleton h={44} />}
      {query.isError && <Problem error={query.error} />}
      {query.data?.reasons.map((reason) => (
        <Reason
          key={`${reason.code} ${reason.field ?? ""} ${reason.waits_for ?? ""} ${reason.matter ?? ""}`}
          reason={reason}
          name={name}
          id={id}
          calm={query.data.synced}
        />
      ))}
      {query.data?.synced === false && query.data.counterpart !== null && side === "right" && (
        <LinkText
          size="sm"
          to="/integrations/$name/$module/$leftId"
          params={{ name, module, leftId: query.data.counterpart }}
        >
          {t("bothSides")}
        </LinkText>
      )}
    </Paper>
  );
}

interface ReasonProps {
  reason: Schema<"Because">;
  name: string;
  id: string;
  calm: boolean;
}

function Reason({ reason, name, id, calm }: ReasonProps) {
  const t = useTexts();
  const words = useWords();
  const fieldName = useFieldName();
  const explain = useExplainMatter();
  const { what, hint } = explain(reason.code, reason.what, reason.hint);
  return (
    <Box py={6}>
      <Text size="sm" style={{ overflowWrap: "anywhere" }}>
        {!calm && (
          <IconAlertTriangle size={14} style={{ verticalAlign: "-2px" }} color="var(--warning)" aria-hidden />
        )}{" "}
        {reason.field !== null && <b>{fieldName(reason.field)}: </b>}
        {what}
      </Text>
      {hint !== "" && (
        <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
          {calm ? hint : t("change", { hint })}
        </Text>
      )}
      {reason.said !== null && (
        <Text size="sm" style={{ overflowWrap: "anywhere" }}>
          {t("said")} <Code>{reason.said.code}</Code>
          {reason.said.field !== null && ` (${reason.said.field})`} {reason.said.message}
        </Text>
      )}
      <Text size="xs" c="dimmed" component="div" mt={2}>
        {reason.since !== null && (
          <>
            {t("since")} <Ago at={reason.since} /> ·{" "}
          </>
        )}
        {reason.by !== null && `${t("by", { who: reason.by })} · `}
        {reason.waits_for !== null && `${t("waitsFor", { id: reason.waits_for })} · `}
        {reason.matter !== null && (
          <>
            <LinkText
              size="xs"
              to="/integrations/$name"
              params={{ name }}
              search={{ tab: "attention", record: id }}
            >
              {t("matter")}
            </LinkText>
            {" · "}
          </>
        )}
        {words("code", { code: reason.code })}
      </Text>
    </Box>
  );
}
