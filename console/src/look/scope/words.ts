import { useQuery } from "@tanstack/react-query";
import type { Schema } from "../../api/client";
import { fieldsQuery } from "../../api/queries";
import { SIDES } from "../mapping/pairs";
import { useWords } from "../words";
import { asGroup, isGroup, joinOf, opOf, partsOf, takes, textsOf, type Criteria, type Op } from "./criteria";
import { daysOf, says, type Scope, type SideScope } from "./scope";
import { useTexts } from "./texts";

/** Days counted from the present one, by the services' names. */
export const PERIODS = [
  "TODAY",
  "YESTERDAY",
  "TOMORROW",
  "THISWEEK",
  "LASTWEEK",
  "NEXTWEEK",
  "THISMONTH",
  "LASTMONTH",
  "NEXTMONTH",
  "THISQUARTER",
  "LASTQUARTER",
  "NEXTQUARTER",
  "THISYEAR",
  "LASTYEAR",
  "NEXTYEAR",
] as const;
/** Those of which the number of days is said. */
export const COUNTED = ["LAST", "NEXT"] as const;

type Period = (typeof PERIODS)[number] | (typeof COUNTED)[number];

/** The period that a value names. */
export function periodOf(value: string): { name: Period; days?: number } | null {
  const name = /^\$\{(\w+)\}$/.exec(value)?.[1];
  if (name === undefined) return null;
  const known = PERIODS.find(
    (each) => each === name.replace(/^CURRENT/, "THIS").replace(/^PREVIOUS/, "LAST"),
  );
  if (known) return { name: known };
  const [, which, days] = /^(LAST|NEXT)(\d+)DAYS$/.exec(name) ?? [];
  const counted = COUNTED.find((each) => each === which);
  return counted === undefined ? null : { name: counted, days: Number(days) };
}

export function usePeriodName() {
  const t = useTexts();
  return (name: (typeof PERIODS)[number]) => t(`period_${name}`);
}

/** How a comparison is called for a field of a type: days come before and after, numbers are less and more. */
export function useOpName() {
  const t = useTexts();
  return (op: Op, type: Schema<"FieldType"> | undefined): string => {
    if (type === "date" || type === "datetime") {
      switch (op) {
        case "equal":
        case "not_equal":
        case "greater_than":
        case "greater_equal":
        case "less_than":
        case "less_equal":
          return t(`date_${op}`);
      }
    }
    return t(`op_${op}`);
  };
}

/** The same as a choice that stands before its value. */
export function useOpLabel() {
  const t = useTexts();
  const name = useOpName();
  return (op: Op, type: Schema<"FieldType"> | undefined): string =>
    takes(op) === "none" ? name(op, type) : t("opLabel", { op: name(op, type) });
}

type Fields = Map<string, Schema<"Field">>;

/** Conditions as a sentence. */
function useCriteriaText() {
  const t = useTexts();
  const words = useWords();
  const opName = useOpName();
  const periodName = usePeriodName();
  const value = (text: string, field: Schema<"Field"> | undefined): string => {
    const period = periodOf(text);
    if (period?.days !== undefined && (period.name === "LAST" || period.name === "NEXT"))
      return t(`lasting_${period.name}`, { days: period.days });
    if (period !== null && period.name !== "LAST" && period.name !== "NEXT") return periodName(period.name);
    if (text === "${CURRENTUSER}") return t("us");
    if (field?.type === "boolean") return words(text === "true" ? "yes" : "no");
    return field?.options.find((option) => option.value === text)?.label ?? text;
  };
  const sentence = (criteria: Criteria, fields: Fields, inner = false): string => {
    if (isGroup(criteria)) {
      const parts = partsOf(criteria).map((part) => sentence(part, fields, true));
      const joined = parts.join(t(joinOf(criteria) === "any" ? "or" : "and"));
      return inner && parts.length > 1 ? t("inner", { text: joined }) : joined;
    }
    const name = criteria.field ?? "";
    const field = fields.get(name);
    const op = opOf(criteria);
    const parts = { field: field?.label ?? name, op: op === null ? "" : opName(op, field?.type) };
    if (op === null || takes(op) === "none") return t("blankCondition", parts);
    const values = textsOf(criteria.value).map((text) => value(text, field));
    const whole = takes(op) === "two" ? values.join(" – ") : values.join(t("comma"));
    return t("condition", { ...parts, value: whole });
  };
  return sentence;
}

export function useScopeTitle(): string {
  return useTexts()("title");
}

export function useWithParentTitle(): string {
  return useTexts()("withParent");
}

/** Whether records go only with those that they hang on; if nothing is said, they do. */
export function useWithParentText() {
  const t = useTexts();
  return (only: unknown): string => t(only === false ? "withParentOr" : "withParentOnly");
}

/** A scope as a sentence a side, and what else it says. */
export function useScopeText(sides: { left: string; right: string }, pair: { left: string; right: string }) {
  const t = useTexts();
  const sentence = useCriteriaText();
  const known = {
    left: mapOf(useQuery(fieldsQuery(sides.left, pair.left)).data?.items),
    right: mapOf(useQuery(fieldsQuery(sides.right, pair.right)).data?.items),
  };
  const ofSide = ({ views = [], criteria, opt_out, join }: SideScope, fields: Fields): string => {
    const parts = [
      ...(views.length === 0 ? [] : [t("inViews", { views: views.join(t(join === "all" ? "and" : "or")) })]),
      ...(criteria == null ? [] : [sentence(asGroup(criteria), fields)]),
    ];
    const told = parts.join(t(join === "any" ? "or" : "and"));
    const without = opt_out == null ? [] : [t("without", { field: fields.get(opt_out)?.label ?? opt_out })];
    return [...(told === "" ? [] : [told]), ...without].join(t("and"));
  };
  return (scope: Scope | null | undefined): string => {
    if (scope == null) return t("everything");
    const days = daysOf(scope);
    const told = SIDES.flatMap((side) => {
      const own = scope[side];
      return says(own) ? [t("ofSide", { name: sides[side], text: ofSide(own, known[side]) })] : [];
    });
    if (days !== null)
      told.push(t(scope.apply_window_to_updates === true ? "windowEver" : "windowChanged", { days }));
    if (scope.leaving !== undefined && scope.leaving !== "keep_linked")
      told.push(`${t("leaving")}: ${t(`leaving_${scope.leaving}`)}`);
    if (scope.view_changes === "apply") told.push(`${t("viewChanges")}: ${t("viewChanges_apply")}`);
    return told.length === 0 ? t("everything") : told.join("; ");
  };
}

function mapOf(fields: Schema<"Field">[] | undefined): Fields {
  return new Map((fields ?? []).map((field) => [field.api_name, field]));
}
