// An integration in which both sides changed the same fields of some records, and a person decides.

import { until } from "../lib/hub.mjs";
import { connected, steady } from "./connected.mjs";

const INTEGRATION = "/integrations/tokyo-london";

export async function torn() {
  const stage = await connected({ dataset: "demo", start: true, modules: ["Accounts"] });
  const { ask } = stage;
  await steady(stage);
  const { modules } = await ask("GET", INTEGRATION);
  await ask("PATCH", INTEGRATION, { modules: modules.map((module) => ({ ...module, conflict: "hold" })) });
  await steady(stage);
  await ask("POST", `${INTEGRATION}/pause`);
  const { items } = await ask("GET", `${INTEGRATION}/modules/Accounts/links?limit=3`);
  const edit = (connection, id, values) =>
    ask("PATCH", `/connections/${connection}/modules/Accounts/records/${id}`, { values });
  for (const [at, { left_id, right_id }] of items.entries()) {
    await edit("tokyo", left_id, { Phone: `03-5550-120${at}`, Website: `https://tokyo${at}.example.jp` });
    await edit("london", right_id, { Phone: `+44 20 7946 010${at}` });
  }
  await ask("POST", `${INTEGRATION}/resume`);
  await until("conflicts", async () => {
    const { items: open } = await ask("GET", `${INTEGRATION}/attention?code=conflict.held`);
    return open.length >= items.length;
  });
  return { ...stage, conflict: items[0] };
}
