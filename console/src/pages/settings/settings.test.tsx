import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { show } from "../../stage";
import { member, session } from "../../stage/data";
import { user } from "../../stage/user";

test("a token's secret is shown once", async () => {
  const token = {
    id: 1,
    name: "export",
    scope: "read",
    created_at: 0,
    expires_at: null,
    last_used_at: null,
    member: "x",
  };
  const { asked } = show("/settings/tokens", {
    "GET /tokens": { items: [] },
    "POST /tokens": { ...token, secret: "musubi_secret" },
  });
  await user.click(await screen.findByRole("button", { name: "New token" }));
  await user.type(await screen.findByLabelText("What it is for"), "export");
  await user.click(screen.getByRole("button", { name: "Make the token" }));
  expect(await screen.findByText("musubi_secret")).toBeVisible();
  expect(asked.find(({ method }) => method === "POST")?.body).toEqual({
    name: "export",
    scope: "read",
    expires_in_days: 90,
  });
});

test("a user sees neither people nor the audit log", async () => {
  show("/settings/people", { "GET /session": { ...session, member: { ...member, role: "user" } } });
  expect(await screen.findByRole("link", { name: "API tokens" })).toBeVisible();
  expect(screen.queryByRole("link", { name: "People" })).toBeNull();
  expect(screen.queryByRole("link", { name: "Audit log" })).toBeNull();
});

test("a check-up tells what is wrong and what to do about it", async () => {
  const job = { id: "1", kind: "checkup", integration: null, started_at: 0, progress: null, problem: null };
  const checks = [
    { name: "connection tokyo", state: "good", code: null, message: "Musubi Tokyo", hint: "" },
    {
      name: "connection london",
      state: "failed",
      code: "connection.refused",
      message: "reading the org failed: INVALID_TOKEN",
      hint: "connect again",
    },
  ];
  show("/settings/about", {
    "GET /settings": {
      retention: { journal_days: 90, runs_days: 90 },
      public_url: null,
      version: "0.1.0",
      database: "sqlite",
      started_at: 0,
      processes: ["one"],
    },
    "POST /checkup": { ...job, state: "running", ended_at: null, result: null },
    "GET /jobs/1": { ...job, state: "done", ended_at: 1, result: { healthy: false, checks } },
  });
  await user.click(await screen.findByRole("button", { name: "Check now" }));
  expect(await screen.findByText("Musubi Tokyo.")).toBeVisible();
  expect(screen.getByText("london")).toBeVisible();
  expect(screen.getByText("reading the org failed: INVALID_TOKEN. Connect again.")).toBeVisible();
});

test("one's own language is kept with the account", async () => {
  const { asked } = show("/settings/profile", { "PATCH /session/member": { ...member, language: "ja" } });
  await user.click(await screen.findByRole("combobox", { name: "Language" }));
  await user.click(await screen.findByRole("option", { name: "日本語" }));
  expect(await screen.findByRole("heading", { name: "設定" })).toBeVisible();
  expect(asked.find(({ method }) => method === "PATCH")?.body).toEqual({ language: "ja" });
});

const counts = { pairs: 1, unlinked: 0, journal: 7, failures: 0, decisions: 0, intents: 0 };
const records = [{ integration: "both", module: "Contacts", left_id: "11", right_id: "22" }];
const erasure = { id: 1, at: 0, by: "ann@example.com", kind: "email", counts, records, done_at: 1 };

test("a person's data are erased after a plan and a typed word", async () => {
  const done: unknown[] = [];
  const { asked } = show("/settings/erasure", {
    "GET /integrations": { items: [] },
    "GET /erasures": () => ({ items: done }),
    "POST /erasures": ({ body }: { body: { dry_run?: boolean } }) => {
      if (body.dry_run) return { plan: { digest: "d1", kind: "email", counts, records }, erasure: null };
      done.push(erasure);
      return { plan: null, erasure };
    },
  });
  expect(await screen.findByText("Nothing was erased yet")).toBeVisible();
  await user.type(screen.getByRole("textbox", { name: "E-mail address" }), "mori@example.com");
  await user.click(screen.getByRole("button", { name: "Show what would be erased" }));
  expect(await screen.findByText("both · Contacts · 11 ↔ 22")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Erase" }));
  const dialog = within(await screen.findByRole("dialog"));
  expect(dialog.getByRole("button", { name: "Erase" })).toBeDisabled();
  await user.type(dialog.getByRole("textbox"), "erase");
  await user.click(dialog.getByRole("button", { name: "Erase" }));
  expect(await screen.findByText(/by ann@example.com/)).toBeVisible();
  expect(asked.filter(({ method }) => method === "POST").map(({ body }) => body)).toEqual([
    { email: "mori@example.com", dry_run: true },
    { email: "mori@example.com", digest: "d1" },
  ]);
  expect(screen.queryByRole("button", { name: "Erase" })).toBeNull();
});

test("a user does not see the erasing of a person's data", async () => {
  show("/settings/erasure", { "GET /session": { ...session, member: { ...member, role: "user" } } });
  expect(await screen.findByRole("link", { name: "API tokens" })).toBeVisible();
  expect(screen.queryByRole("link", { name: "Erase a person's data" })).toBeNull();
});
