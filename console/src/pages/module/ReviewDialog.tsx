import { Button, Group, Modal, Skeleton, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ask } from "../../api/client";
import { integrationQuery, statusQuery } from "../../api/queries";
import { Findings, isBlocked, useChange } from "../../look/change";
import { Cascades } from "../../look/deletion/Cascades";
import type { Draft, ModulePair } from "../../look/mapping/pairs";
import { previewQuery } from "../../look/mapping/queries";
import { Problem } from "../../look/Problem";
import { useWords } from "../../look/words";
import { useToast } from "../../shell/toast";
import { differences, listedAnew } from "./differences";
import { Differences } from "./Differences";
import { useTexts } from "./texts";

interface Props {
  name: string;
  /** All pairs of the integration, with the changed one in its place. */
  draft: Draft;
  before: ModulePair[];
  /** The pair is changed from here: a field is let go one way only. */
  onChange: (pair: ModulePair) => void;
  onClose: () => void;
  onSaved: () => void;
}

/** What saving would change, before it does. What is wrong is not saved. */
export function ReviewDialog({ name, draft, before, onChange, onClose, onSaved }: Props) {
  const t = useTexts();
  const words = useWords();
  const toast = useToast();
  const queries = useQueryClient();
  const [typed, setTyped] = useState("");
  const { modules, at, left, right } = draft;
  const sides = { left, right };
  const params = { path: { name } };
  const change = useChange(name, modules);
  const then = useQuery(previewQuery({ ...draft, modules: before }));
  const cascades = change.data?.cascades ?? [];
  const body = { modules, ...(cascades.length === 0 ? {} : { confirm_deletion: typed.trim() }) };
  const save = useMutation({
    mutationFn: () => ask(api.PATCH("/api/v1/integrations/{name}", { params, body })),
    onSuccess: (integration) => {
      toast.done(t("saved"));
      queries.setQueryData(integrationQuery(name).queryKey, integration);
      onSaved();
      void queries.invalidateQueries({ queryKey: statusQuery.queryKey });
    },
  });
  const [old, next] = [before[at], modules[at]];
  const items = old && next ? differences(old, next) : [];
  const anew =
    items.some(({ what }) => what === "listed") && old && next ? listedAnew(then.data, old, next) : [];
  const changed = next ? [next] : [];
  return (
    <Modal
      opened
      size="lg"
      onClose={onClose}
      title={<b>{t("review")}</b>}
      closeButtonProps={{ "aria-label": words("close") }}
    >
      <Stack>
        <Differences
          items={[...items, ...anew]}
          sides={sides}
          modules={{ left: next?.left ?? "", right: next?.right ?? "" }}
        />
        {change.isPending && <Skeleton h={40} />}
        <Findings change={change} pairs={changed} sides={sides} onChange={onChange} />
        <Cascades cascades={cascades} sides={sides} />
        {cascades.length > 0 && (
          <TextInput
            label={words("typeToConfirm", { name })}
            autoComplete="off"
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        )}
        <Text size="sm" c="dimmed">
          {t("then")}
        </Text>
        {save.isError && <Problem error={save.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            {t("goOn")}
          </Button>
          <Button
            disabled={
              !change.isSuccess ||
              isBlocked(change.data, changed) ||
              (cascades.length > 0 && typed.trim() !== name)
            }
            {...(cascades.length > 0 ? { color: "red.9" } : {})}
            loading={save.isPending}
            onClick={() => save.mutate()}
          >
            {words("save")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
