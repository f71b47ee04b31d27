import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { Schema } from "../../api/client";
import type { ModulePair } from "../../look/mapping/pairs";
import { Refusal, show, type Answers, type Asked } from "../../stage";
import { contacts, field, integration as standing, job, module, session, status } from "../../stage/data";
import { answers, integration, mapped, pair, preview, sentTo } from "../../stage/mapping";
import { user } from "../../stage/user";
import { newPair } from "../wizard/draft";

const PAGE = "/integrations/tokyo-london/add-module";
const named = (name: string): Schema<"Module"> => ({
  ...contacts,
  api_name: name,
  label: name,
  plural_label: name,
});
const modules = { items: ["Contacts", "Accounts", "Deals"].map(named) };
const leads = (name: string, to: string) => field(name, "lookup", { lookup: { module: to } });
const deals = {
  items: [
    field("Deal_Name", "text"),
    leads("Contact_Name", "Contacts"),
    leads("Account_Name", "Accounts"),
    // It leads to several modules.
    field("Related_To", "lookup"),
  ],
};
const accounts = { items: [field("Account_Name", "text")] };

/** Lookups to modules that are not among the pairs stay out, as the hub has it. */
function previews({ body }: Asked): { modules: Schema<"ModulePreview">[] } {
  const pairs = (body as { modules: ModulePair[] }).modules;
  const is = (name: string) => pairs.some(({ left }) => left === name);
  return {
    modules: pairs.map(({ left }) =>
      left !== "Deals"
        ? preview({ left, right: left })
        : preview({
            left,
            right: left,
            mapped: [
              "Deal_Name",
              "Contact_Name",
              "Related_To",
              ...(is("Accounts") ? ["Account_Name"] : []),
            ].map(mapped),
            left_out: is("Accounts") ? [] : [{ field: "Account_Name", reason: "lookup.parent_not_synced" }],
          }),
    ),
  };
}

const there = (state: "active" | "paused", contactsAre: Partial<Schema<"ModuleStatus">> = {}): Answers => ({
  ...answers(pair(), {
    "GET /connections/tokyo/modules": modules,
    "GET /connections/london/modules": modules,
    "GET /connections/tokyo/modules/Deals/fields": deals,
    "GET /connections/london/modules/Deals/fields": deals,
    "GET /connections/tokyo/modules/Accounts/fields": accounts,
    "GET /connections/london/modules/Accounts/fields": accounts,
    "GET /remembered": { items: [] },
    "POST /integrations/preview": previews,
    "POST /integrations/tokyo-london/preview-change": { changes: [], modules: [], cascades: [] },
  }),
  "GET /integrations/tokyo-london": { ...integration(pair()), state },
  "GET /status": {
    ...status,
    integrations: [standing("tokyo-london", [module("Contacts", contactsAre)], state)],
  },
});
const saved = (...more: ModulePair[]) => ({ ...integration(pair()), modules: [pair(), ...more] });

async function choose(name: string) {
  await user.click(await screen.findByPlaceholderText("Add a module"));
  await user.click(await screen.findByRole("option", { name }));
}
const press = async (name: string) => user.click(await screen.findByText(name));

// S2-35 S2-36
test("further modules are added in the steps of the first ones, and wait inactive unless one says otherwise", async () => {
  const { asked, router } = show("/integrations/tokyo-london", {
    ...there("active"),
    "PATCH /integrations/tokyo-london": saved(newPair("Accounts"), newPair("Deals")),
  });
  await press("Add a module");
  expect(await screen.findByText("Add modules to tokyo-london")).toBeVisible();
  await user.click(await screen.findByPlaceholderText("Add a module"));
  expect(await screen.findByRole("option", { name: "Deals" })).toBeVisible();
  // What is synced already is not offered.
  expect(screen.queryByRole("option", { name: "Contacts" })).toBeNull();
  await user.click(screen.getByRole("option", { name: "Deals" }));
  await press("Continue");

  // S2-17
  const mapping = await screen.findByRole("region", { name: "Deals" });
  expect(await within(mapping).findByText(/lookups lead to modules that are not synced/)).toBeVisible();
  await user.click(within(mapping).getByRole("button", { name: "Add Accounts (Account_Name)" }));
  expect(await screen.findByRole("region", { name: "Accounts" })).toBeVisible();
  // S2-39
  expect(await screen.findByText("All records; only what hangs on a synced record")).toBeVisible();
  await waitFor(() => expect(screen.queryByText(/lookups lead to modules/)).toBeNull());
  await press("Continue");

  const added = await screen.findByRole("region", { name: "Deals" });
  expect(
    await within(added).findByText("Its first load begins when that of Accounts is done."),
  ).toBeVisible();
  expect(screen.getByRole("radio", { name: /Later: save it inactive/ })).toBeChecked();
  expect(sentTo(asked, "PATCH", "/integrations/tokyo-london")).toEqual([]);
  await press("Save it inactive");
  await waitFor(() => expect(router.state.location.pathname).toBe("/integrations/tokyo-london"));
  expect(await screen.findByText(/Added, and inactive/)).toBeVisible();
  const state = "inactive";
  expect(sentTo(asked, "PATCH", "/integrations/tokyo-london")).toEqual([
    { modules: [pair(), { ...newPair("Accounts"), state }, { ...newPair("Deals"), state }] },
  ]);
});

