import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { Refusal, show } from "../../stage";
import { entry, integration, job, module, status } from "../../stage/data";
import { timeLeft } from "./timeLeft";

const item = {
  id: "1-4",
  module: "Contacts",
  code: "value.not_an_option",
  left_id: "11",
  right_id: "22",
  field: "Lead_Source",
  since: 0,
  what: "the value is not among the options",
  hint: "add the option there",
  details: { value: "x" },
  label: "佐藤 結衣",
  conflict: null,
};

// S1-99
test("pause asks the hub and shows what it answers", async () => {
  const paused = { ...status.integrations[0], state: "paused" };
  const { asked } = show("/integrations/tokyo-london", { "POST /integrations/tokyo-london/pause": paused });
  await userEvent.click(await screen.findByRole("button", { name: "Pause" }));
  expect(await screen.findByRole("button", { name: "Resume" })).toBeVisible();
  expect(
    asked.some(
      ({ path, headers }) => path.endsWith("/pause") && headers.get("x-musubi-csrf") === "the-token",
    ),
  ).toBe(true);
});

// S2-51, S2-54
test("a module is deactivated and set up again with a rule for what both sides changed", async () => {
  const off = integration("tokyo-london", [module("Contacts", { state: "inactive" })]);
  const needed = new Refusal(409, "module.parent_inactive", "Accounts is inactive");
  const { asked } = show("/integrations/tokyo-london", {
    "GET /status": { ...status, integrations: [off] },
    "POST /integrations/tokyo-london/modules/Contacts/activate": needed,
  });
  await userEvent.click(await screen.findByRole("button", { name: "Set up Contacts again" }));
  expect(screen.getAllByText("Inactive")).toHaveLength(2);
  const dialog = await screen.findByRole("dialog");
  await userEvent.click(within(dialog).getByRole("combobox", { name: /What both sides changed/ }));
  await userEvent.click(await screen.findByRole("option", { name: "london wins" }));
  await userEvent.click(within(dialog).getByRole("button", { name: "Set up again" }));
  await userEvent.click(await within(dialog).findByRole("checkbox", { name: /Begin all the same/ }));
  await userEvent.click(within(dialog).getByRole("button", { name: "Set up again" }));
  const bodies = asked.filter(({ path }) => path.endsWith("/activate")).map(({ body }) => body);
  expect(bodies).toEqual([
    { conflict: "right", without_parents: false },
    { conflict: "right", without_parents: true },
  ]);
});

// S1-28 S1-39 S2-45
test("a module leads to its settings", async () => {
  show("/integrations/tokyo-london");
  expect(await screen.findByRole("link", { name: "Settings of Contacts" })).toHaveAttribute(
    "href",
    "/integrations/tokyo-london/modules/Contacts/Contacts/settings",
  );
});

test("a run says how its records came out and leads to them", async () => {
  const run = {
    number: 1,
    module: "Contacts",
    right_module: "Contacts",
    kind: "first_load",
    started_at: 1_000,
    ended_at: 9_000,
    outcomes: [
      { outcome: "added", reason: "", count: 128, sample: [] },
      { outcome: "held", reason: "match", count: 1, sample: [] },
      { outcome: "skipped", reason: "direction", count: 2, sample: ["4711"] },
    ],
  };
  show("/integrations/tokyo-london?tab=runs", {
    "GET /integrations/tokyo-london/runs": { items: [run], next: null },
  });
  const section = await screen.findByRole("region", { name: "First load: Contacts" });
  const row = (name: string) => within(section).getByRole("row", { name: new RegExp(name) });
  expect(within(row("Created")).getByRole("link", { name: "Which ones" })).toHaveAttribute(
    "href",
    "/integrations/tokyo-london?tab=history&module=Contacts&kind=created&since=1000&until=9001",
  );
  expect(within(row("Waiting for you")).getByRole("link")).toHaveAttribute(
    "href",
    "/integrations/tokyo-london?tab=attention",
  );
  expect(row("this direction creates no records")).toHaveTextContent("4711");
  expect(row("All")).toHaveTextContent("131");
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

test("the time left is told by the pace of the last half minute, and only when there is one", () => {
  expect(
    timeLeft(
      [
        { at: 0, scanned: 0 },
        { at: 10_000, scanned: 100 },
      ],
      300,
    ),
  ).toBe(20_000);
  expect(
    timeLeft(
      [
        { at: 0, scanned: 0 },
        { at: 500, scanned: 100 },
      ],
      300,
    ),
  ).toBeNull();
  expect(
    timeLeft(
      [
        { at: 0, scanned: 5 },
        { at: 9_000, scanned: 5 },
      ],
      300,
    ),
  ).toBeNull();
  expect(timeLeft([], 300)).toBeNull();
});

// S1-93 S1-94 S1-95 S1-96
test("a matter says what happened and what to do, and is retried alone or with all of its kind", async () => {
  const { asked } = show("/integrations/tokyo-london?tab=attention&code=value.not_an_option", {
    "GET /integrations/tokyo-london/attention": { items: [item], next: null },
    "POST /integrations/tokyo-london/attention/retry": { retried: 1 },
  });
  expect(await screen.findByText("The value is not among the options.")).toBeVisible();
  expect(screen.getByText("Add the option there.")).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Retry" }));
  expect(await screen.findByText("1 item is decided again.")).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Retry all" }));
  await waitFor(() =>
    expect(asked.filter(({ path }) => path.endsWith("/retry")).map(({ body }) => body)).toEqual([
      { ids: ["1-4"] },
      { code: "value.not_an_option" },
    ]),
  );
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
  await userEvent.click(await screen.findByRole("button", { name: "Compare both sides" }));
  const certificate = await screen.findByRole("region", { name: "Both sides differ" });
  expect(within(certificate).getByRole("link", { name: "佐藤" })).toHaveAttribute(
    "href",
    "/integrations/tokyo-london/Contacts/11",
  );
  expect(router.state.location.search).toEqual({ tab: "verify", job: "7" });
});
