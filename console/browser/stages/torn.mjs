// An integration in which both sides changed the same fields of some records, and a person decides.

import { until } from "../lib/hub.mjs";
import { connected, steady } from "./connected.mjs";

const INTEGRATION = "/integrations/tokyo-london";

export async function torn() {
  const stage = await connected({ dataset: "demo", start: true, modules: ["Accounts", "Contacts"] });
  const { ask } = stage;
  await steady(stage);
  const { modules } = await ask("GET", INTEGRATION);
  const rule = { Accounts: "hold", Contacts: "skip" };
  await ask("PATCH", INTEGRATION, {
    modules: modules.map((module) => ({ ...module, conflict: rule[module.left] })),
  });
  await steady(stage);
  await ask("POST", `${INTEGRATION}/pause`);
  const { items } = await ask("GET", `${INTEGRATION}/modules/Accounts/links?limit=3`);
  const edit = (connection, module, id, values) =>
    ask("PATCH", `/connections/${connection}/modules/${module}/records/${id}`, { values });
  for (const [at, { left_id, right_id }] of items.entries()) {
    await edit("tokyo", "Accounts", left_id, {
      Phone: `03-5550-120${at}`,
      Website: `https://tokyo${at}.example.jp`,
    });
    await edit("london", "Accounts", right_id, { Phone: `+44 20 7946 010${at}` });
  }
  await skip(stage, edit);
  await ask("POST", `${INTEGRATION}/resume`);
  await until("conflicts", async () => {
    const { items: open } = await ask("GET", `${INTEGRATION}/attention?code=conflict.held`);
    const { items: skipped } = await ask("GET", `${INTEGRATION}/attention?code=conflict.skipped`);
    return open.length >= items.length && skipped.length > 0;
  });
  return { ...stage, conflict: items[0] };
}

/** Of somebody both sides keep their own value: there the rule is to skip. */
async function skip({ ask }, edit) {
  const { items } = await ask("GET", `${INTEGRATION}/modules/Contacts/links?limit=1`);
  const [{ left_id, right_id }] = items;
  await edit("tokyo", "Contacts", left_id, { Fax: "03-5550-9900" });
  await edit("london", "Contacts", right_id, { Fax: "+44 20 7946 9900" });
}
