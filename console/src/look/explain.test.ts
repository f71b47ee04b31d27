import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import matters from "../../../texts/ja/matters.json";
import reasons from "../../../texts/ja/reasons.json";
import names from "../../../texts/names.json";
import { PROBLEMS, sentence } from "./explain";

const ROOT = join(import.meta.dirname, "../../..");
const page = readFileSync(join(ROOT, "docs/errors.md"), "utf8");

/** The codes of the tables between two headings of the documentation, several in a cell. */
function documented(from: string, to?: string): string[] {
  const part = page.slice(page.indexOf(from), to === undefined ? undefined : page.indexOf(to));
  const cells = [...part.matchAll(/^\| (`[^|]+`) \|/gm)].map(([, cell]) => cell ?? "");
  return cells.flatMap((cell) => [...cell.matchAll(/`([\w.]+)`/g)].map(([, code]) => code ?? ""));
}

/** What the hub's own code gives a problem, whoever asked. */
function told(): string[] {
  const folders = ["crates/musubi-engine/src", "crates/musubi-api/src"].map((folder) => join(ROOT, folder));
  const files = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".rs"))
      .map((file) => readFileSync(join(folder, file), "utf8")),
  );
  const codes = files.flatMap((text) => [
    ...text.matchAll(/(?:HubError::new\(|Problem::new\(\s*StatusCode::\w+,)\s*"([\w.]+)"/g),
  ]);
  return [...new Set(codes.map(([, code]) => code ?? ""))];
}

/** Commands on a terminal alone say these; nobody reads them in the console. */
const OF_COMMANDS = ["connect.denied", "connect.no_consent", "connect.listen"];

test("every problem of the hub has its Japanese", () => {
  const codes = [...documented("### The database", "## What becomes of a decision"), ...told()];
  expect(codes.length).toBeGreaterThan(120);
  const wanted = codes.filter((code) => !OF_COMMANDS.includes(code));
  expect([...new Set(wanted)].filter((code) => !(code in PROBLEMS))).toEqual([]);
});

test("every matter of the hub's documentation has its Japanese, and a short name", () => {
  const codes = documented("## What waits for a person");
  expect(codes.length).toBeGreaterThan(15);
  expect(Object.keys(matters).sort()).toEqual(codes.sort());
  expect(codes.filter((code) => !(code in names))).toEqual([]);
});

test("what becomes of a decision, and why a record stands as it stands, have their Japanese", () => {
  const codes = documented("## What becomes of a decision", "## What waits for a person");
  expect(codes.length).toBeGreaterThan(30);
  expect(Object.keys(reasons).sort()).toEqual(codes.sort());
});

test("Japanese sentences end as sentences do, and speak of no English things", () => {
  for (const [code, { what, hint }] of Object.entries({ ...PROBLEMS, ...matters, ...reasons })) {
    for (const text of [what, hint]) expect(text, code).toMatch(/。$/);
    expect(what + hint, code).not.toMatch(/モジュール|レコード|フィールド|コネクション|インテグレーション/);
  }
});

test("the hub's fragments become sentences, and names keep their letters", () => {
  expect(sentence("the value is longer than the field")).toBe("The value is longer than the field.");
  expect(sentence("osaka refused the credential")).toBe("osaka refused the credential.");
  expect(sentence("the script is incomplete (line 1)")).toBe("The script is incomplete (line 1).");
  expect(sentence("Nobody knows. (Ask.)")).toBe("Nobody knows. (Ask.)");
  expect(sentence("")).toBe("");
});
