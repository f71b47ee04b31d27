import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { Refusal, show } from "../../stage";
import { session } from "../../stage/data";

const fresh = { "GET /setup": { needed: true }, "GET /session": new Refusal(401, "auth.required", "x") };

test("a fresh hub leads here; a short password cannot be sent; then home", async () => {
  const { asked } = show("/", { ...fresh, "POST /setup": session });
  await userEvent.type(await screen.findByLabelText("Set-up code"), "1234");
  await userEvent.type(screen.getByLabelText("Your name"), "Taro");
  await userEvent.type(screen.getByLabelText("E-mail address"), "taro@example.jp");
  await userEvent.type(screen.getByLabelText("Password"), "eleven-char");
  expect(screen.getByText("One more character")).toBeVisible();
  expect(screen.getByRole("button", { name: "Create the account" })).toBeDisabled();
  await userEvent.type(screen.getByLabelText("Password"), "s");
  await userEvent.click(screen.getByRole("button", { name: "Create the account" }));
  expect(await screen.findByRole("heading", { name: "Home" })).toBeVisible();
  expect(asked.find(({ method }) => method === "POST")?.body).toMatchObject({ code: "1234", language: "en" });
});

test("a hub that has its owner leads away from here", async () => {
  const { router } = show("/setup");
  expect(await screen.findByRole("heading", { name: "Home" })).toBeVisible();
  expect(router.state.location.pathname).toBe("/");
});
