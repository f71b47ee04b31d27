import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { Schema } from "../../api/client";
import type { ModulePair } from "../../look/mapping/pairs";
import { show, type Asked } from "../../stage";
import { answers, integration, mapped, PAGE, pair, preview, record, sentTo } from "../../stage/mapping";
import { user } from "../../stage/user";

const list = (more: Partial<Schema<"FieldPair">> = {}): ModulePair =>
  pair({ fields: [{ left: "Last_Name", right: "Last_Name", ...more }] });
const bodyOf = (asked: Asked[]) =>
  sentTo(asked, "PATCH", "/integrations/tokyo-london") as { modules: ModulePair[] }[];

/** The record as the hub would carry its name over: once trimmed, once in capitals. */
const traced = (body: unknown): Schema<"PreviewedRecord"> => {
  const { modules } = body as { modules: ModulePair[] };
  const fields = modules[0]?.fields;
  const steps = typeof fields === "string" ? [] : (fields?.[0]?.to_right ?? []);
  const after = steps.map((step) => ({
    value: step === "trim" ? "sato" : "SATO",
    problem: null,
    what: null,
  }));
  const value = after.at(-1)?.value ?? " sato ";
  return {
    ...record,
    left: { id: "1", label: "Sato", values: { Last_Name: " sato " } },
    fields: [
      {
        left: "Last_Name",
        right: "Last_Name",
        agrees: false,
        to_right: { value, problem: null, what: null, steps: after },
        to_left: null,
      },
    ],
  };
};
const shown = {
  "POST /mapping/records": ({ body }: Asked) => ({ items: [traced(body)] }),
  "POST /integrations/preview": { modules: [preview({ mapped: [mapped("Last_Name")] })] },
};

async function open(name = "Rules of Last_Name and Last_Name") {
  await user.click(await screen.findByRole("button", { name }));
  return screen.findByRole("region", { name: "Steps on the way tokyo → london" });
}

async function add(way: HTMLElement, option: RegExp) {
  await user.click(within(way).getByRole("combobox", { name: /^Add a step/ }));
  await user.click(await screen.findByRole("option", { name: option }));
}

// K-26 C-18
test("steps are added, ordered and taken out; each shows what becomes of a real value", async () => {
  const saved = list({ to_right: ["trim", { case: "upper" }] });
  const { asked } = show(
    PAGE,
    answers(list(), { ...shown, "PATCH /integrations/tokyo-london": integration(saved) }),
  );
  const way = await open();
  expect(way).toHaveTextContent("Values go as they are.");
  await add(way, /^Letter case/);
  await add(way, /^Trim/);
  await add(way, /^Constant/);
  await user.click(within(way).getByRole("button", { name: "Move step 2 (Trim) up" }));
  await user.click(within(way).getByRole("button", { name: "Remove step 3 (Constant)" }));
  const steps = () => within(way).getAllByRole("listitem");
  expect(steps().map((step) => step.textContent.slice(0, 7))).toEqual(["1. Trim", "2. Lett"]);
  await waitFor(() => expect(steps()[0]).toHaveTextContent("Then: sato"));
  expect(steps()[1]).toHaveTextContent("Then: SATO");

  await user.click(screen.getByRole("button", { name: "Review and save" }));
  const dialog = await screen.findByRole("dialog");
  expect(
    await within(dialog).findByText(/tokyo → london: nothing → Trim → Letter case: ALL CAPITALS/),
  ).toBeVisible();
  await user.click(within(dialog).getByRole("button", { name: "Save" }));
  await waitFor(() => expect(bodyOf(asked)).toEqual([{ modules: [saved] }]));
});

const lossy: Schema<"LossyPair"> = {
  left: "Last_Name",
  right: "Last_Name",
  example: '"a" on the left becomes "A" on the right, and that comes back as "A"',
  counterexample: { from: "left", value: "a", there: "A", back: "A", there_again: "A" },
  record: null,
  hint: "make it one-way",
};
const problem: Schema<"MappingProblem"> = {
  left: "Last_Name",
  right: "Last_Name",
  code: "mapping.lossy",
  what: "it is lossy",
  hint: "make it one-way",
};

