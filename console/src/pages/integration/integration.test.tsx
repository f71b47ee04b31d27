import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { Refusal, show } from "../../stage";
import { entry, integration, job, module, status } from "../../stage/data";
import { timeLeft } from "./timeLeft";

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
  await userEvent.click(await screen.findByRole("button", { name: "Compare both sides" }));
  const certificate = await screen.findByRole("region", { name: "Both sides differ" });
  expect(within(certificate).getByRole("link", { name: "佐藤" })).toHaveAttribute(
    "href",
    "/integrations/tokyo-london/Contacts/11",
  );
  // What may differ is told as well, and is no difference.
  expect(within(certificate).getByRole("link", { name: "鈴木" })).toBeVisible();
  expect(within(certificate).getAllByText("Left apart")).toHaveLength(2);
  expect(router.state.location.search).toEqual({ tab: "verify", job: "7" });
});
