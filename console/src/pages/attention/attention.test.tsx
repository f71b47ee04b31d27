import { act, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import type { Schema } from "../../api/client";
import { speak } from "../../look/texts";
import { show } from "../../stage";
import { integration, module, status } from "../../stage/data";

const item = (id: string, of: string, since: number): Schema<"AttentionItem"> => ({
  id,
  integration: of,
  module: "Contacts",
  code: "match.ambiguous",
  left_id: id,
  right_id: null,
  field: null,
  since,
  what: "several could be its counterpart",
  hint: "link one",
  details: null,
  due: null,
  tries_most: null,
  tries: 0,
  label: `record ${id}`,
  conflict: null,
});
const held = [module("Contacts", { held: { "match.ambiguous": 1 } })];
const two = [integration("tokyo-london", held), integration("tokyo-paris", held)];

// S1-86
test("what failed stands in the order of time, of all integrations, and each is tried again by itself", async () => {
  const { asked } = show("/attention", {
    "GET /status": { ...status, integrations: two },
    "GET /attention": {
      items: [item("9-1", "tokyo-paris", 2_000), item("7-4", "tokyo-london", 1_000)],
      next: null,
    },
    "POST /integrations/tokyo-london/attention/retry": { retried: 1, left_out: {} },
  });
  const links = await screen.findAllByRole("link", { name: /^record / });
  expect(links.map((link) => link.textContent)).toEqual(["record 9-1", "record 7-4"]);
  expect(screen.getByRole("link", { name: "tokyo-paris" })).toHaveAttribute(
    "href",
    expect.stringMatching(/^\/integrations\/tokyo-paris/),
  );
  await userEvent.click(screen.getAllByRole("button", { name: "Retry" })[1] as HTMLElement);
  await waitFor(() =>
    expect(asked.find(({ path }) => path.endsWith("/attention/retry"))?.body).toEqual({ ids: ["7-4"] }),
  );
});

test("the spreadsheet is in the language that the page is shown in", async () => {
  show("/attention?code=match.ambiguous", {
    "GET /status": { ...status, integrations: two },
    "GET /attention": { items: [item("7-4", "tokyo-london", 1_000)], next: null },
  });
  const address = "/api/v1/attention/csv?code=match.ambiguous&language=";
  const csv = await screen.findByRole("link", { name: "CSV" });
  expect(csv).toHaveAttribute("href", `${address}en`);
  act(() => speak("ja"));
  expect(screen.getByRole("link", { name: "CSV" })).toHaveAttribute("href", `${address}ja`);
});
