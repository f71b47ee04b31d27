import type { Japanese } from "../../look/texts";
import type en from "./texts.en";

export default {
  title: "接続",
  subtitle: "それぞれが、1つのサービスの認証済みアカウントです(Zoho Flow の「外部連携」にあたります)。",
  add: "接続を追加",
  noneTitle: "接続がまだありません",
  noneText: "接続とは、組織の認証済みアカウントのことです。連携には2つの接続が必要です。",
  authorized: "「{{name}}」を接続しました。",
  refused: "サービスがアクセスを許可しませんでした。",
  refusedHint:
    "何も保存されていません。もう一度お試しください。誤って拒否した場合は、次の画面で「同意」を押してください。",
  used: "使用中の連携",
  unused: "未使用",
  org: "組織 {{org}}",
  "token.fresh": "認証済み",
  "token.expired": "次の呼び出し時に更新",
  "token.none": "認証情報なし",
  underWay: "呼び出し中",
  credits: "本日のクレジット",
} satisfies Japanese<typeof en>;
