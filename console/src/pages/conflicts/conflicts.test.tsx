import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import type { Schema } from "../../api/client";
import { show, type Answers } from "../../stage";
import { integration, module, status } from "../../stage/data";

const side = (field: string, value: string, changed_at: number): Schema<"ConflictSide"> => ({
  field,
  value,
  base: "課長",
  changed_at,
  changed_by: "Emma Wright",
});
const item = (id: string, label: string): Schema<"AttentionItem"> => ({
  id,
  integration: "tokyo-london",
  module: "Contacts",
  code: "conflict.held",
  left_id: id,
  right_id: `9${id}`,
  field: "Title",
  since: 0,
  what: "both sides changed the same field",
  hint: "decide",
  details: null,
  due: null,
  tries_most: null,
  tries: 0,
  label,
  conflict: {
    left: side("Title", "部長", 1_000),
    right: side("Title", "Director", 2_000),
    first: false,
    version: `v${id}`,
  },
});
const held = integration("tokyo-london", [module("Contacts", { held: { "conflict.held": 2 } })]);
const done = { decisions: [{ id: "d", state: "done", code: null, what: null, hint: null }], for_ever: {} };
const answers = (more: Answers = {}): Answers => ({
  "GET /status": { ...status, integrations: [held] },
  "GET /integrations/tokyo-london/attention": {
    items: [item("1", "佐藤 結衣"), item("2", "Archie Johnson")],
    next: null,
  },
  "POST /integrations/tokyo-london/attention/decide": done,
  ...more,
});
const DECIDE = "/integrations/tokyo-london/attention/decide";

test("both values, the base, who and when stand beside each other; one is taken as it was seen", async () => {
  const { asked } = show("/conflicts", answers());
  expect(await screen.findAllByText("部長")).toHaveLength(2);
  expect(screen.getAllByText("Was, when both agreed: 課長")).toHaveLength(4);
  expect(screen.getAllByText(/Changed by Emma Wright/)).toHaveLength(4);
  await userEvent.click(
    screen.getByRole("button", { name: "Take the value of london for 佐藤 結衣, Title" }),
  );
  await waitFor(() =>
    expect(asked.find(({ path }) => path === DECIDE)?.body).toEqual({
      winner: "right",
      ids: ["1"],
      seen: { "1": "v1" },
      for_ever: false,
    }),
  );
  expect(await screen.findByText(/1 conflict is decided/)).toBeVisible();
});

test("several are decided at once, by the keyboard alone", async () => {
  const { asked } = show("/conflicts", answers());
  const first = await screen.findByRole("checkbox", { name: "Select 佐藤 結衣, Title" });
  first.focus();
  await userEvent.keyboard(" {ArrowDown} ");
  expect(screen.getByText("2 selected")).toBeVisible();
  await userEvent.keyboard("{ArrowLeft}");
  expect(document.activeElement).toHaveAccessibleName("Take the value of tokyo for Archie Johnson, Title");
  expect(asked.some(({ path }) => path === DECIDE)).toBe(false);
  await userEvent.click(screen.getByRole("button", { name: "Take tokyo for all selected" }));
  await waitFor(() =>
    expect(asked.find(({ path }) => path === DECIDE)?.body).toMatchObject({
      winner: "left",
      ids: ["1", "2"],
    }),
  );
});

test("a rule for ever says what it means before", async () => {
  const { asked } = show("/conflicts", answers());
  await userEvent.click(await screen.findByRole("button", { name: "Decide for ever: Title of 佐藤 結衣" }));
  await userEvent.click(await screen.findByRole("menuitem", { name: "Always take tokyo for “Title”" }));
  const dialog = await screen.findByRole("dialog");
  expect(within(dialog).getByText(/whenever both sides change “Title” of Contacts/)).toBeVisible();
  expect(asked.some(({ path }) => path === DECIDE)).toBe(false);
  await userEvent.click(within(dialog).getByRole("button", { name: "Always take it" }));
  await waitFor(() =>
    expect(asked.find(({ path }) => path === DECIDE)?.body).toMatchObject({ winner: "left", for_ever: true }),
  );
});

test("what changed meanwhile is left alone, and said; without conflicts the page says so", async () => {
  const changed = {
    decisions: [
      {
        id: "d",
        state: "not_done",
        code: "x.changed",
        what: "the values are others by now",
        hint: "look again",
      },
    ],
    for_ever: {},
  };
  show("/conflicts", answers({ [`POST ${DECIDE}`]: changed }));
  await userEvent.click(
    await screen.findByRole("button", { name: "Take the value of tokyo for 佐藤 結衣, Title" }),
  );
  expect(await screen.findByText("The values are others by now.")).toBeVisible();
});

test("nothing to decide", async () => {
  show("/conflicts", { "GET /status": { ...status, integrations: [integration("x", [module("Leads")])] } });
  expect(await screen.findByText("No conflict to decide")).toBeVisible();
});
