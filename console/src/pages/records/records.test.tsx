import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeAll, expect, test, vi } from "vitest";
import { Refusal, show } from "../../stage";
import { contacts, field } from "../../stage/data";

const fields = [field("Last_Name", "text", { required: true, label: "姓" }), field("Email", "email")];
const record = (at: number) => ({
  id: String(at),
  modified_at: 1000,
  values: { Last_Name: `佐藤${at}`, Email: `u${at}@example.jp` },
});
const all = Array.from({ length: 1000 }, (_, at) => record(at));
const answers = {
  "GET /connections/tokyo/modules": { items: [contacts] },
  "GET /connections/tokyo/modules/Contacts/fields": { items: fields },
  "GET /connections/tokyo/modules/Contacts/records": { items: all, next: null },
  "GET /connections/tokyo/modules/Contacts/records/3": record(3),
};

// jsdom lays nothing out: the list is given a height to be virtual in.
beforeAll(() => {
  vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(600);
  vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(900);
});

test("a thousand records are loaded and at most a hundred rows mounted", async () => {
  show("/connections/tokyo/Contacts", answers);
  expect(await screen.findByText("佐藤0")).toBeVisible();
  expect(screen.getByText("1,000 records")).toBeVisible();
  expect(screen.getAllByRole("row").length).toBeLessThanOrEqual(100);
});

test("only what was changed is written, on the condition that nobody else changed it", async () => {
  const { asked } = show("/connections/tokyo/Contacts?record=3", {
    ...answers,
    "PATCH /connections/tokyo/modules/Contacts/records/3": { ...record(3), modified_at: 2000 },
  });
  const input = await screen.findByLabelText(/姓/);
  await userEvent.clear(input);
  await userEvent.type(input, "田中");
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() =>
    expect(asked.find(({ method }) => method === "PATCH")?.body).toEqual({
      values: { Last_Name: "田中" },
      unmodified_since: 1000,
    }),
  );
});

test("a mandatory field is asked for before anything is sent, and the service's refusal is told", async () => {
  const { asked } = show("/connections/tokyo/Contacts?record=new", {
    ...answers,
    "POST /connections/tokyo/modules/Contacts/records": new Refusal(
      422,
      "write.refused",
      "the service refused the record",
    ),
  });
  await userEvent.click(await screen.findByRole("button", { name: "Save" }));
  expect(await screen.findByText("This field is mandatory")).toBeVisible();
  expect(asked.some(({ method }) => method === "POST")).toBe(false);
  await userEvent.type(screen.getByLabelText(/姓/), "田中");
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText("Code write.refused")).toBeVisible();
});
