import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { Refusal, show } from "../../stage";
import { entry, integration, job, module, status } from "../../stage/data";
import { user } from "../../stage/user";

// S1-99
test("pause asks the hub and shows what it answers", async () => {
  const paused = { ...status.integrations[0], state: "paused" };
  const { asked } = show("/integrations/tokyo-london", { "POST /integrations/tokyo-london/pause": paused });
  await user.click(await screen.findByRole("button", { name: "Pause" }));
  expect(await screen.findByRole("button", { name: "Resume" })).toBeVisible();
  expect(
    asked.some(
      ({ path, headers }) => path.endsWith("/pause") && headers.get("x-musubi-csrf") === "the-token",
    ),
  ).toBe(true);
});

// S1-98, S1-99
test("a module is paused and resumed from its card, whatever the integration does", async () => {
  const of = (paused: boolean) =>
    integration("tokyo-london", [module("Contacts", { paused }), module("Deals")]);
  const kept = { ...status, integrations: [of(false)] };
  const { asked } = show("/integrations/tokyo-london", {
    "GET /status": kept,
    "POST /integrations/tokyo-london/modules/Contacts:Contacts/pause": of(true),
    "POST /integrations/tokyo-london/modules/Contacts:Contacts/resume": of(false),
  });
  const card = await screen.findByRole("region", { name: "Contacts" });
  kept.integrations = [of(true)];
  await user.click(within(card).getByRole("button", { name: "Pause Contacts" }));
  expect(await screen.findByText("Contacts: paused. The other modules go on.")).toBeVisible();
  expect(await within(card).findByText("Paused")).toBeVisible();
  expect(within(card).getByText(/until it is resumed here/)).toBeVisible();
  const other = screen.getByRole("region", { name: "Deals" });
  expect(within(other).getByRole("button", { name: "Pause Deals" })).toBeVisible();
  kept.integrations = [of(false)];
  await user.click(within(card).getByRole("button", { name: "Resume Contacts" }));
  expect(await screen.findByText("Contacts: resumed.")).toBeVisible();
  expect(asked.filter(({ method }) => method === "POST")).toHaveLength(2);
});

