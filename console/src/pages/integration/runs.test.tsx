import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { show } from "../../stage";

const DAY = 86_400_000;
const now = Date.now();
const run = {
  number: 1,
  module: "Contacts",
  right_module: "Contacts",
  kind: "first_load",
  started_at: now - DAY,
  ended_at: now - DAY + 8_000,
  seen: 138,
  outcomes: [
    { outcome: "added", reason: "", count: 128, sample: [] },
    { outcome: "updated", reason: "", count: 7, sample: [] },
    { outcome: "held", reason: "match", count: 1, sample: [] },
    { outcome: "skipped", reason: "direction", count: 2, sample: ["4711"] },
  ],
  written: {
    left: { added: 0, updated: 7, deleted: 0 },
    right: { added: 128, updated: 0, deleted: 0 },
  },
};

/** The names of the columns that hold numbers. */
async function columns() {
  const table = await screen.findByRole("table", { name: "Sync history" });
  return within(table)
    .getAllByRole("columnheader")
    .map((header) => header.textContent)
    .filter((name) => !["Date", "Module", "Direction", ""].includes(name));
}

/** What stands in them: the cells behind the date and the direction, without the one that opens the line. */
const numbers = (line: HTMLElement) =>
  within(line)
    .getAllByRole("cell")
    .slice(2, -1)
    .map((cell) => cell.textContent);

// S1-79 S1-80 S1-81 S1-82 S1-83 S1-84 S1-85
test("the sync history shows the last seven days: when, which way, which module, how many; a line opens to the reasons", async () => {
  const { asked, router } = show("/integrations/tokyo-london", {
    "GET /integrations/tokyo-london/runs": { items: [run], next: null },
  });
  await userEvent.click(await screen.findByRole("tab", { name: "Sync history" }));
  const line = await screen.findByRole("row", { name: /Contacts.*128/ });
  expect(line).toHaveTextContent("tokyo → london128 added");
  expect(line).toHaveTextContent("london → tokyo7 updated");
  expect(await columns()).toEqual(["Seen", "Added", "Updated", "Skipped", "Held", "Failed"]);
  expect(numbers(line)).toEqual(["138", "128", "7", "2", "1", "0"]);
  const since = () =>
    asked.filter(({ path }) => path.endsWith("/runs")).map(({ query }) => query.get("since"));
  expect(Math.abs(now - 7 * DAY - Number(since()[0]))).toBeLessThan(3_700_000);

  await userEvent.click(within(line).getByRole("button", { name: /How the records of Contacts came out/ }));
  const outcomes = await screen.findByRole("table", { name: "How the records came out" });
  const row = (name: string) => within(outcomes).getByRole("row", { name: new RegExp(name) });
  const { started_at, ended_at } = run;
  expect(within(row("Added")).getByRole("link", { name: "Which ones" })).toHaveAttribute(
    "href",
    `/integrations/tokyo-london?tab=history&module=Contacts&kind=created&since=${started_at}&until=${ended_at + 1}`,
  );
  expect(within(row("Held: waiting for you")).getByRole("link")).toHaveAttribute(
    "href",
    "/integrations/tokyo-london?tab=attention&module=Contacts",
  );
  expect(row("this direction creates no records")).toHaveTextContent("4711");
  expect(within(row("this direction")).getByRole("link", { name: "All that are now (CSV)" })).toHaveAttribute(
    "href",
    "/api/v1/integrations/tokyo-london/skipped/csv?module=Contacts%3AContacts&code=skipped.direction&language=en",
  );
  expect(row("^All 138")).toHaveTextContent("138");

  await userEvent.click(screen.getByRole("combobox", { name: "Period" }));
  await userEvent.click(await screen.findByRole("option", { name: "All times" }));
  await waitFor(() => expect(since().at(-1)).toBeNull());
  expect(router.state.location.search).toEqual({ tab: "runs", period: "all" });
});

test("a period in which nothing was done says so", async () => {
  show("/integrations/tokyo-london?tab=runs", {
    "GET /integrations/tokyo-london/runs": { items: [], next: null },
  });
  expect(await screen.findByText("Nothing was done in this period.")).toBeVisible();
});

// K-24 S1-84
test("a line adds up to what was seen: what is held has not failed, and no outcome is left out", async () => {
  const outcome = (outcome: string, count: number, reason = "") => ({ outcome, reason, count, sample: [] });
  const all = {
    ...run,
    module: "Accounts",
    right_module: "Accounts",
    seen: 146,
    outcomes: [
      outcome("linked", 20),
      outcome("revived", 1),
      outcome("deleted", 2, "left"),
      outcome("gone", 1),
      outcome("untied", 3, "edited"),
      outcome("undone", 4),
      outcome("unchanged", 30),
      outcome("held", 80, "conflict.held"),
      outcome("failed", 5, "parameter.refused"),
    ],
  };
  show("/integrations/tokyo-london?tab=runs", {
    "GET /integrations/tokyo-london/runs": { items: [all], next: null },
  });
  const line = await screen.findByRole("row", { name: /Accounts.*146/ });
  const names = await columns();
  const counts = numbers(line);
  expect(Object.fromEntries(names.map((name, at) => [name, counts[at]]))).toEqual({
    Seen: "146",
    Added: "0",
    Updated: "4",
    Linked: "21",
    Deleted: "3",
    Unlinked: "3",
    Unchanged: "30",
    Skipped: "0",
    Held: "80",
    Failed: "5",
  });
  expect(within(line).getByRole("cell", { name: "5" }).style.color).toBe("var(--warning)");
  const [seen, ...rest] = counts.map(Number);
  expect(rest.reduce((sum, count) => sum + count, 0)).toBe(seen);
});

// S1-84
test("records that are held alarm nobody: only those that failed are told in the colour of a warning", async () => {
  const held = {
    ...run,
    outcomes: [{ outcome: "held", reason: "conflict.held", count: 80, sample: [] }],
    seen: 80,
  };
  show("/integrations/tokyo-london?tab=runs", {
    "GET /integrations/tokyo-london/runs": { items: [held], next: null },
  });
  const line = await screen.findByRole("row", { name: /Contacts.*80/ });
  expect(await columns()).toEqual(["Seen", "Added", "Updated", "Skipped", "Held", "Failed"]);
  expect(numbers(line)).toEqual(["80", "0", "0", "0", "80", "0"]);
  for (const cell of within(line).getAllByRole("cell")) expect(cell.style.color).toBe("");
});
