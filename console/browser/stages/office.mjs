// An integration in the middle of its life: full of records, told of changes by webhooks, with a history, a certificate, and one write
// that a service refused. Unlike the demo, nobody edits unless they are asked to: it looks the same whenever it is seen.

import { until } from "../lib/hub.mjs";
import { compare, connected, steady } from "./connected.mjs";

const INTEGRATION = "/integrations/tokyo-london";

export async function office() {
  const stage = await connected({
    dataset: "demo",
    start: true,
    webhooks: true,
    modules: ["Accounts", "Contacts", "Products", "Deals", "Leads", "Tasks"],
  });
  await steady(stage);
  const links = async (module) =>
    (await stage.ask("GET", `${INTEGRATION}/modules/${module}/links?limit=20`)).items;
  const contacts = await links("Contacts");
  // Somebody whose name says what this is about, in either language.
  const pair = contacts.find(({ label }) => /[一-龠]/.test(label)) ?? contacts[0];
  const edit = (module, id, values) =>
    stage.ask("PATCH", `/connections/tokyo/modules/${module}/records/${id}`, { values });
  /** Three people change something. */
  const work = async () => {
    const [one, two, three] = contacts.filter(({ left_id }) => left_id !== pair.left_id);
    stage.round = (stage.round ?? 0) + 1;
    const phone = (number) => `03-${5550 + stage.round}-${1200 + number}`;
    await edit("Contacts", one.left_id, { Phone: phone(1) });
    await edit("Contacts", two.left_id, { Mobile: phone(2), Department: `営業${stage.round}部` });
    await edit("Contacts", three.left_id, { Title: `Sales Lead ${stage.round}` });
  };
  // Two changes, one after the other: together they would arrive as one.
  await edit("Contacts", pair.left_id, { Title: "首都圏営業部長" });
  await until("the change of the title", async () => {
    const link = await stage.ask("GET", `${INTEGRATION}/modules/Contacts/links/${pair.left_id}`);
    return link.history.some(({ changes }) => changes.some(({ field }) => field === "Title"));
  });
  await edit("Contacts", pair.left_id, { Phone: "03-5550-1234", Department: "営業本部" });
  await work();
  await refuse(stage, (await links("Leads"))[0], edit);
  await compare(stage);
  return Object.assign(stage, { pair, edit, work });
}

/** London refuses every change of one lead: somebody has to look at it. */
async function refuse({ ask, sandbox }, lead, edit) {
  const refusal = { kind: "item_error", code: "INVALID_DATA", every: 1, count: 1000 };
  const where = { service: "crm", endpoint: "PUT /crm/v8/Leads*", org: sandbox.london.org_id };
  await sandbox.ask("POST", "faults", { ...where, ...refusal });
  await edit("Leads", lead.left_id, { Company: "東京計測機器" });
  await until("an item for attention", async () => {
    const { items } = await ask("GET", `${INTEGRATION}/attention`);
    return items.length > 0;
  });
  await sandbox.ask("DELETE", "faults");
}
