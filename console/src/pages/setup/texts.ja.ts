import type { Japanese } from "../../look/texts";
import type en from "./texts.en";

export default {
  title: "Musubi へようこそ",
  text: "最初のアカウントを作成します。このアカウントがワークスペースのオーナーになります。",
  code: "セットアップコード",
  codeText: "ハブを起動した端末、またはログに表示されています。",
  name: "お名前",
  email: "メールアドレス",
  password: "パスワード",
  passwordText: "12文字以上。短い文にすると覚えやすくなります。",
  tooShort_other: "あと{{count}}文字必要です",
  submit: "アカウントを作成",
} satisfies Japanese<typeof en>;
