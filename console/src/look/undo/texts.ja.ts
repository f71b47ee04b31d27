import type { Japanese } from "../texts";
import type en from "./texts.en";

export default {
  open_record: "このデータへの書き込みを元に戻す…",
  open_run: "この実行を元に戻す…",
  open_period: "期間を指定して元に戻す…",
  title_record: "このデータへの書き込みを元に戻す",
  title_run: "この実行での書き込みを元に戻す",
  title_period: "期間を指定して書き込みを元に戻す",
  periodText:
    "この期間にハブが双方に書き込んだすべての内容が対象です(一覧の種類やデータIDの絞り込みは適用されません)。",
  from: "開始日時",
  until: "終了日時(この時刻より前)",
  untilNow: "空欄の場合は現在まで",
  inZone: "タイムゾーン：{{zone}}",
  backwards: "終了日時は、開始日時より後にしてください。",
  module: "タブ",
  anyModule: "すべて",
  look: "元に戻す内容を確認",
  planning: "元に戻せる内容を調べています…",
  nothingWritten: "ハブが書き込んだ内容がないため、元に戻すものはありません。",
  noneReady: "元に戻せる項目はありません。理由は次のとおりです。",
  ready_other: "{{n}}項目を元に戻せます",
  stays_other: "そのままにするもの：{{n}}件",
  times: "{{n}}件：{{what}}",
  apart:
    "元の値は、表示されている側にだけ書き込まれ、もう一方には反映されません。双方の値は、どちらかが変更されるまで、意図的に異なるままになります。",
  onSide: "{{name}} 側",
  change: "{{now}} → {{back}}",
  wholeRecord: "データ全体",
  shown: "{{total}}組のうち{{n}}組を表示しています。元に戻す操作は、表示されていない組にも行われます。",
  confirm_other: "{{n}}項目を元に戻す",
  again: "もう一度確認",
  became: "結果",
  done_other:
    "{{n}}項目を元の値に戻します(書き込みまでに変更された場合を除きます)。結果は変更の履歴で確認できます。",
  waiting_other: "{{n}}組は処理待ちです。連携が処理を始めると元に戻します。この画面は閉じてもかまいません。",
} satisfies Japanese<typeof en>;
