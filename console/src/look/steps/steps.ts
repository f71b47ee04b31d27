import type { Schema } from "../../api/client";

export type Step = Schema<"TransformStep">;

/** In the order in which they are offered: what is needed often first. */
export const KINDS = [
  "trim",
  "case",
  "phone",
  "map",
  "split",
  "round",
  "date_of",
  "time_of",
  "constant",
  "script",
] as const;
export type Kind = (typeof KINDS)[number];

/** Countries whose way of writing telephone numbers the hub knows. */
export const REGIONS = [
  ..."AE AT AU BD BE BG BR CA CH CL CN CO CZ DE DK EE EG ES FI FR GB GR HK HR HU ID IE IL IN IS IT JP".split(
    " ",
  ),
  ..."KE KR LK LT LU LV MO MX MY NG NL NO NP NZ PE PH PK PL PT RO RS SA SE SG SI SK TH TR TW UA US VN ZA".split(
    " ",
  ),
];

export function kindOf(step: Step): Kind {
  if (typeof step === "string") return step;
  return KINDS.find((kind) => kind in step) ?? "trim";
}

/** A step as it begins: with what most would choose, where there is such a thing. */
export function newStep(kind: Kind, zone: string): Step {
  switch (kind) {
    case "trim":
      return "trim";
    case "case":
      return { case: "upper" };
    case "phone":
      return { phone: zone === "Asia/Tokyo" ? "JP" : "US" };
    case "map":
      return { map: { values: {}, unknown: "refuse" } };
    case "split":
      return { split: { at: " ", part: 1 } };
    case "round":
      return { round: 0 };
    case "date_of":
      return { date_of: zone };
    case "time_of":
      return { time_of: { zone, at: "00:00" } };
    case "constant":
      return { constant: "" };
    case "script":
      return { script: "value" };
  }
}

/** The list with one step in another place. */
export function moved(steps: Step[], from: number, to: number): Step[] {
  const rest = steps.filter((_, at) => at !== from);
  const step = steps[from];
  return step === undefined ? steps : [...rest.slice(0, to), step, ...rest.slice(to)];
}

/** Fields of these types are carried over by what they point to; nothing is done to them on their way. */
export function takesSteps(field: Schema<"Field"> | undefined): boolean {
  return field === undefined || !["lookup", "owner", "subform", "multi_lookup", "other"].includes(field.type);
}

/** A map with every option of the field that it does not name yet: to the one that is called the same, where there is one. */
export function withOptions(
  map: Schema<"ValueMap">,
  from: Schema<"Field"> | undefined,
  to: Schema<"Field"> | undefined,
): Schema<"ValueMap"> {
  const known = new Map((to?.options ?? []).map(({ value }) => [value.trim().toLowerCase(), value]));
  const added = (from?.options ?? [])
    .filter(({ value }) => !(value in map.values))
    .map(({ value }) => [value, known.get(value.trim().toLowerCase()) ?? ""] as const);
  return { ...map, values: { ...map.values, ...Object.fromEntries(added) } };
}
