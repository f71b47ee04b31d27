// The stages on which pages are seen: real hubs over real sandboxes. Each starts when it is first asked for.

import { alike } from "./alike.mjs";
import { blank } from "./blank.mjs";
import { chosen } from "./chosen.mjs";
import { demo } from "./demo.mjs";
import { empty } from "./empty.mjs";
import { failing } from "./failing.mjs";
import { first } from "./first.mjs";
import { handed } from "./handed.mjs";
import { office } from "./office.mjs";
import { ready } from "./ready.mjs";
import { revoked } from "./revoked.mjs";
import { torn } from "./torn.mjs";
import { troubled } from "./troubled.mjs";

const STAGES = {
  first,
  empty,
  blank,
  ready,
  demo,
  office,
  chosen,
  failing,
  handed,
  torn,
  alike,
  revoked,
  troubled,
};
const started = new Map();

/** Lets a stage start while something else is looked at. One that fails is told to whoever asks for it. */
export function prepare(name) {
  if (name !== "mortal") stage(name).catch(() => undefined);
}

/** The stage of this name; `mortal` is a new one each time, as whoever gets it ends it. */
export function stage(name) {
  if (name === "mortal") return empty();
  if (!started.has(name)) started.set(name, STAGES[name]());
  return started.get(name);
}
