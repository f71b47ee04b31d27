// How fast the console is, in a real browser over a real hub. Needs MUSUBI_PROGRAM; `--json` prints one object.
// Ends with 1 if a figure misses its bar.

import { launch } from "./lib/chromium.mjs";
import { endPrograms } from "./lib/programs.mjs";
import { edits } from "./bench/edits.mjs";
import { firstLoad } from "./bench/load.mjs";
import { longList } from "./bench/list.mjs";
import { navigations } from "./bench/navigation.mjs";

const json = process.argv.includes("--json");
const browser = await launch();
let figures;
try {
  figures = [
    ...(await firstLoad(browser)),
    ...(await navigations(browser)),
    ...(await edits(browser)),
    ...(await longList(browser)),
  ];
} finally {
  await browser.close();
  await endPrograms();
}
const missed = figures.filter(({ value, bar }) => bar !== undefined && value > bar);
if (json) {
  console.log(JSON.stringify(Object.fromEntries(figures.map(({ name, value }) => [name, value]))));
} else {
  for (const { name, value, unit, bar } of figures) {
    const told = bar === undefined ? "" : `${value <= bar ? "met    " : "NOT MET"} ${bar} ${unit}`;
    console.log(`${name.padEnd(34)} ${String(value).padStart(9)} ${unit.padEnd(5)} ${told}`.trimEnd());
  }
}
process.exitCode = missed.length > 0 ? 1 : 0;
