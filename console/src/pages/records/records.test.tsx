import { screen, waitFor, within } from "@testing-library/react";
import { beforeAll, expect, test, vi } from "vitest";
import { Refusal, show } from "../../stage";
import { contacts, field } from "../../stage/data";
import { user } from "../../stage/user";

const fields = [field("Last_Name", "text", { required: true, label: "姓" }), field("Email", "email")];
const record = (at: number) => ({
  id: String(at),
  modified_at: 1000,
  values: { Last_Name: `佐藤${at}`, Email: `u${at}@example.jp` },
});
const all = Array.from({ length: 1000 }, (_, at) => record(at));
const answers = {
  "GET /connections/tokyo/modules": { items: [contacts] },
  "GET /connections/tokyo/modules/Contacts/fields": { items: fields },
  "GET /connections/tokyo/modules/Contacts/records": { items: all, next: null },
  "GET /connections/tokyo/modules/Contacts/records/3": record(3),
};

// jsdom lays nothing out: the list is given a height to be virtual in.
beforeAll(() => {
  vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(600);
  vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(900);
});

test("a thousand records are loaded and at most a hundred rows mounted", async () => {
  show("/connections/tokyo/Contacts", answers);
  expect(await screen.findByText("佐藤0")).toBeVisible();
  expect(screen.getByText("1,000 records")).toBeVisible();
  expect(screen.getAllByRole("row").length).toBeLessThanOrEqual(100);
});

test("only what was changed is written, on the condition that nobody else changed it", async () => {
  const { asked } = show("/connections/tokyo/Contacts?record=3", {
    ...answers,
    "PATCH /connections/tokyo/modules/Contacts/records/3": { ...record(3), modified_at: 2000 },
  });
  const input = await screen.findByLabelText(/姓/);
  await user.clear(input);
  await user.type(input, "田中");
  await user.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() =>
    expect(asked.find(({ method }) => method === "PATCH")?.body).toEqual({
      values: { Last_Name: "田中" },
      unmodified_since: 1000,
    }),
  );
});

test("a mandatory field is asked for before anything is sent, and the service's refusal is told", async () => {
  const { asked } = show("/connections/tokyo/Contacts?record=new", {
    ...answers,
    "POST /connections/tokyo/modules/Contacts/records": new Refusal(
      422,
      "write.refused",
      "the service refused the record",
    ),
  });
  await user.click(await screen.findByRole("button", { name: "Save" }));
  expect(await screen.findByText("This field is mandatory")).toBeVisible();
  expect(asked.some(({ method }) => method === "POST")).toBe(false);
  await user.type(screen.getByLabelText(/姓/), "田中");
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText("Code write.refused")).toBeVisible();
});

const lines = field("Lines", "subform", {
  label: "明細",
  columns: [
    field("Item", "lookup", { label: "商品", lookup: { module: "Products" } }),
    field("Count", "integer", { label: "数量", required: true }),
  ],
});
const order = {
  id: "7",
  modified_at: 1000,
  values: {
    Owner: { id: "1", name: "山田" },
    Lines: [
      { Item: { id: "11", name: "Desk" }, Count: "2" },
      { Item: { id: "12", name: "Chair" }, Count: "4" },
    ],
  },
};
const orders = {
  "GET /connections/tokyo/modules": { items: [{ ...contacts, api_name: "Orders" }] },
  "GET /connections/tokyo/modules/Orders/fields": {
    items: [field("Owner", "owner", { label: "所有者" }), lines],
  },
  "GET /connections/tokyo/modules/Orders/records": { items: [order], next: null },
  "GET /connections/tokyo/modules/Orders/records/7": order,
  "PATCH /connections/tokyo/modules/Orders/records/7": { ...order, modified_at: 2000 },
  "GET /connections/tokyo/users": {
    items: [
      { id: "1", name: "山田", email: "yamada@example.jp", active: true },
      { id: "2", name: "鈴木", email: "suzuki@example.jp", active: true },
      { id: "3", name: "高橋", email: "takahashi@example.jp", active: false },
    ],
  },
  "GET /connections/tokyo/modules/Products/records": {
    items: [{ id: "13", modified_at: 1, values: { Product_Name: "Lamp" } }],
    next: null,
  },
};
const written = (asked: ReturnType<typeof show>["asked"]) =>
  asked.find(({ method }) => method === "PATCH")?.body as { values: unknown } | undefined;

test("rows are put in order, removed and added with the keyboard, and cells are checked", async () => {
  const { asked } = show("/connections/tokyo/Orders?record=7", orders);
  const rows = await screen.findByRole("group", { name: "明細" });
  expect(within(rows).getByRole("button", { name: "Row 1: Desk, 2" })).toBeVisible();
  within(rows).getByRole("button", { name: "Move row 2 up" }).focus();
  await user.keyboard("{Enter}");
  expect(within(rows).getByRole("button", { name: "Row 1: Chair, 4" })).toBeVisible();
  expect(within(rows).getByRole("button", { name: "Move row 1 down" })).toHaveFocus();
  await user.click(within(rows).getByRole("button", { name: "Remove row 2" }));
  await user.click(within(rows).getByRole("button", { name: "Add a row to 明細" }));
  const [item, count] = [screen.getByLabelText(/商品/, { selector: "input" }), screen.getByLabelText(/数量/)];
  expect(item).toHaveFocus();
  await user.type(item, "Lam");
  await user.click(await screen.findByRole("option", { name: "Lamp" }));
  await user.type(count, "x");
  expect(screen.getByText("Write a whole number")).toBeVisible();
  await user.clear(count);
  await user.type(count, "9");
  await user.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() =>
    expect(written(asked)?.values).toEqual({
      Lines: [
        { Item: { id: "12", name: null }, Count: "4" },
        { Item: { id: "13", name: null }, Count: "9" },
      ],
    }),
  );
});

test("an owner is chosen by name or address, and nobody who is not active", async () => {
  const { asked } = show("/connections/tokyo/Orders?record=7", orders);
  const owner = await screen.findByLabelText("所有者", { selector: "input" });
  expect(owner).toHaveValue("山田");
  await user.clear(owner);
  expect(await screen.findByRole("option", { name: /高橋/ })).toHaveAttribute("data-combobox-disabled");
  await user.type(owner, "suzuki@");
  await user.click(await screen.findByRole("option", { name: /鈴木/ }));
  await user.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(written(asked)?.values).toEqual({ Owner: { id: "2", name: null } }));
});
