// An integration that runs takes on one module more, and lets it go again.

import { check } from "../lib/checks.mjs";
import { person } from "../lib/chromium.mjs";
import { until } from "../lib/hub.mjs";
import { nothingWrong, open, says, settled } from "../lib/look.mjs";
import { choose } from "../lib/press.mjs";
import { connected, steady } from "../stages/connected.mjs";

const INTEGRATION = "/integrations/tokyo-london";

// S2-35 S2-36 S2-49
export async function adding(browser) {
  await check("a module is added inactive, activated, loaded, and taken out again", async () => {
    const stage = await connected({ dataset: "demo", start: true, modules: ["Accounts"] });
    await steady(stage);
    const visitor = await person(browser, stage.base, { cookie: stage.cookie });
    const { page } = visitor;
    const press = (name) => page.getByRole("button", { name, exact: true }).click();
    await open(visitor, INTEGRATION);
    await page.getByRole("link", { name: "Add a module" }).click();
    await choose(visitor, "Add a module", /^Contacts$/);
    await page.getByText("Match by").first().waitFor();
    await press("Continue");
    await press("Continue");
    await settled(visitor);
    await nothingWrong(visitor);
    await press("Save it inactive");
    await page.waitForURL(`**${INTEGRATION}`);
    const modules = async () => (await stage.ask("GET", "/status")).integrations[0].modules;
    const contacts = async () => (await modules()).find(({ left }) => left === "Contacts");
    const added = await contacts();
    if (added.state !== "inactive" || added.phase !== "new")
      throw new Error(`it was added as ${added.state}, ${added.phase}`);
    await press("Activate Contacts");
    await page.getByRole("dialog").getByRole("button", { name: "Activate", exact: true }).click();
    await steady(stage);
    const { links } = await contacts();
    if (!(links > 0)) throw new Error("no pair of contacts");

    await open(visitor, `${INTEGRATION}/modules/Contacts/Contacts/settings`);
    await press("Take out");
    await says(visitor, "It stays remembered which records belong together");
    await settled(visitor);
    await nothingWrong(visitor);
    await page.getByRole("dialog").getByRole("button", { name: "Take out", exact: true }).click();
    await page.waitForURL(`**${INTEGRATION}`);
    await until("it is taken out", async () => (await modules()).length === 1);
    const { items } = await stage.ask("GET", "/remembered");
    if (items[0]?.pairs !== links) throw new Error(`${items[0]?.pairs} pairs are remembered of ${links}`);
    await settled(visitor);
    await nothingWrong(visitor);
    await visitor.leave();
    await stage.stop();
  });
}
