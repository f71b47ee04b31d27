import { expect, test } from "vitest";
import * as search from "./search";

test("the way back leads into the console and nowhere else", () => {
  expect(search.login({ next: "/integrations?tab=1" })).toEqual({ next: "/integrations?tab=1" });
  for (const next of ["https://evil.example", "//evil.example", "/\\evil.example", 3, ""])
    expect(search.login({ next })).toEqual({});
});

test("unknown keys and tabs are dropped, numbers become text", () => {
  expect(search.integration({ tab: "history", record: 5620000, x: 1 })).toEqual({
    tab: "history",
    record: "5620000",
  });
  expect(search.integration({ tab: "nothing" })).toEqual({});
});
