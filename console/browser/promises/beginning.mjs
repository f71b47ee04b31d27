// From the first start to two orgs in agreement, as somebody does it who has never seen it: in either language, over a hub of their own.

import { check } from "../lib/checks.mjs";
import { person } from "../lib/chromium.mjs";
import { OWNER, startHub } from "../lib/hub.mjs";
import { fits, nothingWrong, says, settled } from "../lib/look.mjs";
import { startSandbox } from "../lib/sandbox.mjs";

/** What is pressed and filled in, in both languages. */
const TEXTS = {
  en: {
    code: "Set-up code",
    name: "Your name",
    email: "E-mail address",
    password: "Password",
    connectionName: "Name",
    centre: "Data center",
    address: "Address",
    clientId: "Client ID",
    clientSecret: "Client secret",
    grantCode: "Code",
    browser: "In the browser",
    left: "Left side",
    right: "Right side",
    next: "Continue",
    addModule: "Add a module",
    usual: /by which the service itself recognizes records/,
    plan: "Make the plan",
    start: "Start the sync",
    connected: "london is connected.",
    agreement: "In agreement",
  },
  ja: {
    code: "セットアップコード",
    name: "お名前",
    email: "メールアドレス",
    password: "パスワード",
    connectionName: "名前",
    centre: "データセンター",
    address: "アドレス",
    clientId: "クライアントID",
    clientSecret: "クライアントシークレット",
    grantCode: "コード",
    browser: "ブラウザーで認証",
    left: "左側",
    right: "右側",
    next: "次へ",
    addModule: "タブを追加",
    usual: /サービス側の重複チェックと同じ項目で照合/,
    plan: "計画を作成",
    start: "同期を開始する",
    connected: "「london」を接続しました。",
    agreement: "一致",
  },
};

export async function beginning(browser) {
  for (const [language, width] of [
    ["en", 1280],
    ["ja", 390],
  ]) {
    await check(`from the first start to agreement, in ${language} at ${width}`, async () => {
      const [hub, sandbox] = await Promise.all([
        startHub("--poll", "500ms", "--list-lag", "1s", "--lateness", "2s"),
        startSandbox("demo"),
      ]);
      const visitor = await person(browser, hub.base, { language, width });
      const steps = { ...visitor, texts: TEXTS[language], hub, sandbox };
      await setUp(steps);
      await connectBySelfClient(steps);
      await connectInTheBrowser(steps);
      await makeIntegration(steps);
      await visitor.leave();
      await Promise.all([hub.stop(), sandbox.stop()]);
    });
  }
}

/** The first person becomes the owner, by the code that the hub printed. */
async function setUp(steps) {
  const { page, texts, hub } = steps;
  await page.goto(hub.base);
  await page.waitForURL("**/setup");
  const fill = (label, value) => page.getByLabel(label, { exact: true }).fill(value);
  await fill(texts.code, hub.code);
  await fill(texts.name, OWNER.name);
  await fill(texts.email, OWNER.email);
  await fill(texts.password, OWNER.password);
  await page.locator("form button[type=submit]").click();
  await page.waitForURL(`${hub.base}/`);
  await settled(steps);
  // Nobody was logged in before.
  await nothingWrong(steps, /401/);
  const language = await page.evaluate(() => document.documentElement.lang);
  if (language !== steps.language) throw new Error(`the page is in ${language}`);
}

/** Fills in where the org is and whose client it is. */
async function describe({ page, texts, sandbox, hub }, name) {
  await page.goto(`${hub.base}/connections/new`);
  const fill = (label, value) => page.getByLabel(label, { exact: true }).fill(value);
  await fill(texts.connectionName, name);
  await page
    .getByRole("combobox", { name: texts.centre })
    .or(page.getByRole("textbox", { name: texts.centre }))
    .click();
  await page.getByRole("option").last().click();
  await fill(texts.address, sandbox.base);
  return fill;
}

/** A code of the service's console, as a self client has it. */
async function connectBySelfClient(steps) {
  const { page, texts, sandbox } = steps;
  const fill = await describe(steps, "tokyo");
  const client = await sandbox.ask("POST", `orgs/${sandbox.tokyo.org_id}/self_client`, {});
  await fill(texts.clientId, client.client_id);
  await fill(texts.clientSecret, client.client_secret);
  await fill(texts.grantCode, client.code);
  await page.locator("form button[type=submit]").click();
  await page.waitForURL("**/connections/tokyo");
  await settled(steps);
  await nothingWrong(steps);
}

/** The service's own consent page, and back. */
async function connectInTheBrowser(steps) {
  const { page, texts, sandbox, wrong, hub } = steps;
  const fill = await describe(steps, "london");
  await page.getByRole("radio", { name: texts.browser }).click();
  await fill(texts.clientId, sandbox.london.client_id);
  await fill(texts.clientSecret, sandbox.london.client_secret);
  await page.locator("form button[type=submit]").click();
  await page.waitForURL(`${sandbox.base}/oauth/v2/auth**`);
  await page.getByRole("button", { name: "Accept" }).click();
  await page.waitForURL(`${hub.base}/connections**`);
  await settled(steps);
  await says(steps, texts.connected);
  // The way led over the service, and nowhere else.
  const elsewhere = wrong.splice(0).filter((one) => !one.includes(sandbox.base));
  if (elsewhere.length > 0) throw new Error(elsewhere.join("; "));
  await nothingWrong(steps);
}

/** The wizard: connections, modules (S2-23), mapping, plan, start; then both sides agree (S1-46). */
async function makeIntegration(steps) {
  const { page, texts, hub } = steps;
  const choose = async (label, option) => {
    await page
      .getByRole("combobox", { name: label })
      .or(page.getByRole("textbox", { name: label }))
      .last()
      .click();
    await page.getByRole("option", { name: option }).first().click();
  };
  const next = () => page.getByRole("button", { name: texts.next, exact: true }).click();
  await page.goto(`${hub.base}/integrations/new`);
  await choose(texts.left, /^tokyo/);
  await choose(texts.right, /^london/);
  await fits(steps);
  await nothingWrong(steps);
  await next();
  for (const [at, module] of [/\(?Accounts\)?$/, /\(?Contacts\)?$/].entries()) {
    await choose(texts.addModule, module);
    // By what its records are recognized is known without being asked (S1-30).
    await page.getByText(texts.usual).nth(at).waitFor();
  }
  await fits(steps);
  await nothingWrong(steps);
  await next();
  await settled(steps);
  await nothingWrong(steps);
  await next();
  await page.getByRole("button", { name: texts.plan, exact: true }).click();
  await page.getByRole("button", { name: texts.start, exact: true }).click({ timeout: 30_000 });
  await page.waitForURL("**/integrations/tokyo-london");
  await page.getByText(texts.agreement, { exact: true }).nth(1).waitFor({ timeout: 60_000 });
  await fits(steps);
  await nothingWrong(steps);
}
