import { NumberInput, Paper, Skeleton, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type SyntheticEvent } from "react";
import { api, ask, type Schema } from "../../api/client";
import { settingsQuery } from "../../api/queries";
import { CardTitle } from "../../look/CardTitle";
import { ErrorState } from "../../look/ErrorState";
import { useWords } from "../../look/words";
import { useMay } from "../../shell/session";
import { useToast } from "../../shell/toast";
import { SaveAsOwner } from "./SaveAsOwner";
import { useTexts } from "./texts";

/** How long the hub remembers. */
export function Retention() {
  const query = useQuery(settingsQuery);
  if (query.isPending) return <Skeleton h={220} />;
  if (query.data === undefined) return <ErrorState error={query.error} retry={query.refetch} />;
  return <RetentionForm retention={query.data.retention} />;
}

function RetentionForm({ retention }: { retention: Schema<"Retention"> }) {
  const t = useTexts();
  const words = useWords();
  const toast = useToast();
  const queries = useQueryClient();
  const owner = useMay("owner");
  const [form, setForm] = useState(retention);
  const save = useMutation({
    mutationFn: () => ask(api.PATCH("/api/v1/settings", { body: { retention: form } })),
    onSuccess: (settings) => {
      queries.setQueryData(settingsQuery.queryKey, settings);
      toast.done(words("saved"));
    },
  });
  const field = (name: keyof typeof form) => ({
    min: 7,
    max: 3650,
    allowDecimal: false,
    disabled: !owner,
    placeholder: t("forEver"),
    value: form[name] ?? "",
    // Left empty: for ever.
    onChange: (value: string | number) => setForm((before) => ({ ...before, [name]: Number(value) || null })),
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Paper p="lg" component="form" onSubmit={submit}>
      <CardTitle title={t("retention")} />
      <Stack maw={420}>
        <Text size="sm" c="dimmed">
          {t("retentionText")}
        </Text>
        <NumberInput label={t("journalDays")} description={t("journalDaysText")} {...field("journal_days")} />
        <NumberInput label={t("runsDays")} {...field("runs_days")} />
        <SaveAsOwner pending={save.isPending} error={save.error} />
      </Stack>
    </Paper>
  );
}
