import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { show } from "../../stage";
import { asConnection, contacts, session } from "../../stage/data";

const answers = (integrations: string[]) => ({
  "GET /connections/tokyo": asConnection("tokyo", integrations),
  "GET /connections/tokyo/modules": { items: [contacts] },
});

const tested = {
  took_ms: 120,
  org: { id: "600123", name: "東京商事", edition: "enterprise", time_zone: "Asia/Tokyo" },
  user: { id: "7", name: "Hanako Sato", email: "hanako@tokyo.example" },
  credits: { used: 12, limit: 50_000 },
};

test("a connection in use is not removed; what uses it is named", async () => {
  show("/connections/tokyo", answers(["tokyo-london"]));
  await userEvent.click(await screen.findByRole("button", { name: "Remove the connection" }));
  expect(await screen.findByText(/cannot be removed while/)).toBeVisible();
  expect(screen.queryByRole("button", { name: "Remove" })).toBeNull();
});

test("removing asks for the name first", async () => {
  const { asked } = show("/connections/tokyo", {
    ...answers([]),
    "DELETE /connections/tokyo": null,
    "GET /connections": { items: [] },
  });
  await userEvent.click(await screen.findByRole("button", { name: "Remove the connection" }));
  const remove = await screen.findByRole("button", { name: "Remove" });
  expect(remove).toBeDisabled();
  await userEvent.type(screen.getByLabelText("Type tokyo to confirm"), "tokyo");
  await userEvent.click(remove);
  expect(await screen.findByText("No connection yet")).toBeVisible();
  expect(asked.some(({ method }) => method === "DELETE")).toBe(true);
});

// S2-22
test("a test of the connection tells the org and the user", async () => {
  show("/connections/tokyo", { ...answers([]), "POST /connections/tokyo/test": tested });
  await userEvent.click(await screen.findByRole("button", { name: "Test" }));
  expect(await screen.findByText("東京商事 (600123)")).toBeVisible();
  expect(screen.getByText("Hanako Sato <hanako@tokyo.example>")).toBeVisible();
});

// K-31
test("stand-ins are listed in their order; one that was refused says so, and can be removed", async () => {
  const connection = {
    ...asConnection("tokyo", []),
    stand_ins: [
      { person: { id: "7", name: "Hanako Sato" }, refused_at: null },
      { person: { id: "8", name: null }, refused_at: Date.now() - 3_600_000 },
    ],
  };
  const { asked } = show("/connections/tokyo", {
    ...answers([]),
    "GET /connections/tokyo": connection,
    "DELETE /connections/tokyo/stand-ins/1": null,
  });
  expect(await screen.findByText("Hanako Sato")).toBeVisible();
  expect(screen.getByText("Ready")).toBeVisible();
  expect(screen.getByText("A stand-in has taken over")).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Remove 8" }));
  expect(asked.some(({ method, path }) => method === "DELETE" && path.endsWith("/stand-ins/1"))).toBe(true);
  expect(screen.getByRole("link", { name: "Add a stand-in" })).toHaveAttribute(
    "href",
    "/connections/new?standIn=tokyo",
  );
});

const refused = {
  ...answers(["tokyo-london"]),
  "GET /connections/tokyo": {
    ...asConnection("tokyo", ["tokyo-london"]),
    refused_at: Date.UTC(2026, 10, 22),
  },
};

// C-52
test("a credential that the service refuses is told first, since when, with the way to mend it", async () => {
  show("/connections/tokyo", refused);
  const told = await screen.findByRole("alert");
  expect(told).toHaveTextContent("The service refuses the credential");
  expect(told).toHaveTextContent(/Since .*2026.* the hub has no access/);
  expect(within(told).getByRole("link", { name: "Authorize again" })).toHaveAttribute(
    "href",
    "/connections/new?again=tokyo",
  );
  expect(screen.getByText("Refused: authorize again")).toBeVisible();
});

test("who is no administrator reads whom to ask", async () => {
  const user = { ...session, member: { ...session.member, role: "user" } };
  show("/connections/tokyo", { ...refused, "GET /session": user }, "ja");
  const told = await screen.findByRole("alert");
  expect(told).toHaveTextContent("認証情報がサービスに拒否されています");
  expect(told).toHaveTextContent(/2026.* から、この組織にアクセスできません。.*管理者が認証し直すと/);
  expect(within(told).queryByRole("link")).toBeNull();
});

test("a test that shows the credential to be good again ends the warning", async () => {
  let isRefused = true;
  show("/connections/tokyo", {
    ...refused,
    "GET /connections/tokyo": () =>
      isRefused ? refused["GET /connections/tokyo"] : asConnection("tokyo", []),
    "POST /connections/tokyo/test": () => {
      isRefused = false;
      return tested;
    },
  });
  await screen.findByRole("alert");
  await userEvent.click(screen.getByRole("button", { name: "Test" }));
  await waitFor(() => expect(screen.queryByRole("alert")).toBeNull());
  expect(screen.getByText("東京商事 (600123)")).toBeVisible();
});
