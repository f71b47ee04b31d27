// An edit arrives on the other side before the eyes of whoever looks.

import { check } from "../lib/checks.mjs";
import { person } from "../lib/chromium.mjs";
import { nothingWrong, open, settled } from "../lib/look.mjs";
import { stage } from "../stages/index.mjs";

const SAVE = { en: "Save", ja: "保存" };

export async function arrival(browser) {
  for (const language of ["en", "ja"]) {
    await check(`an edit made in the console arrives live, in ${language}`, async () => {
      const { base, cookie, pair } = await stage("office");
      const title = `主任 ${Date.now()}`;
      const watcher = await person(browser, base, { language, cookie });
      const editor = await person(browser, base, { language, cookie });
      await open(watcher, `/integrations/tokyo-london/Contacts/${pair.left_id}`);
      await open(editor, `/connections/tokyo/Contacts?record=${pair.left_id}`);
      await editor.page.getByRole("dialog").getByLabel("Title", { exact: true }).fill(title);
      const began = Date.now();
      await editor.page.getByRole("button", { name: SAVE[language], exact: true }).click();
      // Both sides' values, and the sentence of the journal.
      await watcher.page.waitForFunction(
        (text) => document.querySelector("main").innerText.split(text).length > 3,
        title,
      );
      console.log(`        shown after ${Date.now() - began} ms`);
      await settled(watcher);
      for (const visitor of [watcher, editor]) {
        await nothingWrong(visitor);
        await visitor.leave();
      }
    });
  }
}
