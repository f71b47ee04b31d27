import { Box, Stack, Text } from "@mantine/core";
import type { Schema } from "../../api/client";
import { useExplainMatter } from "../explain";
import { useFormat } from "../format";
import { useFieldName, useModuleName } from "../names";
import { useQuoted } from "../value";
import { Counted } from "./Counted";
import { useTexts } from "./texts";

type Item = Schema<"UndoItem">;
type Field = Schema<"UndoField">;

/** What a field is called on a side, where the page knows it. */
export type Called = (side: Schema<"Side">, field: string) => string;

interface Sides {
  sides: { left: string; right: string };
  called?: Called | undefined;
}

/** So many pairs are shown. */
const SHOWN = 100;

function isReady({ code }: Field): boolean {
  return code === "undo.ready";
}

/** What an undo would do: how many fields, why others stay, and pair by pair what each field holds and would hold. */
export function Plan({ plan, ...sides }: Sides & { plan: Schema<"UndoPlan"> }) {
  const t = useTexts();
  const format = useFormat();
  const { items, ready } = plan;
  if (items.length === 0) {
    return (
      <Text size="sm" role="status">
        {t("nothingWritten")}
      </Text>
    );
  }
  const reasons = Object.entries(plan.stays).map(([code, count]) => {
    const field = items.flatMap(({ fields }) => fields).find((each) => each.code === code);
    return { reason: { code, what: field?.what ?? code, hint: field?.hint ?? "" }, count };
  });
  const stays = reasons.reduce((sum, { count }) => sum + count, 0);
  // Those that something is done to come first: the others may be many.
  const changes = ({ fields }: Item) => fields.some(isReady);
  const shown = [...items.filter(changes), ...items.filter((item) => !changes(item))].slice(0, SHOWN);
  return (
    <Stack gap="sm">
      <div role="status">
        <Text fw={600}>
          {ready === 0 ? t("noneReady") : t("ready", { count: ready, n: format.count(ready) })}
        </Text>
        {ready > 0 && (
          <Text size="sm" mt={4}>
            {t("apart")}
          </Text>
        )}
      </div>
      {stays > 0 && (
        <div>
          {ready > 0 && (
            <Text size="sm" fw={600}>
              {t("stays", { count: stays, n: format.count(stays) })}
            </Text>
          )}
          <Counted reasons={reasons} />
        </div>
      )}
      <div>
        {shown.map((item) => (
          <Pair key={`${item.module} ${item.left_id} ${item.right_id}`} item={item} {...sides} />
        ))}
      </div>
      {shown.length < items.length && (
        <Text size="sm" c="dimmed">
          {t("shown", { n: format.count(shown.length), total: format.count(items.length) })}
        </Text>
      )}
    </Stack>
  );
}

function Pair({ item, ...sides }: Sides & { item: Item }) {
  const moduleName = useModuleName();
  const ids = `${item.left_id} ↔ ${item.right_id}`;
  return (
    <Box
      component="section"
      aria-label={item.label ?? ids}
      py="xs"
      style={{ borderTop: "1px solid var(--line)" }}
    >
      <Text size="sm" fw={600} style={{ overflowWrap: "anywhere" }}>
        {item.label ?? ids}
      </Text>
      <Text size="xs" c="dimmed" className="number">
        {moduleName(item.module)}
        {item.label !== null && ` · ${ids}`}
      </Text>
      {item.fields.map((field, at) => (
        // A record may have been written to on both sides, and made and deleted.
        <FieldLine key={`${field.side} ${field.field ?? ""} ${field.code} ${at}`} field={field} {...sides} />
      ))}
    </Box>
  );
}

function FieldLine({ field, sides, called }: Sides & { field: Field }) {
  const t = useTexts();
  const fieldName = useFieldName();
  const quoted = useQuoted();
  const explain = useExplainMatter();
  const name =
    field.field === null ? t("wholeRecord") : (called?.(field.side, field.field) ?? fieldName(field.field));
  return (
    <Box mt={6} style={{ overflowWrap: "anywhere" }}>
      <Text size="sm" component="span" fw={500}>
        {name}
      </Text>{" "}
      <Text size="xs" component="span" c="dimmed">
        {t("onSide", { name: sides[field.side] })}
      </Text>
      {isReady(field) ? (
        <Text size="sm">{t("change", { now: quoted(field.now), back: quoted(field.back) })}</Text>
      ) : (
        <Text size="sm" c="dimmed">
          {explain(field.code, field.what, field.hint).what}
        </Text>
      )}
    </Box>
  );
}
