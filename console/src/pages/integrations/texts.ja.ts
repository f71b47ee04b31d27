import type { Japanese } from "../../look/texts";
import type en from "./texts.en";

export default {
  title: "連携",
  subtitle: "2つの接続のデータを、タブごとに一致させます。",
  new: "連携を作成",
  noneTitle: "連携がまだありません",
  noneText: "2つの接続と、共有するタブを選びます。計画を確認するまで、書き込みは行われません。",
  pairs: "データの組",
  open: "同期待ち",
  waiting: "要確認",
  lag: "変更の確認",
  lagAgo: "{{span}}前まで",
} satisfies Japanese<typeof en>;
