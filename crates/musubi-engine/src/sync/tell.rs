//! What persons are told: conflicts, values that cannot be carried over, and whatever else waits for them.

use super::{
    Sync,
    came_out::{FIRST_DIFFERENCE, PARENT_NOT_LINKED},
    decided::matter_number,
    desk::Draft,
    journal::{Cause, Entry, JournalKind},
    known::{Known, link_state},
    later::Due,
    settings::Parent,
};
use musubi_core::{
    RemoteId, Side, Sides,
    convert::Refusal,
    policy::{ConflictPolicy, InitialPolicy},
    reconcile::{Conflict, Refused},
};
use musubi_store::{AttentionRow, ParkedRow};

/// A lookup's record is not carried over itself.
pub(super) const PARENT_HELD: &str = "lookup.parent_held";

impl Sync {
    pub(super) fn tell_conflict(
        &mut self,
        conflict: &Conflict,
        at: usize,
        known: &mut Known,
        draft: &mut Draft,
    ) {
        let details = self.conflict_details(conflict, &known.links[at].ids);
        match conflict.policy {
            ConflictPolicy::Hold => {
                known.links[at].state = link_state::HELD;
                self.attention("conflict.held", at, i64::from(conflict.slot), &details, known, draft);
            }
            ConflictPolicy::Skip => {
                // What is left so by the policy for first meetings was asked for, and may be every record: it is in the journal, but nothing to look at.
                let asked = self.rules().policy.initial == Some(InitialPolicy::FillBlanks);
                if conflict.first && asked {
                    self.comes_out(&mut known.links[at].came_out, FIRST_DIFFERENCE);
                } else {
                    self.attention("conflict.skipped", at, i64::from(conflict.slot), &details, known, draft);
                }
                let ids = known.links[at].ids.clone();
                let changes =
                    vec![(conflict.slot, Some(conflict.values.left.clone()), conflict.values.right.clone())];
                let ids = Sides { left: Some(ids.left), right: Some(ids.right) };
                let mapping = self.rules().version;
                self.journal(
                    &Entry {
                        kind: JournalKind::ConflictSkipped,
                        side: Side::Left,
                        ids,
                        mapping,
                        changes,
                        cause: Cause::default(),
                    },
                    draft,
                );
            }
            _ => self.count("conflict.decided"),
        }
    }

    /// These fields of a pair are not left apart as they were: what told so is settled, unless it is told again.
    pub(super) fn close_skipped(
        &mut self,
        ids: &Sides<RemoteId>,
        slots: impl Iterator<Item = u16>,
        draft: &mut Draft,
    ) {
        for slot in slots {
            let Some(pair) = self.rules().mapping.pairs.get(usize::from(slot)) else { continue };
            let field = Some(pair.fields.left.name.as_str());
            let number = matter_number("conflict.skipped", Some(&ids.left), Some(&ids.right), field);
            draft.changes.attention_close.push(number);
        }
    }

    /// Both values with what both last agreed on, and who changed each side when, as far as that was told.
    fn conflict_details(&self, conflict: &Conflict, ids: &Sides<RemoteId>) -> String {
        let by = Sides::from_fn(|side| self.authors.of(side, ids.get(side)));
        let at = Sides::from_fn(|side| {
            conflict.since.get(side).millis() - self.state.sides.get(side).ahead.unwrap_or(0)
        });
        let mut details = serde_json::to_value(conflict).unwrap_or_default();
        details["by"] = serde_json::json!(by);
        details["at"] = serde_json::json!(at);
        details.to_string()
    }

