// A hub with two connected orgs of a sandbox, and one integration between them.

import { createServer } from "node:net";
import { becomeOwner, startHub, until } from "../lib/hub.mjs";
import { credentialOf, startSandbox } from "../lib/sandbox.mjs";

const MATCH = {
  Accounts: "Account_Name",
  Contacts: "Email",
  Deals: "Deal_Name",
  Products: "Product_Code",
  Leads: "Email",
  Tasks: "Subject",
};

/** `start` says whether the integration begins at once, `webhooks` whether the service can reach the hub. */
export async function connected({
  dataset,
  start,
  webhooks = false,
  modules = ["Accounts", "Contacts", "Deals"],
}) {
  const port = webhooks ? await freePort() : 0;
  const [sandbox, hub] = await Promise.all([
    startSandbox(dataset),
    startHub(
      ...["--poll", "500ms", "--list-lag", "1s", "--lateness", "2s", "--call-timeout", "5s"],
      ...(webhooks ? ["--listen", `127.0.0.1:${port}`, "--public-url", `http://127.0.0.1:${port}`] : []),
    ),
  ]);
  const owner = await becomeOwner(hub);
  for (const name of ["tokyo", "london"])
    await owner.ask("POST", "/connections", credentialOf(sandbox, name));
  await owner.ask("POST", "/integrations", {
    name: "tokyo-london",
    left: "tokyo",
    right: "london",
    modules: modules.map((module) => ({ left: module, right: module, match: [MATCH[module]] })),
    start,
  });
  const stop = () => Promise.all([hub.stop(), sandbox.stop()]);
  return { ...hub, ...owner, sandbox, stop };
}

/** Waits until every module pair agrees. */
export function steady({ ask }) {
  return until("agreement", async () => {
    const [{ modules }] = (await ask("GET", "/status")).integrations;
    return modules.every(({ phase, open }) => phase === "steady" && open === 0);
  });
}

/** Both sides are compared once; the certificate stays. */
export async function compare({ ask }) {
  const { id } = await ask("POST", "/integrations/tokyo-london/verify", { repair: false });
  await until("a certificate", async () => (await ask("GET", `/jobs/${id}`)).state !== "running");
}

/** A port that nobody listens on: the hub has to know its own address before it starts. */
function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
