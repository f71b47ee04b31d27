import { Box, Button, Group, Text } from "@mantine/core";
import type { Schema } from "../../api/client";
import { useFormat } from "../format";
import { IconArrowLeft, IconArrowRight, IconArrowsLeftRight, IconPlus } from "../icons";
import type { Direction, FieldPair } from "./pairs";
import { useTexts } from "./texts";

interface Props {
  items: Schema<"Suggestion">[];
  fields: { left: Map<string, Schema<"Field">>; right: Map<string, Schema<"Field">> };
  names: { left: string; right: string };
  module: Direction;
  onAccept: (pair: FieldPair) => void;
}

const ARROWS = { both: IconArrowsLeftRight, left_to_right: IconArrowRight, right_to_left: IconArrowLeft };

/** What is suggested and still free on both sides. */
export function openOf(suggested: Schema<"Suggestion">[], pairs: FieldPair[]): Schema<"Suggestion">[] {
  const taken = (side: "left" | "right", field: string) => pairs.some((pair) => pair[side] === field);
  return suggested
    .filter(({ left }) => !taken("left", left))
    .map(({ left, candidates }) => ({
      left,
      candidates: candidates.filter(({ right }) => !taken("right", right)),
    }))
    .filter(({ candidates }) => candidates.length > 0);
}

/** Fields that probably belong together, each with what speaks for it. Nothing is mapped before somebody says so. */
export function Suggestions({ items, fields, names, module, onAccept }: Props) {
  const t = useTexts();
  const why = useWhy();
  return items.map(({ left, candidates }) =>
    candidates.map(({ right, direction, reasons }, rank) => {
      const Arrow = ARROWS[direction];
      const called = {
        left: fields.left.get(left)?.label ?? left,
        right: fields.right.get(right)?.label ?? right,
      };
      return (
        <Group
          key={`${left} ${right}`}
          justify="space-between"
          wrap="nowrap"
          align="flex-start"
          py={8}
          {...(rank === 0 ? { style: { borderTop: "1px solid var(--line)" } } : { pl: "lg" })}
        >
          <Box miw={0}>
            <Text size="sm" style={{ overflowWrap: "anywhere" }} component="div">
              <b>{called.left}</b>{" "}
              <Arrow
                size={14}
                style={{ verticalAlign: "-2px" }}
                role="img"
                aria-label={t(`way_${direction}`, names)}
              />{" "}
              <b>{called.right}</b>
            </Text>
            <Text size="xs" c="dimmed">
              {left} · {right}
            </Text>
            <Text size="xs" c="dimmed">
              {reasons.map(why).join(" · ")}
            </Text>
          </Box>
          <Button
            size="compact-sm"
            variant={rank === 0 ? "light" : "default"}
            leftSection={<IconPlus size={14} />}
            style={{ flexShrink: 0 }}
            aria-label={t("acceptOf", called)}
            onClick={() => onAccept({ left, right, ...(direction === module ? {} : { direction }) })}
          >
            {t("accept")}
          </Button>
        </Group>
      );
    }),
  );
}

const REASONS = [
  "same_name",
  "similar_name",
  "same_label",
  "similar_label",
  "same_meaning",
  "same_type",
] as const;

function useWhy() {
  const t = useTexts();
  const format = useFormat();
  return ({ code, compared, same }: Schema<"SuggestionReason">): string => {
    if (code === "same_values") {
      return t("why_same_values", { same: format.count(same ?? 0), compared: format.count(compared ?? 0) });
    }
    const known = REASONS.find((reason) => reason === code);
    return known === undefined ? code : t(`why_${known}`);
  };
}
