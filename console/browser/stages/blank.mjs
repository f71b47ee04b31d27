// An integration between two orgs without a record: it is in agreement, and there is nothing to show.

import { connected, steady } from "./connected.mjs";

export async function blank() {
  const stage = await connected({ dataset: "empty", start: true });
  await steady(stage);
  return stage;
}
