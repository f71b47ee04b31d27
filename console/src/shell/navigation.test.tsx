import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { show } from "../stage";
import { integration, module, status } from "../stage/data";

const torn = integration("tokyo-london", [
  module("Contacts", { held: { "conflict.held": 3, "match.ambiguous": 1 } }),
  module("Deals", { held: { "conflict.held": 2 } }),
]);

test("conflicts are a place of their own, with how many wait for a decision", async () => {
  const { router } = show("/integrations", { "GET /status": { ...status, integrations: [torn] } });
  const navigation = await screen.findByRole("navigation", { name: "Main navigation" });
  const link = await within(navigation).findByRole("link", { name: /^Conflicts/ });
  expect(link).toHaveTextContent("5");
  await userEvent.click(link);
  expect(router.state.location.pathname).toBe("/conflicts");
});

test("they are found by typing, too", async () => {
  const { router } = show("/integrations", { "GET /status": { ...status, integrations: [torn] } });
  await userEvent.click(await screen.findByRole("button", { name: "Search or jump to…" }));
  await userEvent.type(await screen.findByPlaceholderText("Search or jump to…"), "confl");
  await userEvent.keyboard("{Enter}");
  expect(await screen.findByRole("heading", { name: "Conflicts" })).toBeVisible();
  expect(router.state.location.pathname).toBe("/conflicts");
});
