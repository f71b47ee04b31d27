import { expect, test } from "vitest";
import { field } from "../../stage/data";
import { changesOf, draftOf, wrongIn } from "./draft";
import { partsOf } from "./MomentInput";

const fields = [
  field("Name", "text", { required: true }),
  field("Amount", "decimal"),
  field("Score", "integer"),
  field("Account", "lookup", { lookup: { module: "Accounts" } }),
  field("Tags", "multi_picklist"),
  field("Active", "boolean"),
  field("Lines", "subform", {
    columns: [field("Item", "text", { required: true }), field("Count", "integer")],
  }),
  field("Number", "text", { read_only: true }),
];
const values = {
  Name: "a",
  Amount: "12.50",
  Score: "3",
  Account: { id: "9", name: "Acme" },
  Tags: ["x"],
  Active: true,
  Lines: [{ Item: "a", Count: "1" }],
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
    Lines: [{ key: "new", cells: { Item: "b", Count: "" } }],
    Number: "C-2",
  };
  expect(changesOf(fields, edited, values)).toEqual({
    Amount: "12.500000000000000001",
    Account: { id: "10", name: null },
    Tags: [],
    Active: null,
    Lines: [{ Item: "b", Count: null }],
  });
});

test("emptied is null, not an empty text", () => {
  expect(changesOf(fields, { ...draftOf(fields, values), Score: "" }, values)).toEqual({ Score: null });
});

test("what is wrong is told by field", () => {
  const draft = {
    ...draftOf(fields, values),
    Name: "",
    Amount: "1,5",
    Score: "1.5",
    Lines: [{ key: "k", cells: { Item: "", Count: "x" } }],
  };
  expect(Object.fromEntries(wrongIn(fields, draft, false))).toEqual({
    Name: "mandatory",
    Amount: "notNumber",
    Score: "notWhole",
    "Lines.k.Item": "mandatory",
    "Lines.k.Count": "notWhole",
  });
});

test("a moment keeps the offset it came with", () => {
  expect(partsOf("2026-11-20T09:30:00+09:00")).toEqual({ clock: "2026-11-20T09:30", offset: "+09:00" });
  expect(partsOf("").clock).toBe("");
});
