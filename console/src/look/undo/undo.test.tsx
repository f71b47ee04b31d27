import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { Schema } from "../../api/client";
import { Refusal, show, type Answers } from "../../stage";
import { entry, member, session } from "../../stage/data";
import { user } from "../../stage/user";

const field = (code: string, more: Partial<Schema<"UndoField">> = {}): Schema<"UndoField"> => ({
  side: "right",
  field: "Title",
  code,
  what: "the former value can be written back",
  hint: "nothing",
  now: "Director",
  back: "Manager",
  ...more,
});
const CHANGED = field("undo.changed_since", {
  field: "Phone",
  what: "not taken back: the field was changed since, on one side or the other",
  hint: "look at the record; the later change counts",
  now: "03-3",
  back: "03-1",
});
const item = (fields: Schema<"UndoField">[], at = 1): Schema<"UndoItem"> => ({
  module: "Contacts",
  left_id: String(at),
  right_id: `9${at}`,
  label: at === 1 ? "佐藤 結衣" : null,
  fields,
});
const plan: Schema<"UndoPlan"> = {
  digest: "d1",
  ready: 1,
  stays: { "undo.changed_since": 1 },
  items: [item([field("undo.ready"), CHANGED])],
};
const empty: Schema<"UndoPlan"> = { digest: "d0", ready: 0, stays: {}, items: [] };
const decision = (state: Schema<"DecisionState">): Schema<"Decision"> => ({
  id: "1-7",
  at: 0,
  by: "山田 太郎",
  module: "Contacts",
  state,
  code: state === "done" ? "undo.accepted" : null,
  what: state === "done" ? "the former value is written back, if nobody changes it before that" : null,
  hint: "nothing",
  fields:
    state === "done"
      ? [{ code: "undo.accepted", field: "Title", side: "right", what: "the former value is written back" }]
      : [],
});
const link: Schema<"LinkDetail"> = {
  left_id: "1",
  right_id: "91",
  state: "settled",
  label: "佐藤 結衣",
  left_modified_at: null,
  right_modified_at: null,
  history: [entry],
  fields: [],
};
const RECORD = "/integrations/tokyo-london/Contacts/1";
const PLAN = "/integrations/tokyo-london/undo/plan";
const UNDO = "/integrations/tokyo-london/undo";
const answers = (more: Answers = {}): Answers => ({
  "GET /integrations/tokyo-london/modules/Contacts/links/1": link,
  "GET /integrations/tokyo-london/history": { items: [entry], next: null },
  [`POST ${PLAN}`]: plan,
  [`POST ${UNDO}`]: { decisions: [decision("done")] },
  ...more,
});
const OPEN = "Undo what was written to this record…";

async function open(name = OPEN) {
  await user.click(await screen.findByRole("button", { name }));
  return screen.findByRole("dialog");
}

test("the plan of a record's undo says what is set back, what stays and why, and that the sides stay apart", async () => {
  const { asked } = show(RECORD, answers());
  const dialog = await open();
  expect(await within(dialog).findByText("1 field can be set back")).toBeVisible();
  const of = asked.find(({ path }) => path === PLAN);
  expect(of?.body).toEqual({ module: "Contacts", record: "1" });
  expect(of?.headers.get("idempotency-key")).toBeNull();
  const pair = within(dialog).getByRole("region", { name: "佐藤 結衣" });
  expect(pair).toHaveTextContent("Contacts · 1 ↔ 91");
  expect(pair).toHaveTextContent("Title on london“Director” → “Manager”");
  expect(pair).toHaveTextContent("Phone on londonNot taken back: the field was changed since");
  expect(dialog).toHaveTextContent("1 stays as it is");
  expect(dialog).toHaveTextContent(/1 × Not taken back: .* Look at the record; the later change counts\./);
  expect(dialog).toHaveTextContent("it does not go to the other side");
  expect(asked.some(({ path }) => path === UNDO)).toBe(false);
});

test("what is confirmed is the plan that was seen, and what became of it is told", async () => {
  const { asked } = show(RECORD, answers());
  const dialog = await open();
  await user.click(await within(dialog).findByRole("button", { name: "Set back 1 field" }));
  expect(await within(dialog).findByText(/1 field is set back, unless/)).toBeVisible();
  expect(asked.find(({ path }) => path === UNDO)?.body).toEqual({
    module: "Contacts",
    record: "1",
    digest: "d1",
  });
  expect(within(dialog).queryByRole("button", { name: /Set back/ })).toBeNull();
  await user.click(within(dialog).getAllByRole("button", { name: "Close" }).at(-1) ?? dialog);
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
});

test("what waits is followed until it is done", async () => {
  let tries = 0;
  const { asked } = show(
    RECORD,
    answers({
      [`POST ${UNDO}`]: { decisions: [decision("waiting")] },
      "GET /integrations/tokyo-london/decisions/1-7": () => decision((tries += 1) > 1 ? "done" : "waiting"),
    }),
  );
  const dialog = await open();
  await user.click(await within(dialog).findByRole("button", { name: "Set back 1 field" }));
  expect(await within(dialog).findByText(/1 pair waits/)).toBeVisible();
  expect(await within(dialog).findByText(/1 field is set back/, {}, { timeout: 20_000 })).toBeVisible();
  expect(within(dialog).queryByText(/waits/)).toBeNull();
  expect(asked.filter(({ path }) => path.endsWith("/decisions/1-7"))).toHaveLength(2);
});

