// The demo's guided tour, from its first word to its last, with the keyboard and on a phone.

import { check } from "../lib/checks.mjs";
import { person } from "../lib/chromium.mjs";
import { fits, nothingWrong, open, settled } from "../lib/look.mjs";
import { stage } from "../stages/index.mjs";

const TEXTS = {
  en: {
    tour: "Guided tour",
    begin: "Begin",
    change: "Open a record of tokyo",
    save: "Save",
    close: "Close",
    arrive: "Open the history",
    next: "Continue",
    why: "Open the pair",
    prove: "Open the comparison",
    compare: /Compare/,
    certified: /Both sides (agree|differ)/,
    finish: "Finish",
    account: /^Account/,
    later: "Later",
  },
  ja: {
    tour: "ガイドツアー",
    begin: "始める",
    change: "tokyo のデータを開く",
    save: "保存",
    close: "閉じる",
    arrive: "履歴を開く",
    next: "次へ",
    why: "データの組を開く",
    prove: "検証を開く",
    compare: /比較/,
    certified: /双方(は一致しています|に相違があります)/,
    finish: "終了",
    account: /^アカウント/,
    later: "あとで",
  },
};

export async function tour(browser) {
  for (const [language, width, theme] of [
    ["en", 1280, "light"],
    ["ja", 390, "dark"],
  ]) {
    await check(`the guided tour in ${language} at ${width}`, async () => {
      const { base, cookie } = await stage("demo");
      const visitor = await person(browser, base, { language, width, theme, cookie });
      await take(visitor, TEXTS[language]);
      await visitor.leave();
    });
  }
}

async function take(visitor, texts) {
  const { page } = visitor;
  const card = page.getByRole("complementary", { name: texts.tour });
  const press = (name) => card.getByRole("button", { name, exact: true }).press("Enter");
  const sound = async () => {
    await settled(visitor);
    await fits(visitor);
    await nothingWrong(visitor);
  };
  // Its button is pressed before it is known which record there is to open: it goes there once it is known.
  await page.route("**/modules/*/links*", async (route) => {
    await new Promise((done) => setTimeout(done, 1_000));
    await route.continue();
  });
  await open(visitor, "/");
  await card.waitFor();
  await sound();
  // Put away, and taken up again in the account menu.
  await press(texts.later);
  await card.waitFor({ state: "detached" });
  await page.getByRole("button", { name: texts.account }).click();
  await page.getByRole("menuitem", { name: texts.tour }).click();
  await press(texts.begin);

  await press(texts.change);
  const record = page.getByRole("dialog");
  const title = `Tour ${Date.now()}`;
  await record.getByLabel("Title", { exact: true }).fill(title);
  await record.getByRole("button", { name: texts.save, exact: true }).click();
  await record.getByRole("button", { name: texts.close, exact: true }).click();
  // It goes on by itself, and says what arrived.
  await card.getByText(title).waitFor({ timeout: 30_000 });
  await sound();
  await press(texts.arrive);
  await page.locator("main").getByText(title).first().waitFor();
  await sound();
  await press(texts.next);
  await press(texts.why);
  await page.locator("main").getByText(title).nth(2).waitFor();
  await sound();
  await press(texts.next);
  await press(texts.prove);
  await page.locator("main").getByRole("button", { name: texts.compare }).click();
  await page.locator("main").getByText(texts.certified).waitFor({ timeout: 30_000 });
  await press(texts.finish);
  await card.waitFor({ state: "detached" });
}
