//! A short name for each kind of matter, as the console calls it.

use musubi_notices::Language;

const NAMES: &[(&str, &str, &str)] = &[
    ("attachment.later", "Attachments are tried again", "添付ファイルを自動で再試行中"),
    ("attachment.refused", "Attachment was refused", "添付ファイルが拒否された"),
    ("attachment.too_large", "Attachment is too large", "添付ファイルのサイズ超過"),
    ("conflict.held", "Conflict to decide", "競合(保留)"),
    ("conflict.skipped", "Conflict skipped", "競合(スキップ済み)"),
    ("connection.stood_in", "Another credential has taken over", "予備の認証情報に切り替え済み"),
    ("create.later", "Create is tried again", "作成を自動で再試行中"),
    ("create.mandatory_missing", "Mandatory field is blank", "必須項目が空"),
    ("create.refused", "Create was refused", "作成が拒否された"),
    ("create.unresolved", "Create without an answer", "作成の応答なし"),
    ("delete.breaker", "Many deletes held", "大量削除(保留)"),
    ("delete.conflict", "Deleted here, changed there", "削除と変更の競合"),
    ("delete.restored", "Deleted since the backup", "バックアップ以後の削除"),
    ("drift", "Records that were not in agreement", "一致していなかったデータ"),
    ("duplicate.refused", "Value must be unique there", "相手側で重複する値"),
    ("inactive", "Deactivated", "無効なタブ"),
    ("lead.converted", "Converted on one side", "一方で変換済み"),
    ("login", "An account has to be connected again", "アカウントの再認証が必要"),
    ("lookup.parent_held", "Its parent record is not carried over", "親データが反映されない"),
    ("lookup.parent_not_linked", "Waits for its parent record", "親データの同期待ち"),
    ("lookup.parent_not_synced", "Lookup to a module outside", "対象外タブへのルックアップ"),
    ("mandatory.refused", "Mandatory field was refused", "必須項目がないため拒否"),
    ("match.ambiguous", "Several possible matches", "照合候補が複数"),
    ("match.taken", "Match already taken", "照合先が使用済み"),
    ("merge.counterpart", "Merged on one side", "一方で統合済み"),
    ("oscillation", "Automations undo each other", "自動処理の打ち消し合い"),
    ("owner.unknown", "Owner has no user there", "所有者が相手側にいない"),
    ("pairs", "Pairs of records", "データの組"),
    ("parameter.refused", "Request was not accepted", "パラメーターが正しくない"),
    ("parameter_missing.refused", "Request misses something", "パラメーターがない"),
    ("paused", "Paused", "一時停止中"),
    ("permission.refused", "The connected user lacks a right", "接続ユーザーの権限不足"),
    ("plan.changed", "Differs from the approved plan", "承認した計画との相違"),
    ("record.missing", "Record is out of sight", "データが見えない"),
    ("restore.unresolved", "Unclear after restoring", "復元後の状態が不明"),
    ("scope.views_changed", "A list view was changed", "リストビューの条件変更"),
    ("script.failed", "Script stopped", "スクリプトの停止"),
    ("script.no_value", "Script gave no value", "スクリプトの結果が不正"),
    ("script.too_large", "Script went too far", "スクリプトの上限超過"),
    ("undo.overtaken", "Changed before it was set back", "戻す前に変更された値"),
    ("unreachable", "A service does not answer", "サービスの応答なし"),
    ("value.not_a_phone", "Not a telephone number", "電話番号でない値"),
    ("value.not_an_option", "Not among the options", "選択肢にない値"),
    ("value.not_convertible", "Value does not fit the type", "項目の種類に合わない値"),
    ("value.not_mapped", "No counterpart in the map", "対応表にない値"),
    ("value.not_whole", "Not a whole number", "整数でない値"),
    ("value.refused", "Value was refused", "値が拒否された"),
    ("value.too_long", "Value is too long", "文字数の超過"),
    ("write.later", "Change is tried again", "変更を自動で再試行中"),
    ("write.refused", "Change was refused", "変更が拒否された"),
];

/// What it is called; its code, where it has no name.
pub(super) fn of(code: &str, language: Language) -> &str {
    let named = NAMES.iter().find(|(known, ..)| *known == code);
    named.map_or(code, |(_, en, ja)| match language {
        Language::En => en,
        Language::Ja => ja,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matter::MATTERS;

    #[test]
    fn every_matter_has_a_name_and_each_one_once() {
        assert!(NAMES.is_sorted_by_key(|(code, ..)| code));
        for matter in MATTERS {
            assert_ne!(of(matter.code, Language::Ja), matter.code);
            assert_ne!(of(matter.code, Language::En), matter.code);
        }
        assert_eq!(of("mapping.lossy", Language::Ja), "mapping.lossy");
    }
}
