import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { Refusal, show, type Asked } from "../../stage";
import { asConnection, job } from "../../stage/data";
import { preview } from "../../stage/mapping";
import type { Schema } from "../../api/client";
import { complete, EMPTY, newPair } from "./draft";

const sides = (left: number, right = left) => ({ left, right });
const plan = {
  integration: "tokyo-london",
  owners: { matched: 0, unknown: [], unmatched_left: [], unmatched_right: [] },
  calls: sides(10),
  credits: sides(20),
  seconds: 240,
  modules: [
    {
      left: "Contacts",
      right: "Contacts",
      matched_by: [{ left: "Email", right: "Email", is_default: true }],
      records: sides(5, 4),
      reading: {
        left: { way: "bulk" as const, why: "cheaper" as const },
        right: { way: "list" as const, why: "few_records" as const },
      },
      links: 0,
      would_link: 3,
      would_create_left: 1,
      would_create_right: 2,
      would_update: sides(0),
      would_delete: sides(0),
      would_delete_related: sides(0),
      would_replace_email: sides(0),
      duplicates: {
        left: { groups: 0, records: 0, samples: [] },
        right: { groups: 0, records: 0, samples: [] },
      },
      ambiguous: 0,
      held: {},
      lookalikes: { count: 0, samples: [], cut: false },
      skipped: { left: {}, right: {} },
      waiting: { left: {}, right: {} },
      left_out: [],
      samples: { link: [], create_left: [], create_right: [], ambiguous: [] },
      operations: [],
      digest: "x",
      calls: sides(10),
      credits: sides(20),
    },
  ],
};

// S1-35 S1-44 S2-21 S2-24 S2-32
test("what was begun is continued; the plan is made paused, and nothing starts before one says so", async () => {
  const begun = {
    ...EMPTY,
    step: 2,
    name: "tokyo-london",
    left: "tokyo",
    right: "london",
    modules: [newPair("Contacts")],
  };
  localStorage.setItem("musubi.wizard", JSON.stringify(begun));
  const { asked, router } = show("/integrations/new", {
    "GET /connections": { items: [asConnection("tokyo", []), asConnection("london", [])] },
    "POST /integrations/preview": {
      modules: [
        {
          left: "Contacts",
          right: "Contacts",
          mapped: [],
          left_out: [],
          required_missing: { left: [], right: ["Region"] },
          unmapped: { left: [], right: [{ field: "Region", reason: "field.no_counterpart", blocks: true }] },
          custom_unmapped: { left: [], right: [] },
          lossy: [],
          inexact: [],
          problems: [],
        },
      ],
    },
    "GET /connections/tokyo/modules/Contacts/fields": { items: [] },
    "GET /connections/london/modules/Contacts/fields": { items: [] },
    "POST /mapping/records": { items: [] },
    "POST /mapping/suggestions": { items: [] },
    "POST /integrations": {},
    "POST /integrations/tokyo-london/plan": job({ id: "3", kind: "plan", state: "running" }),
    "GET /jobs/3": job({ id: "3", kind: "plan", result: plan }),
    "POST /integrations/tokyo-london/resume": {},
  });
  expect(await screen.findByText(/Mandatory on london but not mapped: Region/)).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Continue" }));
  await userEvent.click(await screen.findByRole("button", { name: "Make the plan" }));
  expect(await screen.findByText("About 20 API calls and 40 API credits")).toBeVisible();
  expect(screen.getByText(/^Takes about 4 min/)).toBeVisible();
  expect(screen.getByText("tokyo is read in bulk")).toBeVisible();
  expect(screen.queryByText(/london is (read|listed)/)).toBeNull();
  const sent = () => asked.filter(({ method }) => method === "POST").map(({ path }) => path);
  expect(sent()).not.toContain("/integrations/tokyo-london/resume");
  expect(asked.find(({ method, path }) => method === "POST" && path === "/integrations")?.body).toMatchObject(
    { start: false },
  );
  await userEvent.click(screen.getByRole("button", { name: "Start the sync" }));
  expect(await screen.findByRole("heading", { name: "tokyo-london" })).toBeVisible();
  expect(sent()).toContain("/integrations/tokyo-london/resume");
  expect(router.state.location.pathname).toBe("/integrations/tokyo-london");
  expect(JSON.parse(localStorage.getItem("musubi.wizard") ?? "{}")).toMatchObject({ step: 0, name: "" });
});

