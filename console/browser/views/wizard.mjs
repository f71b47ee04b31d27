// The steps of a new integration; the page takes up what the browser kept of it.

const MATCH = { Accounts: "Account_Name", Contacts: "Email", Deals: "Deal_Name" };
const MODULES = Object.entries(MATCH).map(([module, field]) => ({
  left: module,
  right: module,
  direction: "both",
  match: [field],
  conflict: "latest",
  initial: null,
  master: "left",
  blank: "clear",
  deletion: "unlink",
  automations: "after_load",
  fields: "same_name",
}));
const NAMES = { name: "tokyo-london", left: "tokyo", right: "london" };

const step = (number, name, says, kept = () => ({}), begin = undefined) => ({
  name: `wizard-${number}-${name}`,
  begin,
  stage: "ready",
  path: "/integrations/new",
  keep: (stage) => {
    const modules = number === 1 ? [] : MODULES;
    const draft = { ...NAMES, step: number - 1, modules, saved: false, job: null, ...kept(stage) };
    return { "musubi.wizard": JSON.stringify(draft) };
  },
  says,
});

/** Everything that may be said about the first module. */
async function more({ page, language }) {
  await page
    .getByRole("button", { name: { en: "More choices", ja: "詳細な設定" }[language], exact: true })
    .first()
    .click();
}

export const wizard = [
  step(1, "connections", { en: ["Left side", "Right side"], ja: ["左側", "右側"] }),
  step(2, "modules", { en: ["Match by"], ja: ["照合に使う項目"] }),
  step(
    2,
    "choices",
    { en: ["When a value is emptied"], ja: ["値が空にされた場合"] },
    () => ({ modules: MODULES.slice(1, 2) }),
    more,
  ),
  step(3, "mapping", { en: ["fields are synced"], ja: ["項目を同期"] }),
  step(
    4,
    "plan",
    {
      en: ["Start the sync", "Created on london", "looking at every pair for attachments"],
      ja: ["同期を開始する", "london に追加", "添付ファイルの確認"],
    },
    (stage) => ({
      saved: true,
      job: stage.plan.id,
    }),
  ),
];
