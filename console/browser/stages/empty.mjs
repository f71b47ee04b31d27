// A hub that was set up a moment ago: nothing is connected.

import { becomeOwner, startHub } from "../lib/hub.mjs";

export async function empty() {
  const hub = await startHub();
  return { ...hub, ...(await becomeOwner(hub)) };
}
