import { Box, Button, Group, SimpleGrid, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Schema } from "../../api/client";
import { useFormat } from "../format";
import { SIDES, type Draft, type Side } from "../mapping/pairs";
import { Problem } from "../Problem";
import { ownedQuery } from "./queries";
import { useTexts } from "./texts";

interface Props {
  draft: Draft;
  report: Schema<"OwnersReport">;
  onPick?: (side: Side, email: string) => void;
}

/** Users of either side without a counterpart: how many records they own, and who would own them on the other side. */
export function Unmatched({ draft, report, onPick }: Props) {
  const t = useTexts();
  const format = useFormat();
  const owned = useQuery(ownedQuery(draft));
  const all = report.unmatched_left.length + report.unmatched_right.length;
  if (all === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t("everybody")}
      </Text>
    );
  }
  const credits = owned.data === undefined ? 0 : owned.data.left.credits + owned.data.right.credits;
  return (
    <>
      <SimpleGrid cols={{ base: 1, sm: 2 }} mt="xs" spacing="lg">
        {SIDES.filter((side) => report[`unmatched_${side}`].length > 0).map((side) => {
          const other = side === "left" ? "right" : "left";
          const stands = report[`fallback_${other}`];
          const counts =
            owned.data && new Map(owned.data[side].users.map(({ id, records }) => [id, records]));
          const people = [...report[`unmatched_${side}`]].sort(
            (a, b) => (counts?.get(b.id) ?? 0) - (counts?.get(a.id) ?? 0),
          );
          return (
            <Box key={side} component="section" aria-label={t("unmatchedOf", { name: draft[side] })}>
              <Text size="sm" fw={600}>
                {t("unmatchedOf", { name: draft[side] })}
              </Text>
              <Text size="xs" c="dimmed" mb={6}>
                {stands == null
                  ? t("nobody", { name: draft[other] })
                  : t("theirs", { name: draft[other], email: stands })}
              </Text>
              {people.map(({ id, name, email }) => (
                <Group
                  key={id}
                  justify="space-between"
                  wrap="nowrap"
                  py={6}
                  style={{ borderTop: "1px solid var(--line)" }}
                >
                  <Box miw={0}>
                    <Text size="sm" style={{ overflowWrap: "anywhere" }}>
                      {name === "" ? email : name}
                    </Text>
                    <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
                      {email}
                      {counts &&
                        ` · ${t("records", { count: counts.get(id) ?? 0, n: format.count(counts.get(id) ?? 0) })}`}
                    </Text>
                  </Box>
                  {onPick && email !== "" && (
                    <Button
                      size="compact-sm"
                      variant="default"
                      style={{ flexShrink: 0 }}
                      aria-label={t("pairOf", { name: name === "" ? email : name })}
                      onClick={() => onPick(side, email)}
                    >
                      {t("pair")}
                    </Button>
                  )}
                </Group>
              ))}
            </Box>
          );
        })}
      </SimpleGrid>
      <Group mt="sm" gap="sm">
        <Button
          size="compact-sm"
          variant="default"
          loading={owned.isFetching}
          onClick={() => void owned.refetch()}
        >
          {t("count")}
        </Button>
        <Text size="xs" c="dimmed" role="status">
          {owned.data === undefined
            ? t("countText")
            : t("counted", { count: credits, n: format.count(credits) })}
        </Text>
      </Group>
      {owned.isError && <Problem error={owned.error} />}
    </>
  );
}
