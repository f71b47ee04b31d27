import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { show, type Answers } from "../../stage";
import { entry } from "../../stage/data";
import { user } from "../../stage/user";

const HISTORY = "/integrations/tokyo-london?tab=history";
const PLAN = "/integrations/tokyo-london/undo/plan";
const answers: Answers = {
  "GET /integrations/tokyo-london/history": { items: [entry], next: null },
  [`POST ${PLAN}`]: { digest: "d", ready: 0, stays: {}, items: [] },
};
const AT = Date.UTC(2026, 10, 20, 0, 30);

beforeEach(() => localStorage.setItem("musubi.zone", JSON.stringify("Asia/Tokyo")));

async function open() {
  await user.click(await screen.findByRole("button", { name: "Undo a period…" }));
  const dialog = await screen.findByRole("dialog");
  const input = (name: string) => within(dialog).getByLabelText<HTMLInputElement>(name);
  return { dialog, input };
}
const look = (dialog: HTMLElement) =>
  within(dialog).getByRole("button", { name: "Show what would be set back" });

test("the period that is shown is taken, exact to the millisecond, with its module", async () => {
  const { asked } = show(`${HISTORY}&module=Contacts&since=${AT + 7}&until=${AT + 60_123}`, answers);
  const { dialog, input } = await open();
  expect(input("From").value).toMatch(/^2026-11-20T09:30/);
  expect(input("Before").value).toMatch(/^2026-11-20T09:31/);
  expect(asked.some(({ path }) => path === PLAN)).toBe(false);
  await user.click(look(dialog));
  expect(await within(dialog).findByText(/The hub wrote nothing there/)).toBeVisible();
  expect(asked.find(({ path }) => path === PLAN)?.body).toEqual({
    since: AT + 7,
    until: AT + 60_123,
    module: "Contacts",
  });
});

test("a period is typed in the person's zone; a plan that was made for another counts no more", async () => {
  const { asked } = show(`${HISTORY}&period=all`, answers);
  const { dialog, input } = await open();
  expect(dialog).toHaveTextContent("Time zone: Asia/Tokyo");
  expect(look(dialog)).toBeDisabled();
  fireEvent.change(input("From"), { target: { value: "2026-11-20T09:30" } });
  await user.click(look(dialog));
  await within(dialog).findByText(/The hub wrote nothing there/);
  const asks = () => asked.filter(({ path }) => path === PLAN).map(({ body }) => body);
  expect(asks()).toEqual([{ since: AT }]);

  fireEvent.change(input("Before"), { target: { value: "2026-11-20T09:00" } });
  await waitFor(() => expect(within(dialog).queryByText(/The hub wrote nothing there/)).toBeNull());
  expect(dialog).toHaveTextContent("The end has to be later than the beginning.");
  expect(look(dialog)).toBeDisabled();
  fireEvent.change(input("Before"), { target: { value: "2026-11-20T10:30" } });
  await user.click(look(dialog));
  await waitFor(() => expect(asks()).toHaveLength(2));
  expect(asks()[1]).toEqual({ since: AT, until: AT + 3_600_000 });
});

test("the last seven days are shown at first, and are what is undone", async () => {
  const { asked } = show(HISTORY, answers);
  const { dialog } = await open();
  await user.click(look(dialog));
  await within(dialog).findByText(/The hub wrote nothing there/);
  const since = asked.find(({ path }) => path.endsWith("/history"))?.query.get("since");
  expect(asked.find(({ path }) => path === PLAN)?.body).toEqual({ since: Number(since) });
});

test("a run is undone as one of its module; one that wrote nothing offers no undo", async () => {
  const none = { added: 0, updated: 0, deleted: 0 };
  const run = (number: number, module: string, updated: number) => ({
    number,
    module,
    right_module: module,
    kind: "changes",
    started_at: AT,
    ended_at: AT + 1_000,
    seen: 1,
    outcomes: [],
    written: { left: none, right: { ...none, updated } },
  });
  const { asked } = show("/integrations/tokyo-london?tab=runs", {
    ...answers,
    "GET /integrations/tokyo-london/runs": { items: [run(4, "Contacts", 1), run(9, "Deals", 0)], next: null },
  });
  for (const row of await screen.findAllByRole("button", { name: /^How the records of/ }))
    await user.click(row);
  const offered = await screen.findAllByRole("button", { name: "Undo this run…" });
  expect(offered).toHaveLength(1);
  await user.click(offered[0] ?? document.body);
  const dialog = await screen.findByRole("dialog", { name: "Undo what this run wrote" });
  expect(await within(dialog).findByText(/The hub wrote nothing there/)).toBeVisible();
  expect(asked.find(({ path }) => path === PLAN)?.body).toEqual({ module: "Contacts", run: 4 });
});
