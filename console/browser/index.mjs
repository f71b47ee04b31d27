// The console in a real browser over real hubs. Needs MUSUBI_PROGRAM (the hub) and MUSUBI_CHROMIUM; closes with `N passed, N failed` and what failed.
// MUSUBI_BROWSER_ONLY runs the promises with this in their name.

import { close } from "./lib/checks.mjs";
import { launch } from "./lib/chromium.mjs";
import { endPrograms } from "./lib/programs.mjs";
import { adding } from "./promises/adding.mjs";
import { arrival } from "./promises/arrival.mjs";
import { beginning } from "./promises/beginning.mjs";
import { pages } from "./promises/pages.mjs";
import { rules } from "./promises/rules.mjs";
import { tour } from "./promises/tour.mjs";

const browser = await launch();
try {
  await beginning(browser);
  await pages(browser);
  await arrival(browser);
  await rules(browser);
  await adding(browser);
  await tour(browser);
} finally {
  await browser.close();
  await endPrograms();
}
process.exitCode = close() ? 0 : 1;
