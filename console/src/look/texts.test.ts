import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const SRC = join(import.meta.dirname, "..");
const files = readdirSync(SRC, { recursive: true, encoding: "utf8" });
const folders = files.filter((file) => file.endsWith("texts.en.ts")).map((file) => join(SRC, file, ".."));
const stem = (key: string) => key.replace(/_(one|other)$/, "");

async function textsOf(folder: string, language: string): Promise<Record<string, string>> {
  const loaded = (await import(join(folder, `texts.${language}.ts`))) as { default: Record<string, string> };
  return loaded.default;
}

/** The code that may use a folder's texts: its own, and everyone's for the shared words. */
function codeOf(folder: string): string {
  const from = folder.endsWith("words") ? SRC : folder;
  const code = readdirSync(from, { recursive: true, encoding: "utf8" });
  const own = code.filter(
    (file) => /\.tsx?$/.test(file) && !/texts\.\w\w\.ts$|\.test\.tsx?$|schema\.d/.test(file),
  );
  return own.map((file) => readFileSync(join(from, file), "utf8")).join("\n");
}

test("every page has its texts", () => expect(folders.length).toBeGreaterThan(10));

test.each(folders.map((folder) => [folder.slice(SRC.length + 1), folder]))(
  "%s: none missing, none unused",
  async (_, folder) => {
    const [en, ja] = [await textsOf(folder, "en"), await textsOf(folder, "ja")];
    const wanted = Object.keys(en).filter((key) => !key.endsWith("_one"));
    expect(Object.keys(ja).sort()).toEqual(wanted.sort());
    const code = codeOf(folder);
    const parts = [...code.matchAll(/`([\w.]+)\$\{/g)].map(([, prefix]) => prefix ?? "");
    const unused = [...new Set(Object.keys(en).map(stem))].filter(
      (key) => !code.includes(`"${key}"`) && !parts.some((prefix) => key.startsWith(prefix)),
    );
    expect(unused).toEqual([]);
  },
);

test.each(folders.map((folder) => [folder.slice(SRC.length + 1), folder]))(
  "%s: both languages fill in the same",
  async (_, folder) => {
    const [en, ja] = [await textsOf(folder, "en"), await textsOf(folder, "ja")];
    const holes = (text = "") => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name).sort();
    for (const [key, text] of Object.entries(ja))
      expect(new Set(holes(text)), key).toEqual(new Set(holes(en[key])));
  },
);

/** The services say タブ, データ and 項目 (glossary 3.1); a connection is 接続. */
test.each(folders.map((folder) => [folder.slice(SRC.length + 1), folder]))(
  "%s: speaks the services' Japanese",
  async (_, folder) => {
    const ja = Object.values(await textsOf(folder, "ja")).join("\n");
    expect(ja).not.toMatch(/モジュール|レコード|フィールド|コネクション|インテグレーション/);
  },
);
