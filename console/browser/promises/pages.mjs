// Every page in every state says what it should, fits, is accessible, and asks no other host.

import { check, isWanted } from "../lib/checks.mjs";
import { fits, nothingWrong, says } from "../lib/look.mjs";
import { prepare, stage } from "../stages/index.mjs";
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

const nameOf = (view, { language, theme, width }) => `${view.name} in ${language}, ${theme}, at ${width}`;

export async function pages(browser) {
  const wanted = views.filter((view) => HOWS.some((how) => isWanted(nameOf(view, how))));
  for (const [at, view] of wanted.entries()) {
    const next = wanted[at + 1];
    if (next) prepare(next.stage);
    const hows = HOWS.values();
    // They share what is left: whoever is done looks in the next way.
    const visits = async () => {
      for (const how of hows) await look(browser, view, how);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, visits));
  }
}

function look(browser, view, how) {
  return check(nameOf(view, how), async () => {
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
