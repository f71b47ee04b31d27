// A hub on its first start: nobody has an account.

import { startHub } from "../lib/hub.mjs";

export const first = () => startHub();
