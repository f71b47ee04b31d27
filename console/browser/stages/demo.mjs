// The demo as everybody starts it: two orgs full of records, and people who keep editing both.

import { enterDemo, until } from "../lib/hub.mjs";
import { start } from "../lib/programs.mjs";

export async function demo() {
  const { found: base, stop } = await start(["demo"], (line) => /^Console: (http\S+)/.exec(line)?.[1]);
  const { ask, cookie } = await enterDemo(base);
  await until("pairs of contacts", async () => {
    const { items } = await ask("GET", "/integrations/tokyo-london/modules/Contacts/links?limit=1");
    return items.length > 0;
  });
  return { base, ask, cookie, stop };
}
