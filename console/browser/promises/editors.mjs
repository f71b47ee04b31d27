// What is thought out in the console is kept and holds: steps, made fields, match keys, owners. Failures say when they are tried again, and why.

import { check } from "../lib/checks.mjs";
import { person } from "../lib/chromium.mjs";
import { until } from "../lib/hub.mjs";
import { nothingWrong, open, says } from "../lib/look.mjs";
import { choose, makeWholeName } from "../lib/press.mjs";
import { failing } from "../stages/failing.mjs";

const INTEGRATION = "/integrations/tokyo-london";
const SETTINGS = `${INTEGRATION}/modules/Contacts/Contacts/settings`;

export async function editors(browser) {
  let made;
  const own = () => (made ??= failing());
  const visit = async (path) => {
    const stage = await own();
    const visitor = await person(browser, stage.base, { cookie: stage.cookie });
    await open(visitor, path);
    return { stage, visitor, page: visitor.page };
  };
  const save = async ({ visitor, page }) => {
    await page.getByRole("button", { name: "Review and save" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("The settings were saved.").waitFor();
    await nothingWrong(visitor);
  };
  const contacts = async ({ ask }) =>
    (await ask("GET", INTEGRATION)).modules.find(({ left }) => left === "Contacts");

  await check(
    "steps and a made field are thought out on a real record, and what they say arrives",
    async () => {
      const shown = await visit(SETTINGS);
      const { stage, visitor, page } = shown;
      const section = await makeWholeName(visitor);
      await section.getByRole("button", { name: "Map Whole_Name…" }).click();
      await page.getByRole("button", { name: /^Take .*Skype ID out$/ }).click();
      await choose(visitor, "Field on london", /\(Skype_ID\)$/);
      await page.getByRole("button", { name: "Add this pair" }).click();
      await page.getByRole("button", { name: "Rules of Whole_Name and Skype ID" }).click();
      await choose(visitor, "Add a step on the way tokyo → london", /^Letter case/);
      await page.getByText("Then:").first().waitFor();
      // Two ways that would not rest are shown before anything is saved.
      await page.getByRole("button", { name: "Rules of Department and Department" }).click();
      await choose(visitor, "Add a step on the way tokyo → london", /^Letter case/);
      await says(visitor, "“a” on tokyo becomes “A” on london, and comes back as “A”.");
      await nothingWrong(visitor);
      await page.getByRole("button", { name: "Only tokyo → london" }).click();
      await save(shown);
      const { fields, derived } = await contacts(stage);
      const pair = fields.find(({ left }) => left === "Department");
      if (pair.direction !== "left_to_right") throw new Error(`it was saved as ${JSON.stringify(pair)}`);
      if (derived[0].join.join() !== "Last_Name,First_Name") throw new Error(JSON.stringify(derived));
      const { items } = await stage.ask("GET", `${INTEGRATION}/modules/Contacts/links?limit=1`);
      const record = (side, id) => `/connections/${side}/modules/Contacts/records/${id}`;
      await stage.ask("PATCH", record("tokyo", items[0].left_id), {
        values: { Last_Name: "Mori", First_Name: "Aoi", Department: "sales" },
      });
      await until("the steps' values", async () => {
        const { values } = await stage.ask("GET", record("london", items[0].right_id));
        return values.Skype_ID === "MORI AOI" && values.Department === "SALES";
      });
      await visitor.leave();
    },
  );

  await check("match keys get an order, a form, and a warning where primary addresses could go", async () => {
    const shown = await visit(SETTINGS);
    const { stage, visitor, page } = shown;
    await choose(visitor, "Match by", /\(Secondary_Email\)$/);
    await says(visitor, "Primary e-mail addresses may be overwritten");
    await page.getByRole("button", { name: /^Do not match by Secondary Email/ }).click();
    await choose(visitor, "Match by", /\(Mobile\)$/);
    await choose(visitor, "How field 2 is compared", /^Phone number/);
    await page.getByLabel("Calling code of field 2").fill("81");
    await page.getByRole("button", { name: "Try Mobile earlier" }).click();
    await save(shown);
    const { match } = await contacts(stage);
    const wanted = [{ left: "Mobile", as: "phone", country: 81 }, "Email"];
    if (JSON.stringify(match) !== JSON.stringify(wanted)) throw new Error(JSON.stringify(match));
    await visitor.leave();
  });

  await check("owners are paired, and kept", async () => {
    const { stage, visitor, page } = await visit(`${INTEGRATION}?tab=owners`);
    await page.getByRole("button", { name: "Count their records" }).click();
    await page.getByText(/Counting used/).waitFor();
    await page
      .getByRole("button", { name: /^Assign somebody to/ })
      .first()
      .click();
    await choose(visitor, "User on london", /./);
    await page.getByRole("button", { name: "Add the pair" }).click();
    await choose(visitor, "Later changes of the owner", "Each side has its own");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("The owners were saved.").waitFor();
    const { owners } = await stage.ask("GET", INTEGRATION);
    if (owners.table?.length !== 1 || owners.later_changes !== "keep")
      throw new Error(`they were saved as ${JSON.stringify(owners)}`);
    await nothingWrong(visitor);
    await visitor.leave();
  });

  await check(
    "failures lead by module and reason to their records, to a spreadsheet, and to why",
    async () => {
      const { stage, visitor, page } = await visit(`${INTEGRATION}?tab=attention`);
      await says(visitor, "Tries again at", "(1 of 8)");
      const table = page.getByRole("region", { name: "By module and reason", exact: true });
      await table.getByRole("button", { name: "Accounts", exact: true }).click();
      await page.getByRole("link", { name: stage.later }).waitFor({ state: "detached" });
      await page.getByRole("link", { name: stage.refused }).waitFor();
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("link", { name: "CSV" }).click(),
      ]);
      const lines = [];
      for await (const part of await download.createReadStream()) lines.push(part.toString());
      const text = lines.join("");
      if (!text.includes(stage.refused) || text.includes(stage.later))
        throw new Error(`the table is ${text}`);
      await nothingWrong(visitor);
      await open(visitor, `${INTEGRATION}/Accounts/${stage.refused}`);
      await says(visitor, "Why this record is not synced", "What would change it", "parameter.refused");
      await visitor.leave();
    },
  );

  if (made) await (await made).stop();
}
