/** What problem codes of stand-ins, notices, erasures and what is remembered mean, in Japanese; the others stand in `problems.ja.ts`. */
const problems: Record<string, readonly [what: string, hint: string]> = {
  "config.attachments": [
    "添付ファイルの設定に誤りがあります。",
    "max_mb は 1～20、calls_a_day は 10～10,000,000 の範囲で指定してください。",
  ],
  "mapping.attachments": [
    "このタブの組では添付ファイルを同期できません。",
    "どちらかのサービスに添付ファイルの機能がありません。attachments の設定を外してください。",
  ],
  "connection.stand_in_is_same": [
    "この認証情報は、すでにこの接続で使われています。",
    "同じ組織の別のユーザーの認証情報を使ってください。",
  ],
  "connection.no_stand_in": ["その予備の認証情報はありません。", "接続の画面を読み込み直してください。"],
  "erasure.plan_changed": ["消去する内容が、確認した計画と変わりました。", "新しい計画をご確認ください。"],
  "erasure.nothing": [
    "該当する内容は保存されていません。",
    "IDまたはメールアドレスをご確認ください。すでに消去したものは、消去の記録にあります。",
  ],
  "erasure.address": [
    "メールアドレスの形式ではありません。",
    "データに登録されているメールアドレスを入力してください。",
  ],
  "erasure.too_many": [
    "1,000組を超えるデータが、このメールアドレスを持っています。",
    "個人のものではないと考えられます。データを1件ずつ指定して消去してください。",
  ],
  "erasure.unknown": ["その消去の記録はありません。", "消去の記録の一覧をご確認ください。"],
  "remembered.unknown": ["その対応は保持されていません。", "一覧を読み込み直してください。"],
  "notices.smtp_login": ["メールサーバーにログインできません。", "ユーザー名とパスワードをご確認ください。"],
  "notices.smtp_password": [
    "メールサーバーのパスワードがありません。",
    "パスワードを入力して保存するか、MUSUBI_NOTICES_SMTP_PASSWORD を設定してください。",
  ],
  "notices.smtp_refused": [
    "メールサーバーがメールを受け付けませんでした。",
    "サーバーの応答に理由が書かれています。",
  ],
  "notices.smtp_tls": [
    "メールサーバーとの通信を暗号化できません。",
    "サーバー名と、そのポートで STARTTLS と TLS のどちらを使うかをご確認ください。",
  ],
  "notices.smtp_client": [
    "メールサーバーが、設定された方法に対応していません。",
    "暗号化とユーザー名の設定をご確認ください。",
  ],
  "notices.smtp_unreachable": [
    "メールサーバーから応答がありません。",
    "サーバー名とポート、ハブからサーバーへの通信が許可されているかをご確認ください。",
  ],
  "notices.mail": ["メールを作成できません。", "送信者と宛先のメールアドレスをご確認ください。"],
  "notices.address": ["この宛先は、設定から外されています。", "操作は不要です。"],
  "notices.too_slow": ["相手の応答に時間がかかりすぎています。", "相手のサーバーをご確認ください。"],
  "notices.too_many": [
    "この宛先への通知が滞留したため、古いものの送信を取りやめました。",
    "相手のサーバーをご確認ください。未解決のものは、この画面で確認できます。",
  ],
  "notices.version": [
    "この通知は、別のバージョンの Musubi が作成したため送信できません。",
    "すべてのプロセスを最新のバージョンにしてください。",
  ],
  "notices.webhook": ["Webhook の URL を使用できません。", "URL をご確認ください。"],
  "notices.webhook_secret": [
    "Webhook の署名用のシークレットがありません。",
    "シークレットを入力して保存するか、MUSUBI_NOTICES_WEBHOOK_SECRET を設定してください。",
  ],
  "notices.webhook_refused": [
    "Webhook の受信側が通知を受け付けませんでした。",
    "受信側をご確認ください。2xx 以外の応答は、失敗とみなします。",
  ],
  "notices.webhook_unreachable": [
    "Webhook の受信側に接続できません。",
    "URL と、受信側が動作しているかをご確認ください。",
  ],
  "notices.webhook_unanswered": [
    "Webhook の受信側から応答がありません。",
    "受信側が動作しているかをご確認ください。",
  ],
};

export default problems;
