import { ActionIcon, Autocomplete, Button, Group, Select, Stack, Text } from "@mantine/core";
import { useState } from "react";
import type { Schema } from "../../api/client";
import { IconArrowRight, IconPlus, IconX } from "../icons";
import { withOptions } from "./steps";
import { useTexts } from "./texts";

type ValueMap = Schema<"ValueMap">;

interface Props {
  map: ValueMap;
  number: number;
  fields: { from: Schema<"Field"> | undefined; to: Schema<"Field"> | undefined };
  disabled: boolean;
  onChange: (map: ValueMap) => void;
}

const UNKNOWN = ["refuse", "keep", "blank"] as const;
const namesOf = (field: Schema<"Field"> | undefined) => {
  if (field?.type === "boolean") return ["true", "false"];
  return [...new Set((field?.options ?? []).map(({ value }) => value))];
};

/** Which value becomes which, and what is done with any other. */
export function MapForm({ map, number, fields, disabled, onChange }: Props) {
  const t = useTexts();
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  const { values } = map;
  const put = (key: string, value: string) => onChange({ ...map, values: { ...values, [key]: value } });
  const rows = Object.entries(values);
  const missing = (fields.from?.options ?? []).some(({ value }) => !(value in values));
  const add = () => {
    if (from === "") return;
    put(from, to);
    setFrom("");
    setTo("");
  };
  const onEnter = (event: { key: string; preventDefault: () => void }) => {
    if (event.key !== "Enter" || from === "") return;
    event.preventDefault();
    add();
  };
  return (
    <Stack gap={6}>
      {rows.length > 0 && (
        <ul className="value-map" aria-label={t("values", { number })}>
          {rows.map(([key, value]) => (
            <li key={key}>
              <Text size="xs" style={{ overflowWrap: "anywhere" }}>
                {key}
              </Text>
              <IconArrowRight size={13} aria-hidden />
              <Autocomplete
                size="xs"
                aria-label={t("becomesOf", { value: key })}
                placeholder={t("empties")}
                disabled={disabled}
                value={value}
                onChange={(next) => put(key, next)}
                data={namesOf(fields.to)}
              />
              {!disabled && (
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  size="sm"
                  aria-label={t("removeValue", { value: key })}
                  onClick={() => {
                    const rest = rows.filter(([other]) => other !== key);
                    onChange({ ...map, values: Object.fromEntries(rest) });
                  }}
                >
                  <IconX size={13} />
                </ActionIcon>
              )}
            </li>
          ))}
        </ul>
      )}
      {!disabled && (
        <>
          <div className="value-map-new">
            <Autocomplete
              size="xs"
              aria-label={t("newFrom", { number })}
              placeholder={t("valueFrom")}
              value={from}
              onChange={setFrom}
              onKeyDown={onEnter}
              data={namesOf(fields.from).filter((name) => !(name in values))}
            />
            <IconArrowRight size={13} aria-hidden />
            <Autocomplete
              size="xs"
              aria-label={t("newTo", { number })}
              placeholder={t("valueTo")}
              value={to}
              onChange={setTo}
              onKeyDown={onEnter}
              data={namesOf(fields.to)}
            />
            <ActionIcon
              variant="default"
              size="sm"
              disabled={from === ""}
              aria-label={t("addValue", { number })}
              onClick={add}
            >
              <IconPlus size={13} />
            </ActionIcon>
          </div>
          {missing && (
            <Group>
              <Button
                size="compact-xs"
                variant="subtle"
                onClick={() => onChange(withOptions(map, fields.from, fields.to))}
              >
                {t("allOptions")}
              </Button>
            </Group>
          )}
        </>
      )}
      <Select
        size="xs"
        label={t("unknown")}
        aria-label={t("of", { name: t("unknown"), number })}
        allowDeselect={false}
        disabled={disabled}
        value={map.unknown ?? "refuse"}
        onChange={(unknown) => onChange({ ...map, unknown: unknown as Schema<"UnknownValue"> })}
        data={UNKNOWN.map((value) => ({ value, label: t(`unknown_${value}`) }))}
      />
    </Stack>
  );
}
