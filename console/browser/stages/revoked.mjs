// A hub whose access to one org was taken away in the service, with nobody to stand in.

import { until } from "../lib/hub.mjs";
import { connected, steady } from "./connected.mjs";

export async function revoked() {
  const stage = await connected({ dataset: "demo", start: true, modules: ["Accounts"] });
  await steady(stage);
  const { ask, sandbox } = stage;
  const { org_id, refresh_token: token } = sandbox.london;
  await fetch(`${sandbox.base}/oauth/v2/token/revoke?token=${token}`, { method: "POST" });
  await sandbox.ask("POST", `orgs/${org_id}/expire_tokens`, {});
  await until("the refusal", async () => (await ask("GET", "/connections/london")).refused_at !== null);
  return stage;
}
