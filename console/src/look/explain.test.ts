import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sentence } from "./explain";
import matters from "./matters.ja";

test("every matter of the hub's documentation has its Japanese", () => {
  const page = readFileSync(join(import.meta.dirname, "../../../docs/errors.md"), "utf8");
  const list = page.slice(page.indexOf("## What waits for a person"));
  const codes = [...list.matchAll(/^\| `([\w.]+)` \|/gm)].map(([, code]) => code);
  expect(codes.length).toBeGreaterThan(15);
  expect(Object.keys(matters).sort()).toEqual(codes.sort());
});

test("the hub's fragments become sentences, and names keep their letters", () => {
  expect(sentence("the value is longer than the field")).toBe("The value is longer than the field.");
  expect(sentence("osaka refused the credential")).toBe("osaka refused the credential.");
  expect(sentence("")).toBe("");
});
