import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { Schema } from "../../api/client";
import { Refusal, show, type Answers } from "../../stage";
import { integration, member, module, session, status } from "../../stage/data";
import { user } from "../../stage/user";
import { heldIn, linesOf } from "./compare";

const PAGE = "/integrations/tokyo-london?tab=attention";
const LINKS = "/integrations/tokyo-london/modules/Contacts/links";

const item = (code: string): Schema<"AttentionItem"> => ({
  id: "3-7",
  integration: "tokyo-london",
  module: "Contacts",
  code,
  left_id: "11",
  right_id: null,
  field: null,
  since: 0,
  what: "several records have the same match key",
  hint: "link the two that belong together by hand",
  details: null,
  due: null,
  tries_most: null,
  tries: 0,
  label: "森 一郎",
  conflict: null,
});
const candidate = (
  id: string,
  label: string | null,
  values: Record<string, string | null>,
  linked_to: string | null = null,
): Schema<"Candidate"> => ({
  id,
  label,
  linked_to,
  fields: Object.entries(values).map(([name, value]) => ({ left: name, right: name, value })),
});
const email = "mori@example.com";
const own = candidate("11", "森 一郎", { Email: email, Phone: "03-1", Fax: null });
const ambiguous: Schema<"Candidates"> = {
  module: "Contacts",
  left: [own],
  right: [
    candidate("21", "Mori I.", { Email: email, Phone: "03-9", Fax: null }),
    candidate("22", "Mori Ichiro", { Email: email, Phone: "03-1", Fax: null }),
  ],
};
const taken = (linked_to: string | null): Schema<"Candidates"> => ({
  ...ambiguous,
  right: [candidate("21", "Mori I.", { Email: email, Phone: "03-9" }, linked_to)],
});
const decision = (more: Partial<Schema<"Decision">>): Schema<"Decision"> => ({
  id: "3-1",
  module: "Contacts",
  at: 0,
  by: "x",
  state: "done",
  code: null,
  what: null,
  hint: null,
  fields: [],
  ...more,
});
const answers = (code: string, candidates: unknown, more: Answers = {}): Answers => ({
  "GET /status": {
    ...status,
    integrations: [integration("tokyo-london", [module("Contacts", { held: { [code]: 1 } })])],
  },
  "GET /integrations/tokyo-london/attention": { items: [item(code)], next: null },
  "GET /integrations/tokyo-london/attention/3-7/candidates": candidates,
  [`POST ${LINKS}`]: decision({ code: "link.done" }),
  [`DELETE ${LINKS}/12`]: decision({ code: "unlink.done" }),
  ...more,
});

async function compare() {
  await user.click(await screen.findByRole("button", { name: "Compare the records… (森 一郎)" }));
  const part = await screen.findByRole("region", { name: "Which records belong together" });
  await within(part).findByRole("radiogroup", { name: "london" });
  return within(part);
}

test("fields that are blank in all are left out, and what is not known differs from nothing", () => {
  const shown = (value: unknown) => (typeof value === "string" ? value : "");
  const unread = candidate("23", null, { Email: "other@example.com" });
  const lines = linesOf([own, ...ambiguous.right, unread], shown);
  expect(lines).toEqual([
    { left: "Email", right: "Email", differs: true },
    { left: "Phone", right: "Phone", differs: true },
  ]);
  expect(heldIn(unread, { left: "Phone", right: "Phone" }, shown)).toBeUndefined();
  expect(linesOf(ambiguous.right, shown).map(({ differs }) => differs)).toEqual([false, true]);
});

// S1-88
test("candidates stand beside each other with what differs; two of them are tied", async () => {
  const { asked } = show(PAGE, answers("match.ambiguous", ambiguous));
  const part = await compare();
  // The record that it is about is chosen already; of the others nobody is.
  expect(part.getByRole("radio", { name: "森 一郎" })).toBeChecked();
  expect(part.getByRole("button", { name: "These belong together" })).toBeDisabled();
  expect(part.getByText("Choose one record of each side.")).toBeVisible();
  // One of the two has another number than the one that is chosen.
  expect(part.getByText("03-9")).toHaveTextContent("03-9 differs");
  expect(part.getAllByText("differs")).toHaveLength(1);
  await user.click(part.getByText("Only differences (1)"));
  expect(part.queryByText(email)).toBeNull();
  await user.click(part.getByRole("radio", { name: "Mori Ichiro" }));
  await user.click(part.getByRole("button", { name: "These belong together" }));
  await waitFor(() =>
    expect(asked.find(({ method }) => method === "POST")).toMatchObject({
      path: LINKS,
      body: { left_id: "11", right_id: "22" },
    }),
  );
  expect(await screen.findByText(/^The two records are a pair/)).toBeVisible();
});

