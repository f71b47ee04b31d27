import { Button, Select, Text, type ComboboxItem } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Schema } from "../../api/client";
import { Problem } from "../Problem";
import { IconArrowsLeftRight, IconPlus } from "../icons";
import { fitsQuery } from "./queries";
import { writerOf, type Draft, type FieldPair, type Side } from "./pairs";
import { useReason } from "./reasons";
import { useTexts } from "./texts";

interface Props {
  draft: Draft;
  fields: { left: Schema<"Field">[]; right: Schema<"Field">[] };
  pairs: FieldPair[];
  chosen: { left: string | null; right: string | null };
  onChoose: (chosen: { left: string | null; right: string | null }) => void;
  onAdd: (pair: FieldPair) => void;
}

/** A left and a right field become a pair. What does not fit is shown with the reason, and cannot be taken. */
export function AddPair({ draft, fields, pairs, chosen, onChoose, onAdd }: Props) {
  const t = useTexts();
  const reason = useReason();
  const fits = {
    right: useQuery(fitsQuery(draft, "left", chosen.left)),
    left: useQuery(fitsQuery(draft, "right", chosen.right)),
  };
  const label = new Map(fields.left.concat(fields.right).map((field) => [field.api_name, field.label]));
  const against = (side: Side, field: Schema<"Field">): string | null => {
    const found =
      chosen[side === "left" ? "right" : "left"] === null ? undefined : fits[side].data?.get(field.api_name);
    if (found?.reason != null) return reason(found.reason);
    if (field.type === "other") return reason("field.not_syncable");
    const writer = writerOf(side, field.api_name, pairs);
    if (writer === undefined) return null;
    const other = side === "left" ? writer.right : writer.left;
    return t("mappedAlready", { field: label.get(other) ?? other });
  };
  const select = (side: Side) => {
    const known = new Map(fields[side].map((field) => [field.api_name, field]));
    const why = new Map(fields[side].map((field) => [field.api_name, against(side, field)]));
    // What can be taken stands first.
    const sorted = [...fields[side]].sort(
      (a, b) => Number(why.get(a.api_name) !== null) - Number(why.get(b.api_name) !== null),
    );
    return (
      <Select
        label={t("fieldOf", { name: draft[side] })}
        placeholder={t("choose")}
        searchable
        clearable
        value={chosen[side]}
        onChange={(value) => onChoose({ ...chosen, [side]: value })}
        data={sorted.map(({ api_name, label: called }) => ({
          value: api_name,
          label: called === api_name ? called : `${called} (${api_name})`,
          disabled: why.get(api_name) != null && chosen[side] !== api_name,
        }))}
        renderOption={({ option }: { option: ComboboxItem }) => (
          <div className="mapping-option">
            <Text size="sm">{option.label}</Text>
            <Text size="xs" c="dimmed">
              {t(`type.${known.get(option.value)?.type ?? "other"}`)}
              {why.get(option.value) != null && ` · ${why.get(option.value) ?? ""}`}
            </Text>
          </div>
        )}
      />
    );
  };
  const direction =
    chosen.left === null || chosen.right === null ? null : fits.right.data?.get(chosen.right)?.direction;
  const ready = chosen.left !== null && chosen.right !== null && direction != null;
  const module = draft.modules[draft.at];
  const problem = fits.left.error ?? fits.right.error;
  return (
    <div id="add-pair">
      <div className="new-pair">
        {/* A select is more than one element: hidden ones stand beside it. */}
        <div>{select("left")}</div>
        <Text ta="center" c="dimmed" pb={8} visibleFrom="sm" aria-hidden>
          <IconArrowsLeftRight size={16} />
        </Text>
        <div>{select("right")}</div>
      </div>
      <Button
        mt="sm"
        size="sm"
        variant={ready ? "filled" : "default"}
        leftSection={<IconPlus size={16} />}
        disabled={!ready}
        onClick={() => {
          if (chosen.left === null || chosen.right === null) return;
          const narrower = direction != null && direction !== module?.direction;
          onAdd({ left: chosen.left, right: chosen.right, ...(narrower ? { direction } : {}) });
          onChoose({ left: null, right: null });
        }}
      >
        {t("addPair")}
      </Button>
      {direction != null && direction !== module?.direction && (
        <Text size="sm" c="dimmed" mt={6} role="status">
          {t("onlyOneWay", { way: t(`way_${direction}`, { left: draft.left, right: draft.right }) })}
        </Text>
      )}
      {problem != null && <Problem error={problem} />}
    </div>
  );
}
