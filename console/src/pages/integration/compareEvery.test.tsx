import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { show } from "../../stage";
import { integration, pair, sentTo } from "../../stage/mapping";

const PAGE = "/integrations/tokyo-london?tab=verify";
const NAME = "Compare everything by itself";

// K-25
test("how often everything is compared is shown and chosen", async () => {
  const user = userEvent.setup();
  const now = { ...integration(pair()), compare_every: "14d" };
  const { asked } = show(PAGE, {
    "GET /integrations/tokyo-london": now,
    "PATCH /integrations/tokyo-london": { ...now, compare_every: null },
  });
  // What was said in a file is among the choices.
  const select = await screen.findByRole("combobox", { name: NAME });
  expect(select).toHaveValue("Every 14 days");
  await user.click(select);
  expect(await screen.findByRole("option", { name: "Every day" })).toBeVisible();
  await user.click(screen.getByRole("option", { name: "Only when somebody asks" }));
  await waitFor(() =>
    expect(sentTo(asked, "PATCH", "/integrations/tokyo-london")).toEqual([
      { modules: [pair()], compare_every: null },
    ]),
  );
  await waitFor(() =>
    expect(screen.getByRole("combobox", { name: NAME })).toHaveValue("Only when somebody asks"),
  );
});
