import { Kbd, UnstyledButton, Group, Text } from "@mantine/core";
import { Spotlight, spotlight, type SpotlightActionGroupData } from "@mantine/spotlight";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { statusQuery } from "../api/queries";
import {
  IconAlertTriangle,
  IconArrowsExchange,
  IconArrowsLeftRight,
  IconHome,
  IconPlug,
  IconPlus,
  IconSearch,
  IconSettings,
} from "../look/icons";
import { useTexts } from "./texts";

export function PaletteButton() {
  const t = useTexts();
  return (
    <UnstyledButton
      onClick={() => spotlight.open()}
      aria-label={t("search")}
      px="sm"
      py={6}
      style={{
        border: "1px solid var(--line)",
        borderRadius: 8,
        background: "var(--page)",
        flex: "0 1 340px",
      }}
    >
      <Group gap={8} wrap="nowrap" justify="space-between">
        <Group gap={8} wrap="nowrap">
          <IconSearch size={15} color="var(--quiet)" />
          <Text size="sm" c="dimmed" truncate>
            {t("search")}
          </Text>
        </Group>
        <Kbd size="xs" visibleFrom="sm">
          Ctrl K
        </Kbd>
      </Group>
    </UnstyledButton>
  );
}

/** Ctrl-K or Cmd-K: go anywhere by typing. */
export function Palette() {
  const t = useTexts();
  const navigate = useNavigate();
  const { data: status } = useQuery(statusQuery);
  const groups: SpotlightActionGroupData[] = [
    {
      group: t("integrations"),
      actions: (status?.integrations ?? []).map(({ name, left, right }) => ({
        id: `integration:${name}`,
        label: name,
        description: `${t("openIntegration")} · ${left} ↔ ${right}`,
        leftSection: <IconArrowsExchange size={18} />,
        onClick: () => void navigate({ to: "/integrations/$name", params: { name } }),
      })),
    },
    {
      group: t("connections"),
      actions: (status?.connections ?? []).map(({ name, place }) => ({
        id: `connection:${name}`,
        label: name,
        description: `${t("openConnection")} · ${place}`,
        leftSection: <IconPlug size={18} />,
        onClick: () => void navigate({ to: "/connections/$name", params: { name } }),
      })),
    },
    {
      group: t("pages"),
      actions: [
        {
          id: "home",
          label: t("home"),
          leftSection: <IconHome size={18} />,
          onClick: () => void navigate({ to: "/" }),
        },
        {
          id: "integrations",
          label: t("integrations"),
          leftSection: <IconArrowsExchange size={18} />,
          onClick: () => void navigate({ to: "/integrations" }),
        },
        {
          id: "attention",
          label: t("attention"),
          leftSection: <IconAlertTriangle size={18} />,
          onClick: () => void navigate({ to: "/attention" }),
        },
        {
          id: "conflicts",
          label: t("conflicts"),
          leftSection: <IconArrowsLeftRight size={18} />,
          onClick: () => void navigate({ to: "/conflicts" }),
        },
        {
          id: "connections",
          label: t("connections"),
          leftSection: <IconPlug size={18} />,
          onClick: () => void navigate({ to: "/connections" }),
        },
        {
          id: "settings",
          label: t("settings"),
          leftSection: <IconSettings size={18} />,
          onClick: () => void navigate({ to: "/settings/$section", params: { section: "profile" } }),
        },
      ],
    },
    {
      group: t("actions"),
      actions: [
        {
          id: "new-integration",
          label: t("newIntegration"),
          leftSection: <IconPlus size={18} />,
          onClick: () => void navigate({ to: "/integrations/new" }),
        },
        {
          id: "new-connection",
          label: t("newConnection"),
          leftSection: <IconPlus size={18} />,
          onClick: () => void navigate({ to: "/connections/new" }),
        },
      ],
    },
  ];
  return (
    <Spotlight
      actions={groups}
      shortcut={["mod + K"]}
      nothingFound={t("nothingFound")}
      highlightQuery
      scrollable
      maxHeight={420}
      searchProps={{
        leftSection: <IconSearch size={18} />,
        placeholder: t("search"),
        "aria-label": t("search"),
      }}
    />
  );
}
