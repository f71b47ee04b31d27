import { Stack, Text } from "@mantine/core";
import type { Schema } from "../../api/client";
import { useFormat } from "../format";
import { Counted, type Reason } from "./Counted";
import { useTexts } from "./texts";
import { useFollowed } from "./undo";

type Decision = Schema<"Decision">;

const ACCEPTED = "undo.accepted";

/** What became of a pair: of each of its fields, or of all of it. */
function outcomesOf({ fields, code, what, hint }: Decision): Reason[] {
  if (fields.length > 0) return fields.map((field) => ({ code: field.code, what: field.what, hint: "" }));
  return code === null ? [] : [{ code, what: what ?? code, hint: hint ?? "" }];
}

/** What became of an undo; what still waits is followed. */
export function Became({ name, decisions }: { name: string; decisions: Decision[] }) {
  const t = useTexts();
  const format = useFormat();
  const followed = useFollowed(name, decisions);
  const waiting = followed.filter(({ state }) => state === "waiting").length;
  const found = new Map<string, { reason: Reason; count: number }>();
  for (const reason of followed.flatMap(outcomesOf)) {
    const count = found.get(reason.code)?.count ?? 0;
    found.set(reason.code, { reason, count: count + 1 });
  }
  const done = found.get(ACCEPTED)?.count ?? 0;
  const others = [...found.values()].filter(({ reason }) => reason.code !== ACCEPTED);
  return (
    <Stack gap="xs" role="status">
      <Text fw={600}>{t("became")}</Text>
      {done > 0 && <Text size="sm">{t("done", { count: done, n: format.count(done) })}</Text>}
      {waiting > 0 && <Text size="sm">{t("waiting", { count: waiting, n: format.count(waiting) })}</Text>}
      {others.length > 0 && <Counted reasons={others} />}
    </Stack>
  );
}
