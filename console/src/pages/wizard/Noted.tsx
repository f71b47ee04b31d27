import { Alert, List } from "@mantine/core";
import type { Schema } from "../../api/client";
import { sentence } from "../../look/explain";
import { IconAlertTriangle, IconInfoCircle } from "../../look/icons";
import { useModuleName } from "../../look/names";
import { useTexts } from "./texts";

type Note = Schema<"MappingNote">;

interface Props {
  module: Schema<"ModulePlan">;
  sides: { left: string; right: string };
}

/** Without these nothing can be made on a side: more than a remark. */
const isGrave = (note: Note) => note.code === "mapping.demanded";

/** What should be known of a pair's mapping. */
export function Noted({ module, sides }: Props) {
  const t = useTexts();
  const moduleName = useModuleName();
  const notes = module.warnings ?? [];
  if (notes.length === 0) return null;
  const grave = notes.some(isGrave);
  const Icon = grave ? IconAlertTriangle : IconInfoCircle;
  const said = (note: Note): string => {
    const [from = "", to = ""] = note.fields;
    const of = note.side ?? "left";
    const all = { name: sides[of], module: moduleName(module[of]), fields: note.fields.join(", ") };
    switch (note.code) {
      case "mapping.one_way":
        return t("note_one_way", { from, to });
      case "mapping.no_way":
        return t("note_no_way", { from, to });
      case "mapping.inexact":
        return t("note_inexact", { from, to });
      case "mapping.with_parents":
        return t("note_with_parents", all);
      case "mapping.demanded":
        return t("note_demanded", all);
      case "mapping.custom_unmapped":
        return t("note_custom_unmapped", all);
      default:
        return sentence(note.what);
    }
  };
  return (
    <Alert
      mt="md"
      color={grave ? "orange" : "blue"}
      variant="light"
      icon={<Icon size={18} />}
      title={t("noted")}
    >
      <List size="sm" style={{ overflowWrap: "anywhere" }}>
        {notes.map((note) => (
          <List.Item key={note.what} title={sentence(note.what)}>
            {said(note)}
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}
