import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { Refusal, show } from "../../stage";
import { member, session } from "../../stage/data";
import { user } from "../../stage/user";

const settings = {
  language: "ja",
  zone: "Asia/Tokyo",
  digest: "09:00",
  unreachable_minutes: 30,
  smtp: {
    server: "smtp.example.com",
    tls: "starttls",
    user: "musubi",
    from: "musubi@example.com",
    to: ["ops@example.com"],
  },
};
const kept = { settings, has_smtp_password: true, has_webhook_secret: false };
const refused = {
  code: "notices.webhook_refused",
  message: "the receiver answered 500: out of order",
  hint: "look into the receiver; anything but 2xx counts as a failure",
};
const sent = {
  items: [
    {
      id: 2,
      at: 0,
      event: "decision",
      integration: "tokyo-london",
      subject: "",
      matters: [{ integration: "tokyo-london", module: "Contacts", code: "conflict.held", count: 3 }],
      over: [],
      deliveries: [
        { address: "mail:ops@example.com", done_at: 1, due: null, tries: 0, error: null },
        { address: "webhook", done_at: null, due: null, tries: 10, error: refused },
      ],
    },
  ],
  next: null,
};

test("the settings are shown and changed, and a secret that was not typed is left alone", async () => {
  const { asked } = show("/settings/notices", {
    "GET /notices": kept,
    "GET /notices/sent": sent,
    "PUT /notices": { ...kept, has_webhook_secret: true },
  });
  expect(await screen.findByLabelText("Mail server (SMTP)")).toHaveValue("smtp.example.com");
  expect(screen.getByText("ops@example.com")).toBeVisible();
  expect(screen.getByLabelText("Password at the mail server")).toHaveValue("");
  await user.type(screen.getByLabelText("Address"), "https://hooks.example.com/m");
  await user.type(screen.getByLabelText("Secret to sign with"), "sixteen or more letters");
  await user.click(screen.getByRole("checkbox", { name: "It works again" }));
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText("Saved")).toBeVisible();
  const body = asked.find(({ method }) => method === "PUT")?.body as Record<string, unknown>;
  expect(body).not.toHaveProperty("smtp_password");
  expect(body).toMatchObject({
    webhook_secret: "sixteen or more letters",
    settings: {
      unreachable_minutes: 30,
      digest: "09:00",
      webhook: { url: "https://hooks.example.com/m" },
      smtp: { ...settings.smtp, port: null },
    },
  });
  const events = (body["settings"] as { events: string[] }).events;
  expect(events).toContain("first_load");
  expect(events).not.toContain("recovered");
  expect(screen.getByLabelText("Secret to sign with")).toHaveValue("");
});

test("what was told is listed with how it went out", async () => {
  show("/settings/notices", { "GET /notices": kept, "GET /notices/sent": sent });
  expect(await screen.findByText("tokyo-london: a decision is needed (Contacts)")).toBeVisible();
  expect(screen.getByText("Arrived")).toBeVisible();
  expect(screen.getByText("Given up")).toBeVisible();
  expect(screen.getByText(/The receiver answered 500: out of order\. Look into the receiver/)).toBeVisible();
});

test("why something did not arrive is told in the reader's language, with the receiver's own words", async () => {
  show("/settings/notices", { "GET /notices": kept, "GET /notices/sent": sent }, "ja");
  expect(await screen.findByText(/受信側が通知を受け付けませんでした/)).toBeVisible();
  expect(screen.getByText("the receiver answered 500: out of order")).toBeVisible();
});

test("a test says what each server answered, and what to do", async () => {
  const items = [
    {
      address: "mail:ops@example.com",
      arrived: false,
      code: "notices.smtp_login",
      message: "the mail server does not let us in: 535 wrong password",
      hint: "check notices.smtp.user and the password",
    },
    { address: "webhook", arrived: true, code: null, message: "the receiver answered 204", hint: null },
  ];
  show(
    "/settings/notices",
    { "GET /notices": kept, "GET /notices/sent": { items: [], next: null }, "POST /notices/test": { items } },
    "ja",
  );
  await user.click(await screen.findByRole("button", { name: "テストを送信" }));
  const result = await screen.findByText("送信できません");
  const lines = within(result.closest("[role=status]") as HTMLElement);
  expect(lines.getByText(/メールサーバーにログインできません。/)).toBeVisible();
  expect(lines.getByText(/535 wrong password/)).toBeVisible();
  expect(lines.getByText("the receiver answered 204")).toBeVisible();
});

test("what cannot work is said before it is kept", async () => {
  const refusal = new Refusal(422, "config.notices", "notices.smtp.to names nobody", "name one address");
  show("/settings/notices", { "GET /notices": kept, "GET /notices/sent": sent, "PUT /notices": refusal });
  await user.click(await screen.findByRole("button", { name: "Save" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("notices.smtp.to names nobody");
});

test("an administrator sees the settings and may send a test, but changes nothing", async () => {
  show("/settings/notices", {
    "GET /session": { ...session, member: { ...member, role: "admin" } },
    "GET /notices": kept,
    "GET /notices/sent": sent,
  });
  expect(await screen.findByLabelText("Mail server (SMTP)")).toBeDisabled();
  expect(screen.queryByRole("button", { name: "Save" })).toBeNull();
  expect(screen.getByRole("button", { name: "Send a test" })).toBeEnabled();
});
