import type { Japanese } from "../../look/texts";
import type en from "./texts.en";

export default {
  title: "ログイン",
  text: "ワークスペースに入ります。",
  email: "メールアドレス",
  password: "パスワード",
  submit: "ログイン",
} satisfies Japanese<typeof en>;
