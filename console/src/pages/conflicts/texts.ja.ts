import type { Japanese } from "../../look/texts";
import type en from "./texts.en";

export default {
  title: "競合",
  text: "同じ項目が双方で異なる値に変更されたか、最初の照合時に値が異なっていて、どちらを採用するかの判断が必要なデータです。",
  integration: "連携",
  any: "すべての連携",
  calm: "判断が必要な競合はありません",
  calmText: "同じ項目が双方で変更され、ルールが「保留」の場合に、両方の値がここに並んで表示されます。",
  all: "「{{name}}」の競合をすべて選択",
  shown_other: "競合 {{n}}件",
  chosen_other: "{{n}}件を選択中",
  takeAll: "選択した競合を {{name}} の値にする",
  chooseOf: "{{label}}の{{field}}を選択",
  always: "今後の扱い",
  alwaysOf: "{{label}}の{{field}}について今後の扱いを決める",
  alwaysSide: "「{{field}}」は常に {{name}} の値にする",
  alwaysTitle: "常に {{name}} の値にしますか?",
  alwaysText:
    "この競合を解決し、今後{{module}}の「{{field}}」が双方で変更された場合は、常に {{name}} の値を採用します。このルールはタブの設定に保存され、いつでも変更できます。",
  alwaysDo: "常に採用する",
  keys: "キー操作：",
  keyMove: "次の競合へ",
  keyChoose: "選択",
  keySide: "左右のボタンへ",
} satisfies Japanese<typeof en>;
