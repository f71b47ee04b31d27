// A list of 100,000 records, from its beginning to its end.

import { profile, visit } from "../lib/chromium.mjs";
import { becomeOwner, startHub } from "../lib/hub.mjs";
import { open } from "../lib/look.mjs";
import { credentialOf, startSandbox } from "../lib/sandbox.mjs";
import { figure, instruments } from "./figures.mjs";

const RECORDS = 100_000;

export async function longList(browser) {
  const [sandbox, hub] = await Promise.all([startSandbox("empty"), startHub()]);
  await sandbox.ask("POST", `orgs/${sandbox.tokyo.org_id}/limits`, { credits: null });
  await sandbox.ask("POST", `orgs/${sandbox.tokyo.org_id}/generate`, { module: "Contacts", count: RECORDS });
  const { ask, cookie } = await becomeOwner(hub);
  await ask("POST", "/connections", credentialOf(sandbox, "tokyo"));
  const context = await profile(browser, { cookie });
  const { page } = await visit(context, hub.base, "en");
  await page.addInitScript(instruments);
  await open({ page, base: hub.base }, "/connections/tokyo/Contacts");
  await page.waitForTimeout(500);
  await page.evaluate(() => globalThis.musubi.longest());
  const { rows, loaded } = await scroll(page);
  const longest = await page.evaluate(() => globalThis.musubi.longest());
  await context.close();
  await Promise.all([hub.stop(), sandbox.stop()]);
  return [
    figure("list.records_loaded", loaded, ""),
    figure("list.rows_mounted", rows, "", 100),
    figure("list.longest_task_ms", longest, "ms", 50),
  ];
}

/** Turns the wheel as fast as the list grows; gives the most rows that were mounted at once. */
async function scroll(page) {
  const table = await page.locator("[role=table]").boundingBox();
  await page.mouse.move(table.x + 100, table.y + 200);
  let [rows, loaded, since] = [0, 0, Date.now()];
  while (loaded < RECORDS) {
    await page.mouse.wheel(0, 4_000);
    const [mounted, known] = await page.evaluate(() => [
      document.querySelectorAll("[role=rowgroup] [role=row]").length,
      Number(document.querySelector("[role=table]").getAttribute("aria-rowcount")) - 1,
    ]);
    rows = Math.max(rows, mounted);
    if (known > loaded) [loaded, since] = [known, Date.now()];
    if (Date.now() - since > 10_000) break;
  }
  return { rows, loaded };
}
