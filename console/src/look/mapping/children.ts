/** A field of a chosen child, such as `Deals/Contact_Name[latest Closing_Date].Amount`, by its parts. */
export type ChosenChild = {
  module: string;
  choice: (typeof CHOICES)[number];
  by: string;
  field: string;
};

const CHOICES = ["latest", "earliest", "highest", "lowest"] as const;
const PARTS = /^(\w+)(?:\/\w+)?\[(\w+) (\w+)\]\.(\w+)$/;

/** What a name says of a child; nothing when it is the name of something else. */
export function childOf(name: string): ChosenChild | undefined {
  const [, module = "", word, by = "", field = ""] = PARTS.exec(name) ?? [];
  const choice = CHOICES.find((known) => known === word);
  return choice && { module, choice, by, field };
}
