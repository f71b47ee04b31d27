import { Badge } from "@mantine/core";
import type { Schema } from "../../api/client";
import { useShownValue } from "../value";
import { useWords } from "../words";
import { useTexts } from "./texts";

interface Props {
  /** Undefined when the service does not have it. */
  field: Schema<"Field"> | undefined;
  name: string;
  /** What the sample holds in it; undefined when there is no sample. */
  sample?: unknown;
  /** What it would hold after the sync, where that is something else. */
  becomes?: string | undefined;
  blocks?: boolean;
}

/** A field as an admin knows it: its label, its API name, its type, and what a real record holds. */
export function FieldCell({ field, name, sample, becomes, blocks = false }: Props) {
  const t = useTexts();
  return (
    <div className="field">
      <div className="field-label">
        {field?.label ?? name}{" "}
        {(field?.required === true || blocks) && (
          <Badge size="xs" variant="light" color={blocks ? "red" : "gray"} tt="none">
            {t("required")}
          </Badge>
        )}
      </div>
      <div className="field-about">
        {name}
        {field === undefined ? ` · ${t("noField")}` : ` · ${t(`type.${field.type}`)}`}
        {field?.read_only === true && ` · ${t("readOnly")}`}
      </div>
      {sample !== undefined && <Value value={sample} />}
      {becomes !== undefined && <div className="field-about">{t("becomes", { value: becomes })}</div>}
    </div>
  );
}

function Value({ value }: { value: unknown }) {
  const words = useWords();
  const shown = useShownValue()(value);
  return (
    <span className="sample" {...(shown === "" ? { "data-blank": true } : { title: shown })}>
      {shown === "" ? words("blank") : shown}
    </span>
  );
}
