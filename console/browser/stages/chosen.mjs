// An integration that was told which records take part and what deletions do: a list view was changed since, many records were deleted at once.

import { until } from "../lib/hub.mjs";
import { compare, connected, steady } from "./connected.mjs";

const INTEGRATION = "/integrations/tokyo-london";
const SCOPE = {
  left: {
    views: ["Contacted leads"],
    criteria: {
      all: [
        { field: "Lead_Source", comparator: "not_equal", value: "${EMPTY}" },
        {
          any: [
            { field: "Created_Time", comparator: "equal", value: "${LAST90DAYS}" },
            { field: "Company", comparator: "contains", value: "株式会社" },
          ],
        },
      ],
    },
    opt_out: "Email_Opt_Out",
  },
  leaving: "stop_updates",
  created_within: "3650d",
};
const RULES = {
  Leads: { scope: SCOPE },
  Contacts: {
    deletion: { left: "delete", right: "delete_if_unrelated" },
    deletion_limit: { records: 2, share: "10%" },
  },
};

export async function chosen() {
  const stage = await connected({ dataset: "demo", start: true, modules: ["Leads", "Contacts"] });
  const { ask, sandbox } = stage;
  await steady(stage);
  const view = (status) =>
    sandbox.ask("POST", `orgs/${sandbox.tokyo.org_id}/views`, {
      module: "Leads",
      name: "Contacted leads",
      fields: ["Last_Name"],
      criteria: { field: { api_name: "Lead_Status" }, comparator: "equal", type: "value", value: status },
    });
  await view("Contacted");
  const { modules } = await ask("GET", INTEGRATION);
  const change = (rules) =>
    ask("PATCH", INTEGRATION, {
      modules: modules.map((module) => ({ ...module, ...rules[module.left] })),
      owners: { table: [{ left: "nobody@tokyo.example", right: "nobody@london.example" }] },
      confirm_deletion: "tokyo-london",
    });
  await change({ Leads: RULES.Leads });
  await until("the scope counts", async () => {
    const [{ modules: now }] = (await ask("GET", "/status")).integrations;
    return now.some(({ outcomes }) => outcomes["skipped.scope"] > 0);
  });
  await steady(stage);
  // The list views are looked at again whenever the integration is changed.
  await view("Not Contacted");
  await change(RULES);
  await steady(stage);
  await ask("POST", `${INTEGRATION}/pause`);
  const { items } = await ask("GET", `${INTEGRATION}/modules/Contacts/links?limit=4`);
  for (const { left_id } of items)
    await ask("DELETE", `/connections/tokyo/modules/Contacts/records/${left_id}`);
  // The service's list of deletions lags; all of them are told at once when it shows them all.
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  await ask("POST", `${INTEGRATION}/resume`);
  await until("held deletions, and a changed list view", async () => {
    const [{ modules: now }] = (await ask("GET", "/status")).integrations;
    const held = now.some((module) => (module.held["delete.breaker"] ?? 0) === items.length);
    return held && now.some((module) => module.views_changed);
  });
  await compare(stage);
  return stage;
}
