//! One line for each thing that happens, for who replays a seed.

use musubi_core::{LinkBody, Sides};
use musubi_engine::sync::{Answer, SyncState};
use musubi_store::{Changes, MatchRow};

pub(super) fn brief(answer: &Answer) -> String {
    match answer {
        Answer::Page(page) => {
            let rows: Vec<String> = page
                .rows
                .iter()
                .map(|row| format!("{}@{}", row.id, row.modified.second() % 10_000))
                .collect();
            format!(
                "[{}] next {:?} at {}",
                rows.join(" "),
                page.next,
                page.meta.server_time.second() % 10_000
            )
        }
        Answer::BulkRows { rows, next, .. } => {
            let rows: Vec<String> =
                rows.iter().map(|row| format!("{}@{}", row.id, row.modified.second() % 10_000)).collect();
            format!("[{}] next {next:?}", rows.join(" "))
        }
        Answer::Deleted { rows, .. } => format!("{:?}", rows.iter().map(|row| &row.id).collect::<Vec<_>>()),
        other => format!("{other:?}"),
    }
}

pub(super) fn describe(changes: &Changes) -> String {
    let links: Vec<String> = changes
        .links_put
        .iter()
        .map(|link| {
            // `<` and `>`: the reading back of a write on that side is owed.
            let echo = LinkBody::decode(&link.body)
                .map(|body| Sides::from_fn(|side| body.side(side).echo.is_some()))
                .unwrap_or_default();
            let mark = |owed, mark| if owed { mark } else { "" };
            let (left, right) = (mark(echo.left, "<"), mark(echo.right, ">"));
            format!("{}={}:{}{left}{right}", link.left_id, link.right_id, link.state)
        })
        .collect();
    let unlinked: Vec<String> =
        changes.unlinked_put.iter().map(|row| format!("{}:{}", row.id, row.state)).collect();
    let gone: Vec<&String> = changes.unlinked_delete.iter().map(|(_, id)| id).collect();
    // Keys are hashes: their first bytes tell them apart.
    let key = |row: &MatchRow| format!("{}:{:02x}{:02x}", row.id, row.key[0], row.key[1]);
    let keys: Vec<String> = (changes.keys_delete.iter().map(|row| format!("-{}", key(row))))
        .chain(changes.keys_put.iter().map(|row| format!("+{}", key(row))))
        .collect();
    let intents: Vec<i64> = changes.intents_put.iter().map(|row| row.id).collect();
    let attention: Vec<&str> = changes.attention_put.iter().map(|row| row.code.as_str()).collect();
    let state = changes.state.as_deref().map(SyncState::decode);
    let phase = state.map(|state| (state.phase, state.echoes));
    format!(
        "    commit links {links:?} unlinked {unlinked:?} gone {gone:?} keys {keys:?} intents {intents:?} done {:?} attention {attention:?} {phase:?}",
        changes.intents_delete
    )
}
