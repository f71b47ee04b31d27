// A hub that went through people's hands: somebody's credential was refused and another's took over, a program is told of what
// happens and does not answer, a module was taken out, and a person's data was erased.

import { until } from "../lib/hub.mjs";
import { connected, steady } from "./connected.mjs";

const INTEGRATION = "/integrations/tokyo-london";

export async function handed() {
  const stage = await connected({ dataset: "demo", start: true, modules: ["Contacts", "Products"] });
  await steady(stage);
  await takeOut(stage);
  await tellNobody(stage);
  await standIn(stage);
  await erase(stage);
  await until("notices that did not arrive", async () => {
    const { items } = await stage.ask("GET", "/notices/sent");
    return items.length >= 2 && items.every(({ deliveries }) => deliveries.every(({ tries }) => tries > 0));
  });
  return stage;
}

/** Two more people of london stand by; the credential in use is taken away. */
async function standIn({ ask, sandbox }) {
  const { items } = await ask("GET", "/connections/london/users");
  for (const { id } of items.slice(-2)) {
    const consent = await sandbox.ask("POST", `orgs/${sandbox.london.org_id}/self_client`, { user_id: id });
    await ask("POST", "/connections", {
      name: "london",
      service: "crm",
      base_url: sandbox.base,
      client_id: consent.client_id,
      client_secret: consent.client_secret,
      grant_code: consent.code,
      stand_in: true,
    });
  }
  const token = sandbox.london.refresh_token;
  await fetch(`${sandbox.base}/oauth/v2/token/revoke?token=${token}`, { method: "POST" });
  await until("somebody stands in", async () => {
    const { stand_ins } = await ask("GET", "/connections/london");
    return stand_ins.some(({ refused_at }) => refused_at !== null);
  });
}

/** Products are synced no more; which of them belong together stays known. */
async function takeOut({ ask }) {
  const { modules } = await ask("GET", INTEGRATION);
  await ask("PATCH", INTEGRATION, { modules: modules.filter(({ left }) => left !== "Products") });
  await until("remembered pairs", async () => (await ask("GET", "/remembered")).items.length > 0);
}

/** Nobody listens where the webhook goes. */
async function tellNobody({ ask }) {
  await ask("PUT", "/notices", {
    settings: {
      webhook: { url: "http://127.0.0.1:9/musubi" },
      digest: "09:00",
      zone: "Asia/Tokyo",
      language: "en",
    },
    webhook_secret: "0123456789abcdef",
  });
}

async function erase({ ask }) {
  const { items } = await ask("GET", `${INTEGRATION}/modules/Contacts/links?limit=1`);
  const who = { integration: "tokyo-london", module: "Contacts", left_id: items[0].left_id };
  const { plan } = await ask("POST", "/erasures", { ...who, dry_run: true });
  await ask("POST", "/erasures", { ...who, digest: plan.digest });
  await until("the erasure is done", async () => {
    const [one] = (await ask("GET", "/erasures")).items;
    return one.done_at !== null;
  });
}