// C-53
test("what would not come back as it went is shown by a value, at the field and before saving, with the way out", async () => {
  const module = list({ to_right: [{ case: "upper" }] });
  const saved = list({ to_right: [{ case: "upper" }], direction: "left_to_right" });
  const isLossy = ({ body }: Asked) => {
    const [{ fields }] = (body as { modules: [ModulePair] }).modules;
    return typeof fields !== "string" && fields[0]?.direction == null;
  };
  const told = (one: Asked) =>
    preview({
      mapped: [mapped("Last_Name")],
      ...(isLossy(one) ? { lossy: [lossy], problems: [problem] } : {}),
    });
  const { asked } = show(
    PAGE,
    answers(module, {
      "POST /integrations/preview": (one: Asked) => ({ modules: [told(one)] }),
      "POST /integrations/tokyo-london/preview-change": (one: Asked) => ({
        changes: [],
        modules: [told(one)],
        cascades: [],
      }),
      "PATCH /integrations/tokyo-london": integration(saved),
    }),
  );
  const said = "“a” on tokyo becomes “A” on london, and comes back as “A”.";
  expect(await screen.findByText(said)).toBeVisible();
  expect(screen.queryByText(/it is lossy/i)).toBeNull();
  // Something else is changed: saving shows it as well.
  await user.click(screen.getByRole("button", { name: "Rules of Last_Name and Last_Name" }));
  await user.click(screen.getByRole("combobox", { name: "When it is emptied" }));
  await user.click(await screen.findByRole("option", { name: "Keep the other side's value" }));
  await user.click(screen.getByRole("button", { name: "Review and save" }));
  const dialog = await screen.findByRole("dialog");
  expect(await within(dialog).findByText(said)).toBeVisible();
  const save = within(dialog).getByRole("button", { name: "Save" });
  expect(save).toBeDisabled();
  await user.click(within(dialog).getByRole("button", { name: "Only tokyo → london" }));
  await waitFor(() => expect(save).toBeEnabled());
  expect(within(dialog).queryByText(said)).toBeNull();
  await user.click(save);
  await waitFor(() =>
    expect(bodyOf(asked)[0]?.modules[0]?.fields).toEqual([
      {
        left: "Last_Name",
        right: "Last_Name",
        to_right: [{ case: "upper" }],
        direction: "left_to_right",
        blank: "keep",
      },
    ]),
  );
});

test("two fields of different kinds are told by a value, and may stay as they are or go one way", async () => {
  const inexact: Schema<"LossyPair"> = {
    ...lossy,
    example: '"1.5" on the left becomes "2" on the right, and that comes back as "2"',
    counterexample: { from: "left", value: "1.5", there: "2", back: "2", there_again: "2" },
  };
  const told = preview({ mapped: [mapped("Last_Name")], inexact: [inexact] });
  show(PAGE, answers(list(), { "POST /integrations/preview": { modules: [told] } }));
  const note = await screen.findByRole("note");
  expect(note).toHaveTextContent("These two do not hold the same values");
  expect(note).toHaveTextContent("“1.5” on tokyo becomes “2” on london, and comes back as “2”.");
  expect(within(note).getByRole("button", { name: "Only tokyo → london" })).toBeEnabled();
});

test("a field is made of others, and mapped like any other", async () => {
  const { asked } = show(
    PAGE,
    answers(list(), {
      "PATCH /integrations/tokyo-london": integration(list()),
      "POST /mapping/fits": { items: [{ field: "Region", direction: "left_to_right", reason: null }] },
    }),
  );
  const section = await screen.findByRole("region", { name: "Fields made of others" });
  const inside = within(section);
  await user.click(inside.getByRole("button", { name: "Add a field" }));
  await user.type(inside.getByRole("textbox", { name: "Name" }), "Email");
  expect(inside.getByText("There is a field of this name already.")).toBeVisible();
  await user.clear(inside.getByRole("textbox", { name: "Name" }));
  await user.type(inside.getByRole("textbox", { name: "Name" }), "Whole");
  await user.click(inside.getByRole("combobox", { name: "Made of" }));
  await user.click(await screen.findByRole("option", { name: /^地域/ }));
  await user.click(await screen.findByRole("option", { name: "Last_Name" }));
  await user.keyboard("{Escape}");
  await user.click(inside.getByRole("button", { name: "Add the field" }));
  expect(inside.getByText(/地域 \+ Last_Name, with “ ” between/)).toBeVisible();
  await user.click(inside.getByRole("button", { name: "Map Whole…" }));
  const pairs = screen.getByRole("region", { name: "Add a pair" });
  await user.click(within(pairs).getByRole("combobox", { name: "Field on london" }));
  await user.click(await screen.findByRole("option", { name: /^Region/ }));
  const button = within(pairs).getByRole("button", { name: "Add this pair" });
  await waitFor(() => expect(button).toBeEnabled());
  await user.click(button);
  expect(inside.queryByText("Not mapped yet: it does nothing.")).toBeNull();
  await user.click(screen.getByRole("button", { name: "Review and save" }));
  const dialog = await screen.findByRole("dialog");
  expect(await within(dialog).findByText("Fields made of others: nothing → Whole")).toBeVisible();
  await user.click(within(dialog).getByRole("button", { name: "Save" }));
  await waitFor(() => expect(bodyOf(asked)).toHaveLength(1));
  expect(bodyOf(asked)[0]?.modules[0]).toMatchObject({
    derived: [{ side: "left", name: "Whole", join: ["field1", "Last_Name"] }],
    fields: [
      { left: "Last_Name", right: "Last_Name" },
      { left: "Whole", right: "Region", direction: "left_to_right" },
    ],
  });
});
