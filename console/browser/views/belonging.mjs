// A person decides which records belong together. Nothing is tied or taken apart here: the stage stays as it is.

import { bring, by } from "../lib/press.mjs";
import { INTEGRATION, seen } from "./seen.mjs";

const alike = (...view) => seen("alike", ...view);

export const belonging = [
  alike(
    "attention-candidates",
    ({ alone }) => `${INTEGRATION}?tab=attention&record=${alone}`,
    {
      en: ["Not tied to any record", "differs", "Choose one record of each side.", "These belong together"],
      ja: [
        "どのデータとも関連付けられていません",
        "相違",
        "双方から1件ずつ選択してください。",
        "この2件を関連付ける",
      ],
    },
    compare,
  ),
  alike(
    "attention-candidates-taken",
    ({ twin }) => `${INTEGRATION}?tab=attention&record=${twin}`,
    {
      en: ["Tied to", "is tied to another record. Take that pair apart first."],
      ja: ["関連付け先：", "別のデータと関連付けられています。先に、その関連付けを解除してください。"],
    },
    compare,
  ),
  alike(
    "record-take-apart",
    ({ tied }) => `${INTEGRATION}/Contacts/${tied}`,
    {
      en: ["Take this pair apart?", "Both records stay as they are"],
      ja: ["この2件の関連付けを解除しますか?", "2件のデータはどちらもそのまま残り"],
    },
    takeApart,
  ),
  alike(
    "record-tie",
    ({ alone }) => `${INTEGRATION}/Contacts/${alone}`,
    {
      en: ["Tie it to a record of the other side", "Record on london", "Or its id", "Tie the two"],
      ja: ["相手側のデータと関連付ける", "london のデータ", "またはデータのID", "この2件を関連付ける"],
    },
    tie,
    // It belongs to no pair.
    /404/,
  ),
];

async function compare(visitor) {
  const { page } = visitor;
  await page
    .getByRole("button", { name: by(visitor, /^Compare the records/, /^データを比較/) })
    .first()
    .click();
  const name = by(visitor, "Which records belong together", "関連付けるデータの選択");
  const part = page.getByRole("region", { name, exact: true });
  await part.getByRole("radiogroup").first().waitFor();
  await bring(part);
}

async function takeApart(visitor) {
  const { page } = visitor;
  await page.getByRole("button", { name: by(visitor, /^Take the pair of/, /の関連付けを解除…$/) }).click();
  await page.getByRole("dialog").waitFor();
}

async function tie(visitor) {
  const { page } = visitor;
  const name = by(visitor, /^Tie it to a record of the other side/, /^相手側のデータと関連付ける/);
  await page.getByRole("button", { name, expanded: false }).click();
  await page
    .getByRole("textbox", { name: by(visitor, "Or its id", "またはデータのID"), exact: true })
    .waitFor();
}
