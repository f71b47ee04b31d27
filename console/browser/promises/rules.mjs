// What a sync was told is kept: somebody says which records take part, keeps one of the deleted records, and lets the rest go.

import { check } from "../lib/checks.mjs";
import { person } from "../lib/chromium.mjs";
import { until } from "../lib/hub.mjs";
import { nothingWrong, open, says } from "../lib/look.mjs";
import { choose, unfold } from "../lib/press.mjs";
import { chosen } from "../stages/chosen.mjs";

const INTEGRATION = "/integrations/tokyo-london";

export async function rules(browser) {
  let made;
  const own = () => (made ??= chosen());

  await check("one of the held deletions is refused, the others go on", async () => {
    const stage = await own();
    const visitor = await person(browser, stage.base, { cookie: stage.cookie });
    const { page } = visitor;
    await open(visitor, `${INTEGRATION}?tab=attention`);
    const held = async () => (await stage.ask("GET", `${INTEGRATION}/attention?code=delete.breaker`)).items;
    const [first] = await held();
    await page.getByRole("button", { name: `Keep the other record of ${first.label}` }).click();
    await page.getByText("1 record stays; the two are no longer linked.").waitFor();
    await page
      .getByRole("button", { name: /on the other side too$/ })
      .last()
      .click();
    await says(visitor, "3 records go to the recycle bin of the other side.");
    await nothingWrong(visitor);
    await page.getByRole("button", { name: "Delete them" }).click();
    await until("nothing is held any more", async () => (await held()).length === 0);
    const kept = `/connections/london/modules/Contacts/records/${first.right_id}`;
    await stage.ask("GET", kept);
    await visitor.leave();
  });

  await check("a scope is chosen, counted, saved, and counts", async () => {
    const stage = await own();
    const visitor = await person(browser, stage.base, { cookie: stage.cookie });
    const { page } = visitor;
    await open(visitor, `${INTEGRATION}/modules/Contacts/Contacts/settings`);
    await unfold(visitor, "Which records take part");
    const london = page.getByRole("region", { name: "london: Contacts" });
    await london.getByText("Some records", { exact: true }).click();
    await london.getByRole("button", { name: "Add a condition" }).click();
    await choose(visitor, "Field of condition 1", /^Last Name$/);
    await choose(visitor, "Comparison of condition 1", /^begins with$/);
    await page.getByRole("textbox", { name: "Value of condition 1", exact: true }).fill("W");
    await page.getByText(/would no longer take part/).waitFor();
    await page.getByRole("button", { name: "Review and save" }).click();
    await says(visitor, "london: Last Name begins with W");
    await page.getByRole("dialog").getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("The settings were saved.").waitFor();
    const { modules } = await stage.ask("GET", INTEGRATION);
    const { right } = modules.find(({ left }) => left === "Contacts").scope;
    if (right.criteria.value !== "W") throw new Error(`it was saved as ${JSON.stringify(right)}`);
    await nothingWrong(visitor);
    await visitor.leave();
  });

  if (made) await (await made).stop();
}
