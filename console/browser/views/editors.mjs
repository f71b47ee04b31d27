// What is thought out field by field: steps, made fields, what records are matched by, whose records become whose. And why a record stands as it stands.

import { choose } from "../lib/press.mjs";

const INTEGRATION = "/integrations/tokyo-london";
const SETTINGS = (module) => `${INTEGRATION}/modules/${module}/${module}/settings`;
const seen = (stage, name, path, says, begin) => ({ name, stage, path, says, ...(begin ? { begin } : {}) });
/** The same in either language. */
const by = ({ language }, en, ja) => ({ en, ja })[language];

export const editors = [
  seen(
    "office",
    "module-settings-steps",
    SETTINGS("Contacts"),
    {
      en: ["Trim", "Phone number", "From:", "Then:", "Country of numbers"],
      ja: ["前後の空白を削除", "電話番号の形式", "変換前：", "変換後：", "日本"],
    },
    steps,
  ),
  seen(
    "office",
    "module-settings-lossy",
    SETTINGS("Contacts"),
    {
      en: ["This cannot go both ways", "comes back as", "Only tokyo → london"],
      ja: ["双方向に同期できません", "として戻ります", "tokyo → london のみにする"],
    },
    lossy,
  ),
  seen(
    "office",
    "module-settings-map",
    SETTINGS("Leads"),
    {
      en: ["Value map", "Any other value", "Wait until it is added here"],
      ja: ["値の対応表", "対応表にない値", "対応表に追加されるまで保留する"],
    },
    map,
  ),
  seen(
    "office",
    "module-settings-derived",
    SETTINGS("Contacts"),
    {
      en: ["Fields made of others", "Whole_Name", "with “ ” between", "Not mapped yet"],
      ja: ["ほかの項目から作る項目", "Whole_Name", "まだ関連付けられていない"],
    },
    derived,
  ),
  seen(
    "office",
    "module-settings-matching",
    SETTINGS("Contacts"),
    {
      en: ["How", "Calling code", "Primary e-mail addresses may be overwritten"],
      ja: ["国番号", "メインのメールアドレスが上書きされる可能性があります"],
    },
    matching,
  ),
  seen(
    "chosen",
    "integration-owners",
    `${INTEGRATION}?tab=owners`,
    {
      en: ["nobody@tokyo.example", "Without a counterpart on tokyo", "Counting used", "records"],
      ja: ["nobody@tokyo.example", "tokyo で対応のないユーザー", "使用したAPIクレジット"],
    },
    count,
  ),
  seen("blank", "integration-owners-empty", `${INTEGRATION}?tab=owners`, {
    en: ["People whose addresses differ", "How users are matched"],
    ja: ["メールアドレスが異なる人の対応表", "ユーザーの対応状況"],
  }),
  seen("failing", "integration-attention-reasons", `${INTEGRATION}?tab=attention`, {
    en: ["By module and reason", "Tries again at", "of 8", "CSV", "INVALID_DATA"],
    ja: ["タブと理由の内訳", "自動で再試行します", "8回中", "CSV", "INVALID_DATA"],
  }),
  seen("failing", "integration-attention-none", `${INTEGRATION}?tab=attention&module=Contacts&record=1`, {
    en: ["Nothing matches these filters"],
    ja: ["条件に一致するものはありません"],
  }),
  seen("failing", "record-not-synced", (stage) => `${INTEGRATION}/Accounts/${stage.refused}`, {
    en: ["Why this record is not synced", "What would change it", "parameter.refused"],
    ja: ["このデータが同期されない理由", "対処方法：", "parameter.refused"],
  }),
  seen("failing", "records-not-synced", (stage) => `/connections/tokyo/Contacts?record=${stage.later}`, {
    en: ["tokyo-london: Why this record is not synced"],
    ja: ["tokyo-london: このデータが同期されない理由"],
  }),
  seen(
    "office",
    "integration-runs-opened",
    `${INTEGRATION}?tab=runs&module=Contacts`,
    {
      en: ["Created", "Which ones", "What was written in this time"],
      ja: ["対象を見る", "この期間に書き込まれた内容"],
    },
    firstRun,
  ),
  seen("blank", "integration-runs-empty", `${INTEGRATION}?tab=runs&module=Nothing`, {
    en: ["Nothing was done in this period"],
    ja: ["この期間の同期はありません"],
  }),
];

