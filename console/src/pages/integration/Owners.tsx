import { Button, Paper, Skeleton, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ask, type Schema } from "../../api/client";
import { integrationQuery } from "../../api/queries";
import { ErrorState } from "../../look/ErrorState";
import { isAlike } from "../../look/mapping/same";
import { OwnersEditor } from "../../look/owners";
import type { Owners as Said } from "../../look/owners/owners";
import { Problem } from "../../look/Problem";
import { BAR, Unsaved } from "../../look/Unsaved";
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
    <Stack maw={1000} pb={dirty ? BAR : 0}>
      {!may && (
        <Text size="sm" c="dimmed" role="status">
          {words("readOnly")}
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
      <Unsaved dirty={dirty} text={t("ownersUnsaved")} onDiscard={() => setOwners(null)}>
        <Button loading={save.isPending} onClick={() => save.mutate()}>
          {words("save")}
        </Button>
      </Unsaved>
    </Stack>
  );
}
