import { useTranslation } from "react-i18next";

/** A short name for each kind of matter that waits, for lists and filters. */
export const MATTER_NAMES: Record<string, { en: string; ja: string }> = {
  "attachment.later": { en: "Attachments are tried again", ja: "添付ファイルを自動で再試行中" },
  "attachment.refused": { en: "Attachment was refused", ja: "添付ファイルが拒否された" },
  "attachment.too_large": { en: "Attachment is too large", ja: "添付ファイルが上限を超過" },
  "conflict.held": { en: "Conflict to decide", ja: "競合(保留)" },
  "conflict.skipped": { en: "Conflict skipped", ja: "競合(スキップ済み)" },
  "create.later": { en: "Create is tried again", ja: "作成を自動で再試行中" },
  "create.mandatory_missing": { en: "Mandatory field is blank", ja: "必須項目が空" },
  "create.refused": { en: "Create was refused", ja: "作成が拒否された" },
  "create.unresolved": { en: "Create without an answer", ja: "作成の応答なし" },
  "delete.breaker": { en: "Many deletes held", ja: "大量削除(保留)" },
  "delete.conflict": { en: "Deleted here, changed there", ja: "削除と変更の競合" },
  "delete.restored": { en: "Deleted since the backup", ja: "バックアップ以後の削除" },
  "duplicate.refused": { en: "Value must be unique there", ja: "相手側で重複する値" },
  "lead.converted": { en: "Converted on one side", ja: "一方で変換済み" },
  "lookup.parent_held": { en: "Its parent record is not carried over", ja: "親データが反映されない" },
  "lookup.parent_not_linked": { en: "Waits for its parent record", ja: "親データの同期待ち" },
  "lookup.parent_not_synced": { en: "Lookup to a module outside", ja: "対象外タブへのルックアップ" },
  "mandatory.refused": { en: "Mandatory field was refused", ja: "必須項目がないため拒否" },
  "match.ambiguous": { en: "Several possible matches", ja: "照合候補が複数" },
  "match.taken": { en: "Match already taken", ja: "照合先が使用済み" },
  "merge.counterpart": { en: "Merged on one side", ja: "一方で統合済み" },
  oscillation: { en: "Automations undo each other", ja: "自動処理の打ち消し合い" },
  "owner.unknown": { en: "Owner has no user there", ja: "所有者が相手側にいない" },
  "parameter.refused": { en: "Request was not accepted", ja: "パラメーターが正しくない" },
  "parameter_missing.refused": { en: "Request misses something", ja: "パラメーターがない" },
  "permission.refused": { en: "The connected user lacks a right", ja: "接続ユーザーの権限不足" },
  "plan.changed": { en: "Differs from the approved plan", ja: "承認した計画との相違" },
  "record.missing": { en: "Record is out of sight", ja: "データが見えない" },
  "restore.unresolved": { en: "Unclear after restoring", ja: "復元後の状態が不明" },
  "script.failed": { en: "Script stopped", ja: "スクリプトの停止" },
  "script.no_value": { en: "Script gave no value", ja: "スクリプトの結果が不正" },
  "script.too_large": { en: "Script went too far", ja: "スクリプトの上限超過" },
  "undo.overtaken": { en: "Changed before it was set back", ja: "戻す前に変更された値" },
  "value.not_a_phone": { en: "Not a telephone number", ja: "電話番号でない値" },
  "value.not_an_option": { en: "Not among the options", ja: "選択肢にない値" },
  "value.not_convertible": { en: "Value does not fit the type", ja: "項目の種類に合わない値" },
  "value.not_mapped": { en: "No counterpart in the map", ja: "対応表にない値" },
  "value.not_whole": { en: "Not a whole number", ja: "整数でない値" },
  "value.refused": { en: "Value was refused", ja: "値が拒否された" },
  "value.too_long": { en: "Value is too long", ja: "文字数の超過" },
  "write.later": { en: "Change is tried again", ja: "変更を自動で再試行中" },
  "write.refused": { en: "Change was refused", ja: "変更が拒否された" },
};

export function useMatterName() {
  const { i18n } = useTranslation();
  return (code: string) => MATTER_NAMES[code]?.[i18n.language === "ja" ? "ja" : "en"] ?? code;
}
