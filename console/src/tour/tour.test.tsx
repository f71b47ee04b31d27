import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { show, Silent } from "../stage";
import { activity, contacts, entry, field, session } from "../stage/data";

const RECORD = { id: "1", modified_at: 1, values: { Last_Name: "佐藤", Title: "課長" } };
const answers = {
  "GET /session": { ...session, demo: true },
  "GET /activity": activity,
  "GET /integrations/tokyo-london/modules/Contacts/links": {
    items: [{ left_id: "1", right_id: "2", label: "佐藤" }],
    next: null,
  },
  "GET /integrations/tokyo-london/history": { items: [], next: null },
  "GET /connections/tokyo/modules": { items: [contacts] },
  "GET /connections/tokyo/modules/Contacts/fields": {
    items: [field("Last_Name", "text"), field("Title", "text")],
  },
  "GET /connections/tokyo/modules/Contacts/records": { items: [RECORD], next: null },
  "GET /connections/tokyo/modules/Contacts/records/1": RECORD,
};
const card = () => screen.findByRole("complementary", { name: "Guided tour" });
const press = async (name: string) =>
  userEvent.click(await within(await card()).findByRole("button", { name }));

test("a change made on the way is awaited, told, and explained", async () => {
  const { router } = show("/", answers);
  await press("Begin");
  await press("Open a record of tokyo");
  await waitFor(() => expect(router.state.location.pathname).toBe("/connections/tokyo/Contacts"));
  expect(router.state.location.search).toEqual({ record: "1" });
  const change = { ...entry, integration: "tokyo-london", at: Date.now() + 1_000 };
  act(() => Silent.last?.say("journal", { ...change, left_id: "9" }));
  expect(await card()).toHaveTextContent("2 of 5");
  act(() => Silent.last?.say("journal", change));
  await waitFor(async () => expect(await card()).toHaveTextContent("3 of 5"));
  expect(await card()).toHaveTextContent("from “03-1” to “03-2” on tokyo; written to london");
  await press("Open the history");
  await press("Continue");
  await press("Open the pair");
  expect(router.state.location.pathname).toBe("/integrations/tokyo-london/Contacts/1");
});

test("it can be put away, and taken up again where it was", async () => {
  show("/", answers);
  await press("Begin");
  await userEvent.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("complementary", { name: "Guided tour" })).toBeNull());
  await userEvent.click(screen.getByRole("button", { name: /Account/ }));
  await userEvent.click(await screen.findByRole("menuitem", { name: "Guided tour" }));
  expect(await card()).toHaveTextContent("2 of 5");
});

test("only the demo has it", async () => {
  show("/", { "GET /activity": activity });
  await screen.findByRole("heading", { name: "Home" });
  await userEvent.click(screen.getByRole("button", { name: /Account/ }));
  await screen.findByRole("menuitem", { name: "Your profile" });
  expect(screen.queryByText("Guided tour")).toBeNull();
});
