import type { Schema } from "../../api/client";

type Field = Schema<"Field">;

/** What names a record that is no person. */
const NAMES = [
  "Name",
  "Account_Name",
  "Deal_Name",
  "Product_Name",
  "Price_Book_Name",
  "Campaign_Name",
  "Vendor_Name",
  "Subject",
  "Event_Title",
  "Note_Title",
  "Email",
];
const FIRST = ["Full_Name", "Last_Name", "First_Name", ...NAMES, "Company", "Stage", "Phone"];
const LONG = new Set<Field["type"]>(["textarea", "subform", "multi_lookup", "other"]);

/** The fields that tell records apart best: the naming ones, then mandatory ones, then as the service orders them. */
export function columnsOf(fields: Field[], count: number): Field[] {
  const rank = (field: Field) => {
    // A deal has an account's name, too: a lookup names another record.
    const named = field.type === "lookup" ? -1 : FIRST.indexOf(field.api_name);
    if (named >= 0) return named;
    return field.required ? FIRST.length : FIRST.length + 1;
  };
  const fitting = fields.filter(({ type }) => !LONG.has(type));
  return fitting
    .map((field, at) => ({ field, at }))
    .sort((one, other) => rank(one.field) - rank(other.field) || one.at - other.at)
    .slice(0, count)
    .map(({ field }) => field);
}

/** What a person would call the record. */
export function titleOf(values: Record<string, unknown>, fallback: string): string {
  const text = (name: string) => {
    const value = values[name];
    return typeof value === "string" ? value : "";
  };
  const person = [text("Last_Name"), text("First_Name")].filter((part) => part !== "").join(" ");
  const names = ["Full_Name", ...NAMES].map(text);
  return [person, ...names].find((name) => name !== "") ?? fallback;
}
