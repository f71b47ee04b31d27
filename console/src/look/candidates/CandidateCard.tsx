import { Badge, Box, Group, Paper, Radio, Text } from "@mantine/core";
import type { Schema } from "../../api/client";
import { LinkText } from "../links";
import type { Side } from "../mapping/pairs";
import { useFieldName } from "../names";
import { useShownValue } from "../value";
import { useWords } from "../words";
import { heldIn, type Line } from "./compare";
import { TakeApart } from "./TakeApart";
import { useTexts } from "./texts";

interface Props {
  candidate: Schema<"Candidate">;
  /** The one chosen on the other side: values are marked where they differ from its. */
  against: Schema<"Candidate"> | undefined;
  lines: Line[];
  side: Side;
  /** The integration with its left module, and where the record lives. */
  place: { integration: string; left: string; connection: string; module: string };
  /** Whether pairs may be taken apart. */
  may: boolean;
}

/** A record that may be the counterpart: what it is called, whom it is tied to, what it holds. */
export function CandidateCard({ candidate, against, lines, side, place, may }: Props) {
  const t = useTexts();
  const words = useWords();
  const shown = useShownValue();
  const fieldName = useFieldName();
  const { id, linked_to } = candidate;
  const label = candidate.label ?? id;
  const leftId = side === "left" ? id : linked_to;
  return (
    <Paper p="sm" bg="var(--page)">
      <Radio value={id} label={<b>{label}</b>} description={id} />
      <Group gap="xs" mt={6} justify="space-between">
        <Text size="xs" component="div">
          {linked_to === null || leftId === null ? (
            t("free")
          ) : (
            <>
              {t("tiedTo")}{" "}
              <LinkText
                size="xs"
                to="/integrations/$name/$module/$leftId"
                params={{ name: place.integration, module: place.left, leftId }}
              >
                {linked_to}
              </LinkText>
            </>
          )}
          {" · "}
          <LinkText
            size="xs"
            to="/connections/$name/$module"
            params={{ name: place.connection, module: place.module }}
            search={{ record: id }}
          >
            {t("open")}
          </LinkText>
        </Text>
        {may && linked_to !== null && leftId !== null && (
          <TakeApart
            name={place.integration}
            module={place.left}
            leftId={leftId}
            about={label}
            size="compact-xs"
          />
        )}
      </Group>
      <Box component="dl" m={0} mt={lines.length === 0 ? 0 : 8} hidden={lines.length === 0}>
        {lines.map((line) => {
          const held = heldIn(candidate, line, shown);
          const other = against === undefined ? undefined : heldIn(against, line, shown);
          const differs = held !== undefined && other !== undefined && held !== other;
          return (
            <Group key={`${line.left} ${line.right}`} gap={8} py={3} align="baseline" wrap="nowrap">
              <Text component="dt" size="xs" c="dimmed" flex="0 0 38%" style={{ overflowWrap: "anywhere" }}>
                {fieldName(line[side])}
              </Text>
              <Text
                component="dd"
                size="sm"
                m={0}
                miw={0}
                flex={1}
                style={{ overflowWrap: "anywhere", whiteSpace: "pre-wrap" }}
                {...(held === undefined || held === "" ? { c: "dimmed" } : {})}
                {...(differs ? { fw: 600 } : {})}
              >
                {held === undefined ? t("unknown") : held === "" ? words("blank") : held}
                {differs && (
                  <>
                    {" "}
                    <Badge size="xs" variant="light" color="orange" tt="none">
                      {t("differs")}
                    </Badge>
                  </>
                )}
              </Text>
            </Group>
          );
        })}
      </Box>
    </Paper>
  );
}
