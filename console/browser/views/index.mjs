// Every page of the console in every state. The tests look at them, and `cargo xtask screenshots` takes their pictures.
//
// A view has a name, the stage it is seen on, its address, what to do there first (`begin`), what the browser keeps from before (`keep`),
// whether it is seen without a session (`stranger`), whether it is opened anew for another width, as what was unfolded there is folded again (`anew`), which
// errors belong to it (`expected`), and what it says in both languages.

import { profile, visit } from "../lib/chromium.mjs";
import { open, settled } from "../lib/look.mjs";
import { adding } from "./adding.mjs";
import { belonging } from "./belonging.mjs";
import { editors } from "./editors.mjs";
import { empty } from "./empty.mjs";
import { full } from "./full.mjs";
import { handedViews } from "./handed.mjs";
import { rules, rulesInTrouble } from "./rules.mjs";
import { trouble } from "./trouble.mjs";
import { undo } from "./undo.mjs";

export const views = [
  ...full,
  ...rules,
  ...editors,
  ...adding,
  ...handedViews,
  ...belonging,
  ...undo,
  ...empty,
  ...trouble,
  ...rulesInTrouble,
];

const profiles = new Map();

/** Those who look alike at the same hub share a profile: it keeps the console's files, as anybody's browser does. */
async function profileOf(browser, stage, how) {
  const key = JSON.stringify([stage.base, how]);
  if (!profiles.has(key)) profiles.set(key, await profile(browser, how));
  return profiles.get(key);
}

/** Shows a view to somebody: `how` is their language, theme and width. */
export async function show(browser, view, stage, how) {
  const cookie = view.stranger ? undefined : stage.cookie;
  const context = await profileOf(browser, stage, { ...how, cookie });
  const visitor = await visit(context, stage.base, how.language);
  if (view.keep) {
    await visitor.page.addInitScript((kept) => {
      for (const [key, value] of Object.entries(kept)) localStorage.setItem(key, value);
    }, view.keep(stage));
  }
  await open(visitor, typeof view.path === "function" ? view.path(stage) : view.path);
  if (view.begin) {
    await view.begin(visitor, stage);
    await settled(visitor);
  }
  return visitor;
}
