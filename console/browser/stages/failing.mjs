// An integration in which some records do not go over: one is tried again by itself, another waits for that one, others wait for somebody.

import { until } from "../lib/hub.mjs";
import { connected, steady } from "./connected.mjs";

const INTEGRATION = "/integrations/tokyo-london";

export async function failing() {
  const stage = await connected({ dataset: "demo", start: true, modules: ["Accounts", "Contacts", "Tasks"] });
  const { ask, sandbox } = stage;
  await steady(stage);
  const add = (module, values) =>
    ask("POST", `/connections/tokyo/modules/${module}/records`, { values }).then(({ id }) => id);
  const fault = (endpoint, more) =>
    sandbox.ask("POST", "faults", {
      service: "crm",
      endpoint: `${endpoint} /crm/v8/${more.module}*`,
      org: sandbox.london.org_id,
      every: 1,
      count: 1000,
      ...more,
    });
  // Locked for now: tried again in five minutes.
  await fault("POST", { module: "Contacts", kind: "status", status: 409, code: "RECORD_LOCKED" });
  const later = await add("Contacts", { Last_Name: "中村", First_Name: "陽菜", Email: "hina@naka.example" });
  const held = async (code) => (await ask("GET", `${INTEGRATION}/attention?code=${code}`)).items.length > 0;
  await until("a record that is tried again", () => held("create.later"));
  // What hangs on it goes only with it.
  const task = await add("Tasks", { Subject: "お見積りの送付", Who_Id: { id: later, module: "Contacts" } });
  await until("a record that waits for another one", async () => {
    const { items } = await ask("GET", `${INTEGRATION}/waiting`);
    return items.some(({ id }) => id === task);
  });
  // Refused for good.
  await fault("POST", { module: "Accounts", kind: "item_error", code: "INVALID_DATA" });
  const refused = await add("Accounts", { Account_Name: "三陸海運" });
  await add("Accounts", { Account_Name: "Harbour & Sons" });
  await until("a record that is refused", () => held("parameter.refused"));
  return { ...stage, later, refused };
}
