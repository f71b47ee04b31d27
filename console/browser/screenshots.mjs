// Pictures of every page: both languages, both themes, a desktop's and a phone's width. The argument is the folder they go to.

import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { launch } from "./lib/chromium.mjs";
import { endPrograms } from "./lib/programs.mjs";
import { stage } from "./stages/index.mjs";
import { show, views } from "./views/index.mjs";

const folder = process.argv[2];
if (!folder) throw new Error("say which folder the pictures go to");
const only = process.env.MUSUBI_BROWSER_ONLY;
const chosen = views.filter(({ name }) => !only || only.split(",").some((part) => name.includes(part)));

/** How everything is looked at. */
const HOWS = ["en", "ja"].flatMap((language) =>
  ["light", "dark"].flatMap((theme) => [1280, 390].map((width) => ({ language, theme, width }))),
);
const fileOf = (view, { language, theme, width }) => `${view.name}-${language}-${theme}-${width}.png`;

await mkdir(folder, { recursive: true });
if (!only) {
  const old = (await readdir(folder)).filter((file) => file.endsWith(".png"));
  await Promise.all(old.map((file) => rm(join(folder, file))));
}
const browser = await launch();
let failed = 0;
try {
  for (const view of chosen) {
    // Two at a time: more would only wait for each other.
    for (let at = 0; at < HOWS.length; at += 2)
      await Promise.all(HOWS.slice(at, at + 2).map((how) => take(view, how)));
    console.log(view.name);
  }
  await writeFile(join(folder, "README.md"), index());
} finally {
  await browser.close();
  await endPrograms();
}
console.log(`${chosen.length * HOWS.length - failed} pictures, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

/** Takes one picture. */
async function take(view, how) {
  try {
    const visitor = await show(browser, view, await stage(view.stage), how);
    const picture = await visitor.page.screenshot({ animations: "disabled", caret: "hide" });
    // Few colours are enough for a page, and a quarter of the size.
    await sharp(picture)
      .png({ palette: true, colours: 128, effort: 7 })
      .toFile(join(folder, fileOf(view, how)));
    await visitor.leave();
  } catch (error) {
    failed += 1;
    console.log(`FAILED  ${fileOf(view, how)}: ${error.message.split("\n")[0]}`);
  }
}

/** The page that shows them all. */
function index() {
  const head = [
    "| page | desktop, light | desktop, dark | phone, light | phone, dark |",
    "| --- | --- | --- | --- | --- |",
  ];
  const picture = (view, how) =>
    `<a href="${fileOf(view, how)}"><img src="${fileOf(view, how)}" width="${how.width > 600 ? 240 : 80}" alt=""></a>`;
  const row = (language) => (view) => {
    const cells = [1280, 390].flatMap((width) =>
      ["light", "dark"].map((theme) => picture(view, { language, theme, width })),
    );
    return `| ${view.name} | ${cells.join(" | ")} |`;
  };
  const table = (language) => [...head, ...views.map(row(language))].join("\n");
  return [
    "# The console in pictures",
    "",
    "Made by `cargo xtask screenshots` from real hubs over the sandbox: the demo, a hub that has just been set up, one whose service is away.",
    "A file's name says the page, the language, the theme and the width.",
    "",
    "## English",
    "",
    table("en"),
    "",
    "## 日本語",
    "",
    table("ja"),
    "",
  ].join("\n");
}
