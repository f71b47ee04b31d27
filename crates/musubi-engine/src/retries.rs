//! What is due to be tried again: because a person asked, or by itself.

use crate::attached::{IS_ABOUT_ATTACHMENTS, State};
use crate::matter;
use musubi_core::{RemoteId, Side};
use musubi_store::{AttentionRow, Store, StoreError, SyncId};

/// So many are taken at a time.
const AT_ONCE: i64 = 100;

/// What was taken.
#[derive(Debug, Default)]
pub struct Retries {
    /// A person asked for these.
    pub asked: Vec<(Side, RemoteId)>,
    /// These are tried again by themselves: each with how often it was tried.
    pub due: Vec<(Side, RemoteId, i64)>,
    /// A person asked after having mended what a service is set up like, perhaps; what is believed of it is older. These are taken when it was asked anew.
    pub outdated: bool,
}

impl Retries {
    /// Takes what is due. `waits`: the times between tries; should this process end before it has tried, the next one tries after the next of them.
    /// `known`: since when it is known how both services are set up.
    pub async fn take(
        store: &Store,
        sync: SyncId,
        now: i64,
        waits: &[i64],
        known: i64,
    ) -> Result<Retries, StoreError> {
        let mut retries = Retries::default();
        let mut taken = Vec::new();
        for item in store.due_attention(sync, now, AT_ONCE).await? {
            if item.code.starts_with(IS_ABOUT_ATTACHMENTS) {
                // No record has to be decided for that: whoever looks at attachments looks at this pair again.
                if let Some(left) = &item.left_id {
                    let (refused, seen) = (State::Refused.number(), State::Seen.number());
                    store.attached_again(sync, left, now, refused, seen).await?;
                }
                taken.push(item.id);
            } else if matter::is_tried_again(&item.code) {
                let wait = usize::try_from(item.tries).ok().and_then(|at| waits.get(at));
                let next = wait.map_or(i64::MAX, |wait| now + wait);
                store.retry_attention(sync, next, Some(vec![item.id])).await?;
                retries.due.extend(ids(&item).map(|(side, id)| (side, id, item.tries)));
            } else if item.due > known && matter::is_of_set_up(&item.code) {
                retries.outdated = true;
            } else {
                taken.push(item.id);
                retries.asked.extend(ids(&item));
            }
        }
        if !taken.is_empty() {
            // Each is taken once.
            store.retry_attention(sync, i64::MAX, Some(taken)).await?;
        }
        Ok(retries)
    }
}

fn ids(item: &AttentionRow) -> impl Iterator<Item = (Side, RemoteId)> {
    let left = item.left_id.as_deref().map(|id| (Side::Left, RemoteId::new(id)));
    let right = item.right_id.as_deref().map(|id| (Side::Right, RemoteId::new(id)));
    left.into_iter().chain(right)
}
