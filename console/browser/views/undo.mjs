// What was written is taken back: the plan, before anybody agrees to it. Nothing is confirmed here: the stage stays as it is.

import { by } from "../lib/press.mjs";
import { INTEGRATION, seen } from "./seen.mjs";

const office = (...view) => seen("office", ...view);
const READY = {
  en: ["can be set back", "Set back", "it does not go to the other side", "→"],
  ja: ["項目を元に戻せます", "項目を元に戻す", "もう一方には反映されません", "→"],
};
const and = (en, ja) => ({ en: [...READY.en, ...en], ja: [...READY.ja, ...ja] });

export const undo = [
  office(
    "record-undo",
    (stage) => `${INTEGRATION}/Contacts/${stage.pair.left_id}`,
    and(
      ["Undo what was written to this record", "首都圏営業部長", "Title on london"],
      ["このデータへの書き込みを元に戻す", "首都圏営業部長", "london 側"],
    ),
    ofRecord,
  ),
  {
    ...office(
      "integration-runs-undo",
      `${INTEGRATION}?tab=runs`,
      and(["Undo what this run wrote"], ["この実行での書き込みを元に戻す"]),
      ofRun,
    ),
    anew: true,
  },
  office(
    "integration-history-undo",
    `${INTEGRATION}?tab=history&module=Contacts`,
    and(
      ["Undo what was written in a period", "Time zone"],
      ["期間を指定して書き込みを元に戻す", "タイムゾーン"],
    ),
    ofPeriod,
  ),
];

/** Something can be taken back, and waits to be agreed to. */
function planned(visitor) {
  const name = by(visitor, /^Set back \d+ fields?$/, /^\d+項目を元に戻す$/);
  return visitor.page.getByRole("dialog").getByRole("button", { name }).waitFor();
}

const press = (visitor, en, ja) =>
  visitor.page
    .getByRole("button", { name: by(visitor, en, ja), exact: true })
    .first()
    .click();

async function ofRecord(visitor) {
  await press(visitor, "Undo what was written to this record…", "このデータへの書き込みを元に戻す…");
  await planned(visitor);
}

/** The latest run of a module is opened: people changed something in it. */
async function ofRun(visitor) {
  const opens = by(visitor, /^How the records of Contacts came out/, /^連絡先の結果の内訳/);
  await visitor.page.getByRole("button", { name: opens }).first().click();
  await press(visitor, "Undo this run…", "この実行を元に戻す…");
  await planned(visitor);
}

async function ofPeriod(visitor) {
  await press(visitor, "Undo a period…", "期間を指定して元に戻す…");
  await press(visitor, "Show what would be set back", "元に戻す内容を確認");
  await planned(visitor);
}
