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
  const all = [...report.unmatched_left, ...report.unmatched_right];
  const inactive = all.filter(({ active }) => !active).length;
  const everybody = inactive === all.length && (
    <Text size="sm" c="dimmed">
      {t("everybody")}
    </Text>
  );
  if (all.length === 0) {
    return everybody;
  }
  const records = (side: Side, id: string) =>
    owned.data?.[side].users.find((user) => user.id === id)?.records ?? 0;
  // Who cannot log in any more matters for the records they own.
  const people = (side: Side) =>
    report[`unmatched_${side}`]
      .filter(({ id, active }) => active || records(side, id) > 0)
      .sort((a, b) => Number(b.active) - Number(a.active) || records(side, b.id) - records(side, a.id));
  const credits = owned.data === undefined ? 0 : owned.data.left.credits + owned.data.right.credits;
  return (
    <>
      {everybody}
      <SimpleGrid cols={{ base: 1, sm: 2 }} mt="xs" spacing="lg">
        {SIDES.filter((side) => people(side).length > 0).map((side) => {
          const other = side === "left" ? "right" : "left";
          const stands = report[`fallback_${other}`];
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
              {people(side).map(({ id, name, email, active }) => (
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
                      {[
                        email,
                        ...(active ? [] : [t("inactive")]),
                        ...(owned.data === undefined
                          ? []
                          : [t("records", { count: records(side, id), n: format.count(records(side, id)) })]),
                      ]
                        .filter((part) => part !== "")
                        .join(" · ")}
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
      {inactive > 0 && owned.data === undefined && (
        <Text size="sm" c="dimmed" mt="sm">
          {t("inactiveToo", { count: inactive, n: format.count(inactive) })}
        </Text>
      )}
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