const begun = {
  ...EMPTY,
  step: 3,
  name: "tokyo-london",
  left: "tokyo",
  right: "london",
  modules: [newPair("Contacts")],
};

// K-20 C-43
test("the plan tells what somebody should look at first: records that are alike, addresses that would go, owners with nobody", async () => {
  const alike = { groups: 2, records: 5, samples: [["4711", "4712"]] };
  const warning = {
    ...plan,
    owners: {
      ...plan.owners,
      unmatched_left: [
        { id: "1", name: "Kenji", email: "kenji@x.example", active: true },
        { id: "2", name: "Yui", email: "yui@x.example", active: false },
      ],
      fallback_right: "boss@x.example",
    },
    modules: plan.modules.map((module) => ({
      ...module,
      duplicates: { ...module.duplicates, left: alike },
      would_replace_email: sides(0, 3),
    })),
  };
  localStorage.setItem("musubi.wizard", JSON.stringify({ ...begun, saved: true, job: "3" }));
  show("/integrations/new", {
    "GET /jobs/3": job({ id: "3", kind: "plan", result: warning }),
  });
  expect(
    await screen.findByText("2 match keys are shared by several records of tokyo (5 records)"),
  ).toBeVisible();
  expect(screen.getByRole("link", { name: "4712" })).toHaveAttribute(
    "href",
    "/connections/tokyo/Contacts?record=4712",
  );
  expect(screen.getByText("3 e-mail addresses on london would be replaced")).toBeVisible();
  expect(screen.getByText("2 users of tokyo have no counterpart: Kenji, Yui (inactive)")).toBeVisible();
  expect(screen.getByText("What belongs to them goes to boss@x.example on london.")).toBeVisible();
});

// K-20 K-24
test("the plan tells what gets no counterpart, what waits and which fields are left out, each with its reason", async () => {
  const told = {
    ...plan,
    modules: plan.modules.map((module) => ({
      ...module,
      skipped: { left: { scope: 3, window: 1 }, right: { direction: 2 } },
      held: { "match.ambiguous": 4 },
      left_out: [
        { field: "Created_By", reason: "owner.unknown" as const },
        { field: "Vendor_Name", reason: "lookup.parent_not_synced" as const },
      ],
    })),
  };
  localStorage.setItem("musubi.wizard", JSON.stringify({ ...begun, saved: true, job: "3" }));
  show("/integrations/new", { "GET /jobs/3": job({ id: "3", kind: "plan", result: told }) });
  expect(await screen.findByText("3 of tokyo: outside of the scope")).toBeVisible();
  expect(screen.getByText("1 of tokyo: made before the creation window")).toBeVisible();
  expect(
    screen.getByText("2 of london: records of this side are not created on the other one"),
  ).toBeVisible();
  expect(screen.getByText("4: Several possible matches")).toBeVisible();
  expect(
    screen.getByText("Vendor Name: points to a module that this integration does not sync"),
  ).toBeVisible();
  expect(screen.queryByText(/^Created By/)).toBeNull();
});

// S2-30
test("the plan tells what should be known of a mapping", async () => {
  const warnings: Schema<"MappingNote">[] = [
    {
      code: "mapping.custom_unmapped",
      side: "right",
      fields: ["Rank", "Region"],
      what: "custom fields of Contacts on the right are not mapped: Rank, Region",
    },
    {
      code: "mapping.one_way",
      side: null,
      fields: ["Full_Name", "Name"],
      what: "Full_Name goes to Name and never back: the field on the left is read-only",
    },
    { code: "mapping.to_come", side: null, fields: [], what: "something that this page has no text for" },
  ];
  const told = { ...plan, modules: plan.modules.map((module) => ({ ...module, warnings })) };
  localStorage.setItem("musubi.wizard", JSON.stringify({ ...begun, saved: true, job: "3" }));
  show("/integrations/new", { "GET /jobs/3": job({ id: "3", kind: "plan", result: told }) }, "ja");
  const noted = await screen.findByRole("alert", { name: "項目の関連付けについての注意" });
  expect(
    within(noted)
      .getAllByRole("listitem")
      .map(({ textContent }) => textContent),
  ).toEqual([
    "london の 連絡先 の、関連付けられていないカスタム項目：Rank, Region",
    "Full_Name の値は Name に反映されますが、逆方向には反映されません。",
    "something that this page has no text for.",
  ]);
});

