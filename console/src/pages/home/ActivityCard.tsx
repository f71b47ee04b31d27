import { Center, Paper, SegmentedControl, Skeleton, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { activityQuery } from "../../api/queries";
import { CardTitle } from "../../look/CardTitle";
import { ErrorState } from "../../look/ErrorState";
import { useTexts } from "./texts";

const ActivityChart = lazy(() => import("./ActivityChart"));

/** Hours that are looked back. */
const RANGES = [1, 24, 720] as const;

/** What was synced over the last hour, day or month. */
export function ActivityCard() {
  const t = useTexts();
  const [hours, setHours] = useState<(typeof RANGES)[number]>(24);
  const activity = useQuery(activityQuery(hours));
  const quiet = activity.data?.buckets.every(
    ({ created, updated, deleted, linked }) => created + updated + deleted + linked === 0,
  );
  return (
    <Paper p="md">
      <CardTitle title={t("activity")}>
        <SegmentedControl
          size="xs"
          aria-label={t("range")}
          value={String(hours)}
          onChange={(value) => setHours(RANGES.find((each) => String(each) === value) ?? 24)}
          data={RANGES.map((each) => ({ value: String(each), label: t(`last${each}`) }))}
        />
      </CardTitle>
      {activity.isPending ? (
        <Skeleton h={240} />
      ) : activity.isError ? (
        <ErrorState error={activity.error} retry={activity.refetch} />
      ) : quiet === true ? (
        <Center h={240}>
          <Text size="sm" c="dimmed">
            {t("quiet")}
          </Text>
        </Center>
      ) : (
        <Suspense fallback={<Skeleton h={240} />}>
          <ActivityChart activity={activity.data} daily={hours === 720} />
        </Suspense>
      )}
    </Paper>
  );
}
