import { Box, Button, Paper, Stack, Table, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ask, type Schema } from "../../api/client";
import { erasuresQuery } from "../../api/queries";
import { CardTitle } from "../../look/CardTitle";
import { ConfirmDialog } from "../../look/ConfirmDialog";
import { Count } from "../../look/Count";
import { EmptyState } from "../../look/EmptyState";
import { useFormat } from "../../look/format";
import { IconShieldCheck } from "../../look/icons";
import { ListState } from "../../look/ListState";
import { useModuleName } from "../../look/names";
import { Problem } from "../../look/Problem";
import { ErasureForm, type Who } from "./ErasureForm";
import { useTexts } from "./texts";

/** Erases what the hub remembers of a person, after a plan, and lists what was erased. */
export function Erasure() {
  const t = useTexts();
  return (
    <Stack gap="lg">
      <Paper p="lg">
        <CardTitle title={t("erasure")} />
        <Stack maw={520}>
          <Text size="sm" c="dimmed">
            {t("erasureText")}
          </Text>
          <Text size="sm" c="dimmed">
            {t("erasureBackups")}
          </Text>
          <Plan />
        </Stack>
      </Paper>
      <Past />
    </Stack>
  );
}

function Plan() {
  const t = useTexts();
  const queries = useQueryClient();
  const [who, setWho] = useState<Who | null>(null);
  const [asking, setAsking] = useState(false);
  const look = useMutation({
    mutationFn: (asked: Who) => ask(api.POST("/api/v1/erasures", { body: { ...asked, dry_run: true } })),
    onMutate: setWho,
  });
  const erase = useMutation({
    mutationFn: (digest: string) => ask(api.POST("/api/v1/erasures", { body: { ...who, digest } })),
    onSuccess: () => {
      setAsking(false);
      look.reset();
      return queries.invalidateQueries({ queryKey: erasuresQuery.queryKey });
    },
  });
  const plan = look.data?.plan;
  const nothing = plan && Object.values(plan.counts).every((count) => count === 0);
  return (
    <>
      <ErasureForm
        pending={look.isPending}
        onChange={() => look.reset()}
        onLook={(asked) => look.mutate(asked)}
      />
      {look.isError && <Problem error={look.error} />}
      {nothing && (
        <Text size="sm" role="status">
          {t("erasureNothing")}
        </Text>
      )}
      {plan && !nothing && (
        <Box role="status">
          <Counts counts={plan.counts} />
          <Records records={plan.records} />
          <Button color="red.9" mt="sm" onClick={() => setAsking(true)}>
            {t("erase")}
          </Button>
          <ConfirmDialog
            opened={asking}
            title={t("eraseTitle")}
            text={t("eraseText")}
            action={t("erase")}
            name={t("eraseWord")}
            pending={erase.isPending}
            error={erase.error}
            onClose={() => setAsking(false)}
            onConfirm={() => erase.mutate(plan.digest)}
          />
        </Box>
      )}
    </>
  );
}

function Counts({ counts }: { counts: Schema<"ErasureCounts"> }) {
  const t = useTexts();
  const lines = [
    [t("erasurePairs"), counts.pairs],
    [t("erasureUnlinked"), counts.unlinked],
    [t("erasureJournal"), counts.journal],
    [t("erasureFailures"), counts.failures],
    [t("erasureDecisions"), counts.decisions],
    [t("erasureIntents"), counts.intents],
  ] as const;
  return (
    <Table horizontalSpacing={0}>
      <Table.Tbody>
        {lines
          .filter(([, count]) => count > 0)
          .map(([label, count]) => (
            <Table.Tr key={label}>
              <Table.Th scope="row" fw={400}>
                {label}
              </Table.Th>
              <Table.Td ta="right">
                <Count value={count} />
              </Table.Td>
            </Table.Tr>
          ))}
      </Table.Tbody>
    </Table>
  );
}

/** So many are named. */
const NAMED = 20;

function Records({ records }: { records: Schema<"ErasureRecord">[] }) {
  const moduleName = useModuleName();
  return records.slice(0, NAMED).map(({ integration, module, left_id, right_id }) => (
    <Text size="xs" c="dimmed" key={`${integration}/${module}/${left_id}/${right_id}`}>
      {integration} · {moduleName(module)} · {left_id ?? "–"} ↔ {right_id ?? "–"}
    </Text>
  ));
}

function Past() {
  const t = useTexts();
  const format = useFormat();
  const query = useQuery(erasuresQuery);
  return (
    <Paper p="lg">
      <CardTitle title={t("erasureList")} />
      <ListState
        query={query}
        items={query.data?.items ?? []}
        empty={<EmptyState icon={<IconShieldCheck size={22} />} title={t("erasureEmpty")} />}
      >
        {(items) =>
          items.map((one) => (
            <Box key={one.id} py="sm" style={{ borderTop: "1px solid var(--line)" }}>
              <Text size="sm">
                {format.dateTime(one.at)} · {t(`kind_${one.kind}`)} · {t("erasedBy", { by: one.by })}
              </Text>
              <Text size="xs" c="dimmed">
                {one.done_at === null
                  ? t("erasureOpen")
                  : t("erasureDone", { date: format.dateTime(one.done_at) })}
              </Text>
              <Counts counts={one.counts} />
              <Records records={one.records} />
            </Box>
          ))
        }
      </ListState>
    </Paper>
  );
}
