import { Center, Paper, SegmentedControl, Skeleton, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { activityQuery } from "../../api/queries";
import { CardTitle } from "../../look/CardTitle";
import { ErrorState } from "../../look/ErrorState";
import { useTexts } from "./texts";

const ActivityChart = lazy(() => import("./ActivityChart"));

/** What was synced over the last day or month. */
export function ActivityCard() {
  const t = useTexts();
  const [hours, setHours] = useState<24 | 720>(24);
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
          onChange={(value) => setHours(value === "720" ? 720 : 24)}
          data={[
            { value: "24", label: t("last24") },
            { value: "720", label: t("last30") },
          ]}
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
