import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { Refusal, show } from "../../stage";
import { asConnection } from "../../stage/data";
import { validName } from "./form";

const services = {
  items: [
    {
      service: "crm",
      label: "Zoho CRM",
      scopes: ["ZohoCRM.modules.ALL", "ZohoCRM.org.READ"],
      data_centres: [
        { code: "jp", label: "Japan", accounts_url: "", console_url: "https://api-console.zoho.jp" },
      ],
    },
  ],
};

test("a self client: the console's address and the scope to paste; a refusal keeps what was typed", async () => {
  const { asked } = show("/connections/new", {
    "GET /services": services,
    "POST /connections": new Refusal(
      422,
      "connection.token_refused",
      "The service refused the code.",
      "Make a new one.",
    ),
  });
  await userEvent.type(await screen.findByLabelText("Name"), "tokyo");
  expect(screen.getByRole("link", { name: /Open the console/ })).toHaveAttribute(
    "href",
    "https://api-console.zoho.jp",
  );
  expect(screen.getByText("ZohoCRM.modules.ALL,ZohoCRM.org.READ")).toBeVisible();
  await userEvent.type(screen.getByLabelText("Client ID"), "1000.A");
  await userEvent.type(screen.getByLabelText("Client secret"), "s");
  await userEvent.type(screen.getByLabelText("Code"), "1000.code");
  await userEvent.click(screen.getByRole("button", { name: "Connect" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("connection.token_refused");
  expect(screen.getByLabelText("Client ID")).toHaveValue("1000.A");
  expect(asked.find(({ method }) => method === "POST")?.body).toEqual({
    name: "tokyo",
    service: "crm",
    data_centre: "jp",
    base_url: null,
    org: null,
    client_id: "1000.A",
    client_secret: "s",
    refresh_token: null,
    grant_code: "1000.code",
    stand_in: false,
  });
});

// K-31
test("a stand-in is asked for where the connection is, and for nothing else", async () => {
  const { asked } = show("/connections/new?standIn=london", {
    "GET /services": services,
    "GET /connections/london": {
      ...asConnection("london", []),
      data_centre: null,
      base_url: "http://sandbox.test",
    },
    "POST /connections": { name: "london" },
  });
  expect(await screen.findByText("Add a stand-in to london")).toBeVisible();
  await userEvent.type(await screen.findByLabelText("Client ID"), "1000.B");
  expect(screen.queryByLabelText("Name")).toBeNull();
  expect(screen.queryByLabelText("Data center")).toBeNull();
  await userEvent.type(screen.getByLabelText("Client secret"), "s");
  await userEvent.type(screen.getByLabelText("Code"), "1000.code");
  await userEvent.click(screen.getByRole("button", { name: "Connect" }));
  await waitFor(() => {
    expect(asked.find(({ method }) => method === "POST")?.body).toMatchObject({
      name: "london",
      base_url: "http://sandbox.test",
      stand_in: true,
    });
  });
});

test("names that fit an address", () => {
  expect(["tokyo", "tokyo-2"].every(validName)).toBe(true);
  expect(["", "Tokyo", "東京", "2tokyo", "a b"].some(validName)).toBe(false);
});
