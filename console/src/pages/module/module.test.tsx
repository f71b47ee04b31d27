import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { Schema } from "../../api/client";
import { Refusal, show } from "../../stage";
import { session } from "../../stage/data";
import { answers, integration, mapped, PAGE, pair, preview, sentTo } from "../../stage/mapping";
import { differences, listedAnew } from "./differences";
import { user } from "../../stage/user";

// S1-26 S1-34 S1-38 S2-28
test("both sides' fields stand beside each other, with what a real record holds and what would not come over", async () => {
  show(PAGE, answers(pair()));
  const mapping = await screen.findByRole("region", { name: "Mapped fields" });
  expect(await within(mapping).findAllByText("佐藤")).toHaveLength(2);
  expect(within(mapping).getByText("Same")).toBeVisible();
  expect(within(mapping).getByText(/longer than the other side's field/)).toBeVisible();
  expect(within(mapping).getByText("Records are matched by this")).toBeVisible();
  const left = screen.getByRole("region", { name: "Not mapped on tokyo" });
  expect(within(left).getByText("地域")).toBeVisible();
  expect(within(left).getByText("no field of this name on the other side")).toBeVisible();
  const right = screen.getByRole("region", { name: "Not mapped on london" });
  expect(within(right).getByText(/new records cannot be created here/)).toBeVisible();
});

// S1-34 S1-36 S1-43 S2-46
test("only fitting fields can be chosen, the others say why not; the first change makes a list, and saving shows what changes", async () => {
  const saved = pair({ fields: [{ left: "Last_Name", right: "Last_Name" }] });
  const { asked } = show(PAGE, answers(pair(), { "PATCH /integrations/tokyo-london": integration(saved) }));
  const left = await screen.findByRole("region", { name: "Not mapped on tokyo" });
  await user.click(within(left).getByRole("button", { name: "Map 地域…" }));
  const add = screen.getByRole("region", { name: "Add a pair" });
  await user.click(within(add).getByRole("combobox", { name: "Field on london" }));
  const wrong = await screen.findByRole("option", { name: /Born.*the types do not go together/ });
  expect(wrong).toHaveAttribute("data-combobox-disabled");
  expect(screen.getByRole("option", { name: /Email.*mapped already, to Email/ })).toHaveAttribute(
    "data-combobox-disabled",
  );
  await user.click(screen.getByRole("option", { name: /Region/ }));
  await user.click(within(add).getByRole("button", { name: "Add this pair" }));
  await user.click(screen.getByRole("button", { name: "Take Email and Email out" }));
  expect(await screen.findByText(/A list of 2 pairs of fields/)).toBeVisible();

  await user.click(screen.getByRole("button", { name: "Review and save" }));
  const dialog = await screen.findByRole("dialog");
  expect(await within(dialog).findByText("地域 ↔ Region is mapped")).toBeVisible();
  expect(within(dialog).getByText("Email ↔ Email is not mapped any more")).toBeVisible();
  expect(sentTo(asked, "PATCH", "/integrations/tokyo-london")).toEqual([]);
  await user.click(within(dialog).getByRole("button", { name: "Save" }));
  const wanted = {
    modules: [
      {
        ...pair(),
        fields: [
          { left: "Last_Name", right: "Last_Name" },
          { left: "field1", right: "Region" },
        ],
      },
    ],
  };
  await waitFor(() => expect(sentTo(asked, "PATCH", "/integrations/tokyo-london")).toEqual([wanted]));
  expect(await screen.findByText("The settings were saved.")).toBeVisible();
});

test("a suggestion says why, and is mapped when somebody accepts it", async () => {
  const suggestion: Schema<"Suggestion"> = {
    left: "field1",
    candidates: [
      {
        right: "Region",
        score: 90,
        direction: "both",
        reasons: [{ code: "same_values", compared: 12, same: 11 }, { code: "same_type" }],
      },
    ],
  };
  show(PAGE, answers(pair(), { "POST /mapping/suggestions": { items: [suggestion] } }));
  const section = await screen.findByRole("region", { name: "Suggestions" });
  expect(await within(section).findByText("same value in 11 of 12 compared · same type")).toBeVisible();
  expect(screen.queryByText(/not saved/)).toBeNull();
  await user.click(within(section).getByRole("button", { name: "Map 地域 to Region" }));
  expect(await screen.findByText("1 change is not saved")).toBeVisible();
  expect(screen.queryByText(/same value/)).toBeNull();
});

test("what is wrong stands at its field, and is not saved", async () => {
  const problem = {
    left: "Last_Name",
    right: "Born",
    code: "mapping.invalid",
    what: "Last_Name holds a text of at most 80 characters, Born holds a date: neither can be turned into the other",
    hint: "take another field",
  };
  const wrong = preview({ mapped: [mapped("Email")], problems: [problem] });
  const module = pair({
    fields: [
      { left: "Last_Name", right: "Born" },
      { left: "Email", right: "Email" },
    ],
  });
  show(
    PAGE,
    answers(module, {
      "POST /integrations/preview": { modules: [wrong] },
      "POST /integrations/tokyo-london/preview-change": { changes: [], modules: [wrong], cascades: [] },
    }),
  );
  const row = (await screen.findByText(/neither can be turned into the other/)).closest("li");
  expect(row).toHaveAttribute("data-pair", "Last_Name Born");
  await user.click(screen.getByRole("button", { name: "Rules of Email and Email" }));
  await user.type(await screen.findByRole("textbox", { name: "New records get, if blank" }), "x@y.example");
  await user.click(screen.getByRole("button", { name: "Review and save" }));
  const dialog = await screen.findByRole("dialog");
  expect(await within(dialog).findByText("This cannot be saved yet")).toBeVisible();
  expect(within(dialog).getByRole("button", { name: "Save" })).toBeDisabled();
  expect(within(dialog).getByText(/New records get, if blank: nothing → x@y.example/)).toBeVisible();
});

test("who leaves with unsaved changes is asked first", async () => {
  const { router } = show(
    PAGE,
    answers(
      pair({
        fields: [
          { left: "Email", right: "Email" },
          { left: "Last_Name", right: "Last_Name" },
        ],
      }),
    ),
  );
  await user.click(await screen.findByRole("button", { name: "Take Email and Email out" }));
  void router.navigate({ to: "/integrations" });
  await user.click(await screen.findByRole("button", { name: "Cancel" }));
  expect(router.state.location.pathname).toBe(PAGE);
  void router.navigate({ to: "/integrations" });
  await user.click(await screen.findByRole("button", { name: "Leave" }));
  await waitFor(() => expect(router.state.location.pathname).toBe("/integrations"));
});

test("without a service the rules can be seen, and the reason; a member looks and changes nothing", async () => {
  const away = new Refusal(502, "connection.unreachable", "tokyo does not answer");
  const user = { ...session, member: { ...session.member, role: "user" } };
  show(PAGE, {
    ...answers(pair(), { "POST /mapping/records": away }),
    "GET /session": user,
  });
  expect(await screen.findByText(/No real values can be shown/)).toBeVisible();
  expect(screen.getByText(/administrators can change it/)).toBeVisible();
  expect(screen.queryByRole("button", { name: /^Take/ })).toBeNull();
  expect(screen.queryByRole("region", { name: "Add a pair" })).toBeNull();
});

test("a module pair that is not there is said to be missing", async () => {
  show(PAGE.replace("Contacts/Contacts", "Leads/Leads"), answers(pair()));
  expect(await screen.findByText("There is no such module pair")).toBeVisible();
});

test("differences are told key by key and pair by pair", () => {
  const list = (...fields: Schema<"FieldPair">[]) => pair({ fields });
  const [email, phone] = [
    { left: "Email", right: "Mail" },
    { left: "Phone", right: "Phone" },
  ];
  expect(differences(pair(), pair())).toEqual([]);
  expect(differences(pair(), pair({ conflict: "hold" }))).toEqual([
    { what: "setting", key: "conflict", before: "latest", after: "hold" },
  ]);
  expect(differences(list(email), list({ ...email, conflict: "hold" }, phone))).toEqual([
    { what: "setting", key: "conflict", before: undefined, after: "hold", pair: email },
    { what: "added", pair: phone },
  ]);
  expect(differences(list(email, phone), list(phone))).toEqual([{ what: "removed", pair: email }]);
  expect(differences(list(email), pair())).toEqual([{ what: "same_name" }]);
  expect(differences(pair(), list(email))).toEqual([{ what: "listed", count: 1 }]);
  const named = preview({ mapped: [mapped("Last_Name")] });
  expect(listedAnew(named, pair(), list(email))).toEqual([
    { what: "added", pair: email },
    { what: "removed", pair: { left: "Last_Name", right: "Last_Name" } },
  ]);
});
