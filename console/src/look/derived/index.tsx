import { ActionIcon, Box, Button, Group, Paper, Text, Title } from "@mantine/core";
import { useState } from "react";
import type { Schema } from "../../api/client";
import { IconPencil, IconPlus, IconX } from "../icons";
import { isListed, type ModulePair, type Side } from "../mapping/pairs";
import { useQuoted, useShownValue } from "../value";
import { useWords } from "../words";
import { DerivedForm } from "./DerivedForm";
import { recipeOf, sourcesOf, without, type Derived } from "./derived";
import { useTexts } from "./texts";

interface Props {
  module: ModulePair;
  fields: { left: Schema<"Field">[]; right: Schema<"Field">[] };
  names: { left: string; right: string };
  sample: Schema<"PreviewedRecord"> | undefined;
  readOnly: boolean;
  onChange: (module: ModulePair) => void;
  /** Somebody wants to map it. */
  onMap: (side: Side, field: string) => void;
}

/** Fields that the mapping makes of several others: each with what it is made of, and what a real record has in it. */
export function DerivedFields({ module, fields, names, sample, readOnly, onChange, onMap }: Props) {
  const t = useTexts();
  const words = useWords();
  const shown = useShownValue();
  const quoted = useQuoted();
  /** Which one is being changed: its place, or a new one. */
  const [open, setOpen] = useState<number | "new" | null>(null);
  const label = (side: Side, name: string) =>
    fields[side].find(({ api_name }) => api_name === name)?.label ?? name;
  const isMapped = ({ side, name }: Derived) =>
    isListed(module) && module.fields.some((pair) => pair[side] === name);
  const about = (derived: Derived) => {
    const sources = sourcesOf(derived).map((name) => label(derived.side, name));
    if (recipeOf(derived) === "first_non_blank") return t("firstOf", { fields: sources.join(", ") });
    const between = derived.with === "" ? t("nothing") : quoted(derived.with ?? " ");
    return t("joinOf", { fields: sources.join(" + "), between });
  };
  const keep = (at: number | "new", derived: Derived) => {
    const list =
      at === "new"
        ? [...module.derived, derived]
        : module.derived.map((each, place) => (place === at ? derived : each));
    onChange({ ...module, derived: list });
    setOpen(null);
  };
  return (
    <Paper p="md" component="section" aria-label={t("title")}>
      <Group justify="space-between" align="flex-start">
        <Box flex="1 1 280px">
          <Title order={3}>{t("title")}</Title>
          <Text size="sm" c="dimmed">
            {t("text")}
          </Text>
        </Box>
        {!readOnly && open !== "new" && (
          <Button
            variant="default"
            size="compact-sm"
            style={{ flexShrink: 0 }}
            leftSection={<IconPlus size={14} />}
            onClick={() => setOpen("new")}
          >
            {t("add")}
          </Button>
        )}
      </Group>
      {module.derived.map((derived, at) => {
        const value = sample?.[derived.side]?.values[derived.name];
        return (
          <Box
            key={`${derived.side} ${derived.name}`}
            py={8}
            style={{ borderTop: "1px solid var(--line)" }}
            mt={8}
          >
            <Group justify="space-between" align="flex-start" wrap="nowrap">
              <Box miw={0}>
                <Text size="sm" fw={600} style={{ overflowWrap: "anywhere" }}>
                  {derived.name}
                </Text>
                <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
                  {names[derived.side]} · {about(derived)}
                </Text>
                {value !== undefined && <span className="sample">{shown(value) || words("blank")}</span>}
                {!isMapped(derived) && (
                  <Text size="xs" mt={4} c="var(--warning)">
                    {t("notMapped")}
                  </Text>
                )}
              </Box>
              {!readOnly && (
                <Group gap={4} wrap="nowrap">
                  {!isMapped(derived) && (
                    <Button
                      size="compact-sm"
                      variant="default"
                      aria-label={t("mapOf", { name: derived.name })}
                      onClick={() => onMap(derived.side, derived.name)}
                    >
                      {t("map")}
                    </Button>
                  )}
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    aria-label={t("change", { name: derived.name })}
                    aria-expanded={open === at}
                    onClick={() => setOpen(open === at ? null : at)}
                  >
                    <IconPencil size={16} />
                  </ActionIcon>
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    aria-label={t("remove", { name: derived.name })}
                    onClick={() => {
                      setOpen(null);
                      onChange(without(module, derived));
                    }}
                  >
                    <IconX size={16} />
                  </ActionIcon>
                </Group>
              )}
            </Group>
            {open === at && (
              <DerivedForm
                derived={derived}
                taken={[]}
                fields={fields}
                names={names}
                onDone={(changed) => keep(at, changed)}
                onCancel={() => setOpen(null)}
              />
            )}
          </Box>
        );
      })}
      {open === "new" && (
        <DerivedForm
          derived={null}
          taken={module.derived.map(({ name }) => name)}
          fields={fields}
          names={names}
          onDone={(made) => keep("new", made)}
          onCancel={() => setOpen(null)}
        />
      )}
    </Paper>
  );
}
