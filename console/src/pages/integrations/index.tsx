import { Box, Group, Paper, Skeleton, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Schema } from "../../api/client";
import { statusQuery } from "../../api/queries";
import { Count } from "../../look/Count";
import { EmptyState } from "../../look/EmptyState";
import { ErrorState } from "../../look/ErrorState";
import { useFormat } from "../../look/format";
import { IconArrowsExchange, IconPlus } from "../../look/icons";
import { LinkBlock, LinkButton } from "../../look/links";
import { useNow } from "../../look/now";
import { PageHead } from "../../look/PageHead";
import { Figure } from "../../look/Figure";
import { StateBadge } from "../../look/StateBadge";
import { lagOf, standingOf, waiting } from "../../look/standing";
import { useMay } from "../../shell/session";
import { useTexts } from "./texts";

/** `/integrations`: all of them, one line each. */
export function IntegrationsPage() {
  const t = useTexts();
  const may = useMay("admin");
  const status = useQuery(statusQuery);
  const create = may && (
    <LinkButton to="/integrations/new" leftSection={<IconPlus size={16} />}>
      {t("new")}
    </LinkButton>
  );
  return (
    <>
      <PageHead title={t("title")} text={t("subtitle")}>
        {create}
      </PageHead>
      {status.isPending ? (
        <Skeleton h={180} />
      ) : status.isError && status.data === undefined ? (
        <ErrorState error={status.error} retry={status.refetch} />
      ) : (
        <Paper style={{ overflow: "hidden" }}>
          {status.data.integrations.length === 0 && (
            <EmptyState icon={<IconArrowsExchange size={22} />} title={t("noneTitle")} text={t("noneText")}>
              {create}
            </EmptyState>
          )}
          <Stack gap={0} component="ul" m={0} p={0} style={{ listStyle: "none" }}>
            {status.data.integrations.map((integration, at) => (
              <Box
                component="li"
                key={integration.name}
                style={at > 0 ? { borderTop: "1px solid var(--line)" } : {}}
              >
                <Row integration={integration} />
              </Box>
            ))}
          </Stack>
        </Paper>
      )}
    </>
  );
}

function Row({ integration }: { integration: Schema<"IntegrationStatus"> }) {
  const t = useTexts();
  const format = useFormat();
  const now = useNow();
  const { modules } = integration;
  const total = (of: (module: Schema<"ModuleStatus">) => number) =>
    modules.reduce((sum, module) => sum + of(module), 0);
  const lag = integration.state === "paused" ? null : lagOf(modules, now);
  return (
    <LinkBlock
      to="/integrations/$name"
      params={{ name: integration.name }}
      className="row-link"
      p="md"
      w="100%"
      display="block"
    >
      <Group justify="space-between" gap="md">
        <Box miw={180} flex="1 1 240px">
          <Group gap="sm">
            <Text fw={600}>{integration.name}</Text>
            <StateBadge standing={standingOf(integration)} />
          </Group>
          <Text size="sm" c="dimmed">
            {integration.left} ↔ {integration.right}
          </Text>
        </Box>
        <Group gap="xl" wrap="wrap">
          <Figure label={t("pairs")} value={<Count value={total(({ links }) => links)} />} />
          <Figure label={t("open")} value={<Count value={total(({ open }) => open)} />} />
          <Figure
            label={t("waiting")}
            value={<Count value={total(waiting)} />}
            {...(total(waiting) > 0 ? { color: "warning" } : {})}
          />
          <Figure
            label={t("lag")}
            width={130}
            value={lag === null ? "–" : t("lagAgo", { span: format.span(lag) })}
          />
        </Group>
      </Group>
    </LinkBlock>
  );
}
