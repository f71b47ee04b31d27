import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { Refusal, show } from "../../stage";
import { session } from "../../stage/data";

const nobody = new Refusal(401, "auth.required", "Nobody is logged in.");

async function fill() {
  await userEvent.type(await screen.findByLabelText("E-mail address"), "taro@example.jp");
  await userEvent.type(screen.getByLabelText("Password"), "a long sentence");
  await userEvent.click(screen.getByRole("button", { name: "Log in" }));
}

test("who is not logged in is sent here, and afterwards where they wanted to go", async () => {
  const { router, asked } = show("/integrations?x=1", { "GET /session": nobody, "POST /session": session });
  await fill();
  expect(await screen.findByRole("heading", { name: "Integrations" })).toBeVisible();
  expect(router.state.location.pathname).toBe("/integrations");
  const login = asked.find(({ method, path }) => method === "POST" && path === "/session");
  expect(login?.headers.get("x-musubi-csrf")).toBeNull();
});

test("a refusal is told as sentence, hint and code, and the password is asked for again", async () => {
  const wrong = new Refusal(401, "auth.wrong", "The e-mail address or the password is wrong.", "Check both.");
  show("/login", { "POST /session": wrong });
  await fill();
  const alert = await screen.findByRole("alert");
  expect(alert).toHaveTextContent("The e-mail address or the password is wrong.");
  expect(alert).toHaveTextContent("Check both.");
  expect(alert).toHaveTextContent("auth.wrong");
  await waitFor(() => expect(screen.getByLabelText("Password")).toHaveValue(""));
});

test("in Japanese the refusal is Japanese", async () => {
  show("/login", { "POST /session": new Refusal(401, "auth.wrong", "wrong") }, "ja");
  await userEvent.type(await screen.findByLabelText("メールアドレス"), "a@b.jp");
  await userEvent.type(screen.getByLabelText("パスワード"), "x");
  await userEvent.click(screen.getByRole("button", { name: "ログイン" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("メールアドレスまたはパスワードが違います。");
});
