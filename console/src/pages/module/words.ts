import type { Schema } from "../../api/client";
import { useDeletionText } from "../../look/deletion/words";
import { useTexts as useDerivedTexts } from "../../look/derived/texts";
import { isBySide, SIDES, type FieldPair, type ModulePair } from "../../look/mapping/pairs";
import { useTexts as useMappingTexts } from "../../look/mapping/texts";
import { useTexts as useMatchingTexts } from "../../look/matching/texts";
import { useScopeText, useScopeTitle, useWithParentText, useWithParentTitle } from "../../look/scope/words";
import { useStepsText } from "../../look/steps/words";
import { useShownValue } from "../../look/value";
import { useWords } from "../../look/words";
import { useTexts as useWizardTexts } from "../wizard/texts";
import { useTexts } from "./texts";

type Sides = { left: string; right: string };
const CONFLICTS = ["latest", "left", "right", "skip", "hold"] as const;

/** The name of a setting, and a value of it, in the words of its form. A setting that is unknown here keeps its key. */
export function useSettingWords(sides: Sides, modules: Sides) {
  const t = useTexts();
  const wizard = useWizardTexts();
  const mapping = useMappingTexts();
  const words = useWords();
  const matching = useMatchingTexts();
  const derived = useDerivedTexts();
  const stepsText = useStepsText();
  const deletion = useDeletionText(sides);
  const scopeTitle = useScopeTitle();
  const scopeText = useScopeText(sides, modules);
  const withParentTitle = useWithParentTitle();
  const withParent = useWithParentText();
  const shown = useShownValue();
  const conflict = (value: unknown) => {
    const known = CONFLICTS.find((each) => each === value);
    return known === undefined ? shown(value) : words(`conflict.${known}`, sides);
  };
  const side = (value: unknown) => (value === "left" || value === "right" ? sides[value] : shown(value));
  const NAMES: Record<string, string> = {
    direction: wizard("direction"),
    match: matching("match"),
    to_right: `${sides.left} → ${sides.right}`,
    to_left: `${sides.right} → ${sides.left}`,
    derived: derived("title"),
    conflict: wizard("conflict"),
    initial: wizard("initial"),
    master: wizard("master"),
    blank: wizard("blank"),
    ...deletion.names,
    scope: scopeTitle,
    only_with_parent: withParentTitle,
    tags: wizard("tags"),
    automations: wizard("automations"),
    bulk: wizard("bulk"),
    default: mapping("option_default"),
  };
  const VALUES: Record<string, Record<string, string>> = {
    initial: { fill_blanks: wizard("initialFillBlanks") },
    blank: {
      clear: wizard("blankClear"),
      keep: wizard("blankKeep"),
      clear_from_master: mapping("blank_clear_from_master"),
    },
    automations: {
      after_load: wizard("automationsAfterLoad"),
      always: wizard("automationsAlways"),
      never: wizard("automationsNever"),
    },
    bulk: { auto: wizard("bulkAuto"), always: wizard("bulkAlways"), never: wizard("bulkNever") },
  };
  const direction = (value: unknown) => {
    const known = (["both", "left_to_right", "right_to_left"] as const).find((each) => each === value);
    return known === undefined ? shown(value) : mapping(`way_${known}`, sides);
  };
  const given = (value: FieldPair["default"]): string => {
    if (!isBySide(value)) return shown(value);
    const said = SIDES.map((each) => ({ side: sides[each], value: value[each] ?? null }));
    const named = said.filter((each) => each.value !== null);
    return named.map((each) => `${each.side} = ${shown(each.value)}`).join(", ");
  };
  return {
    /** What deletions of one side do. */
    deletion: {
      name: deletion.wayOf,
      does: (value: unknown, side: "left" | "right") => deletion.does(value as ModulePair["deletion"], side),
    },
    name: (key: string) => NAMES[key] ?? key,
    /** `ofField`: of one pair of fields, where nothing said means what the module says. */
    value: (key: string, value: unknown, ofField: boolean): string => {
      if (key === "scope") return scopeText(value as ModulePair["scope"]);
      if (key === "only_with_parent") return withParent(value);
      if (key === "deletion_limit") return deletion.limit(value as ModulePair["deletion_limit"]);
      if (key === "converted") return deletion.converted(value as ModulePair["converted"]);
      if (key === "delete_conflict") return deletion.conflict(value as ModulePair["delete_conflict"]);
      if (value == null || value === "") {
        if (key === "match") return t("asUsual");
        if (key === "initial") return wizard("initialAsConflict");
        if (["to_right", "to_left", "derived"].includes(key)) return t("nothing");
        return ofField && key !== "default" ? mapping("asModule") : t("nothing");
      }
      if (Array.isArray(value) && value.length === 0) return t("nothing");
      if (key === "to_right" || key === "to_left") return stepsText(value as Schema<"TransformStep">[]);
      if (key === "derived") return (value as Schema<"DerivedField">[]).map(({ name }) => name).join(", ");
      const known = typeof value === "string" ? VALUES[key]?.[value] : undefined;
      if (known !== undefined) return known;
      if (key === "direction") return direction(value);
      if (key === "default") return given(value);
      if (key === "conflict" || key === "initial") return conflict(value);
      if (key === "master") return side(value);
      return shown(value);
    },
  };
}

/** What people call the fields of a module pair. */
export function labels(fields: Schema<"Field">[] | undefined): (name: string) => string {
  const known = new Map((fields ?? []).map((field) => [field.api_name, field.label]));
  return (name) => known.get(name) ?? name;
}
