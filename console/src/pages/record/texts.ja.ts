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
} satisfies Japanese<typeof en>;
