import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { Refusal, show, type Answers } from "../../stage";
import { session } from "../../stage/data";
import { integration, pair, sentTo } from "../../stage/mapping";
import { user } from "../../stage/user";

const PAGE = "/integrations/tokyo-london?tab=owners";
const someone = (id: string, name: string, active = true) => ({
  id,
  name,
  email: `${name.toLowerCase()}@x.example`,
  active,
});
const report = {
  matched: 4,
  unmatched_left: [
    someone("1", "Kenji"),
    someone("2", "Yui"),
    someone("3", "Rin", false),
    someone("4", "Sora", false),
  ],
  unmatched_right: [],
  fallback_left: "admin@x.example",
  fallback_right: "boss@x.example",
  unknown: ["nobody@x.example"],
};
const answers = (more: Answers = {}): Answers => ({
  "GET /integrations/tokyo-london": integration(pair()),
  "GET /connections/tokyo/users": { items: [someone("1", "Kenji"), someone("2", "Yui")] },
  "GET /connections/london/users": { items: [someone("7", "Ken"), someone("8", "Old", false)] },
  "POST /mapping/owners": report,
  "POST /mapping/owners/records": {
    left: {
      users: [
        { id: "2", records: 1200 },
        { id: "3", records: 5000 },
      ],
      credits: 3,
    },
    right: { users: [], credits: 1 },
  },
  "PATCH /integrations/tokyo-london": integration(pair()),
  ...more,
});

// K-10 C-43
test("who has no counterpart stands there with their records, and is assigned one; nothing is counted unasked", async () => {
  const { asked } = show(PAGE, answers());
  const tokyo = await screen.findByRole("region", { name: "Without a counterpart on tokyo" });
  expect(tokyo).toHaveTextContent("Their records belong to boss@x.example on london.");
  expect(screen.getByText(/No user has these addresses: nobody@x.example/)).toBeVisible();
  expect(sentTo(asked, "POST", "/mapping/owners/records")).toEqual([]);
  expect(within(tokyo).queryByText("Rin")).toBeNull();
  expect(screen.getByText(/^2 inactive users have no counterpart either/)).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Count their records" }));
  expect(await within(tokyo).findByText("yui@x.example · 1,200 records")).toBeVisible();
  expect(within(tokyo).getByText("kenji@x.example · 0 records")).toBeVisible();
  // Who cannot log in any more stands there for the records they own, after those who can.
  expect(within(tokyo).getByText("rin@x.example · inactive · 5,000 records")).toBeVisible();
  expect(tokyo).toHaveTextContent(/Yui.*Kenji.*Rin/);
  expect(within(tokyo).queryByText("Sora")).toBeNull();
  expect(screen.queryByText(/inactive users have no counterpart/)).toBeNull();
  expect(screen.getByText("Counting used 4 API credits.")).toBeVisible();

  await user.click(within(tokyo).getByRole("button", { name: "Assign somebody to Kenji…" }));
  await user.click(screen.getByRole("combobox", { name: "User on london" }));
  expect(await screen.findByRole("option", { name: /Old.*inactive/ })).toHaveAttribute(
    "data-combobox-disabled",
  );
  await user.click(screen.getByRole("option", { name: /Ken/ }));
  await user.click(screen.getByRole("button", { name: "Add the pair" }));
  await user.click(screen.getByRole("combobox", { name: "Records of somebody without a counterpart" }));
  await user.click(await screen.findByRole("option", { name: /users that I choose/ }));
  await user.click(screen.getByRole("combobox", { name: "Stands in on tokyo" }));
  await user.click(await screen.findByRole("option", { name: /Yui/ }));
  await user.click(screen.getByRole("combobox", { name: "Later changes of the owner" }));
  await user.click(await screen.findByRole("option", { name: "Each side has its own" }));
  await user.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() =>
    expect(sentTo(asked, "PATCH", "/integrations/tokyo-london")).toEqual([
      {
        modules: [pair()],
        owners: {
          table: [{ left: "kenji@x.example", right: "ken@x.example" }],
          fallback: { left: "yui@x.example" },
          later_changes: "keep",
        },
      },
    ]),
  );
  expect(await screen.findByText("The owners were saved.")).toBeVisible();
});

test("what the services are asked for and cannot tell is said", async () => {
  show(PAGE, answers({ "POST /mapping/owners": new Refusal(502, "service.unreachable", "tokyo is away") }));
  expect(await screen.findByText(/[Tt]okyo is away/)).toBeVisible();
});

test("who is no administrator sees the owners, and changes nothing", async () => {
  show(PAGE, answers({ "GET /session": { ...session, member: { ...session.member, role: "user" } } }));
  expect(await screen.findByText(/administrators can change it/)).toBeVisible();
  expect(await screen.findByRole("region", { name: "Without a counterpart on tokyo" })).toBeVisible();
  expect(screen.queryByRole("button", { name: /^Assign/ })).toBeNull();
  expect(screen.getByRole("combobox", { name: "Later changes of the owner" })).toBeDisabled();
});
