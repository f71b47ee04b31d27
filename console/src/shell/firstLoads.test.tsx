import { act, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { show, Silent } from "../stage";
import { integration, module, status } from "../stage/data";

// S2-35
test("a first load that ends is told on whatever page one is", async () => {
  const loading = { phase: "scan_second" as const, agreed_since: null };
  const modules = [module("Accounts"), module("Contacts", loading)];
  show("/integrations", {
    "GET /status": { ...status, integrations: [integration("tokyo-london", modules)] },
  });
  // Only a load that was seen under way is told when it is done.
  await screen.findByText("First load");
  expect(screen.queryByText(/first load/)).toBeNull();
  const done = integration("tokyo-london", [module("Accounts"), module("Contacts")]);
  const say = () => act(() => Silent.last?.say("status", { ...status, integrations: [{ ...done }] }));
  say();
  expect(await screen.findByText("tokyo-london: the first load of Contacts is done")).toBeVisible();
  say();
  expect(screen.getAllByText(/the first load of/)).toHaveLength(1);
});
