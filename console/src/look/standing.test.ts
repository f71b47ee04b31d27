import { expect, test } from "vitest";
import { integration, module } from "../stage/data";
import { lagOf, loadOf, standingOf, waiting, type Standing } from "./standing";

function check(wanted: Standing, ...modules: Parameters<typeof module>[1][]) {
  const all = modules.map((more, at) => module(`M${at}`, more));
  expect(standingOf(integration("i", all))).toBe(wanted);
}

test("the gravest standing of the modules counts", () => {
  check("agrees", {}, {});
  check("working", {}, { open: 3 });
  check("working", { agreed_since: null });
  check("agrees", {}, { paused: true, open: 3 });
  check("paused", { state: "inactive" }, { paused: true });
  check("attention", { open: 3 }, { held: { "match.ambiguous": 1 } });
  check("loading", { phase: "scan_first" }, { failed: { "write.refused": 1 } });
  check(
    "stopped",
    { phase: "scan_first" },
    { problem: { code: "connection.refused", message: "", hint: "" } },
  );
});

test("paused is paused, whatever else", () => {
  expect(standingOf(integration("i", [module("M", { open: 1 })], "paused"))).toBe("paused");
});

test("what goes on by itself does not wait for a person", () => {
  expect(waiting(module("M", { held: { "lookup.parent_not_linked": 9, "match.taken": 2 } }))).toBe(2);
  check("agrees", { held: { "lookup.parent_not_linked": 9 } });
});

test("progress never passes its end, and the lag is that of the slowest side", () => {
  const loading = module("M", { scanned: { left: 30, right: 5 }, expected: { left: 20, right: 10 } });
  expect(loadOf([loading])).toEqual({ scanned: 35, expected: 35 });
  expect(lagOf([module("M", { seen_until: { left: 900, right: 400 } })], 1_000)).toBe(600);
  expect(lagOf([module("M", { seen_until: { left: 900, right: 0 } })], 1_000)).toBeNull();
});
