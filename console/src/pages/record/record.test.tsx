import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import type { Schema } from "../../api/client";
import { show } from "../../stage";
import { entry } from "../../stage/data";

const link: Schema<"LinkDetail"> = {
  left_id: "1",
  right_id: "2",
  state: "held",
  label: "佐藤 結衣",
  left_modified_at: null,
  right_modified_at: null,
  history: [entry],
  fields: [
    {
      left: "Phone",
      right: "Phone",
      label_left: "電話番号",
      label_right: "Phone",
      left_value: "03-2",
      right_value: "03-2",
      left_base: "03-2",
      right_base: "03-2",
      state: "agrees",
    },
    {
      left: "Title",
      right: "Title",
      label_left: "役職",
      label_right: "Title",
      left_value: "部長",
      right_value: null,
      left_base: "課長",
      right_base: "Manager",
      state: "conflict",
    },
  ],
};
const because = (code: string, more: Partial<Schema<"Because">> = {}): Schema<"Because"> => ({
  code,
  what: "both sides agree",
  hint: "",
  field: null,
  since: null,
  by: null,
  matter: null,
  waits_for: null,
  said: null,
  ...more,
});
const explanation = (more: Partial<Schema<"Explanation">>): Schema<"Explanation"> => ({
  module: "Contacts",
  side: "left",
  id: "1",
  label: null,
  counterpart: "2",
  synced: true,
  reasons: [because("explain.agrees")],
  ...more,
});
const answers = {
  "GET /integrations/tokyo-london/modules/Contacts/links/1": link,
  "GET /integrations/tokyo-london/modules/Contacts/explain": explanation({}),
};

test("both sides beside each other, with what they held when both last agreed", async () => {
  show("/integrations/tokyo-london/Contacts/1", answers);
  expect(await screen.findByRole("heading", { name: "佐藤 結衣" })).toBeVisible();
  const row = screen.getByRole("row", { name: /役職/ });
  expect(row).toHaveTextContent("部長Last agreed: 課長");
  expect(row).toHaveTextContent("(blank)Last agreed: Manager");
  expect(row).toHaveTextContent("Conflict");
});

test("only the differences, and the journal in the words of the side written to", async () => {
  show("/integrations/tokyo-london/Contacts/1", answers);
  await userEvent.click(await screen.findByText("Only differences (1)"));
  expect(screen.queryByRole("row", { name: /電話番号/ })).toBeNull();
  expect(
    screen.getByText(/Phone of 佐藤 結衣 was changed from “03-1” to “03-2” on tokyo; written to london/),
  ).toBeVisible();
});

test("a pair says that it is synced, or why it is not and what would change it", async () => {
  show("/integrations/tokyo-london/Contacts/1", {
    ...answers,
    "GET /integrations/tokyo-london/modules/Contacts/explain": explanation({
      synced: false,
      reasons: [
        because("value.not_an_option", {
          what: "the value is not among the options",
          hint: "add the option there",
          field: "Lead_Source",
          since: 0,
          matter: "1-4",
          said: { code: "INVALID_DATA", message: "invalid data", field: "Lead_Source" },
        }),
      ],
    }),
  });
  const card = await screen.findByRole("region", { name: "Why this record is not synced" });
  expect(card).toHaveTextContent("Lead Source: The value is not among the options.");
  expect(card).toHaveTextContent("What would change it: Add the option there.");
  expect(card).toHaveTextContent("The service said: INVALID_DATA (Lead_Source) invalid data");
  expect(within(card).getByRole("link", { name: "Among what needs attention" })).toHaveAttribute(
    "href",
    "/integrations/tokyo-london?tab=attention&record=1",
  );
});

test("a record that is none of a pair is asked about by its side", async () => {
  const { asked } = show("/integrations/tokyo-london/Contacts/77?side=right", {
    "GET /integrations/tokyo-london/modules/Contacts/explain": explanation({
      side: "right",
      id: "77",
      counterpart: null,
      synced: false,
      reasons: [
        because("explain.direction", { what: "this direction creates no records", hint: "change it" }),
      ],
    }),
  });
  expect(await screen.findByText(/This direction creates no records/)).toBeVisible();
  const query = asked.find(({ path }) => path.endsWith("/explain"))?.query;
  expect(query?.toString()).toBe("side=right&id=77");
  expect(asked.some(({ path }) => path.includes("/links/"))).toBe(false);
});

test("an id that is in no pair of the left side is answered too", async () => {
  show("/integrations/tokyo-london/Contacts/78", {
    "GET /integrations/tokyo-london/modules/Contacts/explain": explanation({
      id: "78",
      counterpart: null,
      synced: false,
      reasons: [because("explain.never_seen", { what: "it was never seen", hint: "check the id" })],
    }),
  });
  expect(await screen.findByText(/It was never seen/)).toBeVisible();
});
