// The services' stand-in and its control API.

import { json, start } from "./programs.mjs";

/** The control API of the sandbox at this address. */
export function control(base) {
  return async (method, path, body) => {
    const answer = await fetch(`${base}/sandbox/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`sandbox ${method} ${path}: ${await answer.text()}`);
    return answer.json();
  };
}

/** A sandbox of our own with two orgs, without records or with those of the demo. */
export async function startSandbox(dataset) {
  const args = ["sandbox", "--listen", "127.0.0.1:0", "--dataset", dataset];
  const { found, stop } = await start(args, json);
  const ask = control(found.base_url);
  const [tokyo, london] = await ask("GET", "orgs");
  return { base: found.base_url, ask, tokyo, london, stop };
}

/** What the hub's API takes to connect an org of a sandbox. */
export const credentialOf = (sandbox, name) => ({
  name,
  service: "crm",
  data_centre: null,
  base_url: sandbox.base,
  org: null,
  client_id: sandbox[name].client_id,
  client_secret: sandbox[name].client_secret,
  refresh_token: sandbox[name].refresh_token,
  grant_code: null,
});
