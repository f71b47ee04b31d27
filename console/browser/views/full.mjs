// Every page in the middle of the work.

import { wizard } from "./wizard.mjs";

const INTEGRATION = "/integrations/tokyo-london";
const seen = (name, path, says, more = {}) => ({ name, stage: "office", path, says, ...more });

export const full = [
  {
    name: "tour",
    stage: "demo",
    path: "/",
    says: { en: ["Two organizations, kept in agreement"], ja: ["2つの組織を、いつも同じ状態に"] },
  },
  seen(
    "home",
    "/",
    { en: ["Happening now", "needs attention"], ja: ["現在の動き", "要確認 1件"] },
    { begin: news },
  ),
  seen("integrations", "/integrations", { en: ["tokyo ↔ london"], ja: ["tokyo ↔ london"] }),
  seen("integration-overview", INTEGRATION, { en: ["Webhooks arrive"], ja: ["Webhook を受信"] }),
  seen("integration-records", `${INTEGRATION}?tab=records&module=Contacts`, {
    en: ["Search by name or id"],
    ja: ["名前またはIDで検索"],
  }),
  seen(
    "integration-runs",
    `${INTEGRATION}?tab=runs`,
    {
      en: ["First load", "A day of changes", "tokyo → london", "Added", "Failed", "Which ones"],
      ja: ["初回の読み込み", "1日の変更の反映", "tokyo → london", "追加", "失敗", "対象を見る"],
    },
    { begin: lastDays, anew: true },
  ),
  seen("integration-history", `${INTEGRATION}?tab=history`, {
    en: [/written to (tokyo|london)/],
    ja: [/(tokyo|london) に反映されました/],
  }),
  seen("integration-attention", `${INTEGRATION}?tab=attention`, {
    en: ["did not accept how it was asked", "parameter.refused"],
    ja: ["すべて再試行", "parameter.refused"],
  }),
  seen("integration-verify", `${INTEGRATION}?tab=verify`, { en: ["Compared at"], ja: ["に比較(所要時間"] }),
  seen("module-settings", `${INTEGRATION}/modules/Contacts/Contacts/settings`, {
    en: ["Direction and rules", "Mapped fields", "Same", "Linked", "Not mapped"],
    ja: ["同期の方向とルール", "関連付けた項目", "一致", "同期中の組", "関連付けていない項目"],
  }),
  seen(
    "module-settings-review",
    `${INTEGRATION}/modules/Contacts/Contacts/settings`,
    {
      en: ["What saving changes", "is not mapped any more"],
      ja: ["保存による変更の内容", "の関連付けを外します"],
    },
    { begin: review },
  ),
  {
    ...seen("conflicts", "/conflicts", {
      en: ["3 conflicts", "Take tokyo", "Was, when both agreed", "+44 20 7946 0100"],
      ja: ["競合 3件", "tokyo の値にする", "一致していたときの値", "+44 20 7946 0100"],
    }),
    stage: "torn",
  },
  {
    ...seen(
      "conflicts-chosen",
      "/conflicts",
      {
        en: ["selected", "Take tokyo for all selected"],
        ja: ["件を選択中", "選択した競合を tokyo の値にする"],
      },
      { begin: choose },
    ),
    stage: "torn",
  },
  {
    ...seen("record-conflict", ({ conflict }) => `${INTEGRATION}/Accounts/${conflict.left_id}`, {
      en: ["Why this record is not synced", "Conflict", "Last agreed"],
      ja: ["このデータが同期されない理由", "競合", "前回一致時"],
    }),
    stage: "torn",
  },
  // Both sides beside each other, in the words of either service.
  seen("record", (stage) => `${INTEGRATION}/Contacts/${stage.pair.left_id}`, {
    en: [
      "This record is synced",
      "Last Name",
      "Email",
      "Agrees",
      "首都圏営業部長",
      "Title of",
      "2 fields of",
      "Department:",
    ],
    ja: [
      "このデータは同期されています",
      "Last Name",
      "一致",
      "首都圏営業部長",
      "に変更",
      "2項目",
      "Department：",
    ],
  }),
  seen("connections", "/connections", { en: ["Authorized"], ja: ["認証済み"] }),
  seen("connection", "/connections/tokyo", { en: ["Acts as", "Modules"], ja: ["タブ"] }, { begin: test }),
  seen("connection-new", "/connections/new", { en: ["Self client"], ja: ["セルフクライアント"] }),
  seen("records", "/connections/tokyo/Contacts", { en: ["120 records"], ja: ["120件"] }),
  seen("records-edit", (stage) => `/connections/tokyo/Contacts?record=${stage.pair.left_id}`, {
    en: ["Save", "Delete the record"],
    ja: ["保存", "データを削除"],
  }),
  seen("records-new", "/connections/tokyo/Contacts?record=new", { en: ["Save"], ja: ["保存"] }),
  ...wizard,
  seen("settings-profile", "/settings/profile", { en: ["Time zone"], ja: ["タイムゾーン"] }),
  seen("settings-people", "/settings/people", { en: ["yuki@example.com"], ja: ["yuki@example.com"] }),
  seen("settings-tokens", "/settings/tokens", { en: [], ja: [] }),
  seen("settings-retention", "/settings/retention", { en: [], ja: [] }),
  seen("settings-notices", "/settings/notices", {
    en: ["Mail server", "What was told", "Shown in the console only"],
    ja: ["メールサーバー", "通知の履歴", "コンソールにのみ"],
  }),
  seen(
    "settings-erasure",
    "/settings/erasure",
    {
      en: ["Erase a person's data", "Pairs", "History entries", "Nothing was erased yet"],
      ja: ["個人データの消去", "データの組", "履歴", "消去の記録はまだありません"],
    },
    { begin: lookForPerson },
  ),
  seen("settings-audit", "/settings/audit", { en: ["integration.add"], ja: ["integration.add"] }),
  seen(
    "settings-about",
    "/settings/about",
    { en: ["SQLite", "Musubi Tokyo K.K."], ja: ["SQLite", "問題ありません"] },
    { begin: checkUp },
  ),
  seen("palette", "/", { en: ["Open the connection"], ja: ["接続を開く"] }, { begin: search }),
];

