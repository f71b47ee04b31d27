import type { Japanese } from "../texts";
import type en from "./texts.en";

export default {
  title: "同期の状態",
  synced: "このデータは同期されています",
  notSynced: "このデータが同期されない理由",
  change: "対処方法：{{hint}}",
  since: "発生：",
  by: "実行者：{{who}}",
  waitsFor: "待っているデータ：{{id}}",
  said: "サービスの回答：",
  matter: "要確認の一覧で見る",
  bothSides: "双方のデータを見る",
} satisfies Japanese<typeof en>;
