import { Alert, Box, Group, Paper, SimpleGrid, Text, Title } from "@mantine/core";
import type { Schema } from "../../api/client";
import { Ago } from "../../look/Ago";
import { Count } from "../../look/Count";
import { Direction } from "../../look/Direction";
import { useExplainProblem } from "../../look/explain";
import { Figure } from "../../look/Figure";
import { useFormat } from "../../look/format";
import { IconAlertCircle, IconSettings } from "../../look/icons";
import { LinkIcon } from "../../look/links";
import { usePairName } from "../../look/names";
import { useNow } from "../../look/now";
import { ViewsChanged } from "../../look/scope/ViewsChanged";
import { StateBadge } from "../../look/StateBadge";
import { isLoading, lagOf, standingOfModule, waiting } from "../../look/standing";
import { useMay } from "../../shell/session";
import { useWords } from "../../look/words";
import { LoadProgress } from "./LoadProgress";
import { Pause } from "./Pause";
import { Rest } from "./Rest";
import { useTexts } from "./texts";

interface Props {
  integration: Schema<"IntegrationStatus">;
  module: Schema<"ModuleStatus">;
}

export function ModuleCard({ integration, module }: Props) {
  const t = useTexts();
  const words = useWords();
  const format = useFormat();
  const now = useNow();
  const may = useMay("admin");
  const pair = usePairName();
  const explain = useExplainProblem();
  const { left, right } = integration;
  const paused = integration.state === "paused" || module.paused || module.state === "inactive";
  const lag = paused ? null : lagOf([module], now);
  const problem = module.problem && explain(module.problem.code, module.problem.message, module.problem.hint);
  const bySide = (counts: { left: number; right: number }) => (
    <span title={`${left}: ${format.count(counts.left)}, ${right}: ${format.count(counts.right)}`}>
      <Count value={counts.left + counts.right} />
    </span>
  );
  return (
    <Paper p="md" component="section" aria-label={pair(module.left, module.right)}>
      <Group justify="space-between" wrap="nowrap" align="flex-start" mb="sm">
        <div style={{ minWidth: 0 }}>
          <Title order={2} fz={16}>
            {pair(module.left, module.right)}
          </Title>
          <Direction direction={module.direction} left={left} right={right} />
        </div>
        <Group gap="xs" wrap="nowrap" style={{ flexShrink: 0 }}>
          <StateBadge standing={standingOfModule(module, paused)} />
          <Pause integration={integration} module={module} />
          <Rest integration={integration} module={module} />
          <LinkIcon
            to="/integrations/$name/modules/$left/$right/settings"
            params={{ name: integration.name, left: module.left, right: module.right }}
            variant="subtle"
            color="gray"
            aria-label={t("settingsOf", { pair: pair(module.left, module.right) })}
          >
            <IconSettings size={17} />
          </LinkIcon>
        </Group>
      </Group>
      {problem && module.problem && (
        <Alert color="red" icon={<IconAlertCircle size={18} />} title={problem.what} mb="sm">
          <Text size="sm">{problem.hint}</Text>
          <Text size="xs" c="dimmed">
            {words("code", { code: module.problem.code })}
          </Text>
        </Alert>
      )}
      {module.paused && module.state === "active" && (
        <Text size="sm" c="dimmed" mb="sm">
          {t("modulePausedText")}
        </Text>
      )}
      {module.waits_for !== null && !paused && (
        <Text size="sm" c="dimmed" mb="sm">
          {t("waitsFor", { pair: pair(module.waits_for, module.waits_for) })}
        </Text>
      )}
      {module.meanwhile !== null && !paused && (
        <Text size="sm" c="dimmed" mb="sm">
          {t("comparing", { rule: words(`conflict.${module.meanwhile}`, { left, right }) })}
        </Text>
      )}
      {module.views_changed && (
        <Box mb="sm">
          <ViewsChanged name={integration.name} sides={integration} module={module} may={may} />
        </Box>
      )}
      {isLoading(module) && !paused && !module.problem && <LoadProgress module={module} />}
      <SimpleGrid cols={{ base: 2, xs: 3 }} spacing="sm" verticalSpacing="sm">
        <Figure label={t("pairs")} value={<Count value={module.links} />} />
        <Figure label={t("open")} value={<Count value={module.open} />} />
        <Figure
          label={t("waiting")}
          value={<Count value={waiting(module)} />}
          {...(waiting(module) > 0 ? { color: "warning" } : {})}
        />
        <Figure label={t("unlinked")} value={bySide(module.unlinked)} />
        <Figure label={t("calls")} value={bySide(module.calls)} />
        <Figure label={t("credits")} value={bySide(module.credits)} />
        <Figure label={t("seen")} value={<Count value={module.seen} />} />
        <Figure label={t("seenUntil")} value={lag === null ? "–" : <Ago at={now - lag} />} />
        <Figure
          label={t("agreedSince")}
          value={module.agreed_since === null ? "–" : <Ago at={module.agreed_since} />}
        />
      </SimpleGrid>
      <Text size="xs" c="dimmed" mt="sm">
        {t("detection")}:{" "}
        {(["left", "right"] as const)
          .map((side) =>
            t("side", { name: integration[side], value: t(module.watched[side] ? "webhooks" : "polling") }),
          )
          .join(" · ")}
        {module.process === null && !paused ? ` · ${t("noProcess")}` : ""}
      </Text>
    </Paper>
  );
}
