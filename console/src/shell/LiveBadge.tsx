import { Box, Group, Text, Tooltip } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { followEvents, type Liveness } from "../api/events";
import { useSession } from "./session";
import { useTexts } from "./texts";

const COLOR: Record<Liveness, string> = { live: "teal.6", connecting: "gray.5", lost: "orange.6" };

/** Follows the live events, and says whether what the page shows is current. */
export function LiveBadge() {
  const t = useTexts();
  const queries = useQueryClient();
  const { demo } = useSession();
  const [liveness, setLiveness] = useState<Liveness>("connecting");
  useEffect(() => followEvents(queries, setLiveness), [queries]);
  return (
    <Group gap="xs" wrap="nowrap">
      {demo && (
        <Tooltip label={t("demoText")} multiline maw={260}>
          <Text size="xs" fw={600} c="dimmed" visibleFrom="sm">
            {t("demo")}
          </Text>
        </Tooltip>
      )}
      <Tooltip label={liveness === "lost" ? t("lostText") : t("liveText")} multiline maw={280}>
        <Group gap={6} wrap="nowrap" role="status">
          <Box
            w={8}
            h={8}
            bg={COLOR[liveness]}
            style={{ borderRadius: 8 }}
            className={liveness === "live" ? "" : "breathe"}
          />
          {/* On a phone there is room only for what matters. */}
          <Text size="xs" c="dimmed" {...(liveness === "lost" ? {} : { visibleFrom: "sm" })}>
            {t(liveness)}
          </Text>
        </Group>
      </Tooltip>
    </Group>
  );
}
