import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { Language } from "../../look/texts";
import { show } from "../../stage";
import { field } from "../../stage/data";
import { answers, contacts, integration, mapped, PAGE, pair, preview, sentTo } from "../../stage/mapping";
import { user } from "../../stage/user";

const LOOKUP = field("What_Id", "lookup", { label: "Related To" });
const MAPPED = [mapped("Last_Name"), mapped("What_Id")];
/** Records that hang on those of several modules, which contacts do not. */
const hanging = (module = pair(), lookup = LOOKUP, pairs = MAPPED) =>
  answers(module, {
    "GET /connections/tokyo/modules/Contacts/fields": contacts(lookup),
    "GET /connections/london/modules/Contacts/fields": contacts(lookup),
    "POST /integrations/preview": { modules: [preview({ mapped: pairs })] },
    "PATCH /integrations/tokyo-london": integration(pair({ only_with_parent: false })),
  });
const TITLE = "Which records take part";
const SWITCH = /^Only with the records that they hang on/;

async function unfold() {
  await user.click(await screen.findByRole("button", { name: new RegExp(`^${TITLE}`), expanded: false }));
  return within(screen.getByRole("region", { name: TITLE }));
}

// S2-39
test("records that hang on others go only with those unless somebody says otherwise, and it is said without opening", async () => {
  const { asked } = show(PAGE, hanging());
  expect(await screen.findByText("All records; only what hangs on a synced record")).toBeVisible();
  const fold = await unfold();
  const only = await fold.findByRole("switch", { name: SWITCH });
  expect(only).toBeChecked();
  expect(fold.getByText(/They hang on others by Related To\./)).toBeVisible();
  await user.click(only);
  expect(only).not.toBeChecked();

  await user.click(screen.getByRole("button", { name: "Review and save" }));
  const dialog = await screen.findByRole("dialog");
  expect(
    await within(dialog).findByText(
      /only what hangs on a synced record → also what hangs on no synced record/,
    ),
  ).toBeVisible();
  await user.click(within(dialog).getByRole("button", { name: "Save" }));
  await waitFor(() =>
    expect(sentTo(asked, "PATCH", "/integrations/tokyo-london")).toEqual([
      { modules: [pair({ only_with_parent: false })] },
    ]),
  );
});

test("switched on again, nothing is said and nothing is left to save", async () => {
  show(PAGE, hanging());
  const fold = await unfold();
  const only = await fold.findByRole("switch", { name: SWITCH });
  await user.click(only);
  expect(screen.getByRole("button", { name: "Review and save" })).toBeVisible();
  await user.click(only);
  await waitFor(() => expect(screen.queryByRole("button", { name: "Review and save" })).toBeNull());
});

const SAID: [Language, string][] = [
  ["en", "All records; also what hangs on no synced record"],
  ["ja", "すべてのデータ; 同期されている親データがないものも含む"],
];
test.each(SAID)("what was chosen stands in the line (%s)", async (language, said) => {
  show(PAGE, hanging(pair({ only_with_parent: false })), language);
  expect(await screen.findByText(said)).toBeVisible();
});

const WITHOUT: [string, ReturnType<typeof hanging>][] = [
  ["leads to one module", hanging(pair(), { ...LOOKUP, lookup: { module: "Accounts" } })],
  ["is not mapped, as none of its modules is synced", hanging(pair(), LOOKUP, [mapped("Last_Name")])],
];
test.each(WITHOUT)("there is no such choice where the lookup %s", async (_, given) => {
  show(PAGE, given);
  // What is mapped is there.
  expect((await screen.findAllByText("Last_Name"))[0]).toBeVisible();
  const fold = await unfold();
  expect(await fold.findByText(/Nothing is ever deleted/)).toBeVisible();
  expect(fold.queryByRole("switch", { name: SWITCH })).toBeNull();
});
