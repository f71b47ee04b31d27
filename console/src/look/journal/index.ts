import type { Schema } from "../../api/client";
import { useFormat } from "../format";
import { useFieldName } from "../names";
import { texts, type Say } from "../texts";
import { useShownValue } from "../value";
import en from "./texts.en";
import ja from "./texts.ja";

const useTexts = texts("journal", en, ja);
type Entry = Schema<"HistoryEntry">;
/** The connections' names by side. */
interface Sides {
  left: string;
  right: string;
}

/** A value in a sentence: quoted, short, blank by its word. */
function useQuoted(t: Say<typeof en>) {
  const shown = useShownValue();
  return (value: unknown) => {
    const text = shown(value);
    if (text === "") return t("blank");
    return t("quoted", { value: text.length > 80 ? `${text.slice(0, 79)}…` : text });
  };
}

/** An entry of the journal as a plain sentence: what was changed where, what was written where. */
export function useEntrySentence() {
  const t = useTexts();
  const format = useFormat();
  const quoted = useQuoted(t);
  const fieldName = useFieldName();
  return (entry: Entry, sides: Sides, names: (field: string) => string = fieldName): string => {
    const to = entry.side === "left" ? sides.left : sides.right;
    const from = entry.side === "left" ? sides.right : sides.left;
    const label = entry.label ?? t("record", { id: entry.left_id ?? entry.right_id ?? "" });
    const [change, more] = entry.changes;
    if (entry.kind === "created") return t("created", { label, from, to });
    if (entry.kind === "conflict_skipped") {
      return t("kind_conflict_skipped", {
        label,
        fields: entry.changes.map(({ field }) => names(field)).join(", "),
      });
    }
    if (entry.kind !== "updated") return t(`kind_${entry.kind}`, { label, from, to });
    if (change === undefined || more !== undefined) {
      return t("several", { label, from, to, count: format.count(entry.changes.length) });
    }
    const parts = { label, field: names(change.field), after: quoted(change.after), from, to };
    if (change.before === undefined) return t("set", parts);
    return t("updated", { ...parts, before: quoted(change.before) });
  };
}

/** One change of an entry in short, such as `Phone: “1” → “2”`. */
export function useChangeLine() {
  const t = useTexts();
  const quoted = useQuoted(t);
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
