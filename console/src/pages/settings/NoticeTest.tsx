import { Badge, Box, Button, Group, Paper, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { api, ask, type Schema } from "../../api/client";
import { CardTitle } from "../../look/CardTitle";
import { useExplainProblem } from "../../look/explain";
import { Problem } from "../../look/Problem";
import { useAddress } from "./NoticesSent";
import { useTexts } from "./texts";

/** Sends a test to everybody, and shows what their servers said. */
export function NoticeTest() {
  const t = useTexts();
  const test = useMutation({ mutationFn: () => ask(api.POST("/api/v1/notices/test")) });
  return (
    <Paper p="lg">
      <CardTitle title={t("noticeTest")} />
      <Text size="sm" c="dimmed" mb="md">
        {t("noticeTestText")}
      </Text>
      <Button variant="default" loading={test.isPending} onClick={() => test.mutate()}>
        {t("noticeTestNow")}
      </Button>
      {test.isError && (
        <Box mt="md">
          <Problem error={test.error} />
        </Box>
      )}
      {test.isSuccess && (
        <Stack gap="sm" mt="md" role="status">
          {test.data.items.length === 0 && <Text size="sm">{t("noReceivers")}</Text>}
          {test.data.items.map((tried) => (
            <Line key={tried.address} tried={tried} />
          ))}
        </Stack>
      )}
    </Paper>
  );
}

function Line({ tried }: { tried: Schema<"NoticeTest"> }) {
  const t = useTexts();
  const explain = useExplainProblem();
  const address = useAddress();
  const said = tried.code === null ? null : explain(tried.code, tried.message, tried.hint ?? "");
  return (
    <Group wrap="nowrap" align="flex-start" gap="sm">
      <Badge
        variant="light"
        color={tried.arrived ? "teal" : "red"}
        radius="sm"
        tt="none"
        style={{ flexShrink: 0 }}
      >
        {t(tried.arrived ? "arrived" : "notArrived")}
      </Badge>
      <Box miw={0} style={{ overflowWrap: "anywhere" }}>
        <Text size="sm" fw={600}>
          {address(tried.address)}
        </Text>
        {said && (
          <Text size="sm">
            {said.what} {said.hint}
          </Text>
        )}
        {/* The other side's own words, whatever its language. */}
        <Text size="xs" c="dimmed">
          {tried.message}
        </Text>
      </Box>
    </Group>
  );
}
