// A browser, and the people who sit in front of it.

import { chromium } from "playwright-core";

/** Headless, and silent towards every other host. */
export function launch() {
  return chromium.launch({
    executablePath: process.env.MUSUBI_CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--font-render-hinting=none",
    ],
  });
}

const LOCALES = { en: "en-GB", ja: "ja-JP" };

/** A telephone's or a desk's window. */
export const windowOf = (width) => ({ width, height: width < 600 ? 844 : 860 });

/** A browser's profile of its own: language, theme, width, and whose session. */
export async function profile(browser, { language = "en", width = 1280, theme = "light", cookie } = {}) {
  const context = await browser.newContext({
    locale: LOCALES[language],
    timezoneId: "Asia/Tokyo",
    colorScheme: theme,
    reducedMotion: "reduce",
    viewport: windowOf(width),
  });
  if (cookie) await context.addCookies([cookie]);
  return context;
}

/** A page of a profile, which notes everything that must not happen. */
export async function visit(context, base, language) {
  const page = await context.newPage();
  const wrong = [];
  page.on("console", (message) => {
    if (message.type() === "error") wrong.push(`console: ${message.text()} ${message.location().url}`);
  });
  page.on("pageerror", (error) => wrong.push(`page: ${error.message}`));
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.origin !== base && url.protocol !== "data:") wrong.push(`asks ${url.origin}`);
  });
  return { base, language, page, wrong, leave: () => page.close() };
}

/** A person with a profile that nobody else has. */
export async function person(browser, base, { language = "en", ...how } = {}) {
  const context = await profile(browser, { language, ...how });
  return { ...(await visit(context, base, language)), leave: () => context.close() };
}
