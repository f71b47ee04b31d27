// Every page in every state says what it should, fits, is accessible, and asks no other host.

import { check, isWanted } from "../lib/checks.mjs";
import { fits, nothingWrong, resize, says } from "../lib/look.mjs";
import { prepare, stage } from "../stages/index.mjs";
import { show, views } from "../views/index.mjs";

/** Each page in both languages and both themes, and each of those at both widths: whoever looks makes the window narrower or wider. The pictures have all eight. */
const HOWS = [
  { language: "en", theme: "light", widths: [1280, 390] },
  { language: "ja", theme: "dark", widths: [390, 1280] },
];

/** So many visitors at a time: each keeps one core busy. */
const AT_ONCE = 2;

const nameOf = (view, { language, theme }) => `${view.name} in ${language}, ${theme}`;

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
    for (const widths of view.anew ? how.widths.map((width) => [width]) : [how.widths]) {
      await lookAt(browser, view, { ...how, widths });
    }
  });
}

async function lookAt(browser, view, { language, theme, widths }) {
  const visitor = await show(browser, view, await stage(view.stage), { language, theme, width: widths[0] });
  try {
    for (const width of widths) {
      await resize(visitor, width);
      await isRight(visitor, view).catch((error) => {
        throw new Error(`at ${width}: ${error.message}`, { cause: error });
      });
    }
  } finally {
    await visitor.leave();
  }
}

async function isRight(visitor, view) {
  await says(visitor, ...view.says[visitor.language]);
  await fits(visitor);
  await nothingWrong(visitor, view.expected);
}
