import { kindOf, type Step } from "./steps";
import { useTexts } from "./texts";

/** Steps in one line, each with what is said about it. */
export function useStepsText() {
  const t = useTexts();
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
    if ("split" in step) return `“${step.split.at}”, ${String(step.split.part)}`;
    if ("constant" in step) return `“${step.constant}”`;
    return step.script;
  };
  return (steps: Step[]): string =>
    steps
      .map((step) => [t(`kind_${kindOf(step)}`), detail(step)].filter((part) => part !== "").join(": "))
      .join(" → ");
}