// S2-35
test("the plan can be looked at first: the integration is paused for it, and nothing begins before one says so", async () => {
  const plan = {
    integration: "tokyo-london",
    owners: { matched: 0, unknown: [], unmatched_left: [], unmatched_right: [] },
    modules: [],
  };
  const sides = { left: 1, right: 1 };
  const { asked, router } = show(PAGE, {
    ...there("active"),
    "PATCH /integrations/tokyo-london": saved(newPair("Accounts")),
    "POST /integrations/tokyo-london/pause": {},
    "POST /integrations/tokyo-london/plan": job({ id: "3", kind: "plan", state: "running" }),
    "GET /jobs/3": job({
      id: "3",
      kind: "plan",
      result: { ...plan, calls: sides, credits: sides, seconds: 1 },
    }),
    "POST /integrations/tokyo-london/resume": {},
  });
  await choose("Accounts");
  await press("Continue");
  await press("Continue");
  await user.click(await screen.findByRole("radio", { name: /After looking at the plan/ }));
  await press("Save and make the plan");
  expect(await screen.findByText("About 2 API calls and 2 API credits")).toBeVisible();
  const sent = () =>
    asked
      .filter(({ method, path }) => method !== "GET" && path.startsWith("/integrations/tokyo-london"))
      .map(({ method, path }) => `${method} ${path.replace("/integrations/tokyo-london", "")}`)
      .filter((one) => one !== "POST /preview-change");
  expect(sent()).toEqual(["POST /pause", "PATCH ", "POST /plan"]);
  expect(router.state.location.search).toEqual({ job: "3" });
  await press("Start the sync");
  await waitFor(() => expect(router.state.location.pathname).toBe("/integrations/tokyo-london"));
  expect(sent().at(-1)).toBe("POST /resume");
});

test("what is refused is said where it was saved, and the integration goes on as before", async () => {
  const { asked, router } = show(PAGE, {
    ...there("active"),
    "PATCH /integrations/tokyo-london": new Refusal(422, "mapping.invalid", "the two do not go together"),
    "POST /integrations/tokyo-london/pause": {},
    "POST /integrations/tokyo-london/resume": {},
  });
  await choose("Accounts");
  await press("Continue");
  await press("Continue");
  await user.click(await screen.findByRole("radio", { name: /After looking at the plan/ }));
  await press("Save and make the plan");
  expect(await screen.findByText("The two do not go together.")).toBeVisible();
  expect(asked.filter(({ path }) => path.endsWith("/resume"))).toHaveLength(1);
  // S2-36: nothing that was chosen is lost by accident.
  void router.navigate({ to: "/integrations" });
  await press("Leave");
  await waitFor(() => expect(router.state.location.pathname).toBe("/integrations"));
});

// S2-35 S2-17
test("in a paused integration nothing begins with saving; what is wrong or known from before is said before", async () => {
  const missing = preview({
    left: "Deals",
    right: "Deals",
    required_missing: { left: [], right: ["Stage"] },
  });
  const known = {
    number: 4,
    integration: "tokyo-london",
    left: "Deals",
    right: "Deals",
    pairs: 12,
    removed_at: 1,
  };
  show(PAGE, {
    ...there("paused", { state: "inactive" }),
    "GET /remembered": { items: [known] },
    "POST /integrations/tokyo-london/preview-change": { changes: [], modules: [missing], cascades: [] },
  });
  await choose("Deals");
  await press("Continue");
  await press("Continue");
  expect(await screen.findByText(/12 pairs of records are known from before/)).toBeVisible();
  expect(await screen.findByText(/^Inactive: Contacts\. Records that lead to one/)).toBeVisible();
  expect(await screen.findByText(/Mandatory on london but not mapped: Stage/)).toBeVisible();
  expect(screen.getByRole("button", { name: "Save and make the plan" })).toBeDisabled();
  expect(screen.queryByRole("radio", { name: /At once/ })).toBeNull();
});

test("who may not change the integration adds nothing to it", async () => {
  const member = { ...session, member: { ...session.member, role: "user" } };
  show(PAGE, { ...there("active"), "GET /session": member });
  expect(await screen.findByText(/administrators can change it/)).toBeVisible();
  expect(screen.queryByPlaceholderText("Add a module")).toBeNull();
});
