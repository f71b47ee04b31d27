// Every page in every state says what it should, fits, is accessible, and asks no other host.

import { check } from "../lib/checks.mjs";
import { fits, nothingWrong, says } from "../lib/look.mjs";
import { stage } from "../stages/index.mjs";
import { show, views } from "../views/index.mjs";

/** Each language, theme and width at least once with each page; the pictures have all eight. */
const HOWS = [
  { language: "en", theme: "light", width: 1280 },
  { language: "ja", theme: "dark", width: 1280 },
  { language: "en", theme: "dark", width: 390 },
  { language: "ja", theme: "light", width: 390 },
];

/** So many visitors at a time: each keeps one core busy. */
const AT_ONCE = 2;

export async function pages(browser) {
  for (const view of views) {
    for (let next = 0; next < HOWS.length; next += AT_ONCE) {
      await Promise.all(HOWS.slice(next, next + AT_ONCE).map((how) => look(browser, view, how)));
    }
  }
}

function look(browser, view, how) {
  return check(`${view.name} in ${how.language}, ${how.theme}, at ${how.width}`, async () => {
    const visitor = await show(browser, view, await stage(view.stage), how);
    try {
      await says(visitor, ...view.says[how.language]);
      await fits(visitor);
      await nothingWrong(visitor, view.expected);
    } finally {
      await visitor.leave();
    }
  });
}
