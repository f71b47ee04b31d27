import { expect, test } from "vitest";
import * as search from "./search";

test("the way back leads into the console and nowhere else", () => {
  expect(search.login({ next: "/integrations?tab=1" })).toEqual({ next: "/integrations?tab=1" });
  for (const next of ["https://evil.example", "//evil.example", "/\\evil.example", 3, ""])
    expect(search.login({ next })).toEqual({});
});

test("an id stays what it is, however long", () => {
  const record = "7328395000000026840";
  expect(search.read(search.write({ record, search: "a b&c", tab: undefined }))).toEqual({
    record,
    search: "a b&c",
  });
  expect(search.write({})).toBe("");
});

test("unknown keys and tabs are dropped", () => {
  expect(search.integration({ tab: "history", record: "5620000", x: "1" })).toEqual({
    tab: "history",
    record: "5620000",
  });
  expect(search.integration({ tab: "nothing" })).toEqual({});
});
