// What is thought out field by field: steps, made fields, what records are matched by, whose records become whose. And why a record stands as it stands.

import { by, choose, makeWholeName } from "../lib/press.mjs";
import { INTEGRATION, seen, SETTINGS } from "./seen.mjs";

export const editors = [
  seen(
    "office",
    "module-settings-steps",
    SETTINGS("Contacts"),
    {
      en: ["Trim", "Phone number", "From:", "Then:", "This cannot go both ways", "Only tokyo → london"],
      ja: [
        "前後の空白を削除",
        "電話番号の形式",
        "変換前：",
        "変換後：",
        "双方向に同期できません",
        "tokyo → london のみにする",
      ],
    },
    steps,
  ),
  seen(
    "office",
    "module-settings-made",
    SETTINGS("Leads"),
    {
      en: ["Value map", "Any other value", "Fields made of others", "Whole_Name", "with “ ” between"],
      ja: ["値の対応表", "対応表にない値", "ほかの項目から作る項目", "Whole_Name", "間に「 」"],
    },
    made,
  ),
  seen(
    "office",
    "module-settings-wrong",
    SETTINGS("Contacts"),
    {
      en: ["the script cannot be read", "Mend the steps of the field"],
      ja: ["この組み合わせでは項目を関連付けられません", "the script cannot be read"],
    },
    wrong,
  ),
  seen(
    "office",
    "module-settings-matching",
    SETTINGS("Contacts"),
    {
      en: ["Compared as", "Country on tokyo", "Primary e-mail addresses may be overwritten"],
      ja: ["tokyo の番号の国", "メインのメールアドレスが上書きされる可能性があります"],
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
  seen("chosen", "integration-verify-resting", `${INTEGRATION}?tab=verify`, {
    en: ["Compared at", "Resting: out of scope"],
    ja: ["に比較(所要時間", "対象外のため休止"],
  }),
  seen("torn", "integration-history-skipped", `${INTEGRATION}?tab=history`, {
    en: ["differed; both sides were left as they are"],
    ja: ["どちらもそのままにしました"],
  }),
  seen("failing", "integration-attention-reasons", `${INTEGRATION}?tab=attention`, {
    en: ["By module and reason", "Tries again at", "of 8", "CSV"],
    ja: ["タブと理由の内訳", "自動で再試行します", "8回中", "CSV"],
  }),
  seen("failing", "attention", "/attention", {
    en: ["of all integrations, the newest first", "parameter.refused", "Tries again at", "CSV"],
    ja: ["すべての連携で失敗したもの", "parameter.refused", "自動で再試行します", "CSV"],
  }),
  seen(
    "failing",
    "integration-attention-waiting",
    `${INTEGRATION}?tab=attention&code=lookup.parent_not_linked`,
    {
      en: ["These go on by themselves", "お見積りの送付", "Waits for"],
      ja: ["参照先のデータが双方に揃うと", "お見積りの送付", "待っているデータ"],
    },
  ),
  seen(
    "failing",
    "record-not-synced",
    (stage) => `${INTEGRATION}/Accounts/${stage.refused}`,
    {
      en: ["Why this record is not synced", "What would change it", "parameter.refused"],
      ja: ["このデータが同期されない理由", "対処方法：", "parameter.refused"],
    },
    undefined,
    // It belongs to no pair.
    /404/,
  ),
];

/** Opens what may be said about one pair of fields, which both sides call the same. */
async function rules({ page, language }, field) {
  const name = by({ language }, `Rules of ${field} and ${field}`, `${field}と${field}のルール`);
  await page.getByRole("button", { name, exact: true }).click();
}

async function add(visitor, way, kind) {
  await choose(visitor, by(visitor, `Add a step on the way ${way}`, `${way} の変換を追加`), kind);
}

/** One field with steps on a real value, and one whose steps cannot be gone back. */
async function steps(visitor) {
  const { page } = visitor;
  const way = "tokyo → london";
  await rules(visitor, "Title");
  await add(visitor, way, by(visitor, /^Letter case/, /^大文字/));
  await page
    .getByText(by(visitor, "This cannot go both ways", "双方向に同期できません"))
    .first()
    .waitFor();
  await rules(visitor, "Title");
  await rules(visitor, "Phone");
  await add(visitor, way, by(visitor, /^Trim/, /^前後の空白/));
  await add(visitor, way, by(visitor, /^Phone number/, /^電話番号の形式/));
  await page
    .getByText(by(visitor, "Then:", "変換後："))
    .nth(1)
    .waitFor();
  const region = by(visitor, `Steps on the way ${way}`, `${way} の変換手順`);
  await page.getByRole("region", { name: region }).scrollIntoViewIfNeeded();
}

/** An expression that is none. */
async function wrong(visitor) {
  const { page } = visitor;
  await rules(visitor, "Title");
  await add(visitor, "tokyo → london", by(visitor, /^Script/, /^スクリプト/));
  const script = page.getByRole("textbox", { name: /^(Script|スクリプト)/ }).last();
  await script.fill("value +");
  const alert = page.getByRole("alert").first();
  await alert.waitFor();
  await alert.scrollIntoViewIfNeeded();
}

/** A value map of a picklist, and a field made of two others. */
async function made(visitor) {
  const { page } = visitor;
  await rules(visitor, "Lead Status");
  await add(visitor, "tokyo → london", by(visitor, /^Value map/, /^値の対応表/));
  await page.getByRole("button", { name: by(visitor, "Add all options", "すべての選択肢を追加") }).click();
  await makeWholeName(visitor);
  await page
    .getByText(by(visitor, "Any other value", "対応表にない値"))
    .first()
    .scrollIntoViewIfNeeded();
}

async function matching(visitor) {
  const match = by(visitor, "Match by", "照合に使う項目");
  await choose(visitor, match, /\(Secondary_Email\)$/);
  await choose(visitor, match, /\(Mobile\)$/);
  await choose(
    visitor,
    by(visitor, "How field 3 is compared", "照合3の比較方法"),
    by(visitor, /^Phone number/, /^電話番号/),
  );
  const countries = [
    ["tokyo", /\(JP\)$/],
    ["london", /\(GB\)$/],
  ];
  for (const [name, country] of countries) {
    const label = by(visitor, `Country of numbers on ${name} (field 3)`, `${name} の番号の国(照合3)`);
    await choose(visitor, label, country);
  }
}

async function count({ page, language }) {
  await page
    .getByRole("button", { name: { en: "Count their records", ja: "データ件数を確認" }[language] })
    .click();
}
