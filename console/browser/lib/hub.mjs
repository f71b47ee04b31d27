// A hub of our own, and its API as a person's browser speaks it.

import { freshFolder, json, start } from "./programs.mjs";

/** A hub that nobody has set up yet. */
export async function startHub(...more) {
  const data = await freshFolder("hub");
  const address = more.includes("--listen") ? [] : ["--listen", "127.0.0.1:0"];
  const args = ["serve", "--json", "--data", data, ...address, ...more];
  const { found, stop } = await start(args, json);
  return { base: `http://${found.listening}`, code: found.setup_code, stop };
}

export const OWNER = {
  name: "佐藤 雪",
  email: "yuki@example.com",
  password: "とても長いあいことばです！",
};

/** A client with a session, by whatever gave the cookie. */
async function client(base, cookie) {
  const ask = async (method, path, body) => {
    const answer = await fetch(`${base}/api/v1${path}`, {
      method,
      headers: { cookie, "content-type": "application/json", "x-musubi-csrf": ask.csrf ?? "" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text === "" ? null : JSON.parse(text);
  };
  ask.csrf = (await ask("GET", "/session")).csrf;
  const [name, value] = cookie.split(/=(.*)/);
  return { ask, cookie: { name, value, url: base } };
}

const cookieOf = (answer) => answer.headers.getSetCookie()[0]?.split(";")[0] ?? "";

/** Sets a fresh hub up; the owner has no language of their own, so that the browser's decides. */
export async function becomeOwner({ base, code }) {
  const answer = await fetch(`${base}/api/v1/setup`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...OWNER, code, language: null }),
  });
  if (!answer.ok) throw new Error(`setup: ${await answer.text()}`);
  return client(base, cookieOf(answer));
}

/** Whoever opens the demo is its owner. */
export async function enterDemo(base) {
  return client(base, cookieOf(await fetch(base)));
}

/** Asks until the answer is what is wanted. */
export async function until(what, ask, seconds = 60) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const found = await ask();
    if (found) return found;
    if (Date.now() > end) throw new Error(`${what}: not within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
