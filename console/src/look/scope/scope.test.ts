import { expect, test } from "vitest";
import { asGroup, conditionOn, countOf, opOf, opsOf, unfinished, withOp, written } from "./criteria";
import { tidyScope } from "./scope";
import { periodOf } from "./words";
import { field } from "../../stage/data";

const city = { field: "City", comparator: "equal", value: "Tokyo" } as const;

test("one condition is written by itself, several as a group, none as nothing", () => {
  expect(written({ all: [] })).toBeNull();
  expect(written({ all: [city] })).toEqual(city);
  expect(written({ any: [city] })).toEqual({ any: [city] });
  expect(asGroup(city)).toEqual({ all: [city] });
  expect(countOf({ all: [city, { any: [city, city] }] })).toBe(3);
});

test("blank is a comparison of its own, and a value stays where the next one can take it", () => {
  expect(withOp(city, "contains")).toEqual({ ...city, comparator: "contains" });
  expect(withOp(city, "in")).toEqual({ field: "City", comparator: "in" });
  expect(withOp(city, "empty")).toEqual({ field: "City", comparator: "equal", value: "${EMPTY}" });
  expect(opOf(withOp(city, "not_empty"))).toBe("not_empty");
});

test("what is not said to the end is counted", () => {
  const range = { field: "Amount", comparator: "between" } as const;
  expect(unfinished(null)).toBe(0);
  expect(unfinished(city)).toBe(0);
  expect(unfinished({ all: [{}, { field: "City" }, { ...range, value: [1, ""] }, { any: [] }] })).toBe(4);
  expect(unfinished({ ...range, value: [1, 2] })).toBe(0);
  expect(unfinished(conditionOn(field("Email_Opt_Out", "boolean")))).toBe(0);
});

test("each type has its comparisons; what only the service can compare has none", () => {
  expect(opsOf("boolean")).toEqual(["equal"]);
  expect(opsOf("multi_picklist")).toContain("include_all");
  expect(opsOf("date")).not.toContain("contains");
  expect([opsOf("subform"), opsOf("other")]).toEqual([[], []]);
});

test("a scope is written without what says nothing", () => {
  expect(tidyScope({ left: { views: [] }, leaving: "unlink" })).toBeNull();
  expect(tidyScope({ left: { views: ["A"], join: "any" }, right: {}, leaving: "keep_linked" })).toEqual({
    left: { views: ["A"] },
  });
  expect(tidyScope({ created_within: "30d", apply_window_to_updates: true, view_changes: "apply" })).toEqual({
    created_within: "30d",
    apply_window_to_updates: true,
  });
});

test("periods are read by all their names", () => {
  expect(periodOf("${CURRENTMONTH}")).toEqual({ name: "THISMONTH" });
  expect(periodOf("${LAST90DAYS}")).toEqual({ name: "LAST", days: 90 });
  expect(periodOf("2026-01-01")).toBeNull();
});
