import type { Japanese } from "../texts";
import type en from "./texts.en";

export default {
  "name.first_load": "初回同期の完了",
  "name.drift": "定期比較での相違",
  "name.decision": "担当者の判断が必要",
  "name.failed": "同期できないデータの発生",
  "name.stopped": "同期の停止",
  "name.login": "アカウントの再認証が必要",
  "name.unreachable": "サービスの応答なし",
  "name.paused": "連携の一時停止",
  "name.recovered": "正常な状態への復帰",
  "name.digest": "未解決の項目(毎日)",
  "name.test": "テスト",
  "told.first_load": "{{name}}：「{{modules}}」の初回同期が完了しました",
  "told.drift": "{{name}}：定期比較で相違が見つかりました({{modules}})",
  "told.decision": "{{name}}：担当者の判断が必要です({{modules}})",
  "told.failed": "{{name}}：同期できないデータがあります({{modules}})",
  "told.stopped": "{{name}}：同期が停止しています({{modules}})",
  "told.login": "{{name}}：アカウントの再認証が必要です",
  "told.unreachable": "{{name}}：サービスが応答していません",
  "told.paused": "{{name}}：一時停止されました",
  "told.recovered": "{{name}}：正常に戻りました",
  "told.digest": "未解決の項目：{{count}}件",
  "told.test": "通知のテストです",
} satisfies Japanese<typeof en>;
