//! What never goes back.

use super::Sim;
use crate::violation::Violation;
use musubi_core::{LinkBody, Side};
use musubi_engine::sync::SyncState;
use musubi_store::Changes;

impl Sim<'_> {
    /// I8: cursors and the newest state seen of a record never go back.
    pub(super) fn check_monotonic(&mut self, changes: &Changes) -> Result<(), Violation> {
        if let Some(bytes) = &changes.state {
            let state = SyncState::decode(bytes);
            for side in Side::BOTH {
                let new = state.sides.get(side);
                let old = self.cursors.as_ref().map(|old| *old.sides.get(side)).unwrap_or_default();
                // A comparison after a restore asks once more what was deleted since the backup.
                let again = state.restored.is_some_and(|since| new.deleted >= *since.get(side));
                let deleted_back = new.deleted < old.deleted && !again;
                if new.fast < old.fast || new.settled < old.settled || deleted_back {
                    return Err(Violation::new(
                        "I8",
                        format!("a cursor of the {} side goes back", side.name()),
                    ));
                }
            }
            self.cursors = Some(state);
        }
        for left in &changes.links_delete {
            for side in Side::BOTH {
                self.seen.remove(&(left.clone(), side));
            }
        }
        for link in &changes.links_put {
            let body = LinkBody::decode(&link.body)
                .map_err(|_| Violation::new("I9", "a link is stored that cannot be read"))?;
            for side in Side::BOTH {
                let seen = self.seen.entry((link.left_id.clone(), side)).or_default();
                if body.side(side).seen < *seen {
                    return Err(Violation::new(
                        "I8",
                        format!("{} is known by an older reading than before", link.id(side)),
                    ));
                }
                *seen = body.side(side).seen;
            }
        }
        Ok(())
    }
}
