import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { Refusal, show, Silent } from "../../stage";
import { activity, entry, integration, module, status } from "../../stage/data";

test("every integration with its standing, what waits, and the credits left", async () => {
  show("/", { "GET /activity": activity });
  const card = await screen.findByRole("region", { name: "tokyo-london" });
  expect(card).toHaveTextContent("Needs attention");
  expect(card).toHaveTextContent("20pairs of records");
  expect(within(card).getByRole("link", { name: "7 items need attention" })).toHaveAttribute(
    "href",
    "/integrations/tokyo-london?tab=attention",
  );
  expect(await screen.findByText("750 left")).toBeVisible();
  expect(screen.getByRole("link", { name: /Not among the options/ })).toHaveAttribute(
    "href",
    "/integrations/tokyo-london?tab=attention&code=value.not_an_option",
  );
});

test("the last hour, day and month are charted", async () => {
  const { asked } = show("/", { "GET /activity": activity });
  const hours = () =>
    asked.filter(({ path }) => path.endsWith("/activity")).map(({ query }) => query.get("hours"));
  const range = await screen.findByRole("radiogroup", { name: "Range of the chart" });
  await userEvent.click(within(range).getByRole("radio", { name: "Last hour" }));
  await waitFor(() => expect(hours()).toContain("1"));
  await userEvent.click(within(range).getByRole("radio", { name: "30 days" }));
  await waitFor(() => expect(hours()).toContain("720"));
});

test("live events change what is shown without asking again", async () => {
  show("/", { "GET /activity": activity });
  const card = await screen.findByRole("region", { name: "tokyo-london" });
  act(() => {
    Silent.last?.say("status", {
      ...status,
      integrations: [integration("tokyo-london", [module("Contacts", { links: 4321 })])],
    });
    Silent.last?.say("journal", { ...entry, integration: "tokyo-london" });
  });
  await waitFor(() => expect(card).toHaveTextContent("4,321"));
  expect(card).toHaveTextContent("In agreement");
  expect(
    await screen.findByText(/Phone of 佐藤 結衣 was changed from “03-1” to “03-2” on tokyo/),
  ).toBeVisible();
});

test("a first load that is done is told, in the reader's language", async () => {
  const notice = {
    id: 3,
    at: Date.now(),
    event: "first_load",
    integration: "tokyo-london",
    subject: "tokyo-london: first load done (Contacts)",
    matters: [{ integration: "tokyo-london", module: "Contacts", code: "pairs", count: 20 }],
    over: [],
    deliveries: [],
  };
  show("/", { "GET /activity": activity, "GET /notices/sent": { items: [notice], next: null } }, "ja");
  const card = await screen.findByRole("region", { name: "通知" });
  expect(
    within(card).getByRole("link", { name: "tokyo-london：「連絡先」の初回同期が完了しました" }),
  ).toHaveAttribute("href", "/integrations/tokyo-london");
});

test("an empty hub says how to begin", async () => {
  show("/", { "GET /status": { integrations: [], connections: [], processes: [], undelivered_notices: 0 } });
  expect(await screen.findByText("No integration yet")).toBeVisible();
  expect(screen.getByRole("link", { name: "Add a connection" })).toHaveAttribute("href", "/connections/new");
});

test("a problem is told with a way to try again", async () => {
  show("/", { "GET /status": new Refusal(503, "store.full", "the disk is full", "make room") }, "ja");
  expect(await screen.findByRole("alert")).toHaveTextContent("再試行");
});
