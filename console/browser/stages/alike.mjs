// An integration in which nobody can tell which records belong together: one contact has two on the other side with its address, another
// has the address of somebody who is one of a pair.

import { until } from "../lib/hub.mjs";
import { connected, steady } from "./connected.mjs";

const INTEGRATION = "/integrations/tokyo-london";

export async function alike() {
  const stage = await connected({ dataset: "demo", start: true, modules: ["Contacts"] });
  const { ask } = stage;
  await steady(stage);
  const add = (connection, values) =>
    ask("POST", `/connections/${connection}/modules/Contacts/records`, { values }).then(({ id }) => id);
  const mori = { Last_Name: "森", Email: "mori@kita.example" };
  const tied = await add("tokyo", { ...mori, First_Name: "一郎", Title: "購買部長" });
  await until("a pair", async () => {
    const { items } = await ask("GET", `${INTEGRATION}/modules/Contacts/links?search=${tied}`);
    return items.length > 0;
  });
  await steady(stage);
  // What comes at once is not decided one after the other.
  await ask("POST", `${INTEGRATION}/pause`);
  const twin = await add("tokyo", { ...mori, First_Name: "一朗", Title: "購買担当" });
  const misaki = { Email: "misaki@minato.example" };
  const there = { ...misaki, Last_Name: "Takahashi" };
  await add("london", { ...there, First_Name: "Misaki", Phone: "03-5550-1410", Title: "Sales Manager" });
  await add("london", { ...there, First_Name: "M.", Phone: "+44 20 7946 0141" });
  const alone = await add("tokyo", {
    ...misaki,
    Last_Name: "高橋",
    First_Name: "美咲",
    Phone: "03-5550-1410",
    Title: "営業課長",
  });
  await ask("POST", `${INTEGRATION}/resume`);
  const held = async (code, id) => {
    const { items } = await ask("GET", `${INTEGRATION}/attention?code=${code}&record=${id}`);
    return items.some(({ left_id }) => left_id === id);
  };
  await until("records that a person ties", async () => {
    return (await held("match.ambiguous", alone)) && (await held("match.taken", twin));
  });
  return { ...stage, tied, twin, alone };
}
