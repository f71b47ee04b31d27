import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { Schema } from "../../api/client";
import { show, type Answers } from "../../stage";
import { agreeing, member, session } from "../../stage/data";
import { user } from "../../stage/user";

const LINKS = "/integrations/tokyo-london/modules/Contacts/links";
const EXPLAIN = "GET /integrations/tokyo-london/modules/Contacts/explain";
const RECORDS = "/connections/london/modules/Contacts/records";

const link = (state: Schema<"LinkState">, left_id = "1"): Schema<"LinkDetail"> => ({
  left_id,
  right_id: "2",
  state,
  label: "佐藤 結衣",
  left_modified_at: null,
  right_modified_at: null,
  history: [],
  fields: [],
});
const decision = (code: string): Schema<"Decision"> => ({
  id: "3-1",
  module: "Contacts",
  at: 0,
  by: "x",
  state: "done",
  code,
  what: null,
  hint: null,
  fields: [],
});
const alone = (of: Record<string, string> = {}) => ({
  [EXPLAIN]: ({ query }: { query: URLSearchParams }) => ({
    ...agreeing,
    id: query.get("id"),
    counterpart: of[query.get("id") ?? ""] ?? null,
    synced: false,
  }),
});
const mori = { id: "22", modified_at: 0, values: { Last_Name: "Mori", First_Name: "Ichiro" } };
const others: Answers = {
  [`GET ${RECORDS}`]: ({ query }: { query: URLSearchParams }) => ({
    items: query.get("search") === "mori" ? [mori] : [],
    next: null,
  }),
  [`GET ${RECORDS}/22`]: mori,
  [`POST ${LINKS}`]: decision("link.done"),
};

test("a pair is taken apart after it was asked about, and can be tied anew", async () => {
  let state: Schema<"LinkState"> = "settled";
  const { asked } = show("/integrations/tokyo-london/Contacts/1", {
    [`GET ${LINKS}/1`]: () => link(state),
    [`DELETE ${LINKS}/1`]: () => {
      state = "untied";
      return decision("unlink.done");
    },
  });
  await user.click(await screen.findByRole("button", { name: "Take the pair of 佐藤 結衣 apart…" }));
  expect(screen.queryByRole("region", { name: /^Tie it to/ })).toBeNull();
  const dialog = within(await screen.findByRole("dialog", { name: "Take this pair apart?" }));
  expect(
    dialog.getByText(/Both records stay as they are, and neither is synced with the other any more/),
  ).toBeVisible();
  await user.click(dialog.getByRole("button", { name: "Take apart" }));
  expect(await screen.findByText("The pair was taken apart; both records stay.")).toBeVisible();
  expect(asked.filter(({ method }) => method === "DELETE")).toHaveLength(1);
  expect(await screen.findByRole("region", { name: /^Tie it to/ })).toBeVisible();
  expect(screen.queryByRole("button", { name: /^Take the pair/ })).toBeNull();
});

test("a record of no pair is tied to one that is found by its name", async () => {
  const { asked } = show("/integrations/tokyo-london/Contacts/11", { ...alone(), ...others });
  await user.click(await screen.findByRole("button", { name: /^Tie it to a record of the other side/ }));
  expect(screen.getByRole("button", { name: "Tie the two" })).toBeDisabled();
  await user.type(screen.getByRole("combobox", { name: "Record on london" }), "mori");
  await user.click(await screen.findByRole("option", { name: "Mori Ichiro" }));
  expect(screen.getByRole("textbox", { name: "Or its id" })).toHaveValue("22");
  expect(await screen.findByRole("link", { name: "Mori Ichiro" })).toHaveAttribute(
    "href",
    "/connections/london/Contacts?record=22",
  );
  await user.click(screen.getByRole("button", { name: "Tie the two" }));
  await waitFor(() =>
    expect(asked.find(({ method }) => method === "POST")).toMatchObject({
      path: LINKS,
      body: { left_id: "11", right_id: "22" },
    }),
  );
  expect(await screen.findByText(/^The two records are a pair/)).toBeVisible();
});

test("one that is tied already is said to be, with the way to its pair", async () => {
  show("/integrations/tokyo-london/Contacts/11", {
    ...alone({ "22": "12" }),
    ...others,
    [`GET ${LINKS}/12`]: link("settled", "12"),
  });
  await user.click(await screen.findByRole("button", { name: /^Tie it to a record of the other side/ }));
  await user.type(screen.getByRole("textbox", { name: "Or its id" }), "22");
  expect(await screen.findByText(/It is tied to another record/)).toBeVisible();
  expect(screen.getByRole("link", { name: "Open that pair" })).toHaveAttribute(
    "href",
    "/integrations/tokyo-london/Contacts/12",
  );
  expect(screen.getByRole("button", { name: "Tie the two" })).toBeDisabled();
});

test("a record of the right side is tied to a left one, and the pair is shown", async () => {
  const { asked, router } = show("/integrations/tokyo-london/Contacts/22?side=right", {
    ...alone(),
    [`POST ${LINKS}`]: decision("link.done"),
    [`GET ${LINKS}/11`]: link("settled", "11"),
  });
  await user.click(await screen.findByRole("button", { name: /^Tie it to a record of the other side/ }));
  await user.type(screen.getByRole("textbox", { name: "Or its id" }), "11");
  expect(await screen.findByText("tokyo shows no such record.")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Tie the two" }));
  await waitFor(() => expect(router.state.location.href).toBe("/integrations/tokyo-london/Contacts/11"));
  expect(asked.find(({ method }) => method === "POST")?.body).toEqual({ left_id: "11", right_id: "22" });
});

test("a record of the right side that is one of a pair is not tied to another", async () => {
  const { asked } = show("/integrations/tokyo-london/Contacts/22?side=right", {
    ...alone({ "22": "12" }),
    [`GET ${LINKS}/12`]: link("settled", "12"),
  });
  expect(await screen.findByRole("link", { name: "Both sides of the pair" })).toBeVisible();
  await waitFor(() => expect(screen.queryByRole("button", { name: /^Tie it to/ })).toBeNull());
  expect(asked.some(({ path }) => path.endsWith("/links/12"))).toBe(true);
});

test("who is no administrator neither ties nor takes apart", async () => {
  show("/integrations/tokyo-london/Contacts/1", {
    [`GET ${LINKS}/1`]: link("settled"),
    "GET /session": { ...session, member: { ...member, role: "user" } },
  });
  expect(await screen.findByRole("heading", { name: "佐藤 結衣" })).toBeVisible();
  expect(screen.queryByRole("button", { name: /^Take the pair/ })).toBeNull();
});

test("in Japanese", async () => {
  show("/integrations/tokyo-london/Contacts/11", { ...alone(), ...others }, "ja");
  await user.click(await screen.findByRole("button", { name: /^相手側のデータと関連付ける…/ }));
  await user.type(screen.getByRole("textbox", { name: "またはデータのID" }), "22");
  await user.click(screen.getByRole("button", { name: "この2件を関連付ける" }));
  expect(await screen.findByText(/^2件のデータを関連付けました/)).toBeVisible();
});
