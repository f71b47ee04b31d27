import { screen } from "@testing-library/react";
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
const answers = { "GET /integrations/tokyo-london/modules/Contacts/links/1": link };

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
