import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { show } from "../../stage";
import { asConnection } from "../../stage/data";

test("every account with what uses it", async () => {
  show("/connections", { "GET /connections": { items: [asConnection("tokyo", ["tokyo-london"])] } });
  expect(await screen.findByRole("link", { name: /tokyo.*Used by.*tokyo-london/ })).toHaveAttribute(
    "href",
    "/connections/tokyo",
  );
});

test("the service's refusal of an authorization is told", async () => {
  show("/connections?problem=connect.denied", { "GET /connections": { items: [] } });
  expect(await screen.findByRole("alert")).toHaveTextContent("connect.denied");
});
