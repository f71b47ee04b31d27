import type { Japanese } from "../texts";
import type en from "./texts.en";

export default {
  title: "ほかの項目から作る項目",
  text: "姓名をつなげたものや、入力されている最初の電話番号などです。常に同期元としてのみ使われ、サービス側には作成されません。",
  add: "項目を追加",
  new: "ほかの項目から作る新しい項目",
  name: "名前",
  nameTaken: "同じ名前の項目がすでにあります。",
  side: "対象側",
  recipe: "作り方",
  recipe_join: "テキストをつなげる",
  recipe_first_non_blank: "空でない最初の値を使う",
  between: "間に入れる文字",
  nothing: "なし",
  sources: "元の項目",
  sourcesJoin: "選んだ順につなげます。空の項目は飛ばします。",
  sourcesFirst: "選んだ順に調べます。同じ種類の項目のみ選べます。",
  make: "項目を追加する",
  done: "反映する",
  firstOf: "{{fields}}のうち空でない最初の値",
  joinOf: "{{fields}}(間に{{between}})",
  notMapped: "まだ関連付けられていないため、使われません。",
  map: "関連付ける…",
  mapOf: "{{name}}を関連付ける…",
  change: "{{name}}を変更",
  remove: "{{name}}を削除",
} satisfies Japanese<typeof en>;
