import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { Schema } from "../../api/client";
import { show, type Answers } from "../../stage";
import { integration, module, session, status } from "../../stage/data";
import { user } from "../../stage/user";

const PAGE = "/integrations/tokyo-london?tab=attention";
const RETRY = "/integrations/tokyo-london/attention/retry";
const item = (id: string, label: string, code = "delete.breaker"): Schema<"AttentionItem"> => ({
  id,
  integration: "tokyo-london",
  module: "Contacts",
  code,
  left_id: `L${id}`,
  right_id: `R${id}`,
  field: null,
  since: 0,
  what: "more records were deleted at once",
  hint: "retry",
  details: { side: "left" },
  due: null,
  tries_most: null,
  tries: 0,
  label,
  conflict: null,
});
const all = [item("1", "佐藤 結衣"), item("2", "Archie Johnson"), item("3", "Emma", "value.too_long")];
const answers = (more: Answers = {}): Answers => ({
  "GET /status": {
    ...status,
    integrations: [
      integration("tokyo-london", [
        module("Contacts", { held: { "delete.breaker": 2 }, failed: { "value.too_long": 1 } }),
      ]),
    ],
  },
  "GET /integrations/tokyo-london/attention": ({ query }: { query: URLSearchParams }) => ({
    items: all.filter(({ code }) => query.get("code") === null || query.get("code") === code),
    next: null,
  }),
  [`POST ${RETRY}`]: { retried: 2, left_out: {} },
  "DELETE /integrations/tokyo-london/modules/Contacts/links/L1": {
    id: "d",
    module: "Contacts",
    at: 0,
    by: "x",
    state: "done",
    code: "unlink.done",
    what: null,
    hint: null,
    fields: [],
  },
  ...more,
});

// S1-59 S1-60
test("held deletions stand in a list of their own; what was held together goes together, and is asked about first", async () => {
  const { asked } = show(PAGE, answers());
  const held = await screen.findByRole("region", { name: "Deletions held" });
  expect(await within(held).findAllByText(/Deleted on tokyo; still there on london/)).toHaveLength(2);
  await user.click(within(held).getByRole("button", { name: "Delete Archie Johnson on the other side too" }));
  const dialog = await screen.findByRole("dialog");
  expect(within(dialog).getByText(/2 records go to the recycle bin.*all of them go/)).toBeVisible();
  expect(asked.some(({ path }) => path === RETRY)).toBe(false);
  await user.click(within(dialog).getByRole("button", { name: "Delete them" }));
  await waitFor(() => expect(asked.find(({ path }) => path === RETRY)?.body).toEqual({ ids: ["2"] }));
});

test("one is refused: the pair is taken apart, and the other record stays", async () => {
  const { asked } = show(PAGE, answers());
  await user.click(await screen.findByRole("button", { name: "Keep the other record of 佐藤 結衣" }));
  expect(await screen.findByText("1 record stays; the two are no longer linked.")).toBeVisible();
  expect(asked.filter(({ method }) => method === "DELETE")).toHaveLength(1);
});

test("trying everything again names no deletion, and the hub leaves those out", async () => {
  const { asked } = show(PAGE, answers());
  await screen.findByText(/value.too_long/);
  await user.click(screen.getByRole("button", { name: "Retry all" }));
  await waitFor(() =>
    expect(asked.filter(({ path }) => path === RETRY).map(({ body }) => body)).toEqual([{}]),
  );
});

test("who is no administrator sees them, and cannot take pairs apart", async () => {
  const user = { ...session, member: { ...session.member, role: "user" } };
  show(PAGE, answers({ "GET /session": user }));
  expect(await screen.findByText(/Administrators can keep the other record/)).toBeVisible();
  expect(screen.queryByRole("button", { name: /^Keep the other record/ })).toBeNull();
});