/** People edit something: the page tells of it. */
async function news({ page }, stage) {
  await stage.work();
  await page.waitForFunction(() => document.querySelectorAll("main time").length >= 3, undefined, {
    timeout: 30_000,
  });
}

/** Two conflicts are chosen, to be decided together. */
async function choose({ page }) {
  for (const at of [1, 2]) await page.getByRole("checkbox").nth(at).check();
}

/** The last seven days are chosen already; the latest run of a module is opened. */
async function lastDays({ page, language }) {
  const [label, days] = { en: ["Period", "The last 7 days"], ja: ["期間", "過去7日間"] }[language];
  const period = page.getByRole("combobox", { name: label, exact: true });
  await period.waitFor();
  const shown = await period.inputValue();
  if (shown !== days) throw new Error(`the period is ${shown}`);
  const opens = { en: /^How the records of Contacts came out/, ja: /^連絡先の結果の内訳/ }[language];
  await page.getByRole("button", { name: opens }).first().click();
}

/** A field is taken out, and what saving would change is shown. */
async function review({ page, language }) {
  const remove = { en: "Take Fax and Fax out", ja: "FaxとFaxの関連付けを外す" }[language];
  await page.getByRole("button", { name: remove }).click();
  await page.getByRole("button", { name: { en: "Review and save", ja: "確認して保存" }[language] }).click();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: { en: "Save", ja: "保存" }[language] })
    .waitFor();
}

/** The service is asked whether the credential is good. */
async function test({ page, language }) {
  await page.getByRole("button", { name: { en: "Test", ja: "接続テスト" }[language], exact: true }).click();
  await page.getByText("Musubi Tokyo K.K.").first().waitFor();
}

/** What would be erased of somebody is shown. */
async function lookForPerson({ page, language }, { ask, pair }) {
  const record = `/connections/tokyo/modules/Contacts/records/${pair.left_id}`;
  const { values } = await ask("GET", record);
  await page
    .getByRole("textbox", { name: { en: "E-mail address", ja: "メールアドレス" }[language] })
    .fill(values.Email);
  await page
    .getByRole("button", { name: { en: "Show what would be erased", ja: "消去の対象を表示" }[language] })
    .click();
  await page.getByRole("table").first().waitFor();
}

async function checkUp({ page, language }) {
  await page
    .getByRole("button", { name: { en: "Check now", ja: "今すぐ点検" }[language], exact: true })
    .click();
  await page.getByText("tokyo", { exact: true }).first().waitFor();
}

async function search({ page }) {
  await page.keyboard.press("Control+k");
  await page.getByRole("textbox").last().waitFor();
  await page.keyboard.type("lon");
}