// S2-51
test("a module is deactivated from its card when the question is answered, and not before", async () => {
  const rests = { ...status, integrations: [integration("tokyo-london", [module("Contacts")])] };
  const refused = new Refusal(409, "module.needed", "Contacts is needed by Deals", "deactivate Deals first");
  let answers: unknown = refused;
  const { asked } = show("/integrations/tokyo-london", {
    "GET /status": rests,
    "POST /integrations/tokyo-london/modules/Contacts/deactivate": () => answers,
  });
  const sent = () => asked.filter(({ path }) => path.endsWith("/deactivate")).length;
  const card = await screen.findByRole("region", { name: "Contacts" });
  await user.click(within(card).getByRole("button", { name: "Deactivate Contacts" }));
  let dialog = await screen.findByRole("dialog", { name: "Deactivate Contacts?" });
  expect(within(dialog).getByText(/What was carried over stays on both sides/)).toBeVisible();
  await user.click(within(dialog).getByRole("button", { name: "Cancel" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(sent()).toBe(0);

  await user.click(within(card).getByRole("button", { name: "Deactivate Contacts" }));
  dialog = await screen.findByRole("dialog");
  await user.click(within(dialog).getByRole("button", { name: "Deactivate" }));
  // S2-50
  expect(await within(dialog).findByText("Deactivate Deals first.")).toBeVisible();
  answers = integration("tokyo-london", [module("Contacts", { state: "inactive" })]);
  rests.integrations = [integration("tokyo-london", [module("Contacts", { state: "inactive" })])];
  await user.click(within(dialog).getByRole("button", { name: "Deactivate" }));
  expect(await screen.findByText("Contacts: deactivated. Nothing was deleted.")).toBeVisible();
  expect(await within(card).findByText("Inactive")).toBeVisible();
  expect(screen.queryByRole("dialog")).toBeNull();
  expect(sent()).toBe(2);
});

// S1-107 S2-64
test("an integration is removed only when its name was typed, and it is said what stays", async () => {
  const { asked, router } = show("/integrations/tokyo-london", {
    "DELETE /integrations/tokyo-london": null,
  });
  const sent = () => asked.filter(({ method }) => method === "DELETE").map(({ path }) => path);
  await user.click(await screen.findByRole("button", { name: "More actions" }));
  await user.click(await screen.findByRole("menuitem", { name: "Remove the integration" }));
  const dialog = await screen.findByRole("dialog", { name: "Remove tokyo-london?" });
  expect(within(dialog).getByText(/No record is deleted or changed in either organization/)).toBeVisible();
  const remove = within(dialog).getByRole("button", { name: "Remove" });
  expect(remove).toBeDisabled();
  await user.type(within(dialog).getByRole("textbox", { name: "Type tokyo-london to confirm" }), "tokyo");
  expect(remove).toBeDisabled();
  await user.type(within(dialog).getByRole("textbox"), "-london");
  expect(sent()).toEqual([]);
  await user.click(remove);
  await waitFor(() => expect(router.state.location.pathname).toBe("/integrations"));
  expect(sent()).toEqual(["/integrations/tokyo-london"]);
});

// S1-107
test("an integration that cannot be removed stays, and the dialog says why", async () => {
  const refused = new Refusal(404, "integration.unknown", "there is no integration tokyo-london");
  const { router } = show("/integrations/tokyo-london", { "DELETE /integrations/tokyo-london": refused });
  await user.click(await screen.findByRole("button", { name: "More actions" }));
  await user.click(await screen.findByRole("menuitem", { name: "Remove the integration" }));
  const dialog = await screen.findByRole("dialog");
  await user.type(within(dialog).getByRole("textbox"), "tokyo-london");
  await user.click(within(dialog).getByRole("button", { name: "Remove" }));
  expect(await within(dialog).findByText("There is no integration tokyo-london.")).toBeVisible();
  expect(router.state.location.pathname).toBe("/integrations/tokyo-london");
});

// S2-54
test("an inactive module is set up again with a rule for what both sides changed", async () => {
  const off = integration("tokyo-london", [module("Contacts", { state: "inactive" })]);
  const needed = new Refusal(409, "module.parent_inactive", "Accounts is inactive");
  const { asked } = show("/integrations/tokyo-london", {
    "GET /status": { ...status, integrations: [off] },
    "POST /integrations/tokyo-london/modules/Contacts/activate": needed,
  });
  await user.click(await screen.findByRole("button", { name: "Set up Contacts again" }));
  expect(screen.getAllByText("Inactive")).toHaveLength(2);
  const dialog = await screen.findByRole("dialog");
  await user.click(within(dialog).getByRole("combobox", { name: /What both sides changed/ }));
  await user.click(await screen.findByRole("option", { name: "london wins" }));
  await user.click(within(dialog).getByRole("button", { name: "Set up again" }));
  await user.click(await within(dialog).findByRole("checkbox", { name: /Begin all the same/ }));
  await user.click(within(dialog).getByRole("button", { name: "Set up again" }));
  const bodies = asked.filter(({ path }) => path.endsWith("/activate")).map(({ body }) => body);
  expect(bodies).toEqual([
    { conflict: "right", without_parents: false },
    { conflict: "right", without_parents: true },
  ]);
});

// S2-35
test("a module that was added inactive begins its first load when it is activated", async () => {
  const off = integration("tokyo-london", [module("Deals", { state: "inactive", phase: "new", links: 0 })]);
  const { asked } = show("/integrations/tokyo-london", {
    "GET /status": { ...status, integrations: [off] },
    "POST /integrations/tokyo-london/modules/Deals/activate": off,
  });
  await user.click(await screen.findByRole("button", { name: "Activate Deals" }));
  const dialog = await screen.findByRole("dialog");
  expect(within(dialog).getByText(/The first load begins: both sides are read/)).toBeVisible();
  expect(within(dialog).queryByRole("combobox")).toBeNull();
  await user.click(within(dialog).getByRole("button", { name: "Activate" }));
  expect(await screen.findByText("Deals: the first load begins.")).toBeVisible();
  const bodies = asked.filter(({ path }) => path.endsWith("/activate")).map(({ body }) => body);
  expect(bodies).toEqual([{ conflict: null, without_parents: false }]);
});

// S1-28 S1-39 S2-45
test("a module leads to its settings", async () => {
  show("/integrations/tokyo-london");
  expect(await screen.findByRole("link", { name: "Settings of Contacts" })).toHaveAttribute(
    "href",
    "/integrations/tokyo-london/modules/Contacts/Contacts/settings",
  );
});

test("a first load shows its phase and how far it is", async () => {
  const loading = module("Contacts", {
    phase: "scan_second",
    scanned: { left: 100, right: 20 },
    expected: { left: 100, right: 100 },
  });
  show("/integrations/x", { "GET /status": { ...status, integrations: [integration("x", [loading])] } });
  expect(await screen.findByText("Reading the second side and deciding")).toBeVisible();
  expect(screen.getByText("120 of 200 records read")).toBeVisible();
});

test("a load says about how long it still takes, where the hub can tell", async () => {
  const loading = module("Contacts", {
    phase: "scan_first",
    scanned: { left: 100, right: 0 },
    expected: { left: 200, right: 100 },
    seconds_left: 120,
  });
  show("/integrations/x", { "GET /status": { ...status, integrations: [integration("x", [loading])] } });
  expect(await screen.findByText(/^100 of 300 records read · about 2 min/)).toBeVisible();
});

test("the history is asked for with the filters of the address", async () => {
  const { asked } = show("/integrations/tokyo-london?tab=history&kind=updated&record=1", {
    "GET /integrations/tokyo-london/history": { items: [entry], next: null },
  });
  expect(await screen.findByText(/Phone of 佐藤 結衣 was changed/)).toBeVisible();
  const query = asked.find(({ path }) => path.endsWith("/history"))?.query;
  expect(query?.get("kind")).toBe("updated");
  expect(query?.get("record")).toBe("1");
});

test("a comparison ends with its certificate", async () => {
  const sides = { left: 1, right: 1 };
  const result = {
    compared: 10,
    equal: 9,
    left_apart: 1,
    resting: 3,
    left_apart_samples: [
      { module: "Contacts", left_id: "33", right_id: "44", label: "鈴木", fields: ["Fax"] },
    ],
    different: [{ module: "Contacts", left_id: "11", right_id: "22", label: "佐藤", fields: ["Phone"] }],
    only_left: [],
    only_right: [],
    held: 0,
    skipped: {},
    mending: [],
    repair: null,
    calls: sides,
    credits: sides,
  };
  const { router } = show("/integrations/tokyo-london?tab=verify", {
    "POST /integrations/tokyo-london/verify": job({ state: "running" }),
    "GET /jobs/7": job({ result }),
  });
  await user.click(await screen.findByRole("button", { name: "Compare both sides" }));
  const certificate = await screen.findByRole("region", { name: "Both sides differ" });
  expect(within(certificate).getByRole("link", { name: "佐藤" })).toHaveAttribute(
    "href",
    "/integrations/tokyo-london/Contacts/11",
  );
  expect(within(certificate).getByText("Resting: out of scope")).toBeVisible();
  // What may differ is told as well, and is no difference.
  expect(within(certificate).getByRole("link", { name: "鈴木" })).toBeVisible();
  expect(within(certificate).getAllByText("Left apart")).toHaveLength(2);
  expect(router.state.location.search).toEqual({ tab: "verify", job: "7" });
});
