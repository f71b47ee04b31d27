import type { Japanese } from "../../look/texts";
import type en from "./texts.en";

export default {
  trail: "接続",
  text: "{{name}} のデータ",
  search: "検索",
  searchText: "名前、メールアドレス、ID",
  create: "データを追加",
  loaded_other: "{{n}}件",
  loadedMore: "{{n}}件を表示中(スクロールすると続きを読み込みます)",
  none: "データがありません",
  noneText: "このタブが空であるか、接続したユーザーに参照権限がありません。",
  noneFound: "「{{search}}」に一致するデータはありません",
  noneFoundText: "名前の一部、またはIDでお試しください。",
  table: "データ一覧",
  modified: "更新日時",
  record: "データ",
  newRecord: "データを追加",
  remove: "データを削除",
  removeTitle: "「{{name}}」を削除しますか?",
  removeText:
    "データは {{connection}} のごみ箱に移動します。削除を反映する設定の連携では、相手側も削除されることがあります。",
  removed: "データを削除しました。",
  created: "データを追加しました。",
  changed: "データを保存しました。",
  nothing: "変更はありません。",
  readOnly: "サービスが設定する項目",
  mandatory: "必須項目です",
  tooLong: "{{count}} / {{limit}} 文字",
  notNumber: "数値を入力してください",
  notWhole: "整数を入力してください",
  notJson: "行の一覧として読み取れません",
  subformText: "行を JSON で入力",
  lookupText: "{{module}}のデータ",
  ownerText: "ユーザーID",
  changedMeanwhile:
    "変更した項目だけを書き込みます。その間にほかの人がデータを変更していた場合は、書き込みません。",
} satisfies Japanese<typeof en>;
