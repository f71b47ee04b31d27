import type { Japanese } from "../texts";
import type en from "./texts.en";

export default {
  created: "{{from}} の「{{label}}」が{{within}} {{to}} に作成されました",
  createdBy: "{{by}}さんが {{from}} で保存した「{{label}}」が{{within}} {{to}} に作成されました",
  updated:
    "{{from}} で「{{label}}」の{{field}}が{{before}}から{{after}}に変更され、{{within}}{{to}} に反映されました",
  updatedBy:
    "{{by}}さんが {{from}} で「{{label}}」の{{field}}を{{before}}から{{after}}に変更し、{{within}}{{to}} に反映されました",
  set: "{{from}} で「{{label}}」の{{field}}に{{after}}が設定され、{{within}}{{to}} に反映されました",
  setBy:
    "{{by}}さんが {{from}} で「{{label}}」の{{field}}に{{after}}を設定し、{{within}}{{to}} に反映されました",
  several: "{{from}} で「{{label}}」の{{count}}項目が変更され、{{within}}{{to}} に反映されました",
  severalBy:
    "{{by}}さんが {{from}} で「{{label}}」の{{count}}項目を変更し、{{within}}{{to}} に反映されました",
  within: "{{span}}以内に ",
  kind_deleted: "{{from}} で「{{label}}」が削除されたため、{{to}} でも削除しました",
  kind_linked: "「{{label}}」が双方にあるため、対応するデータとしてリンクしました",
  kind_untied: "「{{label}}」の関連付けを解除しました(双方のデータは残ります)",
  kind_untied_edited: "「{{label}}」が削除されましたが、もう一方は変更されていたため残しました",
  kind_untied_related: "「{{label}}」が削除されましたが、もう一方は関連データがあるため残しました",
  kind_merged: "{{to}} で「{{label}}」が別のデータに統合されました。{{from}} のデータはそのまま残っています",
  kind_converted: "{{to}} で「{{label}}」が変換されました。{{from}} のデータはそのまま残っています",
  kind_revived: "「{{label}}」が復元されたため、再び関連付けました",
  kind_conflict_skipped: "「{{label}}」の{{fields}}は双方で値が異なりますが、どちらもそのままにしました",
  kind_sent_unanswered: "「{{label}}」の変更を {{to}} に送信しましたが応答がないため、結果を確認しています",
  kind_decided: "{{by}}さんが「{{label}}」の{{fields}}の競合を解決しました({{from}} の値を採用)",
  kind_unlinked: "「{{label}}」の関連付けを手動で解除しました(双方のデータは残ります)",
  kind_attached: "{{from}} の「{{label}}」のファイルを {{to}} に添付しました",
  attachedFile: "{{from}} の「{{label}}」のファイル{{file}}({{size}})を {{to}} に添付しました",
  kind_undone: "{{to}} の「{{label}}」の{{fields}}を元の値に戻しました",
  erased: "{{label}}：{{to}} での処理の内容は、依頼により消去されました",
  record: "データ {{id}}",
  listedNew: "{{field}}：{{after}}",
  listed: "{{field}}：{{before}} → {{after}}",
  listedBoth: "{{field}}：{{left}} は{{before}}、{{right}} は{{after}}",
} satisfies Japanese<typeof en>;
