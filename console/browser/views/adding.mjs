// Module pairs that are added to an integration that runs, and taken out of it.

import { by, choose } from "../lib/press.mjs";
import { INTEGRATION, seen, SETTINGS } from "./seen.mjs";

const ADD = `${INTEGRATION}/add-module`;

export const adding = [
  seen(
    "chosen",
    "integration-add-modules",
    ADD,
    {
      en: ["Add modules to tokyo-london", "Modules to add", "Match by"],
      ja: ["「tokyo-london」にタブを追加", "追加するタブ", "照合に使う項目"],
    },
    pick,
  ),
  seen(
    "chosen",
    "integration-add-mapping",
    ADD,
    {
      en: ["Some lookups lead to modules that are not synced", "Add Accounts"],
      ja: ["同期していないタブを参照する項目があります", "取引先も追加"],
    },
    map,
  ),
  seen(
    "chosen",
    "integration-add-confirm",
    ADD,
    {
      en: ["Its first load begins when that of Accounts is done", "Later: save it inactive", "At once"],
      ja: ["取引先の初回同期が終わってから", "無効の状態で保存", "すぐに開始する"],
    },
    confirm,
  ),
  seen("ready", "integration-add-plan", (stage) => `${ADD}?job=${stage.plan.id}`, {
    en: ["Start the sync", "Created on london", "is paused"],
    ja: ["同期を開始する", "london に追加", "一時停止しました"],
  }),
  seen(
    "office",
    "module-take-out",
    SETTINGS("Tasks"),
    {
      en: ["none is deleted or changed", "It stays remembered which records belong together"],
      ja: ["削除も変更もされません", "は保持されます"],
    },
    takeOut,
  ),
  seen(
    "office",
    "module-take-out-needed",
    SETTINGS("Accounts"),
    {
      en: ["module.needed", "Contacts leads to it by"],
      ja: ["ほかのタブがこのタブを参照しているため", "連絡先の項目"],
    },
    needed,
    // It is the hub that says so.
    /409|422/,
  ),
];

async function pick(visitor) {
  await choose(visitor, by(visitor, "Add a module", "タブを追加"), /\(?Deals\)?$/);
  await visitor.page
    .getByText(by(visitor, "Match by", "照合に使う項目"))
    .first()
    .waitFor();
}

const next = (visitor) =>
  visitor.page.getByRole("button", { name: by(visitor, "Continue", "次へ"), exact: true }).click();

async function map(visitor) {
  await pick(visitor);
  await next(visitor);
  await visitor.page.getByRole("button", { name: by(visitor, /^Add Accounts/, /^取引先も追加/) }).waitFor();
}

async function confirm(visitor) {
  await map(visitor);
  await visitor.page.getByRole("button", { name: by(visitor, /^Add Accounts/, /^取引先も追加/) }).click();
  await visitor.page.getByRole("region", { name: by(visitor, "Accounts", "取引先"), exact: true }).waitFor();
  await next(visitor);
  await visitor.page
    .getByText(by(visitor, /^Its first load/, /終わってから/))
    .first()
    .waitFor();
}

async function takeOut(visitor) {
  const name = by(visitor, "Take out", "外す");
  await visitor.page.getByRole("button", { name, exact: true }).click();
  await visitor.page.getByRole("dialog").getByRole("button", { name, exact: true }).waitFor();
}

async function needed(visitor) {
  await visitor.page.getByRole("button", { name: by(visitor, "Take out", "外す"), exact: true }).click();
  const dialog = visitor.page.getByRole("dialog");
  await dialog.getByRole("alert").waitFor();
  await dialog.getByRole("listitem").first().waitFor();
}