export const editorsInTrouble = [
  {
    ...seen("troubled", "integration-owners-problem", `${INTEGRATION}?tab=owners`, {
      en: ["could not be reached"],
      ja: ["サービスから応答がありません"],
    }),
    expected: /50[0-9]/,
  },
];

/** Opens what may be said about one pair of fields, which both sides call the same. */
async function rules({ page, language }, field) {
  const name = by({ language }, `Rules of ${field} and ${field}`, `${field}と${field}のルール`);
  await page.getByRole("button", { name, exact: true }).click();
}

async function add(visitor, way, kind) {
  await choose(visitor, by(visitor, `Add a step on the way ${way}`, `${way} の変換を追加`), kind);
}

async function steps(visitor) {
  const way = "tokyo → london";
  await rules(visitor, "Phone");
  await add(visitor, way, by(visitor, /^Trim/, /^前後の空白/));
  await add(visitor, way, by(visitor, /^Phone number/, /^電話番号の形式/));
  await visitor.page
    .getByText(by(visitor, "Then:", "変換後："))
    .nth(1)
    .waitFor();
  await visitor.page.getByText(way, { exact: true }).last().scrollIntoViewIfNeeded();
}

async function lossy(visitor) {
  await rules(visitor, "Title");
  await add(visitor, "tokyo → london", by(visitor, /^Letter case/, /^大文字/));
  await visitor.page
    .getByText(by(visitor, "This cannot go both ways", "双方向に同期できません"))
    .first()
    .scrollIntoViewIfNeeded();
}

async function map(visitor) {
  const { page } = visitor;
  await rules(visitor, "Lead Status");
  await add(visitor, "tokyo → london", by(visitor, /^Value map/, /^値の対応表/));
  await page.getByRole("button", { name: by(visitor, "Add all options", "すべての選択肢を追加") }).click();
  await page
    .getByText(by(visitor, "Any other value", "対応表にない値"))
    .first()
    .scrollIntoViewIfNeeded();
}

async function derived(visitor) {
  const { page } = visitor;
  const section = page.getByRole("region", {
    name: by(visitor, "Fields made of others", "ほかの項目から作る項目"),
    exact: true,
  });
  await section.getByRole("button", { name: by(visitor, "Add a field", "項目を追加"), exact: true }).click();
  await section.getByRole("textbox", { name: by(visitor, "Name", "名前"), exact: true }).fill("Whole_Name");
  const sources = section.getByRole("combobox", { name: by(visitor, "Made of", "元の項目") });
  await sources.click();
  for (const name of [/^Last Name/, /^First Name/]) await page.getByRole("option", { name }).first().click();
  await page.keyboard.press("Escape");
  await section
    .getByRole("button", { name: by(visitor, "Add the field", "項目を追加する"), exact: true })
    .click();
  await section.scrollIntoViewIfNeeded();
}

async function matching(visitor) {
  const { page } = visitor;
  const match = by(visitor, "Match by", "照合に使う項目");
  await choose(visitor, match, /\(Secondary_Email\)$/);
  await choose(visitor, match, /\(Mobile\)$/);
  await choose(
    visitor,
    by(visitor, "How field 3 is compared", "照合3の比較方法"),
    by(visitor, /^Phone number/, /^電話番号/),
  );
  await page.getByLabel(by(visitor, "Calling code of field 3", "照合3の国番号")).fill("81");
}

async function count({ page, language }) {
  await page
    .getByRole("button", { name: { en: "Count their records", ja: "データ件数を確認" }[language] })
    .click();
}

async function firstRun({ page }) {
  await page.locator("main button[aria-expanded=false]").first().click();
}
