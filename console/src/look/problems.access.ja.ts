/** What problem codes of setting up and logging in mean, in Japanese; the others stand in `problems.ja.ts`. */
const ofAccess: Record<string, readonly [what: string, hint: string]> = {
  "auth.wrong": [
    "メールアドレスまたはパスワードが違います。",
    "入力内容をご確認ください。パスワードを忘れた場合は、管理者に再設定を依頼してください。",
  ],
  "auth.required": ["ログインが必要です。", "もう一度ログインしてください。"],
  "auth.forbidden": [
    "この操作を行う権限がありません。",
    "管理者に依頼するか、役割の変更を依頼してください。",
  ],
  "auth.csrf": [
    "この画面のセッション情報が古くなっています。",
    "ページを再読み込みしてから、もう一度お試しください。",
  ],
  "auth.slow_down": ["ログインの試行回数が多すぎます。", "しばらく待ってから、もう一度お試しください。"],
  "setup.wrong_code": [
    "セットアップコードが違います。",
    "ハブを起動した端末に表示されたコードを入力してください。",
  ],
};

export default ofAccess;
