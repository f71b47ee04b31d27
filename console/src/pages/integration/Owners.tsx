import { Button, Group, Paper, Skeleton, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useBlocker } from "@tanstack/react-router";
import { useState } from "react";
import { api, ask, type Schema } from "../../api/client";
import { integrationQuery } from "../../api/queries";
import { ConfirmDialog } from "../../look/ConfirmDialog";
import { ErrorState } from "../../look/ErrorState";
import { isAlike } from "../../look/mapping/same";
import { OwnersEditor } from "../../look/owners";
import type { Owners as Said } from "../../look/owners/owners";
import { Problem } from "../../look/Problem";
import { useWords } from "../../look/words";
import { useMay } from "../../shell/session";
import { useToast } from "../../shell/toast";
import { filled } from "../wizard/draft";
import { useTexts } from "./texts";

/** Whose records become whose, while the integration runs. */
export function Owners({ name }: { name: string }) {
  const query = useQuery(integrationQuery(name));
  if (query.data === undefined) {
    return query.isPending ? <Skeleton h={320} /> : <ErrorState error={query.error} retry={query.refetch} />;
  }
  return <Editor key={name} integration={query.data} />;
}

function Editor({ integration }: { integration: Schema<"Integration"> }) {
  const t = useTexts();
  const words = useWords();
  const toast = useToast();
  const may = useMay("admin");
  const queries = useQueryClient();
  const { name, left, right, modules, owners: saved } = integration;
  const [owners, setOwners] = useState<Said | null>(null);
  const now = owners ?? saved;
  const dirty = !isAlike(now, saved);
  const blocker = useBlocker({
    shouldBlockFn: () => dirty,
    enableBeforeUnload: () => dirty,
    withResolver: true,
  });
  const save = useMutation({
    mutationFn: () =>
      ask(
        api.PATCH("/api/v1/integrations/{name}", {
          params: { path: { name } },
          body: { modules, owners: now },
        }),
      ),
    onSuccess: (changed) => {
      toast.done(t("ownersSaved"));
      queries.setQueryData(integrationQuery(name).queryKey, changed);
      setOwners(null);
    },
  });
  return (
    <Stack maw={1000} pb={dirty ? 76 : 0}>
      {!may && (
        <Text size="sm" c="dimmed" role="status">
          {t("ownersReadOnly")}
        </Text>
      )}
      <Paper p={{ base: "md", sm: "lg" }}>
        <OwnersEditor
          draft={{ left, right, modules: modules.map(filled), owners: now, at: 0 }}
          readOnly={!may}
          onChange={setOwners}
        />
      </Paper>
      {save.isError && <Problem error={save.error} />}
      {dirty && (
        <Paper p="sm" shadow="md" className="save-bar" component="section" aria-label={t("ownersUnsaved")}>
          <Group justify="space-between">
            <Text size="sm">{t("ownersUnsaved")}</Text>
            <Group gap="xs">
              <Button variant="default" onClick={() => setOwners(null)}>
                {t("discard")}
              </Button>
              <Button loading={save.isPending} onClick={() => save.mutate()}>
                {words("save")}
              </Button>
            </Group>
          </Group>
        </Paper>
      )}
      <ConfirmDialog
        opened={blocker.status === "blocked"}
        title={t("leaveTitle")}
        text={t("leaveText")}
        action={t("leave")}
        pending={false}
        error={null}
        onClose={() => blocker.reset?.()}
        onConfirm={() => blocker.proceed?.()}
      />
    </Stack>
  );
}
