//! How field writes reach a target that may have changed meanwhile: never blind (DESIGN §2.3).
//!
//! A few updates go one by one, each on the condition that its target was not modified since it was read; a time counts only if it was read after its second
//! had ended. Many go in batches, whose targets are read again by id just before.

use super::{
    Sync,
    batch::Item,
    desk::{Draft, Op, Update},
    known::Known,
};
use musubi_connector::WriteKind;
use musubi_core::{Instant, Side, Sides, mutant::Mutant};

impl Sync {
    /// Turns the updates decided on into operations, or into readings that must come first.
    pub(super) fn plan_updates(&mut self, known: &mut Known, draft: &mut Draft) {
        for target in Side::BOTH {
            let updates: Vec<Update> = {
                let (own, rest) = std::mem::take(&mut draft.updates)
                    .into_iter()
                    .partition(|update| update.target == target);
                draft.updates = rest;
                own
            };
            let fresh = draft.fresh == Some(target);
            let blind = self.rules().mutant.is(Mutant::WriteBlind);
            let lone =
                updates.len() <= self.plan.settings.lone_updates && self.plan.batch.get(target).conditional;
            for update in updates {
                let link = &known.links[update.link];
                let memory = link.body.side(target);
                // Everything modified before the settled cursor has been seen.
                let settled =
                    !memory.doubted && self.state.sides.get(target).settled > memory.seen.floor_second();
                let condition = (lone && (memory.closed || settled)).then_some(memory.seen);
                if blind || condition.is_some() || (fresh && !lone) {
                    self.begin_update(update, condition.filter(|_| !blind), known, draft);
                } else if lone && fresh {
                    // Read within the very second of its last change: an edit that follows in the same second could not be told.
                    let wait = 1_050 - i64::from(memory.seen == Instant::START);
                    let id = link.ids.get(target).clone();
                    self.read_again(target, &id, wait);
                } else {
                    let id = link.ids.get(target).clone();
                    let wait = if lone && self.awaited.contains(target, &id) { 1_050 } else { 0 };
                    self.read_again(target, &id, wait);
                }
            }
        }
    }

    fn begin_update(
        &mut self,
        mut update: Update,
        condition: Option<Instant>,
        known: &mut Known,
        draft: &mut Draft,
    ) {
        let link = &mut known.links[update.link];
        link.in_flight = true;
        link.put = true;
        let ids = Sides { left: Some(link.ids.left.clone()), right: Some(link.ids.right.clone()) };
        let item = Item { ids, assignments: std::mem::take(&mut update.assignments), ..Item::default() };
        let Update { target, undo, of_load, .. } = update;
        draft.ops.push(Op { target, kind: WriteKind::Update, condition, undo, of_load, item });
    }
}
