import { Badge, Box } from "@mantine/core";
import type { Standing } from "./standing";
import { useWords } from "./words";

const COLOR: Record<Standing, string> = {
  agrees: "teal",
  loading: "ai",
  working: "ai",
  paused: "gray",
  inactive: "gray",
  attention: "orange",
  stopped: "red",
};

export function standingColor(standing: Standing): string {
  return COLOR[standing];
}

/** The standing as a word with a dot of its colour; the dot breathes while there is work. */
export function StateBadge({ standing }: { standing: Standing }) {
  const words = useWords();
  const busy = standing === "loading" || standing === "working";
  return (
    <Badge
      variant="light"
      color={COLOR[standing]}
      radius="sm"
      tt="none"
      fw={600}
      style={{ flexShrink: 0 }}
      leftSection={
        <Box
          w={7}
          h={7}
          bg={`${COLOR[standing]}.6`}
          style={{ borderRadius: 7 }}
          className={busy ? "breathe" : ""}
        />
      }
    >
      {words(`state.${standing}`)}
    </Badge>
  );
}