test("one that is tied already is taken apart first, after it was asked about", async () => {
  let tied: string | null = "12";
  const { asked } = show(
    PAGE,
    answers("match.taken", () => taken(tied), {
      [`DELETE ${LINKS}/12`]: () => {
        tied = null;
        return decision({ code: "unlink.done" });
      },
    }),
  );
  const part = await compare();
  expect(part.getByRole("link", { name: "12" })).toHaveAttribute(
    "href",
    "/integrations/tokyo-london/Contacts/12",
  );
  expect(
    part.getByText("Mori I. (london) is tied to another record. Take that pair apart first."),
  ).toBeVisible();
  expect(part.getByRole("button", { name: "These belong together" })).toBeDisabled();
  await user.click(part.getByRole("button", { name: "Take the pair of Mori I. apart…" }));
  const dialog = within(await screen.findByRole("dialog"));
  expect(dialog.getByText(/Both records stay as they are/)).toBeVisible();
  expect(asked.some(({ method }) => method === "DELETE")).toBe(false);
  await user.click(dialog.getByRole("button", { name: "Take apart" }));
  expect(await screen.findByText("The pair was taken apart; both records stay.")).toBeVisible();
  await waitFor(() => expect(part.getByRole("button", { name: "These belong together" })).toBeEnabled());
});

test("what was not done says why; what is to come says that it waits", async () => {
  const upshots = [
    decision({ state: "not_done", code: "link.deleted", what: "one was deleted", hint: "restore it" }),
    decision({ state: "waiting" }),
  ];
  show(PAGE, answers("match.taken", taken(null), { [`POST ${LINKS}`]: () => upshots.shift() }));
  const part = await compare();
  await user.click(part.getByRole("button", { name: "These belong together" }));
  expect(await screen.findByText("One was deleted.")).toBeVisible();
  await user.click(part.getByRole("button", { name: "These belong together" }));
  expect(await screen.findByText(/as soon as the integration works on it/)).toBeVisible();
});

test("who is no administrator compares, and decides nothing", async () => {
  show(
    PAGE,
    answers("match.taken", taken("12"), {
      "GET /session": { ...session, member: { ...member, role: "user" } },
    }),
  );
  const part = await compare();
  expect(part.getByText("Administrators decide which records belong together.")).toBeVisible();
  expect(part.queryByRole("button")).toBeNull();
});

test("a matter that was settled meanwhile says so", async () => {
  const over = new Refusal(404, "failure.no_candidates", "it is no open question");
  show(PAGE, answers("match.ambiguous", over));
  await user.click(await screen.findByRole("button", { name: /^Compare the records/ }));
  expect(await screen.findByText("It is no open question.")).toBeVisible();
});

test("in Japanese", async () => {
  show(PAGE, answers("match.taken", taken("12")), "ja");
  await user.click(await screen.findByRole("button", { name: "データを比較…(森 一郎)" }));
  const part = within(await screen.findByRole("region", { name: "関連付けるデータの選択" }));
  expect(await part.findByRole("button", { name: "この2件を関連付ける" })).toBeDisabled();
  expect(part.getByText(/Mori I\.\(london\)は、別のデータと関連付けられています/)).toBeVisible();
  await user.click(part.getByRole("button", { name: "Mori I.の関連付けを解除…" }));
  const dialog = within(await screen.findByRole("dialog"));
  expect(dialog.getByText(/2件のデータはどちらもそのまま残り/)).toBeVisible();
  await user.click(dialog.getByRole("button", { name: "関連付けを解除" }));
  expect(await screen.findByText("関連付けを解除しました。データはどちらも残っています。")).toBeVisible();
});
