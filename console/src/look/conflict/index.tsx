import { Badge, Button, Paper, SimpleGrid, Text } from "@mantine/core";
import type { Schema } from "../../api/client";
import { Ago } from "../Ago";
import { IconCheck } from "../icons";
import { SIDES, type Side } from "../mapping/pairs";
import { useShownValue } from "../value";
import { useWords } from "../words";
import { useTexts } from "./texts";

interface Props {
  conflict: Schema<"Conflict">;
  names: { left: string; right: string };
  /** What it is about, for who only hears the buttons. */
  about: string;
  pending: Side | null;
  onDecide: (winner: Side) => void;
}

/** Both values of a conflict beside each other: what they are, what they were, who changed them when. One of them is taken. */
export function ConflictSides({ conflict, names, about, pending, onDecide }: Props) {
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm" mt="xs">
      {SIDES.map((side) => (
        <OneSide
          key={side}
          value={conflict[side]}
          other={conflict[side === "left" ? "right" : "left"]}
          first={conflict.first}
          name={names[side]}
          about={about}
          side={side}
          pending={pending}
          onDecide={() => onDecide(side)}
        />
      ))}
    </SimpleGrid>
  );
}

interface SideProps {
  value: Schema<"ConflictSide">;
  other: Schema<"ConflictSide">;
  first: boolean;
  name: string;
  about: string;
  side: Side;
  pending: Side | null;
  onDecide: () => void;
}

function OneSide({ value, other, first, name, about, side, pending, onDecide }: SideProps) {
  const t = useTexts();
  const words = useWords();
  const shown = useShownValue();
  const [now, then] = [shown(value.value), shown(value.base)];
  const newer =
    value.changed_at !== null && (other.changed_at === null || value.changed_at > other.changed_at);
  return (
    <Paper p="sm" bg="var(--page)" style={{ display: "flex", flexDirection: "column" }}>
      <Text size="xs" c="dimmed" component="div">
        {name}{" "}
        {newer && (
          <Badge size="xs" variant="light" color="ai" tt="none">
            {t("newer")}
          </Badge>
        )}
      </Text>
      <Text
        fw={600}
        mt={2}
        style={{ overflowWrap: "anywhere", whiteSpace: "pre-wrap" }}
        {...(now === "" ? { c: "dimmed" } : {})}
      >
        {now === "" ? words("blank") : now}
      </Text>
      <Text size="xs" c="dimmed" mt={4} style={{ overflowWrap: "anywhere" }}>
        {first ? t("first") : t("base", { value: then === "" ? words("blank") : then })}
      </Text>
      <Text size="xs" c="dimmed" component="div" mb={10}>
        {value.changed_by === null ? t("changed") : t("changedBy", { name: value.changed_by })}{" "}
        {value.changed_at === null ? "" : <Ago at={value.changed_at} />}
      </Text>
      <Button
        mt="auto"
        style={{ alignSelf: "flex-start" }}
        size="compact-sm"
        variant="default"
        data-take={side}
        leftSection={<IconCheck size={14} />}
        loading={pending === side}
        disabled={pending !== null && pending !== side}
        aria-label={t("takeOf", { name, about })}
        onClick={onDecide}
      >
        {t("take", { name })}
      </Button>
    </Paper>
  );
}
