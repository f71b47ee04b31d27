// Opening pages, and looking whether anything is wrong with what is shown.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { windowOf } from "./chromium.mjs";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Waits until a page shows what it is about, and nothing that only holds its place. */
export async function settled({ page }) {
  await page.locator("h1, h2, main p").first().waitFor({ timeout: 30_000 });
  await page.waitForFunction(
    () =>
      document.querySelectorAll("[aria-busy=true], .mantine-Skeleton-root, .mantine-Loader-root").length ===
      0,
    undefined,
    { timeout: 30_000 },
  );
}

/** Opens an address of the console. */
export async function open(visitor, path) {
  await visitor.page.goto(visitor.base + path);
  await settled(visitor);
}

/** Makes the window this wide, as somebody with a telephone or a desk has it. */
export async function resize(visitor, width) {
  if (visitor.page.viewportSize().width === width) return;
  await visitor.page.setViewportSize(windowOf(width));
  await settled(visitor);
}

/** Fails if the page is and stays wider than the window: a table takes a moment to become a list when the window is made narrower. */
export async function fits({ page }) {
  const tooWide = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  const until = Date.now() + 3_000;
  let overflow = await tooWide();
  while (overflow > 1 && Date.now() < until) {
    await page.waitForTimeout(100);
    overflow = await tooWide();
  }
  if (overflow > 1) throw new Error(`it is ${overflow} px too wide`);
}

/** Fails on errors in the console, requests to another host, and what keeps people out. `expected` are errors that belong to it. */
export async function nothingWrong({ page, wrong }, expected = /^$/) {
  const errors = wrong.splice(0).filter((one) => !expected.test(one));
  if (errors.length > 0) throw new Error(errors.join("; "));
  await page.evaluate(axe);
  const told = await page.evaluate(async () => {
    const { violations } = await globalThis.axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21aa"],
      // Every rule runs all the same; what passes is only not described, element by element.
      resultTypes: ["violations"],
    });
    const places = (nodes) => nodes.slice(0, 3).map((node) => node.target.join(" "));
    return violations.map(({ id, nodes }) => `${id}: ${places(nodes).join(", ")}`);
  });
  if (told.length > 0) throw new Error(`not accessible: ${told.join("; ")}`);
}

/** Fails if the page does not say all of this within half a minute: some of it is asked for only when the rest is there. */
export async function says({ page }, ...texts) {
  const until = Date.now() + 30_000;
  let shown, missing;
  do {
    shown = (await page.locator("body").innerText()).replace(/\s+/g, " ");
    missing = texts.filter((text) => !(text instanceof RegExp ? text.test(shown) : shown.includes(text)));
    if (missing.length > 0) await page.waitForTimeout(100);
  } while (missing.length > 0 && Date.now() < until);
  if (missing.length > 0)
    throw new Error(`it does not say ${missing.join(" | ")}, but: ${shown.slice(0, 400)}`);
}
