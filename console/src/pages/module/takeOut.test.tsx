import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { Refusal, show } from "../../stage";
import { field, integration as standing, module, status } from "../../stage/data";
import { answers, integration, mapped, pair, PAGE, preview, sentTo } from "../../stage/mapping";
import { user } from "../../stage/user";
import { newPair } from "../wizard/draft";

const two = { ...integration(pair()), modules: [pair(), newPair("Deals")] };
const running = {
  ...status,
  integrations: [standing("tokyo-london", [module("Contacts", { links: 1204 }), module("Deals")])],
};
const press = async (name: string) => user.click(await screen.findByText(name));
const open = async () => {
  await press("Take out");
  return screen.findByRole("dialog");
};

// S2-49
test("a module pair is taken out after it was said that everything stays", async () => {
  const { asked, router } = show(
    PAGE,
    answers(pair(), {
      "GET /integrations/tokyo-london": two,
      "GET /status": running,
      "PATCH /integrations/tokyo-london": { ...two, modules: [newPair("Deals")] },
    }),
  );
  const dialog = await open();
  expect(within(dialog).getByText(/none is deleted or changed/)).toBeVisible();
  expect(within(dialog).getByText(/belong together \(1,204 pairs\)/)).toBeVisible();
  const sent = () => sentTo(asked, "PATCH", "/integrations/tokyo-london");
  expect(sent()).toEqual([]);
  await user.click(within(dialog).getByRole("button", { name: "Take out" }));
  await waitFor(() => expect(router.state.location.pathname).toBe("/integrations/tokyo-london"));
  expect(sent()).toEqual([{ modules: [newPair("Deals")] }]);
  expect(await screen.findByText("Contacts was taken out. Nothing was deleted.")).toBeVisible();
});

// S2-50
test("a module that others need stays: it is said which, and by which field", async () => {
  const needed = new Refusal(
    409,
    "module.needed",
    "tokyo-london: Contacts is needed by Deals",
    "deactivate Deals first",
  );
  show(
    PAGE,
    answers(pair(), {
      "GET /integrations/tokyo-london": two,
      "GET /status": running,
      "GET /connections/tokyo/modules/Deals/fields": {
        items: [field("Contact_Name", "lookup", { label: "連絡先名", lookup: { module: "Contacts" } })],
      },
      "POST /integrations/preview": {
        modules: [preview(), preview({ left: "Deals", right: "Deals", mapped: [mapped("Contact_Name")] })],
      },
      "POST /integrations/tokyo-london/preview-change": needed,
    }),
    "ja",
  );
  await press("外す");
  const dialog = await screen.findByRole("dialog");
  expect(await within(dialog).findByText(/ほかのタブがこのタブを参照しているため/)).toBeVisible();
  expect(await within(dialog).findByText("商談の項目(連絡先名)が参照しています。")).toBeVisible();
  expect(within(dialog).queryByRole("button", { name: "外す" })).toBeNull();
});

test("the only module pair is not taken out, and nothing is while changes are not saved", async () => {
  show(PAGE, answers(pair({ fields: [{ left: "Email", right: "Email" }] })));
  const dialog = await open();
  expect(within(dialog).getByText(/the only module pair/)).toBeVisible();
  expect(within(dialog).queryByRole("button", { name: "Take out" })).toBeNull();
  await user.click(within(dialog).getByRole("button", { name: "Cancel" }));
  await user.click(screen.getByLabelText("Take Email and Email out"));
  expect(await screen.findByText("Save or discard your changes first.")).toBeVisible();
  expect(screen.getByText("Take out").closest("button")).toBeDisabled();
});
