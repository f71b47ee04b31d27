import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { show } from "../../stage";
import { member, session } from "../../stage/data";

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
  await userEvent.click(await screen.findByRole("button", { name: "New token" }));
  await userEvent.type(await screen.findByLabelText("What it is for"), "export");
  await userEvent.click(screen.getByRole("button", { name: "Make the token" }));
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
  await userEvent.click(await screen.findByRole("button", { name: "Check now" }));
  expect(await screen.findByText("Musubi Tokyo.")).toBeVisible();
  expect(screen.getByText("london")).toBeVisible();
  expect(screen.getByText("reading the org failed: INVALID_TOKEN. Connect again.")).toBeVisible();
});

test("one's own language is kept with the account", async () => {
  const { asked } = show("/settings/profile", { "PATCH /session/member": { ...member, language: "ja" } });
  await userEvent.click(await screen.findByRole("combobox", { name: "Language" }));
  await userEvent.click(await screen.findByRole("option", { name: "日本語" }));
  expect(await screen.findByRole("heading", { name: "設定" })).toBeVisible();
  expect(asked.find(({ method }) => method === "PATCH")?.body).toEqual({ language: "ja" });
});
