// The console in a real browser over the real hub: first start to agreement, then every page of the demo in both languages.
//
// Needs MUSUBI_PROGRAM (the hub) and MUSUBI_CHROMIUM; closes with `N passed, N failed`.

import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { readFile } from "node:fs/promises";
import { chromium } from "playwright-core";

const program = process.env.MUSUBI_PROGRAM;
const executablePath = process.env.MUSUBI_CHROMIUM ?? "/usr/bin/chromium";
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const folder = await mkdtemp(join(tmpdir(), "musubi-browser-"));
const children = [];
let [passed, failed] = [0, 0];

/** Starts a program of ours and waits for a line of its output. */
async function start(args, wanted, env = {}) {
  const child = spawn(program, args, {
    env: { PATH: process.env.PATH, MUSUBI_DATA: folder, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  return new Promise((resolve, reject) => {
    const lines = createInterface({ input: child.stdout });
    lines.on("line", (line) => {
      const found = wanted(line);
      if (found) resolve(found);
    });
    child.on("exit", (code) => reject(new Error(`${args[0]} ended with ${code}`)));
    setTimeout(() => reject(new Error(`${args[0]} does not start`)), 60_000).unref();
  });
}

const json = (line) => {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
};

/** One promise of the console; a failure is told, and the others go on. */
async function check(name, promise) {
  const began = Date.now();
  try {
    await promise();
    passed += 1;
    console.log(`ok      ${name} (${Date.now() - began} ms)`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED  ${name}: ${error.message.split("\n").slice(0, 6).join("\n        ")}`);
  }
}

const browser = await chromium.launch({
  executablePath,
  args: [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});

/** A browser of a person, which notes everything that must not happen. */
async function person(base, locale, width = 1280) {
  const context = await browser.newContext({ locale, viewport: { width, height: 900 } });
  const page = await context.newPage();
  const wrong = [];
  page.on("console", (message) => message.type() === "error" && wrong.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => wrong.push(`page: ${error.message}`));
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.origin !== base && url.protocol !== "data:") wrong.push(`asks ${url.origin}`);
  });
  return { page, context, wrong };
}

async function nothingWrong({ page, wrong }) {
  if (wrong.length > 0) throw new Error(wrong.splice(0).join("; "));
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21aa"] }),
  );
  const told = violations.map(
    (one) =>
      `${one.id}: ${one.nodes
        .map((node) => node.target.join(" "))
        .slice(0, 3)
        .join(", ")}`,
  );
  if (told.length > 0) throw new Error(`not accessible: ${told.join("; ")}`);
}

/** Opens a page and waits until what it shows is there. */
async function open(visitor, url) {
  await visitor.page.goto(url);
  await visitor.page.locator("h1").first().waitFor({ timeout: 10_000 });
  await visitor.page.waitForFunction(
    () => document.querySelectorAll("[aria-busy=true], .mantine-Skeleton-root").length === 0,
    undefined,
    { timeout: 10_000 },
  );
}

try {
  // First start, in both languages: each a hub of its own.
  for (const [locale, label] of [
    [
      "en-GB",
      {
        code: "Set-up code",
        name: "Your name",
        email: "E-mail address",
        password: "Password",
        submit: "Create the account",
      },
    ],
    ["ja-JP", undefined],
  ]) {
    await check(`first start in ${locale}`, async () => {
      const data = await mkdtemp(join(folder, "hub-"));
      const { listening, setup_code: code } = await start(
        ["serve", "--listen", "127.0.0.1:0", "--json", "--data", data],
        json,
      );
      const visitor = await person(`http://${listening}`, locale);
      const { page } = visitor;
      await page.goto(`http://${listening}/`);
      await page.waitForURL("**/setup");
      await nothingWrong({ page, wrong: [] });
      const fields = page.locator("form input");
      if (label) await page.getByLabel(label.code).fill("AAAA-AAAA-AAAA");
      const [codeField, nameField, emailField, passwordField] = await fields.all();
      await codeField.fill(code);
      await nameField.fill("佐藤 雪");
      await emailField.fill("yuki@example.com");
      await passwordField.fill("とても長いあいことばです！");
      await page.locator("form button[type=submit]").click();
      await page.locator("nav").first().waitFor({ timeout: 15_000 });
      const language = await page.evaluate(() => document.documentElement.lang);
      if (!locale.startsWith(language)) throw new Error(`the page is in ${language}`);
      const errors = visitor.wrong.filter((wrong) => !/401|404/.test(wrong));
      await nothingWrong({ page, wrong: errors });
      await visitor.context.close();
    });
  }

  // The demo: every page, filled, in both languages, at both widths.
  const base = await start(["demo"], (line) => /^Console: (http\S+)/.exec(line)?.[1]);
  const api = await (await browser.newContext()).newPage();
  await api.goto(base);
  const ask = (path) => api.evaluate(async (path) => (await fetch(`/api/v1${path}`)).json(), path);
  let pair;
  for (let tries = 0; !pair && tries < 60; tries += 1) {
    [pair] = (await ask("/integrations/tokyo-london/modules/Contacts/links?limit=1")).items ?? [];
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  const paths = [
    "/",
    "/integrations",
    "/integrations/tokyo-london",
    "/integrations/tokyo-london?tab=history",
    "/integrations/tokyo-london?tab=attention",
    "/integrations/tokyo-london?tab=verify",
    "/integrations/new",
    `/integrations/tokyo-london/Contacts/${pair?.left_id}`,
    "/connections",
    "/connections/new",
    "/connections/tokyo",
    "/connections/tokyo/Contacts",
    "/settings",
    "/settings/people",
    "/settings/tokens",
    "/settings/audit",
    "/settings/about",
  ];
  for (const [locale, width] of [
    ["en-GB", 1280],
    ["ja-JP", 1280],
    ["ja-JP", 390],
  ]) {
    const visitor = await person(base, locale, width);
    for (const path of paths) {
      await check(`${path} in ${locale} at ${width}`, async () => {
        await open(visitor, base + path);
        const overflow = await visitor.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        if (overflow > 1) throw new Error(`it is ${overflow} px too wide`);
        await nothingWrong(visitor);
      });
    }
    await visitor.context.close();
  }

  await check("an edit arrives on the other side before the eyes of whoever looks", async () => {
    const visitor = await person(base, "en-GB");
    await open(visitor, base + `/integrations/tokyo-london/Contacts/${pair.left_id}`);
    const took = await visitor.page.evaluate(async (pair) => {
      const session = await (await fetch("/api/v1/session")).json();
      const headers = { "content-type": "application/json", "x-musubi-csrf": session.csrf };
      const title = `Title ${Date.now()}`;
      const began = performance.now();
      const body = JSON.stringify({ values: { Title: title } });
      const answer = await fetch(`/api/v1/connections/tokyo/modules/Contacts/records/${pair.left_id}`, {
        method: "PATCH",
        headers,
        body,
      });
      if (!answer.ok) throw new Error(await answer.text());
      for (;;) {
        const shown = [...document.querySelectorAll("main")].filter(
          (main) => main.textContent.split(title).length > 2,
        );
        if (shown.length > 0) return performance.now() - began;
        if (performance.now() - began > 5_000) throw new Error("it is not shown after 5 s");
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }, pair);
    console.log(`        shown after ${Math.round(took)} ms`);
    await visitor.context.close();
  });
} finally {
  await browser.close();
  for (const child of children) child.kill("SIGTERM");
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
