import { List, Text } from "@mantine/core";
import type { ReactNode } from "react";
import type { Schema } from "../../api/client";
import { useFormat } from "../../look/format";
import { SIDES } from "../../look/mapping/pairs";
import { useReason } from "../../look/mapping/reasons";
import { useMatterName } from "../../look/matterNames";
import { useFieldName } from "../../look/names";
import { useTexts } from "./texts";

interface Props {
  module: Schema<"ModulePlan">;
  sides: { left: string; right: string };
}

/** The reasons that there are words for. */
const SKIPPED = [
  "scope",
  "window",
  "counterpart_scope",
  "direction",
  "no_parent",
  "untied",
  "erased",
] as const;
/** Who made a record and who changed it last belongs to each organization alone: nobody misses it. */
const OWN = ["Created_By", "Modified_By"];

/** What gets no counterpart, what waits, and which fields are not carried over, each with the reason. */
export function LeftBehind({ module, sides }: Props) {
  const t = useTexts();
  const format = useFormat();
  const matterName = useMatterName();
  const reason = useReason();
  const fieldName = useFieldName();
  const skipped = SIDES.flatMap((side) =>
    Object.entries(module.skipped[side]).map(([code, count]) => {
      const known = SKIPPED.find((each) => each === code);
      const why = known === undefined ? code : t(`skipped_${known}`);
      return t("skipped", { n: format.count(count), name: sides[side], why });
    }),
  );
  const held = Object.entries(module.held).map(([code, count]) =>
    t("waits", { n: format.count(count), why: matterName(code) }),
  );
  const fields = module.left_out
    .filter(({ field }) => !OWN.includes(field))
    .map(({ field, reason: why }) => t("fieldLeftOut", { field: fieldName(field), why: reason(why) }));
  return (
    <>
      <Lines title={t("leftBehind")} lines={skipped} />
      <Lines title={t("heldBy")} lines={held} />
      <Lines title={t("fieldsLeftOut")} lines={fields} />
    </>
  );
}

function Lines({ title, lines }: { title: ReactNode; lines: string[] }) {
  if (lines.length === 0) return null;
  return (
    <>
      <Text size="sm" fw={600} mt="md">
        {title}
      </Text>
      <List size="sm" mt={4} style={{ overflowWrap: "anywhere" }}>
        {lines.map((line) => (
          <List.Item key={line}>{line}</List.Item>
        ))}
      </List>
    </>
  );
}
