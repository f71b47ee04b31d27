import { Alert, Badge, Box, Group, Paper, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import type { Schema } from "../../api/client";
import { ProblemError } from "../../api/problem";
import { connectionsQuery } from "../../api/queries";
import { Count } from "../../look/Count";
import { EmptyState } from "../../look/EmptyState";
import { Figure } from "../../look/Figure";
import { IconCircleCheck, IconPlug, IconPlus } from "../../look/icons";
import { LinkBlock, LinkButton } from "../../look/links";
import { ListState } from "../../look/ListState";
import { PageHead } from "../../look/PageHead";
import { Problem } from "../../look/Problem";
import { useMay } from "../../shell/session";
import { useTexts } from "./texts";

/** `/connections`: every authorized account; also where an authorization in the browser ends. */
export function ConnectionsPage() {
  const t = useTexts();
  const may = useMay("admin");
  const { authorized, problem } = useSearch({ from: "/inside/connections" });
  const query = useQuery(connectionsQuery);
  const items = query.data?.items ?? [];
  const add = may && (
    <LinkButton to="/connections/new" leftSection={<IconPlus size={16} />}>
      {t("add")}
    </LinkButton>
  );
  return (
    <>
      <PageHead title={t("title")} text={t("subtitle")}>
        {add}
      </PageHead>
      <Stack>
        {authorized !== undefined && (
          <Alert color="teal" icon={<IconCircleCheck size={20} />} role="status">
            {t("authorized", { name: authorized })}
          </Alert>
        )}
        {problem !== undefined && <Problem error={refusal(problem, t("refused"), t("refusedHint"))} />}
        <Paper style={{ overflow: "hidden" }}>
          <ListState
            query={query}
            items={items}
            empty={
              <EmptyState icon={<IconPlug size={22} />} title={t("noneTitle")} text={t("noneText")}>
                {add}
              </EmptyState>
            }
          >
            {(some) =>
              some.map((connection, at) => (
                <Row key={connection.name} connection={connection} first={at === 0} />
              ))
            }
          </ListState>
        </Paper>
      </Stack>
    </>
  );
}

function refusal(code: string, detail: string, hint: string) {
  return new ProblemError({ type: "about:blank", title: code, status: 0, code, detail, hint });
}

const COLOR = { fresh: "teal", expired: "gray", none: "red" } as const;

function Row({ connection, first }: { connection: Schema<"Connection">; first: boolean }) {
  const t = useTexts();
  return (
    <LinkBlock
      to="/connections/$name"
      params={{ name: connection.name }}
      className="row-link"
      display="block"
      p="md"
      {...(first ? {} : { style: { borderTop: "1px solid var(--line)" } })}
    >
      <Group justify="space-between">
        <Box flex="1 1 240px">
          <Group gap="sm">
            <Text fw={600}>{connection.name}</Text>
            <Badge variant="light" radius="sm" tt="none" color={COLOR[connection.token.state]}>
              {t(`token.${connection.token.state}`)}
            </Badge>
          </Group>
          <Text size="sm" c="dimmed">
            {connection.service.toUpperCase()} · {connection.place} · {t("org", { org: connection.org })}
          </Text>
        </Box>
        <Group gap="xl">
          <Figure
            label={t("used")}
            width={200}
            value={connection.integrations.length === 0 ? t("unused") : connection.integrations.join(", ")}
          />
          <Figure label={t("underWay")} value={<Count value={connection.calls_under_way ?? 0} />} />
          <Figure
            label={t("credits")}
            width={110}
            value={connection.credits_used === null ? "–" : <Count value={connection.credits_used} />}
          />
        </Group>
      </Group>
    </LinkBlock>
  );
}
