// What people see of each other's work at a hub: who stands in for whom, what was told to whom, what was taken out, what was erased.

import { bring, by } from "../lib/press.mjs";
import { INTEGRATION, seen } from "./seen.mjs";

const handed = (...view) => seen("handed", ...view);

export const handedViews = [
  handed("connection-stand-ins", "/connections/london", {
    en: ["Stand-ins", "The service refused a credential", "Refused", "Ready"],
    ja: ["予備の認証情報", "予備に切り替わりました", "拒否された日時：", "待機中"],
  }),
  handed("connection-stand-in-new", "/connections/new?standIn=london", {
    en: ["Add a stand-in to", "Self client"],
    ja: ["「london」に予備を追加", "セルフクライアント"],
  }),
  handed(
    "settings-notices-told",
    "/settings/notices",
    {
      en: ["What was told", "Tries again at", "Webhook"],
      ja: ["通知の履歴", "に再送信", "Webhook"],
    },
    told,
  ),
  handed("settings-remembered", "/settings/remembered", {
    en: ["tokyo-london · Products ↔ Products", "Pairs:", "removed", "Forget"],
    ja: ["tokyo-london · 商品 ↔ 商品", "データの組：", "に削除", "対応を消去"],
  }),
  handed("settings-erasure-done", "/settings/erasure", {
    en: ["What was erased", "Done at"],
    ja: ["消去の記録", "に完了"],
  }),
  handed("integration-history-erased", `${INTEGRATION}?tab=history`, {
    en: [],
    ja: [],
  }),
];

async function told(visitor) {
  const name = by(visitor, "What was told", "通知の履歴");
  await bring(visitor.page.getByRole("heading", { name, exact: true }));
}
