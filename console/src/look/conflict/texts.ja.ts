import type { Japanese } from "../texts";
import type en from "./texts.en";

export default {
  newer: "新しい変更",
  first: "初めて照合した値です。一致していたことはありません。",
  base: "一致していたときの値：{{value}}",
  changed: "変更",
  changedBy: "{{name}}さんが変更",
  take: "{{name}} の値にする",
  takeOf: "{{about}}を {{name}} の値にする",
  done_other: "{{n}}件の競合を解決しました。採用しなかった値は履歴に残ります。",
  later_other: "{{n}}件の競合への判断を受け付けました。連携が処理を始めると反映されます。",
} satisfies Japanese<typeof en>;
