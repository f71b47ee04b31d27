//! Records that do not take part, because they are outside the scope of their side (I10).

use super::{
    Sync,
    came_out::{SKIPPED_SCOPE, SKIPPED_WINDOW},
    desk::{Draft, Job, PageJob},
    journal::JournalKind,
    known::{Known, Link, Unlinked, link_state, unlinked_state},
    settings::{Applies, Window},
    state::Phase,
};
use musubi_core::{
    Instant, Membership, Observation, RemoteId, Side, Sides, link::Memory, mutant::Mutant,
    policy::LeavingPolicy,
};
use musubi_store::MatchKey;

impl Sync {
    /// A new day has begun where belonging changes with the days: everything is judged again.
    pub(super) fn judge_anew(&mut self) {
        for side in Side::BOTH {
            let now = *self.clock.get(side);
            let Some(day) = self.plan.intake.get(side).day(now).filter(|_| now != Instant::START) else {
                continue;
            };
            let judged = self.state.judged_on.get_mut(side);
            let new = judged.is_some_and(|before| before < day);
            if new && self.state.phase != Phase::Steady {
                continue; // What is under way ends first.
            }
            *judged = Some(day.max(judged.unwrap_or(day)));
            if new {
                self.full_pass();
            }
        }
    }

    /// The record was made before the creation window.
    pub(super) fn is_too_old(&self, side: Side, row: &Observation) -> bool {
        let mutant = self.rules().mutant;
        let window = self.plan.window.filter(|_| !mutant.is(Mutant::IgnoreWindow));
        let Some(Window { age, applies }) = window else { return false };
        let (Some(began), Some(created)) = (self.state.sides.get(side).began, row.created) else {
            return false;
        };
        let joins = applies == Applies::UntilChanged || mutant.is(Mutant::AdmitChanged);
        let changed = joins && row.modified >= began;
        created < began.plus_millis(-age) && !changed
    }

    /// A record without counterpart that does not take part is known for matching, and for nothing else.
    pub(super) fn keep_outside(
        &mut self,
        side: Side,
        id: &RemoteId,
        keys: &[MatchKey],
        known: &mut Known,
        draft: &mut Draft,
    ) {
        let too_old = known.unlinked.get(&(side, id.clone())).is_some_and(Unlinked::is_too_old);
        self.comes_out_alone(side, id, if too_old { SKIPPED_WINDOW } else { SKIPPED_SCOPE }, known);
        let unresolved = known
            .unlinked
            .get(&(side, id.clone()))
            .is_some_and(|unlinked| unlinked.state == unlinked_state::UNRESOLVED);
        let state = if unresolved { unlinked_state::UNRESOLVED } else { unlinked_state::IDLE };
        self.keep(side, id, state, keys, known, draft);
    }

    /// A record that did not take part no longer has these keys: those on the other side that were not copied because of it are decided again, in this process or
    /// the next.
    pub(super) fn stand_aside(&mut self, side: Side, keys: &[MatchKey], known: &mut Known) {
        let other = side.other();
        let found = keys.iter().filter_map(|key| known.matches.get(&(other, *key))).flatten();
        let mut ids: Vec<_> = found.map(|id| (other, id.clone())).collect();
        ids.retain(|key| match known.unlinked.get_mut(key) {
            Some(unlinked) if !unlinked.gone && !unlinked.memory.outside => {
                if unlinked.state == unlinked_state::IDLE {
                    unlinked.state = unlinked_state::WAITING;
                    unlinked.put = true;
                }
                true
            }
            _ => false,
        });
        if !ids.is_empty() {
            self.jobs.push_back(Job::Again { ids, asked: false });
        }
    }

    fn leaving(&self) -> LeavingPolicy {
        match self.rules().policy.leaving {
            LeavingPolicy::KeepLinked if self.rules().mutant.is(Mutant::RestAnyway) => {
                LeavingPolicy::StopUpdates
            }
            leaving => leaving,
        }
    }

    /// The side of a pair whose record does not take part, if that keeps the pair from being kept in agreement.
    pub(super) fn stays_out(&self, link: &Link) -> Option<Side> {
        let outside = Side::BOTH.into_iter().find(|side| link.body.side(*side).outside)?;
        let stays = matches!(self.leaving(), LeavingPolicy::StopUpdates | LeavingPolicy::Unlink);
        stays.then_some(outside)
    }

    /// Whether what became of this side's record means anything to the other one, by the direction and by what takes part. Of one that was gone before it could be
    /// judged by the scope that counts now, nothing is carried over.
    pub(super) fn is_heard(&self, link: &Link, side: Side) -> bool {
        self.plan.direction.allows_from(side)
            && !link.body.side(side).unjudged
            && self.stays_out(link).is_none()
            && self.rules().policy.hears_outside(link.body.side(side).outside)
    }

    /// A change of the pair is not carried over, because it is of a record that does not take part.
    pub(super) fn is_silenced(&self, link: &Link) -> bool {
        let silent =
            |memory: &Memory| !self.rules().policy.hears_outside(memory.outside) && !memory.dirty.is_empty();
        Side::BOTH.into_iter().any(|side| silent(link.body.side(side)))
    }

    /// One record of a pair left the scope. True when nothing more is to be decided about the pair.
    pub(super) fn decide_outside(
        &mut self,
        at: usize,
        side: Side,
        known: &mut Known,
        draft: &mut Draft,
    ) -> bool {
        let mutant = self.rules().mutant;
        match self.leaving() {
            LeavingPolicy::KeepLinked | LeavingPolicy::StopSending => return false,
            LeavingPolicy::StopUpdates if mutant.is(Mutant::UpdateOutside) => return false,
            LeavingPolicy::Unlink if mutant.is(Mutant::StayTied) => return false,
            LeavingPolicy::StopUpdates => {
                let link = &mut known.links[at];
                let (was, ids) = (link.state, link.ids.clone());
                (link.state, link.put) = (link_state::SETTLED, true);
                self.comes_out(&mut link.came_out, SKIPPED_SCOPE);
                if was != link_state::SETTLED {
                    self.close_attention(&ids, draft);
                }
                self.owe_readings(at, known);
            }
            LeavingPolicy::Unlink => self.untie(at, side, JournalKind::Untied, known, draft),
        }
        true
    }

    /// A pair that was untied because one record left the scope: that one takes part again.
    pub(super) fn takes_part_again(&mut self, link: &mut Link, row: &Observation, page: &PageJob) -> bool {
        let side = page.side;
        let left = link.body.gone == Sides::default() && link.body.side(side).outside;
        if !left || row.member != Membership::Inside {
            return false;
        }
        // What is known of the other one, and whether it takes part, may be as old as the pair.
        link.body.sides.get_mut(side.other()).unjudged = true;
        self.read_again(side.other(), &link.ids.get(side.other()).clone(), 0);
        link.state = link_state::OWED;
        link.put = true;
        true
    }
}
