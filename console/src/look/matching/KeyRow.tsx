import { ActionIcon, Group, Select, Text } from "@mantine/core";
import type { Schema } from "../../api/client";
import { IconArrowDown, IconArrowUp, IconX } from "../icons";
import type { ModulePair } from "../mapping/pairs";
import { CountrySelect } from "./CountrySelect";
import { formOf, FORMS, NOWHERE, rightOf, type Form, type Key } from "./keys";
import { useTexts } from "./texts";

interface Props {
  value: Key;
  number: number;
  last: boolean;
  pair: ModulePair;
  sides: { left: string; right: string };
  fields: { left: Schema<"Field">[]; right: Schema<"Field">[] };
  readOnly: boolean;
  /** Null takes it out. */
  onChange: (key: Key | null) => void;
  onMove: (by: 1 | -1) => void;
}

/** The right field where nothing is said. */
const AS_MAPPED = "";

/** One match field: which field of either side, and how their values are compared. */
export function KeyRow({ value, number, last, pair, sides, fields, readOnly, onChange, onMove }: Props) {
  const t = useTexts();
  const label = (side: "left" | "right", name: string) =>
    fields[side].find(({ api_name }) => api_name === name)?.label ?? name;
  const field = fields.left.find(({ api_name }) => api_name === value.left);
  const named = { number, field: label("left", value.left) };
  const advised = formOf(field);
  const usual = label("right", rightOf({ ...value, right: null }, pair));
  const choices = (side: "left" | "right") =>
    fields[side]
      .filter(({ type }) => !["subform", "multi_lookup", "other"].includes(type))
      .map(({ api_name, label: called }) => ({ value: api_name, label: `${called} (${api_name})` }));
  const known = choices("left");
  if (!known.some((one) => one.value === value.left)) known.unshift({ value: value.left, label: value.left });
  return (
    <li>
      <Text size="sm" fw={600} className="match-number" aria-hidden>
        {number}
      </Text>
      <Select
        label={t("fieldOn", { name: sides.left })}
        aria-label={t("leftOf", { number, name: sides.left })}
        size="xs"
        searchable
        allowDeselect={false}
        disabled={readOnly}
        value={value.left}
        onChange={(left) => onChange({ ...value, left: left ?? value.left })}
        data={known}
      />
      <Select
        label={t("fieldOn", { name: sides.right })}
        aria-label={t("rightOf", { number, name: sides.right })}
        size="xs"
        searchable
        allowDeselect={false}
        disabled={readOnly}
        value={value.right ?? AS_MAPPED}
        onChange={(right) => onChange({ ...value, right: right === AS_MAPPED ? null : right })}
        data={[{ value: AS_MAPPED, label: t("asMapped", { field: usual }) }, ...choices("right")]}
      />
      <Select
        label={t("as")}
        aria-label={t("asOf", { number })}
        size="xs"
        allowDeselect={false}
        disabled={readOnly}
        value={value.as}
        onChange={(as) =>
          onChange({ ...value, as: as as Form, country: as === "phone" ? value.country : NOWHERE })
        }
        data={FORMS.map((form) => ({
          value: form,
          label:
            form === advised && form !== "plain" ? t("advised", { form: t(`as_${form}`) }) : t(`as_${form}`),
        }))}
        renderOption={({ option }) => (
          <div>
            <Text size="sm">{option.label}</Text>
            <Text size="xs" c="dimmed">
              {t(`about_${option.value}`)}
            </Text>
          </div>
        )}
        comboboxProps={{ width: 300, position: "bottom-end" }}
      />
      <Group gap={2} wrap="nowrap" className="match-buttons">
        {!readOnly && (
          <>
            <ActionIcon
              variant="subtle"
              color="gray"
              disabled={number === 1}
              aria-label={t("up", named)}
              onClick={() => onMove(-1)}
            >
              <IconArrowUp size={15} />
            </ActionIcon>
            <ActionIcon
              variant="subtle"
              color="gray"
              disabled={last}
              aria-label={t("down", named)}
              onClick={() => onMove(1)}
            >
              <IconArrowDown size={15} />
            </ActionIcon>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={t("remove", named)}
              onClick={() => onChange(null)}
            >
              <IconX size={15} />
            </ActionIcon>
          </>
        )}
      </Group>
      {value.as === "phone" &&
        (["left", "right"] as const).map((side) => (
          <CountrySelect
            key={side}
            className={`match-country-${side}`}
            label={t("countryOn", { name: sides[side] })}
            aria-label={t("countryOf", { number, name: sides[side] })}
            placeholder={t("countryNone")}
            disabled={readOnly}
            value={value.country[side]}
            onChange={(country) => onChange({ ...value, country: { ...value.country, [side]: country } })}
          />
        ))}
    </li>
  );
}
