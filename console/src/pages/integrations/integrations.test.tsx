import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { show } from "../../stage";
import { session, member } from "../../stage/data";

// S2-20
test("one line each, in Japanese by the glossary", async () => {
  show("/integrations", {}, "ja");
  const row = await screen.findByRole("listitem");
  expect(row).toHaveTextContent("tokyo-london");
  expect(row).toHaveTextContent("要確認");
  expect(screen.getByRole("link", { name: "連携を作成" })).toBeVisible();
});

test("a user is not offered what they may not do", async () => {
  show("/integrations", { "GET /session": { ...session, member: { ...member, role: "user" } } });
  await screen.findByRole("listitem");
  expect(screen.queryByRole("link", { name: "New integration" })).toBeNull();
});
