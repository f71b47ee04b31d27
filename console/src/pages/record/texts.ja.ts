import type { Japanese } from "../../look/texts";
import type en from "./texts.en";

export default {
  trail: "連携",
  fields: "項目",
  field: "項目",
  base: "前回一致時",
  state: "状態",
  state_agrees: "一致",
  state_left_changed: "{{left}} で変更",
  state_right_changed: "{{right}} で変更",
  state_conflict: "競合",
  state_unknown: "未読み込み",
  history: "これまでの経緯",
  noHistory: "この組への書き込みはまだありません。",
  openHere: "データを開く",
  all: "すべての項目",
  differing: "相違のみ",
  noDiffering: "関連付けた項目はすべて一致しています。",
  show: "表示する項目",
  tieTitle: "相手側のデータと関連付ける…",
  tieSummary:
    "対応する {{name}} のデータを、名前またはIDで指定します。照合キーが一致している必要はありません。",
  tieSearch: "{{name}} のデータ",
  tieId: "またはデータのID",
  tieUnseen: "{{name}} に該当するデータが見つかりません。",
  tieTaken: "このデータは、すでに別のデータと関連付けられています。先に、その関連付けを解除してください。",
  tieTakenOpen: "関連付けられた2件を表示",
  tieText:
    "双方を読み込み直し、以後は同期します。値が異なる項目には、タブの「初めて照合した値が異なる場合」の設定が適用されます。",
  tie: "この2件を関連付ける",
} satisfies Japanese<typeof en>;
