import { Badge, Box, Group, Paper, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import type { Schema } from "../../api/client";
import { sentNoticesQuery } from "../../api/queries";
import { Ago } from "../../look/Ago";
import { CardTitle } from "../../look/CardTitle";
import { EmptyState } from "../../look/EmptyState";
import { sentence, useExplainProblem } from "../../look/explain";
import { useFormat } from "../../look/format";
import { IconInfoCircle } from "../../look/icons";
import { ListState } from "../../look/ListState";
import { MoreButton } from "../../look/MoreButton";
import { useNoticeSentence } from "../../look/notice";
import { useTexts } from "./texts";

/** A receiver as people write it. */
export function useAddress() {
  const t = useTexts();
  return (address: string) => (address === "webhook" ? t("byWebhook") : address.replace(/^mail:/, ""));
}

/** What was told lately, to whom, and how it went out. */
export function NoticesSent() {
  const t = useTexts();
  const told = useNoticeSentence();
  const query = useInfiniteQuery(sentNoticesQuery);
  return (
    <Paper p="lg">
      <CardTitle title={t("noticesSent")} />
      <ListState
        query={query}
        items={query.data?.pages.flatMap((page) => page.items) ?? []}
        empty={<EmptyState icon={<IconInfoCircle size={22} />} title={t("noNotices")} />}
      >
        {(notices) =>
          notices.map((notice) => (
            <Box key={notice.id} py={8} style={{ borderTop: "1px solid var(--line)" }}>
              <Group justify="space-between" gap="sm">
                <Text size="sm" fw={600} flex="1 1 260px">
                  {told(notice)}
                </Text>
                <Text size="xs" c="dimmed" className="number">
                  <Ago at={notice.at} />
                </Text>
              </Group>
              {notice.deliveries.length === 0 && (
                <Text size="xs" c="dimmed">
                  {t("shownOnly")}
                </Text>
              )}
              {notice.deliveries.map((delivery) => (
                <Sent key={delivery.address} delivery={delivery} />
              ))}
            </Box>
          ))
        }
      </ListState>
      <MoreButton query={query} />
    </Paper>
  );
}

function Sent({ delivery }: { delivery: Schema<"NoticeDelivery"> }) {
  const t = useTexts();
  const format = useFormat();
  const address = useAddress();
  const { done_at, due, tries, error } = delivery;
  const [color, state] =
    done_at !== null
      ? ["teal", t("arrived")]
      : due === null
        ? ["red", t("givenUp")]
        : tries === 0
          ? ["gray", t("onItsWay")]
          : ["orange", t("againAt", { time: format.dateTime(due) })];
  return (
    <Group gap={4} mt={4}>
      <Badge variant="light" color={color} radius="sm" tt="none" style={{ flexShrink: 0 }}>
        {state}
      </Badge>
      <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
        {address(delivery.address)}
      </Text>
      {done_at === null && error !== null && <Why problem={error} />}
    </Group>
  );
}

/** Why it did not arrive: our sentence and what to do, and the receiver's own words where the sentence does not hold them. */
function Why({ problem }: { problem: Schema<"SyncProblem"> }) {
  const { what, hint } = useExplainProblem()(problem.code, problem.message, problem.hint);
  return (
    <Box w="100%" style={{ overflowWrap: "anywhere" }}>
      <Text size="xs">
        {what} {hint}
      </Text>
      {what !== sentence(problem.message) && (
        <Text size="xs" c="dimmed" lang="en">
          {problem.message}
        </Text>
      )}
    </Box>
  );
}
