import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { kindOf, KINDS, moved, newStep, REGIONS, takesSteps, withOptions } from "./steps";
import { field } from "../../stage/data";

test("every country whose numbers the hub knows is offered", () => {
  const code = readFileSync(join(import.meta.dirname, "../../../../crates/musubi-core/src/phone.rs"), "utf8");
  const known = [...code.matchAll(/^ {4}region\("([A-Z]{2})"/gm)].map(([, name]) => name);
  expect(known.length).toBeGreaterThan(50);
  expect([...REGIONS].sort()).toEqual(known.sort());
});

test("every kind of step begins as one of its kind", () => {
  for (const kind of KINDS) expect(kindOf(newStep(kind, "Asia/Tokyo"))).toBe(kind);
});

test("a step moves, and the others keep their order", () => {
  const steps = KINDS.slice(0, 4).map((kind) => newStep(kind, "UTC"));
  expect(moved(steps, 0, 2).map(kindOf)).toEqual(["case", "phone", "trim", "map"]);
  expect(moved(steps, 3, 0).map(kindOf)).toEqual(["map", "trim", "case", "phone"]);
});

test("a map takes up the options it lacks, and keeps what was said", () => {
  const of = (...values: string[]) =>
    field("A", "picklist", { options: values.map((value) => ({ value, label: value })) });
  expect(
    withOptions({ values: { Hot: "Warm" }, unknown: "keep" }, of("Hot", "cold", "Other"), of("Cold")),
  ).toEqual({ values: { Hot: "Warm", cold: "Cold", Other: "" }, unknown: "keep" });
});

test("what points to records takes no steps", () => {
  expect(takesSteps(field("A", "lookup"))).toBe(false);
  expect(takesSteps(field("A", "text"))).toBe(true);
});
