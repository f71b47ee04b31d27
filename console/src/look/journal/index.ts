import type { Schema } from "../../api/client";
import { useFormat } from "../format";
import { useFieldName } from "../names";
import { texts } from "../texts";
import { useQuoted } from "../value";
import en from "./texts.en";
import ja from "./texts.ja";

const useTexts = texts("journal", en, ja);
/** Milliseconds. */
const SOON = 600_000;
type Entry = Schema<"HistoryEntry">;
/** The connections' names by side. */
interface Sides {
  left: string;
  right: string;
}

/** How soon the change was written: "at most", for services tell whole seconds. What is old was not waited for, and is not told. */
function soon({ at, caused_at }: Entry, say: (span: number) => string): string {
  if (caused_at === null) return "";
  const span = at - caused_at;
  return span >= 0 && span <= SOON ? say(Math.ceil(span / 100) * 100) : "";
}

/** An entry of the journal as a plain sentence: what was changed where, what was written where. */
export function useEntrySentence() {
  const t = useTexts();
  const format = useFormat();
  const quoted = useQuoted();
  const fieldName = useFieldName();
  return (entry: Entry, sides: Sides, names: (field: string) => string = fieldName): string => {
    const to = entry.side === "left" ? sides.left : sides.right;
    const from = entry.side === "left" ? sides.right : sides.left;
    const label = entry.label ?? t("record", { id: entry.left_id ?? entry.right_id ?? "" });
    const [change, more] = entry.changes;
    const { by } = entry;
    const within = soon(entry, (span) => t("within", { span: format.span(span) }));
    if (entry.erased === true) return t("erased", { label, to });
    if (entry.kind === "created") {
      return by === null
        ? t("created", { label, from, to, within })
        : t("createdBy", { label, from, to, within, by });
    }
    const fields = entry.changes.map(({ field }) => names(field)).join(", ");
    if (entry.kind === "conflict_skipped") return t("kind_conflict_skipped", { label, fields });
    if (entry.kind === "undone") return t("kind_undone", { label, fields, to });
    if (entry.kind === "decided") return t("kind_decided", { label, fields, from, by: by ?? "" });
    // Its name is not known where the record was being erased.
    if (entry.file !== undefined) {
      const file = { file: quoted(entry.file.name), size: format.bytes(entry.file.size) };
      return t("attachedFile", { ...file, label, from, to });
    }
    if (entry.kind !== "updated") return t(`kind_${entry.kind}`, { label, from, to });
    if (change === undefined || more !== undefined) {
      const parts = { label, from, to, within, count: format.count(entry.changes.length) };
      return by === null ? t("several", parts) : t("severalBy", { ...parts, by });
    }
    const parts = { label, field: names(change.field), after: quoted(change.after), from, to, within };
    if (change.before === undefined) return by === null ? t("set", parts) : t("setBy", { ...parts, by });
    const whole = { ...parts, before: quoted(change.before) };
    return by === null ? t("updated", whole) : t("updatedBy", { ...whole, by });
  };
}

/** One change of an entry in short, such as `Phone: “1” → “2”`. */
export function useChangeLine() {
  const t = useTexts();
  const quoted = useQuoted();
  const fieldName = useFieldName();
  return (change: Schema<"FieldChange">, names: (field: string) => string = fieldName) =>
    change.before === undefined
      ? t("listedNew", { field: names(change.field), after: quoted(change.after) })
      : t("listed", {
          field: names(change.field),
          before: quoted(change.before),
          after: quoted(change.after),
        });
}

/** The two values of a field that were left different, each with its side. */
export function useStayLine() {
  const t = useTexts();
  const quoted = useQuoted();
  const fieldName = useFieldName();
  return (change: Schema<"FieldChange">, sides: Sides, names: (field: string) => string = fieldName) =>
    t("listedBoth", {
      field: names(change.field),
      ...sides,
      before: quoted(change.before ?? null),
      after: quoted(change.after),
    });
}
