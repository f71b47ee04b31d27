import { Card, Group, Progress, Stack, Text } from "@mantine/core";
import type { Schema } from "../../api/client";
import { Count } from "../../look/Count";
import { useExplainProblem } from "../../look/explain";
import { useFormat } from "../../look/format";
import { LinkText } from "../../look/links";
import { useNow } from "../../look/now";
import { StateBadge } from "../../look/StateBadge";
import { lagOf, loadOf, standingOf, waiting } from "../../look/standing";
import { useWords } from "../../look/words";
import { useTexts } from "./texts";

/** One integration: between whom, its standing, how many pairs, how far behind. */
export function IntegrationCard({ integration }: { integration: Schema<"IntegrationStatus"> }) {
  const t = useTexts();
  const format = useFormat();
  const { modules } = integration;
  const standing = standingOf(integration);
  const links = modules.reduce((total, module) => total + module.links, 0);
  return (
    <Card component="section" aria-label={integration.name}>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <div style={{ minWidth: 0 }}>
          <LinkText
            to="/integrations/$name"
            params={{ name: integration.name }}
            fw={650}
            fz={16}
            c="var(--mantine-color-text)"
          >
            {integration.name}
          </LinkText>
          <Text size="sm" c="dimmed" truncate>
            {integration.left} ↔ {integration.right} · {t("modules", { count: modules.length })}
          </Text>
        </div>
        <StateBadge standing={standing} />
      </Group>
      <Group gap={6} mt="md" align="baseline">
        <Text fz={26} fw={650} lh={1.1} className="number">
          <Count value={links} />
        </Text>
        <Text size="sm" c="dimmed">
          {t("pairs", { count: links })}
        </Text>
      </Group>
      <Stack gap={4} mt="xs" mih={24}>
        <Line integration={integration} />
        {standing !== "loading" && modules.some((module) => waiting(module) > 0) && (
          <LinkText
            to="/integrations/$name"
            params={{ name: integration.name }}
            search={{ tab: "attention" }}
            size="sm"
            c="var(--warning)"
          >
            {((n) => t("waiting", { count: n, n: format.count(n) }))(
              modules.reduce((total, module) => total + waiting(module), 0),
            )}
          </LinkText>
        )}
      </Stack>
    </Card>
  );
}

/** What is going on, in one line: why it stands still, how far a load is, how far behind. */
function Line({ integration }: { integration: Schema<"IntegrationStatus"> }) {
  const t = useTexts();
  const words = useWords();
  const format = useFormat();
  const explain = useExplainProblem();
  const now = useNow();
  const { modules } = integration;
  const problem = modules.find((module) => module.problem !== null)?.problem;
  if (problem && integration.state === "active") {
    return (
      <Text size="sm" c="var(--danger)">
        {explain(problem.code, problem.message, problem.hint).what}
      </Text>
    );
  }
  if (standingOf(integration) === "loading") {
    const { scanned, expected } = loadOf(modules);
    const text = words("recordsRead", { scanned: format.count(scanned), expected: format.count(expected) });
    return (
      <>
        <Progress value={expected === 0 ? 0 : (scanned / expected) * 100} size="sm" aria-label={text} />
        <Text size="sm" c="dimmed" className="number">
          {text}
        </Text>
      </>
    );
  }
  if (integration.state === "paused") {
    return (
      <Text size="sm" c="dimmed">
        {t("paused")}
      </Text>
    );
  }
  const lag = lagOf(modules, now);
  const open = modules.reduce((total, module) => total + module.open, 0);
  return (
    <Text size="sm" c="dimmed" className="number">
      {open > 0 ? `${t("open", { count: open, n: format.count(open) })} · ` : ""}
      {lag === null ? "" : t("lag", { span: format.span(lag) })}
    </Text>
  );
}
