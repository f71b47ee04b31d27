import { Paper, Stack, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { sentNoticesQuery } from "../../api/queries";
import { Ago } from "../../look/Ago";
import { CardTitle } from "../../look/CardTitle";
import { LinkText } from "../../look/links";
import { useNoticeSentence } from "../../look/notice";
import { useTexts } from "./texts";

/** So many of the latest. */
const SHOWN = 5;

/** What people were told of lately, such as that a first load is done. Nothing is shown while there is nothing. */
export function NoticesCard() {
  const t = useTexts();
  const sentence = useNoticeSentence();
  const { data } = useInfiniteQuery({ ...sentNoticesQuery, refetchInterval: 15_000 });
  const latest = data?.pages[0]?.items.slice(0, SHOWN) ?? [];
  if (latest.length === 0) return null;
  return (
    <Paper p="md" component="section" aria-label={t("notices")}>
      <CardTitle title={t("notices")} />
      <Stack gap={10}>
        {latest.map((notice) => (
          <div key={notice.id}>
            {notice.integration === null ? (
              <Text size="sm">{sentence(notice)}</Text>
            ) : (
              <LinkText size="sm" c="inherit" to="/integrations/$name" params={{ name: notice.integration }}>
                {sentence(notice)}
              </LinkText>
            )}
            <Text size="xs" c="dimmed">
              <Ago at={notice.at} />
            </Text>
          </div>
        ))}
      </Stack>
    </Paper>
  );
}
