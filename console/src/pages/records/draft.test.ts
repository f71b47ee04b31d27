import { expect, test } from "vitest";
import { field } from "../../stage/data";
import { changesOf, draftOf, wrongIn } from "./draft";
import { partsOf } from "./MomentInput";

const fields = [
  field("Name", "text", { required: true }),
  field("Amount", "currency"),
  field("Score", "integer"),
  field("Account", "lookup", { lookup: { module: "Accounts" } }),
  field("Tags", "multi_picklist"),
  field("Active", "boolean"),
  field("Lines", "subform"),
  field("Number", "auto_number", { read_only: true }),
];
const values = {
  Name: "a",
  Amount: "12.50",
  Score: "3",
  Account: { id: "9", name: "Acme" },
  Tags: ["x"],
  Active: true,
  Lines: [],
  Number: "C-1",
};

test("an untouched record has no changes, and only touched fields are sent", () => {
  const draft = draftOf(fields, values);
  expect(changesOf(fields, draft, values)).toEqual({});
  const edited = {
    ...draft,
    Amount: "12.500000000000000001",
    Account: "10",
    Tags: [],
    Active: null,
    Lines: '[{"Item":"b"}]',
    Number: "C-2",
  };
  expect(changesOf(fields, edited, values)).toEqual({
    Amount: "12.500000000000000001",
    Account: { id: "10" },
    Tags: [],
    Active: null,
    Lines: [{ Item: "b" }],
  });
});

test("emptied is null, not an empty text", () => {
  expect(changesOf(fields, { ...draftOf(fields, values), Score: "" }, values)).toEqual({ Score: null });
});

test("what is wrong is told by field", () => {
  const draft = { ...draftOf(fields, values), Name: "", Amount: "1,5", Score: "1.5", Lines: "{}" };
  expect(Object.fromEntries(wrongIn(fields, draft, false))).toEqual({
    Name: "mandatory",
    Amount: "notNumber",
    Score: "notWhole",
    Lines: "notJson",
  });
});

test("a moment keeps the offset it came with", () => {
  expect(partsOf("2026-11-20T09:30:00+09:00")).toEqual({ clock: "2026-11-20T09:30", offset: "+09:00" });
  expect(partsOf("").clock).toBe("");
});
