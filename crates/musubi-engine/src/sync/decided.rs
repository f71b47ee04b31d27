//! Carrying out what a person decided. It is decided here against what is known now: what changed since the person looked is left alone, and said.

use super::{
    Sync,
    decision::{Decision, Order, Upshot},
    desk::{Draft, Job},
    journal::{Cause, Entry, JournalKind},
    known::{Known, link_state},
    state::Phase,
    translate::Ids,
};
use musubi_core::{
    FieldName, RemoteId, Side, Sides, Value,
    mutant::Mutant,
    reconcile::{Preferred, prefer, prevails, seen_values},
};

impl Sync {
    /// Decisions were taken. What is bound to a plan does only what that says: they wait until it has ended, but for what is to be erased.
    pub(super) fn hear_decisions(&mut self, decisions: Vec<Decision>) {
        let (erase, others) = Sync::sort_erasures(decisions);
        if !erase.is_empty() {
            self.jobs.push_back(Job::Decided(erase));
        }
        if self.state.binding.is_some() {
            self.postponed.extend(others);
        } else if !others.is_empty() {
            self.jobs.push_back(Job::Decided(others));
        }
    }

    /// What had to wait for an answer of a service, or for the end of a plan, is taken up again.
    pub(super) fn take_up_postponed(&mut self) {
        if !self.postponed.is_empty() {
            let postponed = std::mem::take(&mut self.postponed);
            let loading = self.is_loading();
            let (later, now) =
                postponed.into_iter().partition(|decision| loading && self.is_promise(decision));
            self.postponed = later;
            self.hear_decisions(now);
        }
    }

    /// It will be decided upon a reading that is under way.
    pub(super) fn is_read_again(&self, side: Side, id: &RemoteId) -> bool {
        self.state.phase == Phase::Steady && self.is_being_read(side, id)
    }

    /// Both sides are being read for the first time.
    pub(super) fn is_loading(&self) -> bool {
        matches!(self.state.phase, Phase::Count | Phase::ScanFirst { .. } | Phase::ScanSecond { .. })
    }

    fn is_promise(&self, decision: &Decision) -> bool {
        let Order::Link { ids } = &decision.order else { return false };
        self.promised.contains(&(Side::Left, ids.left.clone()))
    }

    /// Carries decisions out. Each is answered in the commit that does it, so that it is done once.
    pub(super) fn carry_out_decisions(
        &mut self,
        decisions: Vec<Decision>,
        known: &mut Known,
        draft: &mut Draft,
    ) {
        for decision in decisions {
            let upshot = match &decision.order {
                Order::Prefer { ids, fields, winner, seen, won } => {
                    self.prefer(ids, fields, *winner, (*seen, *won), &decision, known, draft)
                }
                Order::Link { ids } => self.link_by_hand(ids, &decision, known, draft),
                Order::Unlink { ids } => self.unlink_by_hand(ids, &decision, known, draft),
                Order::Undo { ids, fields } => self.undo(ids, fields, &decision, known, draft),
                Order::Erase { ids } => self.erase(ids, known, draft),
            };
            match upshot {
                Some(upshot) => {
                    self.read_for.remove(&decision.number);
                    draft.changes.answers.push((decision.number, upshot.encode()));
                }
                None => self.postponed.push(decision),
            }
        }
    }

    /// The pair of these two, if they are one.
    pub(super) fn pair_at(&self, ids: &Sides<RemoteId>, known: &Known) -> Option<usize> {
        let at = known.link_at(Side::Left, &ids.left)?;
        let link = &known.links[at];
        let is_pair = link.ids.right == ids.right
            && link.state != link_state::UNTIED
            && link.body.gone == Sides::default();
        is_pair.then_some(at)
    }

    /// The slot of these two fields, if they are mapped to each other.
    pub(super) fn slot_named(&self, fields: &Sides<FieldName>) -> Option<u16> {
        let pairs = &self.rules().mapping.pairs;
        let names = |side: Side, at: usize| &pairs[at].fields.get(side).name == fields.get(side);
        let at = (0..pairs.len()).find(|at| names(Side::Left, *at) && names(Side::Right, *at))?;
        u16::try_from(at).ok()
    }

