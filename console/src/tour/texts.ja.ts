import type { Japanese } from "../look/texts";
import type en from "./texts.en";

export default {
  tour: "ガイドツアー",
  step: "{{number}} / {{count}}",
  begin: "始める",
  later: "あとで",
  back: "戻る",
  next: "次へ",
  finish: "終了",
  waiting: "変更が相手側に届くと、自動的に次へ進みます。",
  title_welcome: "2つの組織を、いつも同じ状態に",
  text_welcome:
    "{{left}} と {{right}} はサンプルの組織で、どちらでも常に誰かがデータを編集しています。実際にデータを1件変更し、相手側に届く様子と、その経緯を確かめてみましょう。所要時間は約2分です。あとからアカウントメニューで再開できます。",
  title_change: "データを変更する",
  text_change:
    "{{left}} のデータを開き、役職などの項目を変更して保存してください。保存したら、データを閉じます。",
  open_change: "{{left}} のデータを開く",
  title_arrive: "相手側に届く様子を見る",
  text_arrive: "相手側に書き込まれた変更は、その瞬間に履歴に表示されます。",
  open_arrive: "履歴を開く",
  title_why: "経緯を確かめる",
  text_why:
    "データの組のページでは、双方の値を項目ごとに並べて確認できます。いつ、どちらで何が変更され、何が書き込まれたかも、すべて残っています。",
  open_why: "データの組を開く",
  title_prove: "一致を証明する",
  text_prove:
    "双方の全データを読み込み、1組ずつ比較します。書き込みは行われません。「双方を比較」を押してください。",
  open_prove: "検証を開く",
} satisfies Japanese<typeof en>;