    pub(super) fn tell_refused(
        &mut self,
        refused: &Refused,
        at: usize,
        known: &mut Known,
        draft: &mut Draft,
    ) {
        let details = match &refused.why {
            Refusal::ByService { details, .. } => details.to_string(),
            why => serde_json::to_string(why).unwrap_or_default(),
        };
        let (code, slot) = (refused.why.code(), i64::from(refused.slot));
        if let Refusal::ParentNotLinked { parent } = &refused.why {
            // I12: never a foreign or dangling lookup. The child is decided again when the parent is linked.
            let id = known.links[at].ids.get(refused.from).clone();
            self.park(refused.from, &id, refused.slot, parent, draft);
            self.comes_out(&mut known.links[at].came_out, PARENT_NOT_LINKED);
            if self.is_stuck(refused.slot, refused.from, parent, known) {
                self.attention(PARENT_HELD, at, slot, &details, known, draft);
            }
            return;
        }
        known.links[at].state = link_state::HELD;
        self.attention(code, at, slot, &details, known, draft);
    }

    /// The record that a lookup points to has no counterpart and will not get one before somebody mends it, or lets it take part.
    pub(super) fn is_stuck(&self, slot: u16, from: Side, parent: &RemoteId, known: &Known) -> bool {
        let stuck = |possible: &Parent| known.stuck.contains(&(possible.sync, from, parent.clone()));
        self.plan.parents_at(slot).iter().any(stuck)
    }

    /// Parks a record until the record it points to is linked.
    pub(super) fn park(
        &mut self,
        side: Side,
        id: &RemoteId,
        slot: u16,
        parent: &RemoteId,
        draft: &mut Draft,
    ) {
        // Of a lookup to several modules it is not known which of them it is.
        draft.changes.parked_put.extend(self.plan.parents_at(slot).iter().map(|possible| ParkedRow {
            side,
            id: id.as_str().to_owned(),
            parent_sync: possible.sync,
            parent_side: side,
            parent_id: parent.as_str().to_owned(),
        }));
    }

    /// Adds an attention item about a link.
    pub(super) fn attention(
        &mut self,
        kind: &str,
        at: usize,
        slot: i64,
        details: &str,
        known: &Known,
        draft: &mut Draft,
    ) {
        let ids = &known.links[at].ids;
        let ids = Sides { left: Some(&ids.left), right: Some(&ids.right) };
        self.attention_about(kind, ids, slot, details, draft);
    }

    /// Adds an attention item about these records. The same matter comes under the same number, so that it is never listed twice.
    pub(super) fn attention_about(
        &mut self,
        code: &str,
        ids: Sides<Option<&RemoteId>>,
        slot: i64,
        details: &str,
        draft: &mut Draft,
    ) {
        self.attention_due(code, ids, slot, details, Due::NEVER, draft);
    }

    /// A record without a counterpart is held for one reason at a time: what was told of it before is over (K-24).
    pub(super) fn hold_for(
        &mut self,
        (side, id): (Side, &RemoteId),
        code: &str,
        slot: i64,
        details: &str,
        draft: &mut Draft,
    ) {
        draft.changes.attention_close_of.push((side, id.as_str().to_owned()));
        let ids = Sides::from_fn(|at| (at == side).then_some(id));
        self.attention_about(code, ids, slot, details, draft);
    }

    /// The same, and when it is tried again by itself.
    pub(super) fn attention_due(
        &mut self,
        code: &str,
        ids: Sides<Option<&RemoteId>>,
        slot: i64,
        details: &str,
        due: Due,
        draft: &mut Draft,
    ) {
        self.comes_to_a_matter(code, ids, draft);
        let text = |side: Side| ids.get(side).map(|id| id.as_str().to_owned());
        let field = usize::try_from(slot)
            .ok()
            .and_then(|slot| self.rules().mapping.pairs.get(slot))
            .map(|pair| pair.fields.left.name.to_string());
        let number = matter_number(code, ids.left, ids.right, field.as_deref());
        draft.changes.attention_put.push(AttentionRow {
            id: number,
            kind: slot,
            due: due.at,
            left_id: text(Side::Left),
            right_id: text(Side::Right),
            field,
            code: code.to_owned(),
            created_at: self.now,
            tries: due.tries,
            closed_at: None,
            body: details.as_bytes().to_vec(),
        });
    }
}
