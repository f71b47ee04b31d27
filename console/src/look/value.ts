import { useWords } from "./words";

function isNamed(value: object): value is { name: unknown; id?: unknown } {
  return "name" in value;
}

/** A record's value as text: `""` when it is blank. */
export function shownValue(value: unknown, yes: string, no: string): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value;
  if (typeof value === "number") return String(value);
  if (typeof value === "boolean") return value ? yes : no;
  if (Array.isArray(value)) return value.map((each) => shownValue(each, yes, no)).join(", ");
  if (typeof value === "object") {
    if (isNamed(value) && typeof value.name === "string") return value.name;
    if ("id" in value && typeof value.id === "string") return value.id;
    return JSON.stringify(value);
  }
  return "";
}

export function useShownValue() {
  const words = useWords();
  return (value: unknown) => shownValue(value, words("yes"), words("no"));
}

/** A value in a sentence: quoted, short, blank by its word. */
export function useQuoted() {
  const words = useWords();
  const shown = useShownValue();
  return (value: unknown) => {
    const text = shown(value);
    if (text === "") return words("quotedBlank");
    return words("quoted", { value: text.length > 80 ? `${text.slice(0, 79)}…` : text });
  };
}
