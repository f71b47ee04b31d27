import { screen, waitFor } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { show } from "../../stage";
import { member, session } from "../../stage/data";
import { user } from "../../stage/user";

const settings = {
  version: "1",
  database: "sqlite",
  started_at: 0,
  processes: ["p"],
  public_url: null,
  retention: { journal_days: null, runs_days: null },
};
const answers = { "GET /settings": settings, "GET /export": { toml: "[connections.tokyo]\n" } };

afterEach(() => vi.restoreAllMocks());

/** What the browser was given to save. */
function saved() {
  const files: { name: string; blob: Blob }[] = [];
  let last: Blob | null = null;
  URL.createObjectURL = (blob) => {
    last = blob as Blob;
    return "blob:one";
  };
  URL.revokeObjectURL = () => undefined;
  vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
    if (last !== null) files.push({ name: this.download, blob: last });
  });
  return files;
}

test("the configuration is had as a file", async () => {
  const files = saved();
  show("/settings/about", answers);
  await user.click(await screen.findByRole("button", { name: "Download the configuration (TOML)" }));
  await waitFor(() => expect(files.map(({ name }) => name)).toEqual(["musubi.toml"]));
  expect(files[0]?.blob.size).toBe("[connections.tokyo]\n".length);
});

test("in Japanese it says what the file is for", async () => {
  show("/settings/about", answers, "ja");
  expect(await screen.findByRole("button", { name: "設定をダウンロード(TOML)" })).toBeVisible();
  expect(screen.getByText(/認証情報とデータの内容は含まれません/)).toBeVisible();
});

test("who is no administrator does not get it", async () => {
  show("/settings/about", {
    ...answers,
    "GET /session": { ...session, member: { ...member, role: "user" } },
  });
  expect(await screen.findByText("SQLite")).toBeVisible();
  expect(screen.queryByRole("button", { name: /^Download the configuration/ })).toBeNull();
});
