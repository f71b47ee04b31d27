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

// S1-79 S1-80 S1-81 S1-82 S1-83 S1-84 S1-85
test("the sync history shows the last seven days: when, which way, which module, how many; a line opens to the reasons", async () => {
  const { asked, router } = show("/integrations/tokyo-london", {
    "GET /integrations/tokyo-london/runs": { items: [run], next: null },
  });
  await userEvent.click(await screen.findByRole("tab", { name: "Sync history" }));
  const line = await screen.findByRole("row", { name: /Contacts.*128/ });
  expect(line).toHaveTextContent("tokyo → london128 added");
  expect(line).toHaveTextContent("london → tokyo7 updated");
  expect(
    within(line)
      .getAllByRole("cell")
      .map((cell) => cell.textContent),
  ).toEqual(expect.arrayContaining(["128", "7", "2", "1"]));
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
  expect(within(row("Waiting for you")).getByRole("link")).toHaveAttribute(
    "href",
    "/integrations/tokyo-london?tab=attention&module=Contacts",
  );
  expect(row("this direction creates no records")).toHaveTextContent("4711");
  expect(within(row("this direction")).getByRole("link", { name: "All that are now (CSV)" })).toHaveAttribute(
    "href",
    "/api/v1/integrations/tokyo-london/skipped/csv?module=Contacts%3AContacts&code=skipped.direction",
  );
  expect(row("All")).toHaveTextContent("138");

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
