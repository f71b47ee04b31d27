import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { show } from "../../stage";
import { integration, module, status } from "../../stage/data";

const item = {
  id: "1-4",
  integration: "tokyo-london",
  module: "Contacts",
  code: "value.not_an_option",
  left_id: "11",
  right_id: "22",
  field: "Lead_Source",
  since: 0,
  what: "the value is not among the options",
  hint: "add the option there",
  details: { value: "x" },
  label: "佐藤 結衣",
  conflict: null,
  tries: 1,
  due: null,
  tries_most: null,
};

test("a matter says what happened and what to do, and is retried alone or with all of its kind", async () => {
  const { asked } = show("/integrations/tokyo-london?tab=attention&code=value.not_an_option", {
    "GET /integrations/tokyo-london/attention": { items: [item], next: null },
    "POST /integrations/tokyo-london/attention/retry": { retried: 1, left_out: {} },
  });
  expect(await screen.findByText("The value is not among the options.")).toBeVisible();
  expect(screen.getByText("Add the option there.")).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Retry" }));
  expect(await screen.findByText("1 item is decided again.")).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Retry all" }));
  await waitFor(() =>
    expect(asked.filter(({ path }) => path.endsWith("/retry")).map(({ body }) => body)).toEqual([
      { ids: ["1-4"] },
      { code: "value.not_an_option" },
    ]),
  );
});

const ATTENTION = "/integrations/tokyo-london/attention";
const troubled = {
  ...status,
  integrations: [
    integration("tokyo-london", [
      module("Contacts", { failed: { "value.not_an_option": 2, "create.later": 1 } }),
      module("Accounts", { held: { "match.ambiguous": 4 } }),
    ]),
  ],
};

// S1-86 S1-87 S1-93 S1-94 S1-95 S1-96
test("what failed is told by module and reason; a line leads to its records, which can be had as a spreadsheet", async () => {
  const { asked, router } = show("/integrations/tokyo-london?tab=attention", {
    "GET /status": troubled,
    [`GET ${ATTENTION}`]: { items: [item], next: null },
  });
  const table = await screen.findByRole("region", { name: "By module and reason" });
  expect(within(table).getAllByRole("row")).toHaveLength(4);
  await userEvent.click(within(table).getByRole("button", { name: "Not among the options" }));
  await waitFor(() =>
    expect(router.state.location.search).toEqual({
      tab: "attention",
      module: "Contacts",
      code: "value.not_an_option",
    }),
  );
  await waitFor(() =>
    expect(
      asked
        .filter(({ path }) => path === ATTENTION)
        .at(-1)
        ?.query.toString(),
    ).toBe("module=Contacts&code=value.not_an_option"),
  );
  const csv = screen.getByRole("link", { name: "CSV" });
  expect(csv).toHaveAttribute(
    "href",
    `/api/v1${ATTENTION}/csv?module=Contacts&code=value.not_an_option&language=en`,
  );
  expect(csv).toHaveAttribute("download");
  await userEvent.type(screen.getByRole("textbox", { name: "Record id" }), "11");
  await waitFor(() => expect(router.state.location.search).toMatchObject({ record: "11" }));
  await userEvent.click(await screen.findByRole("button", { name: "Retry those shown" }));
  await waitFor(() =>
    expect(asked.filter(({ path }) => path.endsWith("/retry")).map(({ body }) => body)).toEqual([
      { ids: ["1-4"] },
    ]),
  );
});

test("what is tried again by itself says when, and how often still", async () => {
  const due = Date.now() + 300_000;
  const later = { ...item, code: "create.later", due, tries: 3, tries_most: 8 };
  show("/integrations/tokyo-london?tab=attention", {
    [`GET ${ATTENTION}`]: { items: [later], next: null },
  });
  expect(await screen.findByText(/Tries again at .*\d\d:\d\d.* \(3 of 8\)/)).toBeVisible();
});

// S1-87, I12
test("records that wait for others are listed with what they wait for, page by page", async () => {
  const waiting = {
    ...status,
    integrations: [
      integration("tokyo-london", [module("Contacts", { held: { "lookup.parent_not_linked": 2 } })]),
    ],
  };
  const hana = {
    module: "Contacts",
    side: "left",
    id: "11",
    label: "花",
    since: Date.now() - 3_600_000,
    parents: [
      { module: "Accounts", id: "7", label: "株式会社 花" },
      { module: null, id: "8", label: null },
    ],
  };
  const jiro = { ...hana, side: "right", id: "12", label: null, since: null, parents: [hana.parents[0]] };
  const { asked } = show("/integrations/tokyo-london?tab=attention", {
    "GET /status": waiting,
    [`GET ${ATTENTION}`]: { items: [], next: null },
    "GET /integrations/tokyo-london/waiting": ({ query }: { query: URLSearchParams }) =>
      query.get("cursor") === null ? { items: [hana], next: "1.left.11" } : { items: [jiro], next: null },
  });
  const table = await screen.findByRole("region", { name: "By module and reason" });
  await userEvent.click(within(table).getByRole("button", { name: "Waits for its parent record" }));
  const list = await screen.findByRole("region", { name: "Records that wait for others" });
  const base = "/integrations/tokyo-london";
  expect(await within(list).findByRole("link", { name: "花" })).toHaveAttribute(
    "href",
    `${base}/Contacts/11`,
  );
  expect(within(list).getByRole("link", { name: "株式会社 花" })).toHaveAttribute(
    "href",
    `${base}/Accounts/7`,
  );
  expect(within(list).queryByRole("link", { name: "8" })).toBeNull();
  expect(within(list).getByText(/since/)).toHaveTextContent("1 hour ago");
  expect(screen.getByRole("link", { name: "CSV" })).toHaveAttribute(
    "href",
    "/api/v1/integrations/tokyo-london/waiting/csv?module=Contacts&language=en",
  );
  await userEvent.click(within(list).getByRole("button", { name: "Show more" }));
  expect(await within(list).findByRole("link", { name: "12" })).toHaveAttribute(
    "href",
    `${base}/Contacts/12?side=right`,
  );
  const pages = asked.filter(({ path }) => path.endsWith("/waiting")).map(({ query }) => query.toString());
  expect(pages).toEqual(["module=Contacts", "module=Contacts&cursor=1.left.11"]);
});
