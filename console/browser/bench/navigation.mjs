// From a click to the painted page, for every way through the console.

import { profile, visit } from "../lib/chromium.mjs";
import { open } from "../lib/look.mjs";
import { stage } from "../stages/index.mjs";
import { figure, instruments, median } from "./figures.mjs";

const ROUNDS = 3;
const nav = (name) => (page) => page.getByRole("navigation").first().getByRole("link", { name, exact: true });
const link = (name) => (page) => page.locator("main").getByRole("link", { name }).first();
const tab = (name) => (page) => page.getByRole("tab", { name });

/** What is clicked, and what the page says when its data are there. */
const WAYS = [
  ["integrations", nav("Integrations"), "tokyo ↔ london"],
  ["integration", link("tokyo-london"), "Without a counterpart"],
  ["records", tab("Records"), "↔ 89"],
  ["history", tab("Changes"), "Open the record"],
  ["pair", link("Open the record"), "Agrees"],
  ["connections", nav("Connections"), "Calls under way"],
  ["connection", link(/^tokyo/), "Contacts"],
  ["records of a module", link(/Contacts/), "Full Name"],
  ["settings", nav("Settings"), "Time zone"],
  ["audit log", link("Audit log"), "connection"],
  ["home", nav("Home"), "pairs of records"],
];

export async function navigations(browser) {
  const { base, cookie, ask } = await stage("demo");
  // Something for the audit log to tell.
  const [{ left_id: id }] = (await ask("GET", "/integrations/tokyo-london/modules/Contacts/links?limit=1"))
    .items;
  await ask("PATCH", `/connections/tokyo/modules/Contacts/records/${id}`, { values: { Title: "Director" } });
  const context = await profile(browser, { cookie });
  const { page } = await visit(context, base, "en");
  await page.addInitScript(() =>
    localStorage.setItem("musubi.tour", '{"step":"welcome","shown":false,"pair":null}'),
  );
  await page.addInitScript(instruments);
  await open({ page, base }, "/");
  const took = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, where, says] of WAYS) {
      const target = where(page);
      await target.waitFor();
      await target.click({ noWaitAfter: true });
      took.push([name, await page.evaluate((text) => globalThis.musubi.painted(text), says)]);
    }
  }
  await context.close();
  const times = took.map(([, time]) => time);
  const [slowest] = [...took].sort(([, one], [, other]) => other - one);
  if (process.env.MUSUBI_BENCH_ALL)
    console.error(took.map(([name, time]) => `${name} ${Math.round(time)}`).join(", "));
  return [
    figure("navigation.median_ms", median(times), "ms", 200),
    figure("navigation.max_ms", slowest[1], "ms", 200),
  ];
}
