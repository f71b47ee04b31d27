import { keyOf, type Entry } from "./keys";
import { useTexts } from "./texts";

/** What records are matched by, in one line. */
export function useMatchText(label: { left: (name: string) => string; right: (name: string) => string }) {
  const t = useTexts();
  return (entries: Entry[]): string =>
    entries
      .map(keyOf)
      .map(({ left, right, as, country }) => {
        const field = right === null ? label.left(left) : `${label.left(left)} ↔ ${label.right(right)}`;
        const form = [t(`as_${as}`), ...(country === null ? [] : [`+${String(country)}`])].join(" ");
        return as === "plain" ? field : t("said", { field, form });
      })
      .join(", ");
}
