import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { show } from "../../stage";
import { field } from "../../stage/data";
import { answers, contacts, integration, PAGE, pair, sentTo } from "../../stage/mapping";
import { type Entry, entryOf, keyOf, overwritten } from "./keys";
import { user } from "../../stage/user";

const more = {
  "GET /connections/tokyo/modules/Contacts/fields": contacts(
    field("Phone", "phone"),
    field("Secondary_Email", "email"),
  ),
  "GET /connections/london/modules/Contacts/fields": contacts(field("Mobile", "phone")),
};

// S1-29
test("match keys have an order, a counterpart and a form; saving says them", async () => {
  const saved = pair({
    match: [{ left: "Phone", right: "Mobile", as: "phone", country: { left: "JP", right: "GB" } }, "Email"],
  });
  const { asked } = show(
    PAGE,
    answers(pair(), { ...more, "PATCH /integrations/tokyo-london": integration(saved) }),
  );
  const section = within(await screen.findByRole("region", { name: "How records are recognized" }));
  const choose = async (name: string, option: RegExp) => {
    await user.click(section.getByRole("combobox", { name }));
    await user.click(await screen.findByRole("option", { name: option }));
  };
  await choose("Match by", /^Phone/);
  await choose("Counterpart 2 on london", /^Mobile/);
  await choose("How field 2 is compared", /^Phone number \(advised\)/);
  await choose("Country of numbers on tokyo (field 2)", /^Japan/);
  await choose("Country of numbers on london (field 2)", /^United Kingdom/);
  await user.click(section.getByRole("button", { name: "Try Phone earlier" }));
  expect(section.getByRole("combobox", { name: "Field 1 on tokyo" })).toHaveValue("Phone (Phone)");
  await user.click(screen.getByRole("button", { name: "Review and save" }));
  const dialog = await screen.findByRole("dialog");
  expect(
    await within(dialog).findByText("Match by: Email → Phone ↔ Mobile as Phone number JP ↔ GB, Email"),
  ).toBeVisible();
  await user.click(within(dialog).getByRole("button", { name: "Save" }));
  await waitFor(() =>
    expect(sentTo(asked, "PATCH", "/integrations/tokyo-london")).toEqual([{ modules: [saved] }]),
  );
});

// S1-30
test("where nothing was said the usual field counts, and taking it out says that nothing does", async () => {
  show(PAGE, answers(pair({ match: null }), more));
  const section = within(await screen.findByRole("region", { name: "How records are recognized" }));
  expect(await section.findByRole("combobox", { name: "Field 1 on tokyo" })).toHaveValue("Email (Email)");
  expect(section.getByText(/by which the service itself recognizes records/)).toBeVisible();
  await user.click(section.getByRole("button", { name: "Do not match by Email (number 1)" }));
  expect(section.getByText(/every record is copied as new/)).toBeVisible();
});

// AMB-9
test("matching by another address than the primary one warns that the primary ones may be overwritten", async () => {
  show(PAGE, answers(pair({ direction: "right_to_left" }), more));
  const section = within(await screen.findByRole("region", { name: "How records are recognized" }));
  expect(section.queryByText("Primary e-mail addresses may be overwritten")).toBeNull();
  await user.click(section.getByRole("combobox", { name: "Counterpart 1 on london" }));
  await user.click(await screen.findByRole("option", { name: /^Last_Name/ }));
  expect(await section.findByText(/that of london overwrites that of tokyo/)).toBeVisible();
});

test("a key is said as shortly as it can be", () => {
  const phone = { left: "A", as: "phone" as const };
  const entries: Entry[] = [
    "Email",
    { left: "A", right: "B" },
    phone,
    { ...phone, country: 44 },
    { ...phone, country: "JP" },
    { ...phone, country: { left: "JP", right: 44 } },
    { ...phone, country: { right: "GB" } },
  ];
  for (const entry of entries) expect(entryOf(keyOf(entry))).toEqual(entry);
  expect(entryOf(keyOf({ ...phone, country: { left: "JP", right: "JP" } }))).toEqual({
    ...phone,
    country: "JP",
  });
  const mail = { left: "A", right: null, as: "email" as const, country: { left: 81, right: 81 } };
  expect(entryOf(mail)).toEqual({ left: "A", as: "email" });
});

test("the primary addresses are at risk only where other addresses are compared", () => {
  const mail = new Map([
    ["Email", "email"],
    ["Secondary_Email", "email"],
    ["Phone", "phone"],
  ]);
  const both = { left: mail, right: mail };
  const mapped = ["Email", "Secondary_Email", "Phone"].map((name) => ({ left: name, right: name }));
  const primary = [{ left: "Email", right: "Email" }];
  const of = (...match: Parameters<typeof keyOf>[0][]) => overwritten(pair({ match }), both, mapped);
  expect(of("Email", "Phone")).toEqual([]);
  expect(of("Secondary_Email")).toEqual(primary);
  expect(of({ left: "Email", right: "Secondary_Email", as: "email" })).toEqual(primary);
  expect(overwritten(pair({ match: ["Secondary_Email"] }), both, mapped.slice(1))).toEqual([]);
});
