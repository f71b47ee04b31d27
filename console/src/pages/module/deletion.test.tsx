import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { show } from "../../stage";
import { answers, integration, PAGE, pair, preview, sentTo } from "../../stage/mapping";
import { user } from "../../stage/user";

const fold = () => within(screen.getByRole("region", { name: "Deletions" }));

async function choose(label: string, option: RegExp) {
  await user.click(await fold().findByRole("combobox", { name: label }));
  await user.click(await screen.findByRole("option", { name: option }));
}

// S1-54 S1-56 S1-57 S1-58 S1-63
test("each way says what a deletion does; one that takes everything along is agreed to by name, with the counts", async () => {
  const saved = pair({
    deletion: { left: "delete", right: "unlink" },
    delete_conflict: "hold",
    deletion_limit: { records: 20, share: "5%" },
  });
  const cascade = {
    integration: "tokyo-london",
    left: "Contacts",
    right: "Contacts",
    deleted_on: "left",
    records: 1200,
    looked_at: 20,
    with_related: 6,
    related: 41,
  };
  const { asked } = show(
    PAGE,
    answers(pair(), {
      "POST /integrations/tokyo-london/preview-change": {
        changes: [],
        modules: [preview()],
        cascades: [cascade],
      },
      "PATCH /integrations/tokyo-london": integration(saved),
    }),
  );
  await user.click(await screen.findByRole("button", { name: /^Deletions/, expanded: false }));
  await choose("When a record is deleted on tokyo", /with all that hangs on it/);
  await choose("When one record was deleted and the other one changed", /Hold: a person/);
  await user.type(fold().getByRole("textbox", { name: "Deleted records" }), "20");
  await user.type(fold().getByRole("textbox", { name: "Share of the pairs" }), "5");
  await user.click(screen.getByRole("button", { name: "Review and save" }));
  const dialog = await screen.findByRole("dialog");
  expect(await within(dialog).findByText(/1,200 pairs could be affected/)).toHaveTextContent(
    "Of 20 looked at, 6 have related records: 41 in all would go along.",
  );
  expect(within(dialog).getByText(/100 records → 20 records, 5% of the pairs/)).toBeVisible();
  const save = within(dialog).getByRole("button", { name: "Save" });
  expect(save).toBeDisabled();
  await user.type(within(dialog).getByRole("textbox", { name: /tokyo-london/ }), "tokyo-london");
  await user.click(save);
  await waitFor(() =>
    expect(sentTo(asked, "PATCH", "/integrations/tokyo-london")).toEqual([
      { modules: [saved], confirm_deletion: "tokyo-london" },
    ]),
  );
});

test("where nothing is carried over, no deletion is either", async () => {
  show(PAGE, answers(pair({ direction: "left_to_right" })));
  await user.click(await screen.findByRole("button", { name: /^Deletions/, expanded: false }));
  expect(await fold().findByRole("combobox", { name: "When a record is deleted on london" })).toBeDisabled();
  expect(screen.getByText("Nothing is carried from london to tokyo, and no deletion either.")).toBeVisible();
});
