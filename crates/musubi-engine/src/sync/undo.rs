//! Undo: what we wrote is taken back while it is still there (I14).

use super::{
    Sync,
    batch::Batch,
    decision::{Back, Decision, FieldUpshot, Upshot},
    desk::{Draft, Update},
    journal::{Cause, JournalKind, Written, row_of_write},
    known::{Known, Link, link_state},
};
use musubi_core::{
    LinkBody, RemoteId, Side, Sides,
    link::Restore,
    mutant::Mutant,
    reconcile::{Assignment, restored, restores},
};

impl Sync {
    /// Notes with the pair what is to be written back, field by field, as far as it is still what we wrote; the rest is said. `None`: an operation is under way,
    /// which comes first.
    pub(super) fn undo(
        &mut self,
        ids: &Sides<RemoteId>,
        fields: &[Back],
        decision: &Decision,
        known: &mut Known,
        draft: &mut Draft,
    ) -> Option<Upshot> {
        let Some(at) = self.pair_at(ids, known) else { return Some("undo.no_pair".into()) };
        if known.links[at].in_flight {
            return None;
        }
        if self.stays_out(&known.links[at]).is_some() {
            return Some("undo.out_of_scope".into());
        }
        let mut upshot = Upshot::from("undo.nothing");
        for field in fields {
            let code = match self.take_back_field(field, &known.links[at].body) {
                Ok((slot, holds)) => {
                    let link = &mut known.links[at];
                    let side = field.side;
                    link.body.restore.retain(|restore| (restore.side, restore.slot) != (side, slot));
                    let (back, by) = (field.back.clone(), decision.by.clone());
                    link.body.restore.push(Restore { side, slot, holds, back, by });
                    upshot.code = "undo.accepted".to_owned();
                    "undo.accepted"
                }
                Err(why) => why,
            };
            let (side, name) = (field.side, fields_name(field));
            upshot.fields.push(FieldUpshot { side, field: name, code: code.to_owned() });
        }
        if upshot.code == "undo.accepted" {
            known.links[at].put = true;
            self.decide_link(at, Side::Left, known, draft);
        }
        Some(upshot)
    }

    /// The slot and what it holds, or why it cannot be taken back.
    fn take_back_field(
        &self,
        field: &Back,
        body: &LinkBody,
    ) -> Result<(u16, musubi_core::Value), &'static str> {
        let slot = self.slot_named(&field.fields).ok_or("undo.no_field")?;
        let side = field.side;
        if !self.rules().mapping.pairs[usize::from(slot)].direction.allows_from(side.other()) {
            return Err("undo.direction");
        }
        let memory = body.side(side);
        let holds = memory.current(slot).ok_or("undo.changed_since")?;
        let blind = self.rules().mutant.is(Mutant::UndoBlindly);
        // A person may have written what looks as if a service had tidied it: only the very value that was looked at is written over.
        let unchanged = *holds == field.wrote && body.side(side.other()).dirty_at(slot).is_none();
        if !unchanged && !blind {
            return Err("undo.changed_since");
        }
        if *holds == field.back {
            return Err("undo.is_back");
        }
        Ok((slot, holds.clone()))
    }

    /// Plans the writing of what a person wants back, if anything of this pair is. What came too late is told.
    pub(super) fn write_back(&mut self, at: usize, known: &mut Known, draft: &mut Draft) -> bool {
        if known.links[at].body.restore.is_empty() {
            return false;
        }
        let by = known.links[at].body.restore.first().map(|restore| restore.by.clone());
        let (writes, late) = restores(&mut known.links[at].body, &self.plan.rules);
        known.links[at].put = true;
        for restore in late {
            let details = format!("{{\"side\":\"{}\"}}", restore.side.name());
            self.attention("undo.overtaken", at, i64::from(restore.slot), &details, known, draft);
        }
        let Some((target, assignments)) = writes else { return false };
        known.links[at].state = link_state::OWED;
        draft.updates.push(Update { link: at, target, assignments, undo: by, of_load: false });
        self.owe_readings(at, known);
        true
    }

    /// What a person wanted back is there.
    pub(super) fn is_back(
        &mut self,
        batch: &Batch,
        assignments: &[Assignment],
        link: &mut Link,
        draft: &mut Draft,
    ) {
        let (side, Some(by)) = (batch.side, &batch.undo) else { return };
        restored(&mut link.body, side, assignments);
        if self.rules().mutant.is(Mutant::UndoBounces) {
            for Assignment { slot, replaced, .. } in assignments {
                replaced.iter().for_each(|was| link.body.sides.get_mut(side).rebase(*slot, was.clone()));
            }
        }
        self.comes_out(&mut link.came_out, "undone");
        let seq = self.numbers.take();
        let written = Written { at: self.now, kind: JournalKind::Undone, side, changed: None };
        let cause = Cause { by: Some(by.clone()), at: Some(batch.at), ..Cause::default() };
        let version = self.rules().version;
        draft.changes.journal.push(row_of_write(&written, &link.ids, assignments, version, &cause, seq));
    }

    /// The service refused to have it back: that is told, and not tried for ever.
    pub(super) fn cannot_be_back(batch: &Batch, assignments: &[Assignment], link: &mut Link) {
        if batch.undo.is_some() {
            let tried = |slot: u16| assignments.iter().any(|assignment| assignment.slot == slot);
            link.body.restore.retain(|restore| restore.side != batch.side || !tried(restore.slot));
        }
    }
}

fn fields_name(field: &Back) -> String {
    field.fields.left.to_string()
}
