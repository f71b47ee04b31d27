// The first load of the home page: how much is sent, and when it can be used.

import { profile } from "../lib/chromium.mjs";
import { stage } from "../stages/index.mjs";
import { figure, median } from "./figures.mjs";

const TIMES = 5;

export async function firstLoad(browser) {
  const { base, cookie } = await stage("demo");
  const [bytes, ready] = [[], []];
  for (let time = 0; time < TIMES; time += 1) {
    // A profile of its own: nothing is kept from before.
    const context = await profile(browser, { cookie });
    const page = await context.newPage();
    const network = await context.newCDPSession(page);
    await network.send("Network.enable");
    let sent = 0;
    network.on("Network.loadingFinished", ({ encodedDataLength }) => (sent += encodedDataLength));
    const began = Date.now();
    await page.goto(base, { waitUntil: "commit" });
    // The integration's card is there and the browser is free to answer a press.
    await page.locator("main section").first().waitFor();
    await page.evaluate(() => new Promise((resolve) => globalThis.requestIdleCallback(resolve)));
    ready.push(Date.now() - began);
    await page.waitForLoadState("load");
    await page.waitForTimeout(700);
    bytes.push(sent / 1000);
    await context.close();
  }
  return [
    figure("first_load.kilobytes", Math.max(...bytes), "kB", 600),
    figure("first_load.interactive_ms", median(ready), "ms"),
  ];
}
