// What a sync can be told: which records take part, what deletions do, whose records become whose.

import { bring, by, unfold } from "../lib/press.mjs";
import { INTEGRATION, seen, SETTINGS } from "./seen.mjs";

const chosen = (...view) => seen("chosen", ...view);

export const rules = [
  chosen(
    "module-settings-scope",
    SETTINGS("Leads"),
    {
      en: ["A list view was changed", "Contacted leads", "All of these", "would join", "of 36 records"],
      ja: [
        "リストビューが変更されました",
        "Contacted leads",
        "すべてを満たす",
        "が新たに対象になり",
        "36件中",
      ],
    },
    countBoth,
  ),
  chosen(
    "module-settings-deletions",
    SETTINGS("Contacts"),
    {
      en: ["4 deletions are held", "go to the recycle bin as well", "within ten minutes"],
      ja: ["保留中の削除が4件", "サービスがデータとともに削除する", "10分間の件数"],
    },
    deletions,
  ),
  chosen(
    "module-settings-cascade",
    SETTINGS("Leads"),
    {
      en: ["Deletions will go further than before", "pairs could be affected", "to confirm"],
      ja: ["削除の範囲がこれまでより広がります", "対象となりうるデータの組", "と入力してください"],
    },
    further,
  ),
  chosen(
    "integration-deletions-held",
    `${INTEGRATION}?tab=attention`,
    {
      en: ["Deletions held", "Deleted on tokyo; still there on london", "Keep the other record"],
      ja: ["保留中の削除", "tokyo で削除され、london には残っています", "もう一方を残す"],
    },
    selectOne,
  ),
  seen(
    "blank",
    "module-settings-scope-empty",
    SETTINGS("Contacts"),
    {
      en: ["0 of 0 records", "All records"],
      ja: ["0件中 0件", "すべてのデータ"],
    },
    countOwn,
  ),
];

export const rulesInTrouble = [
  seen(
    "troubled",
    "module-settings-scope-problem",
    SETTINGS("Accounts"),
    {
      en: ["could not be reached"],
      ja: ["サービスから応答がありません"],
    },
    countInVain,
    /50[0-9]/,
  ),
];

const scopeOf = (visitor) => by(visitor, "Which records take part", "連携の対象にするデータ");
const region = ({ page }, name) => page.getByRole("region", { name, exact: true });

function scope(visitor) {
  return unfold(visitor, scopeOf(visitor));
}

async function deletions(visitor) {
  const name = by(visitor, "Deletions", "削除");
  await unfold(visitor, name);
  await bring(region(visitor, name));
}

async function countOwn(visitor) {
  await scope(visitor);
  await count(visitor);
}

async function countInVain(visitor) {
  await countOwn(visitor);
  await visitor.page.getByRole("alert").first().waitFor();
}

function count(visitor) {
  const name = by(visitor, "Count", "件数を確認");
  return visitor.page.getByRole("button", { name, exact: true }).click();
}

/** What the changed list view would mean, and how many take part. */
async function countBoth(visitor) {
  const { page } = visitor;
  await page.getByRole("button", { name: by(visitor, "Show the difference", "違いを確認") }).click();
  await scope(visitor);
  await count(visitor);
  await page
    .getByText(by(visitor, "Counting used", "件数の確認に使用した"))
    .first()
    .waitFor();
  await bring(region(visitor, scopeOf(visitor)));
}

/** Deletions shall take everything along; the review asks for the name. */
async function further(visitor) {
  const { page } = visitor;
  await deletions(visitor);
  const label = by(visitor, "When a record is deleted on tokyo", "tokyo でデータが削除された場合");
  await page.getByLabel(label, { exact: true }).first().click();
  await page.getByRole("option", { name: by(visitor, /with all that hangs/, /関連データも含めて/) }).click();
  await page.getByRole("button", { name: by(visitor, "Review and save", "確認して保存") }).click();
  await page.getByRole("dialog").getByRole("textbox").waitFor();
}

async function selectOne({ page }) {
  await page.getByRole("checkbox").nth(1).check();
}
