import { Skeleton, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { noticesQuery } from "../../api/queries";
import { ErrorState } from "../../look/ErrorState";
import { NoticeForm } from "./NoticeForm";
import { NoticesSent } from "./NoticesSent";
import { NoticeTest } from "./NoticeTest";

/** Who is told of what by mail and webhook; whether it arrives; what was told lately. */
export function Notices() {
  const query = useQuery(noticesQuery);
  if (query.isPending) return <Skeleton h={320} />;
  if (query.data === undefined) return <ErrorState error={query.error} retry={query.refetch} />;
  return (
    <Stack>
      <NoticeForm kept={query.data} />
      <NoticeTest />
      <NoticesSent />
    </Stack>
  );
}
