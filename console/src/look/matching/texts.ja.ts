import type { Japanese } from "../texts";
import type en from "./texts.en";

export default {
  title: "同じデータの見分け方",
  match: "照合に使う項目",
  text: "双方の同じデータを見分ける項目です。上から順に照合し、最初に一致した項目で決まります。どの項目も空のデータは、新しいデータとしてコピーされます。",
  usual:
    "特に指定がないため、サービス側の重複チェックと同じ項目で照合します。この項目が空のデータは、新しいデータとしてコピーされます。",
  noKeys: "照合に使う項目がない場合、すべてのデータが新しいデータとしてコピーされます。",
  add: "項目を追加",
  fieldOn: "{{name}} の項目",
  leftOf: "{{name}} の項目(照合{{number}})",
  rightOf: "{{name}} の相手項目(照合{{number}})",
  asMapped: "関連付けに従う：{{field}}",
  as: "比較方法",
  asOf: "照合{{number}}の比較方法",
  as_plain: "テキスト",
  as_email: "メールアドレス",
  as_phone: "電話番号",
  as_domain: "Webサイトのドメイン",
  as_name: "名称",
  advised: "{{form}}(推奨)",
  about_plain: "大文字・小文字、全角・半角、空白の違いを無視します。",
  about_email: "「田中 <kenji@example.com>」のような表記からも取り出します。",
  about_phone: "国番号の有無を問いません。",
  about_domain: "https://www.example.co.jp/about と info@example.co.jp を同じとみなします。",
  about_name: "全角・半角、カタカナ・ひらがな、空白の違いを無視します。",
  countryOn: "{{name}} の番号の国",
  countryOf: "{{name}} の番号の国(照合{{number}})",
  countryNone: "なし",
  up: "{{field}}を先に照合する",
  down: "{{field}}を後で照合する",
  remove: "{{field}}での照合をやめる(照合{{number}})",
  riskTitle: "メインのメールアドレスが上書きされる可能性があります",
  risk_both:
    "メイン以外のメールアドレスでもデータを照合します。照合されたデータのメインのメールアドレスが異なる場合、{{left}} と {{right}} の一方がもう一方を上書きします。ログインに使われているアドレスには注意してください。件数は計画に表示されます。置き換えられた値は履歴に残り、元に戻せます。",
  risk_left_to_right:
    "メイン以外のメールアドレスでもデータを照合します。照合されたデータのメインのメールアドレスが異なる場合、{{left}} のアドレスが {{right}} のアドレスを上書きします。ログインに使われているアドレスには注意してください。件数は計画に表示されます。置き換えられた値は履歴に残り、元に戻せます。",
  risk_right_to_left:
    "メイン以外のメールアドレスでもデータを照合します。照合されたデータのメインのメールアドレスが異なる場合、{{right}} のアドレスが {{left}} のアドレスを上書きします。ログインに使われているアドレスには注意してください。件数は計画に表示されます。置き換えられた値は履歴に残り、元に戻せます。",
  said: "{{field}}({{form}})",
} satisfies Japanese<typeof en>;
