// An integration that was thought out and has not begun: its plan is made, it is paused.

import { until } from "../lib/hub.mjs";
import { connected } from "./connected.mjs";

const INTEGRATION = "/integrations/tokyo-london";

export async function ready() {
  const stage = await connected({ dataset: "demo", start: false });
  // Files that hang on accounts are looked for as well: the plan says what that costs.
  const { modules } = await stage.ask("GET", INTEGRATION);
  await stage.ask("PATCH", INTEGRATION, {
    modules: modules.map((module) => ({ ...module, attachments: module.left === "Accounts" })),
  });
  const { id } = await stage.ask("POST", `${INTEGRATION}/plan`);
  const plan = await until("a plan", async () => {
    const job = await stage.ask("GET", `/jobs/${id}`);
    return job.state !== "running" && job;
  });
  return { ...stage, plan };
}
