import { keyOf, shown, type Countries, type Entry } from "./keys";
import { useTexts } from "./texts";

/** What records are matched by, in one line. */
export function useMatchText(label: { left: (name: string) => string; right: (name: string) => string }) {
  const t = useTexts();
  return (entries: Entry[]): string =>
    entries
      .map(keyOf)
      .map(({ left, right, as, country }) => {
        const field = right === null ? label.left(left) : `${label.left(left)} ↔ ${label.right(right)}`;
        const form = [t(`as_${as}`), ...where(country)].join(" ");
        return as === "plain" ? field : t("said", { field, form });
      })
      .join(", ");
}

/** The country of both sides once, or that of each. */
function where({ left, right }: Countries): string[] {
  if (left === right) return left === null ? [] : [shown(left)];
  return [[left, right].map((country) => (country === null ? "–" : shown(country))).join(" ↔ ")];
}
