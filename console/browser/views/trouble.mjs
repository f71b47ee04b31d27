// What somebody sees when something is wrong: the service is away, the hub is away, what they ask for is not there.

const seen = (name, path, en, ja, more = {}) => ({
  name,
  stage: "troubled",
  path,
  says: { en: [en], ja: [ja] },
  ...more,
});
const NOT_THERE = /404/;
const AWAY = /50[0-9]|ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED|ERR_EMPTY/;

export const trouble = [
  seen("home-problem", "/", "could not be reached", "サービスから応答がありません"),
  seen(
    "integration-problem",
    "/integrations/tokyo-london",
    "could not be reached",
    "サービスから応答がありません",
  ),
  seen("connection-problem", "/connections/tokyo", "could not be reached", "サービスから応答がありません", {
    expected: AWAY,
  }),
  seen(
    "records-problem",
    "/connections/tokyo/Accounts",
    "could not be reached",
    "サービスから応答がありません",
    {
      expected: AWAY,
    },
  ),
  seen(
    "module-settings-problem",
    "/integrations/tokyo-london/modules/Accounts/Accounts/settings",
    "No real values can be shown",
    "実際の値を表示できません",
    { expected: AWAY },
  ),
  seen("page-missing", "/nowhere", "There is no such page", "ページが見つかりません"),
  seen(
    "integration-missing",
    "/integrations/nothing",
    "no integration named nothing",
    "「nothing」という連携はありません",
  ),
  seen(
    "record-missing",
    "/integrations/tokyo-london/Accounts/1",
    "explain.never_seen",
    "explain.never_seen",
    {
      expected: NOT_THERE,
    },
  ),
  seen("connection-missing", "/connections/nothing", "not_found", "not_found", { expected: NOT_THERE }),
  seen("login-refused", "/login", "auth.", "auth.", {
    stranger: true,
    begin: wrongPassword,
    expected: /401|403/,
  }),
  seen("connection-refused", "/connections/new", "connection.refused", "connection.refused", {
    begin: wrongSecret,
    expected: /4\d\d|50\d/,
  }),
  {
    ...seen(
      "connection-revoked",
      "/connections/london",
      "The service refuses the credential",
      "認証情報がサービスに拒否されています",
    ),
    stage: "revoked",
    expected: /4\d\d|50\d/,
  },
  { ...seen("hub-gone", "/", "Reconnecting", "再接続"), stage: "mortal", begin: endTheHub, expected: AWAY },
];

async function wrongPassword({ page }) {
  const [email, password] = await page.locator("form input").all();
  await email.fill("yuki@example.com");
  await password.fill("this is not the password");
  await page.locator("form button[type=submit]").click();
  await page.getByRole("alert").waitFor();
}

/** The service is there and does not know the client. */
async function wrongSecret({ page, language }, stage) {
  const { base } = await stage.another();
  await page.getByLabel({ en: "Name", ja: "名前" }[language], { exact: true }).fill("osaka");
  const centre = { name: { en: "Data center", ja: "データセンター" }[language] };
  await page.getByRole("combobox", centre).or(page.getByRole("textbox", centre)).click();
  await page.getByRole("option").last().click();
  await page.getByLabel({ en: "Address", ja: "アドレス" }[language], { exact: true }).fill(base);
  await page.getByLabel({ en: "Client ID", ja: "クライアントID" }[language]).fill("1000.NOBODY");
  await page.locator("input[type=password]").first().fill("wrong");
  await page.getByLabel({ en: "Code", ja: "コード" }[language], { exact: true }).fill("1000.a.b");
  await page.locator("form button[type=submit]").click();
  await page.getByRole("alert").waitFor();
}

async function endTheHub({ page, language }, stage) {
  await stage.stop();
  await page
    .getByText({ en: "Reconnecting…", ja: "再接続しています…" }[language])
    .waitFor({ state: "attached" });
}
