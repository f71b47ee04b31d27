import { useQuoted } from "../value";
import { kindOf, type Step } from "./steps";
import { useTexts } from "./texts";

/** Which part of a text: counted from its beginning, or below zero from its end. */
export function usePartName() {
  const t = useTexts();
  return (part: number) => {
    if (part === 1) return t("partFirst");
    if (part === -1) return t("partLast");
    return t(part > 0 ? "partNth" : "partFromEnd", { n: Math.abs(part) });
  };
}

/** Steps in one line, each with what is said about it. */
export function useStepsText() {
  const t = useTexts();
  const quoted = useQuoted();
  const partName = usePartName();
  const detail = (step: Step): string => {
    if (typeof step === "string") return "";
    if ("case" in step) return t(`case_${step.case}`);
    if ("phone" in step) return step.phone;
    if ("map" in step)
      return Object.entries(step.map.values)
        .map(([from, to]) => `${from} → ${to}`)
        .join(", ");
    if ("round" in step) return String(step.round);
    if ("date_of" in step) return step.date_of;
    if ("time_of" in step) return `${step.time_of.at ?? "00:00"}, ${step.time_of.zone}`;
    if ("split" in step) return `${quoted(step.split.at)}, ${partName(step.split.part)}`;
    if ("constant" in step) return quoted(step.constant);
    return step.script;
  };
  return (steps: Step[]): string =>
    steps
      .map((step) => [t(`kind_${kindOf(step)}`), detail(step)].filter((part) => part !== "").join(": "))
      .join(" → ");
}
