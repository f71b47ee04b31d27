import { Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import type { Schema } from "../../api/client";
import { Ago } from "../Ago";
import { useFormat } from "../format";
import { useChangeLine, useEntrySentence, useStayLine } from ".";

interface Props {
  entry: Schema<"HistoryEntry">;
  sides: { left: string; right: string };
  names?: (field: string) => string;
  children?: ReactNode;
}

/** One entry of the journal: its sentence, its fields when there are several, when it was. */
export function Entry({ entry, sides, names, children }: Props) {
  const format = useFormat();
  const sentence = useEntrySentence();
  const line = useChangeLine();
  const stays = useStayLine();
  const told = (change: Schema<"FieldChange">) => {
    if (entry.kind === "conflict_skipped") return stays(change, sides, names);
    return line(entry.kind === "created" ? { field: change.field, after: change.after } : change, names);
  };
  const several = entry.kind === "updated" ? entry.changes.length > 1 : entry.changes.length > 0;
  return (
    <div>
      <Text size="sm" style={{ overflowWrap: "anywhere" }}>
        {sentence(entry, sides, names)}
      </Text>
      {several && (
        <Stack gap={0} mt={2} pl="sm" style={{ borderLeft: "2px solid var(--line)" }}>
          {entry.changes.map((change) => (
            <Text size="xs" key={change.field} style={{ overflowWrap: "anywhere" }}>
              {told(change)}
            </Text>
          ))}
        </Stack>
      )}
      <Text size="xs" c="dimmed" mt={2} component="div">
        <Ago at={entry.at} /> ({format.dateTime(entry.at)}){children}
      </Text>
    </div>
  );
}