test("what came too late is told with its reason", async () => {
  const late: Schema<"Decision"> = {
    ...decision("not_done"),
    code: "undo.nothing",
    fields: [{ code: "undo.changed_since", field: "Title", side: "right", what: CHANGED.what }],
  };
  show(RECORD, answers({ [`POST ${UNDO}`]: { decisions: [late] } }));
  const dialog = await open();
  await user.click(await within(dialog).findByRole("button", { name: "Set back 1 field" }));
  expect(await within(dialog).findByText(/1 × Not taken back: the field was changed since/)).toBeVisible();
  expect(dialog).not.toHaveTextContent("is set back");
});

test("a plan that is another one by now is told, and made again", async () => {
  const digests = ["d1", "d2"];
  const { asked } = show(
    RECORD,
    answers({
      [`POST ${PLAN}`]: () => ({ ...plan, digest: digests.shift() }),
      [`POST ${UNDO}`]: ({ body }: { body: { digest: string } }) =>
        body.digest === "d1"
          ? new Refusal(409, "undo.plan_changed", "what would be taken back is not what the plan said")
          : { decisions: [decision("done")] },
    }),
  );
  const dialog = await open();
  await user.click(await within(dialog).findByRole("button", { name: "Set back 1 field" }));
  expect(await within(dialog).findByRole("alert")).toHaveTextContent("undo.plan_changed");
  expect(within(dialog).queryByRole("button", { name: "Set back 1 field" })).toBeNull();
  await user.click(within(dialog).getByRole("button", { name: "Look again" }));
  await user.click(await within(dialog).findByRole("button", { name: "Set back 1 field" }));
  expect(await within(dialog).findByText(/1 field is set back/)).toBeVisible();
  expect(
    asked.filter(({ path }) => path === UNDO).map(({ body }) => (body as { digest: string }).digest),
  ).toEqual(["d1", "d2"]);
});

test("an empty plan says so, and nothing can be confirmed; neither where everything stays", async () => {
  const plans = [empty, { ...plan, ready: 0, items: [item([CHANGED])] }];
  show(RECORD, answers({ [`POST ${PLAN}`]: () => plans.shift() }));
  const dialog = await open();
  expect(await within(dialog).findByText(/The hub wrote nothing there/)).toBeVisible();
  expect(within(dialog).queryByRole("button", { name: /Set back/ })).toBeNull();
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  const again = await open();
  expect(await within(again).findByText("Nothing can be set back. Below is why.")).toBeVisible();
  expect(within(again).queryByRole("button", { name: /Set back/ })).toBeNull();
});

test("a hundred pairs are shown, those that are changed first; the others are told of", async () => {
  const items = Array.from({ length: 120 }, (_, at) => item([CHANGED], at + 2));
  const many = {
    ...plan,
    items: [...items, item([field("undo.ready")])],
    stays: { "undo.changed_since": 120 },
  };
  show(RECORD, answers({ [`POST ${PLAN}`]: many }));
  const dialog = await open();
  expect(await within(dialog).findByText(/100 of 121 pairs are shown/)).toBeVisible();
  expect(within(dialog).getAllByRole("region")).toHaveLength(100);
  expect(within(dialog).getByRole("region", { name: "佐藤 結衣" })).toBeVisible();
});

test("a problem with the plan is told, and it can be asked for again", async () => {
  const plans: unknown[] = [new Refusal(422, "undo.too_many", "that would be too many records"), plan];
  show(RECORD, answers({ [`POST ${PLAN}`]: () => plans.shift() }));
  const dialog = await open();
  expect(await within(dialog).findByRole("alert")).toHaveTextContent("undo.too_many");
  await user.click(within(dialog).getByRole("button", { name: "Look again" }));
  expect(await within(dialog).findByText("1 field can be set back")).toBeVisible();
});

test("in Japanese, with the hub's reasons in Japanese", async () => {
  show(RECORD, answers(), "ja");
  const dialog = await open("このデータへの書き込みを元に戻す…");
  expect(await within(dialog).findByText("1項目を元に戻せます")).toBeVisible();
  const pair = within(dialog).getByRole("region", { name: "佐藤 結衣" });
  expect(pair).toHaveTextContent("役職 london 側「Director」 → 「Manager」");
  expect(dialog).toHaveTextContent("1件：その後どちらかで項目が変更されたため、元に戻しません。");
  await user.click(within(dialog).getByRole("button", { name: "1項目を元に戻す" }));
  expect(await within(dialog).findByText(/1項目を元の値に戻します/)).toBeVisible();
});

test("who may not undo is offered nothing", async () => {
  show(RECORD, answers({ "GET /session": { ...session, member: { ...member, role: "user" } } }));
  expect(await screen.findByRole("heading", { name: "What happened" })).toBeVisible();
  expect(screen.queryByRole("button", { name: OPEN })).toBeNull();
});
