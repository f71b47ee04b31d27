import { Drawer, Skeleton, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Schema } from "../../api/client";
import { recordQuery } from "../../api/queries";
import { ErrorState } from "../../look/ErrorState";
import { Explanations } from "../../look/explanation/Explanations";
import { useWords } from "../../look/words";
import { titleOf } from "./columns";
import { RecordForm } from "./RecordForm";
import { useTexts } from "./texts";

interface Props {
  connection: string;
  module: Schema<"Module"> | null;
  api: string;
  fields: Schema<"Field">[];
  /** Null: a new record. */
  id: string | null | undefined;
  opened: boolean;
  onOpen: (id: string) => void;
  onClose: () => void;
}

/** One record beside the list: all its fields, to read and to edit. */
export function RecordDrawer({ connection, module, api, fields, id, opened, onOpen, onClose }: Props) {
  const t = useTexts();
  const words = useWords();
  const existing = typeof id === "string";
  const query = useQuery({ ...recordQuery(connection, api, id ?? ""), enabled: opened && existing });
  const record = existing ? query.data : undefined;
  const title = record ? titleOf(record.values, record.id) : existing ? t("record") : t("newRecord");
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      position="right"
      size="lg"
      title={<b>{title}</b>}
      closeButtonProps={{ "aria-label": words("close") }}
    >
      {existing && query.isError ? (
        <ErrorState error={query.error} retry={query.refetch} />
      ) : (existing && record === undefined) || fields.length === 0 ? (
        <Stack aria-busy>
          {[1, 2, 3, 4, 5, 6].map((each) => (
            <Skeleton h={52} key={each} />
          ))}
        </Stack>
      ) : (
        <>
          {record && <Explanations connection={connection} module={api} id={record.id} />}
          <RecordForm
            key={record ? `${record.id} ${record.modified_at}` : "new"}
            connection={connection}
            module={module}
            api={api}
            fields={fields}
            record={record ?? null}
            title={title}
            onOpen={onOpen}
            onClose={onClose}
          />
        </>
      )}
    </Drawer>
  );
}
