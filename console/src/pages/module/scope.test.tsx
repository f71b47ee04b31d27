import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { Refusal, show, type Answers, type Asked } from "../../stage";
import { module as moduleStatus, integration as standing, status } from "../../stage/data";
import { answers, integration, PAGE, pair, sentTo } from "../../stage/mapping";
import { user } from "../../stage/user";

const COUNT = "/integrations/tokyo-london/scope-count";
const side = (inside: number, entering = 0, leaving = 0) => ({
  total: 100,
  inside,
  entering,
  leaving,
  credits: 3,
});
const views = {
  items: [
    { id: "7", name: "All Contacts", standard: true },
    { id: "8", name: "Qualified", standard: false },
    { id: "9", name: "West", standard: false },
  ],
};
const more = (extra: Answers = {}): Answers => ({
  "GET /connections/tokyo/modules/Contacts/views": views,
  [`POST ${COUNT}`]: { left: side(40, 0, 60), right: side(100) },
  ...extra,
});

async function unfold(name: RegExp) {
  await user.click(await screen.findByRole("button", { name, expanded: false }));
}

// S2-25 S2-37 K-30
test("list views are chosen by name and conditions added; how many take part is counted by itself, and saved is what was said", async () => {
  const saved = pair({
    scope: {
      left: { views: ["Qualified"], criteria: { field: "Email", comparator: "contains", value: ".jp" } },
      leaving: "stop_updates",
    },
  });
  const { asked } = show(
    PAGE,
    answers(pair(), more({ "PATCH /integrations/tokyo-london": integration(saved) })),
  );
  await unfold(/^Which records take part/);
  expect(screen.getByText(/Nothing is ever deleted/)).toBeVisible();
  const fold = screen.getByRole("region", { name: "Which records take part" });
  const tokyo = within(fold).getByRole("region", { name: "tokyo: Contacts" });
  await user.click(within(tokyo).getByRole("radio", { name: "Some records" }));
  await user.click(within(tokyo).getByRole("combobox", { name: "List views" }));
  await user.click(await screen.findByRole("option", { name: "Qualified" }));
  await user.keyboard("{Escape}");
  await user.click(within(tokyo).getByRole("button", { name: "Add a condition" }));
  expect(screen.getByText("1 condition is not finished")).toBeVisible();
  await user.click(within(tokyo).getByRole("combobox", { name: "Field of condition 1" }));
  await user.click(await screen.findByRole("option", { name: "Email" }));
  await user.click(within(tokyo).getByRole("combobox", { name: "Comparison of condition 1" }));
  await user.click(await screen.findByRole("option", { name: "contains" }));
  await user.type(within(tokyo).getByRole("textbox", { name: "Value of condition 1" }), ".jp");
  await user.click(within(fold).getByRole("combobox", { name: "When a record no longer takes part" }));
  await user.click(await screen.findByRole("option", { name: /Stop updates/ }));
  const counts = within(fold).getByRole("region", { name: "How many take part" });
  expect(await within(counts).findByText("40 of 100 records")).toBeVisible();
  expect(within(counts).getByText("60 would no longer take part")).toBeVisible();
  expect(sentTo(asked, "POST", COUNT).at(-1)).toMatchObject({
    scope: { left: saved.scope?.left },
  });

  await user.click(screen.getByRole("button", { name: "Review and save" }));
  const dialog = await screen.findByRole("dialog");
  expect(
    await within(dialog).findByText(/All records → tokyo: in Qualified and Email contains .jp/),
  ).toBeVisible();
  await user.click(within(dialog).getByRole("button", { name: "Save" }));
  await waitFor(() =>
    expect(sentTo(asked, "PATCH", "/integrations/tokyo-london")).toEqual([{ modules: [saved] }]),
  );
  expect(await screen.findByText("The settings were saved.")).toBeVisible();
  expect(screen.queryByText(/Somebody else changed/)).toBeNull();
});

test("a list view that vanished is named; what the count is refused for is said", async () => {
  const away = new Refusal(422, "scope.view", 'Contacts of tokyo has no list view "Gone"');
  show(PAGE, answers(pair({ scope: { left: { views: ["Gone"] } } }), more({ [`POST ${COUNT}`]: away })));
  await unfold(/^Which records take part/);
  expect(await screen.findByText(/tokyo has no list view Gone any more/)).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Count" }));
  expect(await screen.findByText(/has no list view "Gone"/)).toBeVisible();
});

// S2-27
test("a changed list view shows what it would mean, and is taken over", async () => {
  const module = pair({ scope: { left: { views: ["Qualified"] } } });
  const { asked } = show(
    PAGE,
    answers(
      module,
      more({
        "GET /status": {
          ...status,
          integrations: [standing("tokyo-london", [moduleStatus("Contacts", { views_changed: true })])],
        },
        [`POST ${COUNT}`]: { left: side(45, 12, 7), right: side(100) },
        "POST /integrations/tokyo-london/take-views": { modules: 1 },
      }),
    ),
  );
  expect(await screen.findByText("A list view was changed in the service")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Show the difference" }));
  expect(await screen.findByText("tokyo: 12 records would join, 7 would no longer take part.")).toBeVisible();
  expect(screen.getByText("london: the same records as now.")).toBeVisible();
  const taken = (one: Asked) => one.path === "/integrations/tokyo-london/take-views";
  expect(asked.some(taken)).toBe(false);
  await user.click(screen.getByRole("button", { name: "Take the new conditions" }));
  await waitFor(() => expect(asked.some(taken)).toBe(true));
});
