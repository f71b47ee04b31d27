// A hub whose service went away in the middle of the work, and which nobody can repair from here.

import { until } from "../lib/hub.mjs";
import { startSandbox } from "../lib/sandbox.mjs";
import { connected, steady } from "./connected.mjs";

export async function troubled() {
  const stage = await connected({ dataset: "demo", start: true, modules: ["Accounts"] });
  await steady(stage);
  await stage.sandbox.stop();
  await until("the problem", async () => {
    const [{ modules }] = (await stage.ask("GET", "/status")).integrations;
    return modules.some(({ problem }) => problem !== null);
  });
  return { ...stage, another: once(() => startSandbox("empty")) };
}

/** A service that is there, started when it is first needed. */
function once(make) {
  let made;
  return () => (made ??= make());
}
