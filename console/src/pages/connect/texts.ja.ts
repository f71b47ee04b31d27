import type { Japanese } from "../../look/texts";
import type en from "./texts.en";

export default {
  trail: "接続",
  title: "接続を追加",
  subtitle:
    "1つの組織のデータの読み取りと書き込みを Musubi に許可します。認証情報は暗号化してこのハブに保存されます。",
  again: "「{{name}}」を認証し直す",
  standIn: "「{{name}}」に予備を追加",
  standInText:
    "同じ組織の別のユーザーで認証します。使用中の認証情報がサービスに拒否されると、自動的に予備に切り替わります。",
  stoodBy: "「{{name}}」の予備を追加しました。",
  name: "名前",
  nameText: "tokyo のような、半角小文字の短い名前。コマンドやアドレスで使います。",
  nameWrong: "半角小文字・数字・ハイフンのみ。先頭は英字にしてください。",
  service: "サービス",
  dataCentre: "データセンター",
  dataCentreText: "組織の所在地です。普段開いているアドレスの末尾で分かります。",
  sandbox: "別のアドレス(サンドボックス)",
  baseUrl: "アドレス",
  way: "認証の方法",
  selfClient: "セルフクライアント",
  selfClientText: "自社の組織に最適です。サービスのコンソールで発行したコードを使います。",
  browser: "ブラウザーで認証",
  browserText: "サービスの画面に移動して「同意」を押します。ブラウザーから届くハブのアドレスが必要です。",
  token: "リフレッシュトークン",
  tokenText: "すでにお持ちの場合。",
  steps: "サービスのコンソールでの手順",
  step1:
    "{{url}} を開き、Musubi に操作させるユーザーでログインします。このユーザーには、同期するタブの参照と編集の権限が必要です。",
  step2: "「Self Client」を選び、「Create now」を押します(すでにある場合は、それを開きます)。",
  step3: "「Generate Code」タブの Scope に、次の内容を貼り付けます。",
  step4: "有効期間に「10 minutes」を選び、任意の説明を入力して「Create」を押し、組織を選びます。",
  step5:
    "表示されたコードをここに貼り付けます。クライアントIDとクライアントシークレットは「Client Secret」タブにあります。",
  bstep2: "「Server-based Applications」を選び、「Create now」を押します。",
  bstep3: "Homepage URL にはこのハブのアドレスを、Authorized Redirect URI には次の内容をそのまま入力します。",
  bstep4:
    "クライアントIDとクライアントシークレットをここに貼り付けます。次へ進むと、サービスの画面に移動します。",
  openConsole: "コンソールを開く",
  clientId: "クライアントID",
  clientSecret: "クライアントシークレット",
  grantCode: "コード",
  grantCodeText: "選んだ時間内に、1回だけ使えます。",
  refreshToken: "リフレッシュトークン",
  submit: "接続",
  go: "サービスの画面へ進む",
  done: "「{{name}}」を接続しました。",
} satisfies Japanese<typeof en>;
