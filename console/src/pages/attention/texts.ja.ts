import type { Japanese } from "../../look/texts";
import type en from "./texts.en";

export default {
  title: "要確認",
  text: "すべての連携で失敗したもの、判断が必要なものを、新しい順に表示します。",
  kind: "内容",
  any: "すべて",
  record: "データのID",
  csv: "CSV",
  calm: "対応が必要なものはありません",
  calmText: "自動で判断できないものが、何が起きたかと対処方法とともにここに表示されます。",
  noMatter: "条件に一致するものはありません。",
  retried_other: "{{n}}件を再試行します。",
} satisfies Japanese<typeof en>;
