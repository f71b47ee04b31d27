// An integration that was thought out and has not begun: its plan is made, it is paused.

import { until } from "../lib/hub.mjs";
import { connected } from "./connected.mjs";

export async function ready() {
  const stage = await connected({ dataset: "demo", start: false });
  const { id } = await stage.ask("POST", "/integrations/tokyo-london/plan");
  const plan = await until("a plan", async () => {
    const job = await stage.ask("GET", `/jobs/${id}`);
    return job.state !== "running" && job;
  });
  return { ...stage, plan };
}
