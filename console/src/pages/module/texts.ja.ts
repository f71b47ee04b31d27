import type { Japanese } from "../../look/texts";
import type en from "./texts.en";

export default {
  trail: "連携",
  title: "{{pair}}の設定",
  noPair: "このタブの組はありません",
  noPairText: "「{{name}}」では、この2つのタブを同期していません。",
  rules: "同期の方向とルール",
  mapping: "項目の関連付け",
  changes_other: "保存していない変更が{{n}}件あります",
  reviewAndSave: "確認して保存",
  review: "保存による変更の内容",
  added: "{{pair}}を関連付けます",
  removed: "{{pair}}の関連付けを外します",
  listed_other: "同じ名前での関連付けから、{{n}}項目を個別に関連付ける設定に切り替えます",
  byName: "個別の関連付けから、同じ名前での関連付けに切り替えます",
  setting: "{{name}}：{{before}} → {{after}}",
  asUsual: "タブの標準の項目",
  nothing: "なし",
  then: "保存した時点から、以後のすべての変更に適用されます。関連付ける項目を変えた場合は、全データを比較し直します。",
  goOn: "編集に戻る",
  saved: "設定を保存しました。",
  overtaken: "編集中に、ほかの人がこの設定を変更しました。保存すると、その変更は上書きされます。",
  takeOver: "自分の変更を破棄して最新の設定を表示",
  takeOutTitle: "このタブの組を連携から外す",
  takeOutShort: "このタブの同期をやめます。データは双方にそのまま残ります。",
  takeOutDirty: "先に、変更を保存するか破棄してください。",
  takeOut: "外す",
  takeOutOf: "{{pair}}を「{{name}}」から外しますか?",
  takeOutText:
    "このタブの読み込みと書き込みを行わなくなります。データは双方にそのまま残り、削除も変更もされません。このタブの設定は失われます。",
  takeOutLinks_other:
    "データの対応({{n}}組)は保持されます。同じ2つのタブを再び追加すると、続きから同期できます。",
  takeOutOnly:
    "この連携で同期しているタブは、この組だけです。連携全体を削除するか、先に別のタブを追加してください。",
  neededBy: "{{module}}の項目({{fields}})が参照しています。",
  takenOut: "{{pair}}を連携から外しました。データは削除されていません。",
} satisfies Japanese<typeof en>;
