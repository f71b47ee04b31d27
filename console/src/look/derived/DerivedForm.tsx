import { Button, Group, MultiSelect, Paper, Select, SimpleGrid, TextInput } from "@mantine/core";
import { useState } from "react";
import type { Schema } from "../../api/client";
import type { Side } from "../mapping/pairs";
import { useWords } from "../words";
import { canJoin, makeDerived, recipeOf, sourcesOf, type Derived, type Recipe } from "./derived";
import { useTexts } from "./texts";

interface Props {
  /** Null: a new one. */
  derived: Derived | null;
  /** Names that others have. */
  taken: string[];
  fields: { left: Schema<"Field">[]; right: Schema<"Field">[] };
  names: { left: string; right: string };
  onDone: (derived: Derived) => void;
  onCancel: () => void;
}

/** Of what a field is made, and how. Its name is that of pairs: it is said once. */
export function DerivedForm({ derived, taken, fields, names, onDone, onCancel }: Props) {
  const t = useTexts();
  const words = useWords();
  const [side, setSide] = useState<Side>(derived?.side ?? "left");
  const [name, setName] = useState(derived?.name ?? "");
  const [recipe, setRecipe] = useState<Recipe>(derived === null ? "join" : recipeOf(derived));
  const [sources, setSources] = useState(derived === null ? [] : sourcesOf(derived));
  const [between, setBetween] = useState(derived?.with ?? " ");
  const chosen = sources.flatMap((source) => fields[side].filter(({ api_name }) => api_name === source));
  const choices = fields[side].filter(
    (field) => sources.includes(field.api_name) || canJoin(recipe, chosen, field),
  );
  const known = [...taken, ...fields[side].map(({ api_name }) => api_name)];
  const given = name.trim();
  const used = derived === null && known.includes(given);
  return (
    <Paper p="sm" mt="sm" bg="var(--page)" component="section" aria-label={derived?.name ?? t("new")}>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
        {derived === null && (
          <>
            <TextInput
              size="sm"
              label={t("name")}
              maxLength={100}
              value={name}
              error={used ? t("nameTaken") : undefined}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <Select
              size="sm"
              label={t("side")}
              allowDeselect={false}
              value={side}
              onChange={(value) => {
                setSide(value as Side);
                setSources([]);
              }}
              data={[
                { value: "left", label: names.left },
                { value: "right", label: names.right },
              ]}
            />
          </>
        )}
        <Select
          size="sm"
          label={t("recipe")}
          allowDeselect={false}
          value={recipe}
          onChange={(value) => {
            setRecipe(value as Recipe);
            if (value === "first_non_blank") setSources([]);
          }}
          data={[
            { value: "join", label: t("recipe_join") },
            { value: "first_non_blank", label: t("recipe_first_non_blank") },
          ]}
        />
        {recipe === "join" && (
          <TextInput
            size="sm"
            label={t("between")}
            placeholder={t("nothing")}
            value={between}
            onChange={(event) => setBetween(event.currentTarget.value)}
          />
        )}
        <MultiSelect
          size="sm"
          label={t("sources")}
          description={t(recipe === "join" ? "sourcesJoin" : "sourcesFirst")}
          inputWrapperOrder={["label", "input", "description"]}
          searchable
          value={sources}
          onChange={setSources}
          data={choices.map(({ api_name, label }) => ({
            value: api_name,
            label: label === api_name ? label : `${label} (${api_name})`,
          }))}
        />
      </SimpleGrid>
      <Group mt="sm" gap="xs">
        <Button
          size="sm"
          disabled={given === "" || used || sources.length === 0}
          onClick={() => onDone(makeDerived(side, given, recipe, sources, between))}
        >
          {t(derived === null ? "make" : "done")}
        </Button>
        <Button size="sm" variant="default" onClick={onCancel}>
          {words("cancel")}
        </Button>
      </Group>
    </Paper>
  );
}