// K-20 C-44
test("the plan tells what looking for attachments costs from then on", async () => {
  const modules = plan.modules.map((module) => ({
    ...module,
    attachments: { calls: sides(2_000, 1_000), days: 3 },
  }));
  localStorage.setItem("musubi.wizard", JSON.stringify({ ...begun, saved: true, job: "3" }));
  show("/integrations/new", { "GET /jobs/3": job({ id: "3", kind: "plan", result: { ...plan, modules } }) });
  expect(await screen.findByText(/^From then on, .* takes 3,000 calls every 3 days;/)).toBeVisible();
});

// AMB-8
test("records that look like one are suggested, and one links them before anything starts", async () => {
  const alike = {
    left_id: "11",
    left_label: "Anna Smith",
    right_id: "22",
    right_label: null,
    agrees: ["Last_Name", "Phone"],
    score: 85,
  };
  const told = {
    ...plan,
    modules: plan.modules.map((module) => ({
      ...module,
      lookalikes: { count: 7, samples: [alike], cut: true },
    })),
  };
  localStorage.setItem("musubi.wizard", JSON.stringify({ ...begun, saved: true, job: "3" }));
  const { asked } = show("/integrations/new", {
    "GET /jobs/3": job({ id: "3", kind: "plan", result: told }),
    "POST /integrations/tokyo-london/modules/Contacts/links": { state: "waiting" },
  });
  expect(await screen.findByText("7 pairs of records look like one and the same")).toBeVisible();
  expect(screen.getByText("85 of 100, by Last Name, Phone")).toBeVisible();
  expect(screen.getByText(/not all of them were compared/)).toBeVisible();
  expect(screen.getByRole("link", { name: "22" })).toHaveAttribute(
    "href",
    "/connections/london/Contacts?record=22",
  );
  await userEvent.click(screen.getByRole("button", { name: "Link Anna Smith" }));
  expect(await screen.findByText("They are linked when the sync starts.")).toBeVisible();
  expect(asked.find(({ method, path }) => method === "POST" && path.endsWith("/links"))?.body).toEqual({
    left_id: "11",
    right_id: "22",
  });
  expect(screen.getByRole("button", { name: "Link Anna Smith" })).toBeDisabled();
});

test("saving that is refused since values would not come back shows one, and lets the field go one way", async () => {
  const fields = [{ left: "Title", right: "Title", to_right: [{ case: "upper" as const }] }];
  const modules = [{ ...newPair("Contacts"), fields }];
  localStorage.setItem("musubi.wizard", JSON.stringify({ ...begun, modules }));
  const lossy = {
    left: "Title",
    right: "Title",
    example: "",
    counterexample: { from: "left", value: "a", there: "A", back: "A", there_again: "A" },
    record: null,
    hint: "",
  };
  const { asked } = show("/integrations/new", {
    "POST /integrations": ({ body }: Asked) =>
      JSON.stringify(body).includes('"direction":"left_to_right"')
        ? {}
        : new Refusal(422, "mapping.lossy", "Title and Title cannot be kept in agreement both ways"),
    "POST /integrations/preview": { modules: [{ ...preview(), lossy: [lossy] }] },
    "POST /integrations/tokyo-london/plan": job({ id: "3", kind: "plan", state: "running" }),
    "GET /jobs/3": job({ id: "3", kind: "plan", result: plan }),
  });
  await userEvent.click(await screen.findByRole("button", { name: "Make the plan" }));
  expect(await screen.findByText("“a” on tokyo becomes “A” on london, and comes back as “A”.")).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Only tokyo → london" }));
  await userEvent.click(screen.getByRole("button", { name: "Make the plan" }));
  expect(await screen.findByText("About 20 API calls and 40 API credits")).toBeVisible();
  const sent = asked.filter(({ method, path }) => method === "POST" && path === "/integrations");
  expect(sent.at(-1)?.body).toMatchObject({
    modules: [{ fields: [{ ...fields[0], direction: "left_to_right" }] }],
  });
});

test("a step is complete when its questions are answered", () => {
  expect(complete(EMPTY)).toBe(false);
  expect(complete({ ...EMPTY, left: "a", right: "a", name: "a-a" })).toBe(false);
  expect(complete({ ...EMPTY, left: "a", right: "b", name: "a-b" })).toBe(true);
  expect(complete({ ...EMPTY, step: 1 })).toBe(false);
});
