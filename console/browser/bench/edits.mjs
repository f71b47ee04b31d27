// From the press of "Save" in one window to the other side's value in another.

import { profile, visit } from "../lib/chromium.mjs";
import { open } from "../lib/look.mjs";
import { stage } from "../stages/index.mjs";
import { figure, median } from "./figures.mjs";

const TIMES = 10;

export async function edits(browser) {
  const { base, cookie, pair } = await stage("office");
  const context = await profile(browser, { cookie });
  const [watcher, editor] = [await visit(context, base, "en"), await visit(context, base, "en")];
  await open(watcher, `/integrations/tokyo-london/Contacts/${pair.left_id}`);
  await open(editor, `/connections/tokyo/Contacts?record=${pair.left_id}`);
  const took = [];
  for (let time = 0; time < TIMES; time += 1) {
    const title = `Lead ${Date.now()}`;
    const field = editor.page.getByRole("dialog").getByLabel("Title", { exact: true });
    await field.fill(title);
    const shown = watcher.page.evaluate(awaitRow, title);
    await editor.page.evaluate(() =>
      addEventListener("click", () => (globalThis.savedAt = performance.timeOrigin + performance.now()), {
        capture: true,
        once: true,
      }),
    );
    await editor.page.getByRole("button", { name: "Save", exact: true }).click();
    const began = await editor.page.evaluate(() => globalThis.savedAt);
    took.push((await shown) - began);
    await editor.page.waitForTimeout(1_200);
  }
  await context.close();
  return [
    figure("edit.median_ms", median(took), "ms", 1000),
    figure("edit.max_ms", Math.max(...took), "ms", 1000),
  ];
}

/** When both sides of the pair show the value. */
function awaitRow(title) {
  return new Promise((resolve) => {
    const look = () => {
      const cells = [...document.querySelectorAll("main td")].filter(
        (cell) => cell.innerText.trim() === title,
      );
      if (cells.length < 2) return void setTimeout(look, 5);
      resolve(performance.timeOrigin + performance.now());
    };
    look();
  });
}
