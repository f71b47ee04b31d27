import { Box, Button, Group, Paper, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ask, type Schema } from "../../api/client";
import { rememberedQuery } from "../../api/queries";
import { CardTitle } from "../../look/CardTitle";
import { ConfirmDialog } from "../../look/ConfirmDialog";
import { EmptyState } from "../../look/EmptyState";
import { useFormat } from "../../look/format";
import { IconLink } from "../../look/icons";
import { ListState } from "../../look/ListState";
import { useModuleName } from "../../look/names";
import { useTexts } from "./texts";

/** What is remembered of module pairs that were taken out; forgetting it. */
export function Remembered() {
  const t = useTexts();
  const query = useQuery(rememberedQuery);
  return (
    <Paper p="lg">
      <CardTitle title={t("remembered")} />
      <Text size="sm" c="dimmed" maw={520} mb="sm">
        {t("rememberedText")}
      </Text>
      <ListState
        query={query}
        items={query.data?.items ?? []}
        empty={<EmptyState icon={<IconLink size={22} />} title={t("rememberedEmpty")} />}
      >
        {(items) => items.map((one) => <One key={one.number} one={one} />)}
      </ListState>
    </Paper>
  );
}

function One({ one }: { one: Schema<"Remembered"> }) {
  const t = useTexts();
  const format = useFormat();
  const moduleName = useModuleName();
  const queries = useQueryClient();
  const [asking, setAsking] = useState(false);
  const forget = useMutation({
    mutationFn: () =>
      ask(api.DELETE("/api/v1/remembered/{number}", { params: { path: { number: one.number } } })),
    onSuccess: () => {
      setAsking(false);
      return queries.invalidateQueries({ queryKey: rememberedQuery.queryKey });
    },
  });
  return (
    <Group justify="space-between" py="sm" style={{ borderTop: "1px solid var(--line)" }}>
      <Box>
        <Text size="sm">
          {one.integration} · {moduleName(one.left)} ↔ {moduleName(one.right)}
        </Text>
        <Text size="xs" c="dimmed">
          {t("rememberedPairs", { count: one.pairs })} ·{" "}
          {t("rememberedSince", { date: format.dateTime(one.removed_at) })}
        </Text>
      </Box>
      <Button variant="default" size="xs" onClick={() => setAsking(true)}>
        {t("forget")}
      </Button>
      <ConfirmDialog
        opened={asking}
        title={t("forgetTitle")}
        text={t("forgetText")}
        action={t("forget")}
        name={one.integration}
        pending={forget.isPending}
        error={forget.error}
        onClose={() => setAsking(false)}
        onConfirm={() => forget.mutate()}
      />
    </Group>
  );
}