    /// A person decided about values that were seen: both records are read once more before anything is made of that, so that what somebody wrote since is known.
    /// True while they are.
    fn is_read_for(&mut self, decision: &Decision, ids: &Sides<RemoteId>) -> bool {
        if self.read_for.insert(decision.number) {
            Side::BOTH.iter().for_each(|side| self.read_again(*side, ids.get(*side), 0));
        }
        Side::BOTH.iter().any(|side| self.is_being_read(*side, ids.get(*side)))
    }

    /// The value of one side counts. `None`: an operation or a reading is under way, which comes first.
    #[expect(clippy::too_many_arguments, reason = "what was decided, and the decision under way")]
    fn prefer(
        &mut self,
        ids: &Sides<RemoteId>,
        fields: &Sides<FieldName>,
        winner: Side,
        (seen, won): (u64, Option<u64>),
        decision: &Decision,
        known: &mut Known,
        draft: &mut Draft,
    ) -> Option<Upshot> {
        let Some(at) = self.pair_at(ids, known) else { return Some("decision.no_pair".into()) };
        let Some(slot) = self.slot_named(fields) else { return Some("decision.no_field".into()) };
        if known.links[at].in_flight || self.is_read_for(decision, ids) {
            return None;
        }
        if self.stays_out(&known.links[at]).is_some() {
            return Some("decision.out_of_scope".into());
        }
        let body = &known.links[at].body;
        let (left, right) = (body.sides.left.current(slot), body.sides.right.current(slot));
        let (Some(left), Some(right)) = (left, right) else { return Some("decision.changed_since".into()) };
        let values = Sides { left, right };
        if seen_values(values) != seen && !self.rules().mutant.is(Mutant::DecideUnseen) {
            // A rule that the same person changed may have come first: then both hold what was to count.
            let value = *values.get(winner);
            let is_won = won == Some(seen_values(Sides { left: value, right: value }));
            let ids = Ids { plan: &self.plan, known };
            let is_so = is_won && prevails(body, slot, winner, &self.plan.rules, &ids);
            return Some(if is_so { "decision.already" } else { "decision.changed_since" }.into());
        }
        let change = (slot, Some((*values.get(winner.other())).clone()), (*values.get(winner)).clone());
        let mut body = known.links[at].body.clone();
        let ids_of = Ids { plan: &self.plan, known };
        let preferred = prefer(&mut body, slot, winner, &self.plan.rules, &ids_of);
        if preferred == Preferred::NotKnown {
            return Some("decision.changed_since".into());
        }
        known.links[at].body = body;
        known.links[at].put = true;
        let field = fields.left.as_str();
        for code in ["conflict.held", "conflict.skipped"] {
            let number = matter_number(code, Some(&ids.left), Some(&ids.right), Some(field));
            draft.changes.attention_close.push(number);
        }
        self.journal_by(JournalKind::Decided, winner.other(), ids, vec![change], &decision.by, draft);
        self.count("conflict.decided");
        self.decide_link(at, winner, known, draft);
        let is_carried = preferred == Preferred::ToBeCarried;
        Some(if is_carried { "decision.done" } else { "decision.left_apart" }.into())
    }

    /// Adds a journal entry of what a person told.
    pub(super) fn journal_by(
        &mut self,
        kind: JournalKind,
        side: Side,
        ids: &Sides<RemoteId>,
        changes: Vec<(u16, Option<Value>, Value)>,
        by: &str,
        draft: &mut Draft,
    ) {
        let ids = Sides { left: Some(ids.left.clone()), right: Some(ids.right.clone()) };
        let mapping = self.rules().version;
        let cause = Cause { by: Some(by.into()), at: Some(self.now), ..Cause::default() };
        self.journal(&Entry { kind, side, ids, mapping, changes, cause }, draft);
    }
}

/// The number of a matter: the same matter has the same one.
pub(super) fn matter_number(
    code: &str,
    left: Option<&RemoteId>,
    right: Option<&RemoteId>,
    field: Option<&str>,
) -> i64 {
    let text = |id: Option<&RemoteId>| id.map_or(String::new(), ToString::to_string);
    musubi_core::normalise::digest(&[code, &text(left), &text(right), field.unwrap_or("")])
}
