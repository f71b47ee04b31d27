import { Button, Group, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type SyntheticEvent } from "react";
import { api as hub, ask, type Schema } from "../../api/client";
import { ProblemError } from "../../api/problem";
import { recordQuery } from "../../api/queries";
import { ConfirmDialog } from "../../look/ConfirmDialog";
import { IconTrash } from "../../look/icons";
import { Problem } from "../../look/Problem";
import { useWords } from "../../look/words";
import { useMay } from "../../shell/session";
import { useToast } from "../../shell/toast";
import { changesOf, draftOf, wrongIn, type Draft } from "./draft";
import { FieldEditor } from "./FieldEditor";
import { tellList } from "./list";
import { useTexts } from "./texts";

interface Props {
  connection: string;
  module: Schema<"Module"> | null;
  api: string;
  fields: Schema<"Field">[];
  record: Schema<"Record"> | null;
  title: string;
  onOpen: (id: string) => void;
  onClose: () => void;
}

/** All fields of a record with the editor of their type. Only what was changed is sent. */
export function RecordForm({ connection, module, api, fields, record, title, onOpen, onClose }: Props) {
  const t = useTexts();
  const words = useWords();
  const toast = useToast();
  const queries = useQueryClient();
  const admin = useMay("admin");
  const [asking, { open, close }] = useDisclosure();
  const [draft, setDraft] = useState<Draft>(() => draftOf(fields, record?.values ?? {}));
  const [tried, setTried] = useState(false);
  const may = admin && (record === null ? module?.creatable : module?.editable) !== false;
  // What is only kept in the service has no editor.
  const shown = fields.filter(({ type }) => type !== "other");
  const wrong = wrongIn(shown, draft, record === null);
  const path = { name: connection, module: api };
  const tell = (id: string, after: Schema<"Record"> | null) => {
    tellList(queries, connection, api, id, after);
    const { queryKey } = recordQuery(connection, api, id);
    if (after !== null) queries.setQueryData(queryKey, after);
    else queries.removeQueries({ queryKey });
  };

  const save = useMutation({
    mutationFn: (values: Schema<"Record">["values"]) =>
      record === null
        ? ask(
            hub.POST("/api/v1/connections/{name}/modules/{module}/records", {
              params: { path },
              body: { values },
            }),
          )
        : ask(
            hub.PATCH("/api/v1/connections/{name}/modules/{module}/records/{id}", {
              params: { path: { ...path, id: record.id } },
              body: { values, unmodified_since: record.modified_at },
            }),
          ),
    onSuccess: (saved) => {
      toast.done(t(record === null ? "created" : "changed"));
      tell(saved.id, saved);
      onOpen(saved.id);
    },
  });
  const remove = useMutation({
    mutationFn: () =>
      ask(
        hub.DELETE("/api/v1/connections/{name}/modules/{module}/records/{id}", {
          params: { path: { ...path, id: record?.id ?? "" } },
        }),
      ),
    onSuccess: () => {
      toast.done(t("removed"));
      onClose();
      tell(record?.id ?? "", null);
    },
  });
  const problem = save.error instanceof ProblemError ? save.error : null;
  const told = (path: string) => {
    const fault = wrong.get(path);
    return (
      problem?.field(path) ?? (fault !== undefined && (tried || fault !== "mandatory") ? t(fault) : undefined)
    );
  };
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    setTried(true);
    if (wrong.size > 0) return;
    const values = changesOf(shown, draft, record?.values ?? {});
    if (Object.keys(values).length === 0) toast.done(t("nothing"));
    else save.mutate(values);
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        {shown.map((field) => (
          <FieldEditor
            key={field.api_name}
            connection={connection}
            field={field}
            given={record?.values[field.api_name]}
            value={draft[field.api_name]}
            disabled={!may || field.read_only || (record !== null && field.create_only)}
            path={field.api_name}
            told={told}
            onChange={(value) => setDraft((before) => ({ ...before, [field.api_name]: value }))}
          />
        ))}
        {save.isError && <Problem error={save.error} />}
        {may && (
          <Group
            justify="space-between"
            pos="sticky"
            bottom={0}
            py="sm"
            bg="var(--mantine-color-body)"
            style={{ borderTop: "1px solid var(--line)", zIndex: 1 }}
          >
            <Group>
              <Button type="submit" loading={save.isPending}>
                {words("save")}
              </Button>
              <Button variant="default" onClick={onClose}>
                {words("cancel")}
              </Button>
            </Group>
            {record !== null && module?.deletable !== false && (
              <Button variant="subtle" color="red" leftSection={<IconTrash size={15} />} onClick={open}>
                {t("remove")}
              </Button>
            )}
            {record !== null && (
              <Text size="xs" c="dimmed">
                {t("changedMeanwhile")}
              </Text>
            )}
          </Group>
        )}
      </Stack>
      <ConfirmDialog
        opened={asking}
        title={t("removeTitle", { name: title })}
        text={t("removeText", { connection })}
        action={words("remove")}
        pending={remove.isPending}
        error={remove.error}
        onClose={close}
        onConfirm={() => remove.mutate()}
      />
    </form>
  );
}
