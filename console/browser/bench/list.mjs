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
  const { rows, loaded } = await page.evaluate(scroll, RECORDS);
  const longest = await page.evaluate(() => globalThis.musubi.longest());
  await context.close();
  await Promise.all([hub.stop(), sandbox.stop()]);
  return [
    figure("list.records_loaded", loaded, ""),
    figure("list.rows_mounted", rows, "", 100),
    figure("list.longest_task_ms", longest, "ms", 50),
  ];
}

/** Scrolls to the end as fast as the list grows; gives the most rows that were mounted at once. */
function scroll(records) {
  const box = document.querySelector("[role=table] [role=rowgroup]");
  let [rows, calm] = [0, 0];
  return new Promise((resolve) => {
    const step = () => {
      rows = Math.max(rows, box.querySelectorAll("[role=row]").length);
      const before = box.scrollTop;
      box.scrollTop += 2_000;
      calm = box.scrollTop === before ? calm + 1 : 0;
      const loaded = Number(document.querySelector("[role=table]").getAttribute("aria-rowcount")) - 1;
      // Ten seconds without a further row: there is no more.
      if (loaded >= records || calm > 600) resolve({ rows, loaded });
      else requestAnimationFrame(step);
    };
    step();
  });
}
