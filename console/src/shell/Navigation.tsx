import { Badge, Box, Divider, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useLocation } from "@tanstack/react-router";
import { statusQuery } from "../api/queries";
import {
  IconAlertTriangle,
  IconArrowsExchange,
  IconArrowsLeftRight,
  IconHome,
  IconPlug,
  IconSettings,
} from "../look/icons";
import { LinkNav } from "../look/links";
import { standingColor } from "../look/StateBadge";
import { conflictsOf, standingOf, waiting } from "../look/standing";
import { useFormat } from "../look/format";
import { useSession } from "./session";
import { useTexts } from "./texts";

/** The six places, and each integration with the colour of its standing. */
export function Navigation() {
  const t = useTexts();
  const format = useFormat();
  const session = useSession();
  const { pathname } = useLocation();
  const { data: status } = useQuery(statusQuery);
  const integrations = status?.integrations ?? [];
  const conflicts = integrations.reduce((total, integration) => total + conflictsOf(integration), 0);
  return (
    <Stack gap={2} component="nav" aria-label={t("navigation")}>
      <LinkNav
        to="/"
        label={t("home")}
        leftSection={<IconHome size={18} />}
        activeOptions={{ exact: true }}
        style={ROUND}
      />
      <LinkNav
        to="/integrations"
        label={t("integrations")}
        leftSection={<IconArrowsExchange size={18} />}
        activeOptions={{ exact: true }}
        style={ROUND}
      />
      {integrations.map((integration) => {
        const count = integration.modules.reduce((total, module) => total + waiting(module), 0);
        return (
          <LinkNav
            key={integration.name}
            to="/integrations/$name"
            params={{ name: integration.name }}
            label={integration.name}
            pl={30}
            style={ROUND}
            leftSection={
              <Box
                w={7}
                h={7}
                style={{ borderRadius: 7 }}
                bg={`${standingColor(standingOf(integration))}.6`}
              />
            }
            rightSection={
              count > 0 ? (
                <Badge size="sm" variant="light" color="orange" className="number">
                  {format.compact(count)}
                </Badge>
              ) : undefined
            }
          />
        );
      })}
      <LinkNav
        to="/attention"
        label={t("attention")}
        leftSection={<IconAlertTriangle size={18} />}
        style={ROUND}
      />
      <LinkNav
        to="/conflicts"
        label={t("conflicts")}
        leftSection={<IconArrowsLeftRight size={18} />}
        style={ROUND}
        rightSection={
          conflicts > 0 ? (
            <Badge size="sm" variant="light" color="orange" className="number">
              {format.compact(conflicts)}
            </Badge>
          ) : undefined
        }
      />
      <LinkNav
        to="/connections"
        label={t("connections")}
        leftSection={<IconPlug size={18} />}
        style={ROUND}
      />
      <LinkNav
        to="/settings/$section"
        params={{ section: "profile" }}
        active={pathname.startsWith("/settings")}
        label={t("settings")}
        leftSection={<IconSettings size={18} />}
        style={ROUND}
      />
      <Divider my="xs" />
      <Text size="xs" c="dimmed" px="sm">
        {t("workspace", { name: session.workspace.name, version: session.version })}
      </Text>
    </Stack>
  );
}

const ROUND = { borderRadius: 8 };
