//! One field of one pair: which value stays, and why.

use super::{Assignment, Conflict, Refused, Rules, Verdict, is_stood_in_for};
use crate::{
    Instant, LinkBody, Side, Sides, Value,
    convert::{Refusal, Translate},
    mapping::Pair,
    mutant::Mutant,
    policy::{ConflictPolicy, Direction, InitialPolicy, LaterChanges},
};

/// What becomes of a field on which the two sides are not agreed.
enum Choice {
    /// This side's value is carried over.
    Carry(Side),
    /// Both stay as they are: that is now what was agreed.
    Leave,
    /// The same, in a conflict that is told: until somebody changes one of them, a person may still decide.
    Skip,
    /// Nothing is decided yet.
    Open,
}

pub(super) fn decide(
    body: &mut LinkBody,
    slot: u16,
    unsettled: Sides<bool>,
    rules: &Rules,
    ids: &dyn Translate,
    looked: Side,
    verdict: &mut Verdict,
) {
    let pair = &rules.mapping.pairs[usize::from(slot)];
    let may = |side| rules.may_carry(body, slot, side);
    let (Some(left), Some(right)) = (body.sides.left.current(slot), body.sides.right.current(slot)) else {
        return; // Not known is no evidence; the reading that is owed will tell.
    };
    let values = Sides { left, right };
    let carry = |from: Side| rules.carry(values.get(from), slot, from, ids);
    let arrives = |from: Side| may(from) && carry(from).as_ref() == Ok(*values.get(from.other()));
    let same_form = !matches!(left, Value::Record(_) | Value::User(_) | Value::Rows(_)) && !pair.has_steps();
    if (same_form && left == right) || arrives(Side::Left) || arrives(Side::Right) {
        // Who is stood in for may have a counterpart later: that changes nothing about what stands there.
        let stood_in = is_stood_in_for(slot, values, ids);
        return if stood_in { let_be(body, slot, pair) } else { agree(body, slot) };
    }
    let field = Undecided { body, slot, pair, values, may: Sides::from_fn(may), unsettled, rules, looked };
    let first = Side::BOTH.iter().any(|side| body.side(*side).base[usize::from(slot)].is_none());
    let met = first && !rules.mutant.is(Mutant::StandInReplaces);
    if let Some(alone) = person_without_counterpart(values, Sides::from_fn(may), ids).filter(|_| met) {
        // Neither is made one with the other: a stand-in is for new records, and replaces no owner that a record has.
        if ids.stand_in(slot, alone).is_some() {
            return let_be(body, slot, pair);
        }
        return verdict.refused.push(Refused { slot, from: alone, why: Refusal::UserUnknown });
    }
    let told = verdict.conflicts.len();
    let choice = if first { field.first_meeting(verdict) } else { field.changed(verdict) };
    let is_silent = |side: &Side| {
        pair.direction.allows_from(*side) && !rules.policy.hears_outside(body.side(*side).outside)
    };
    let source = match choice {
        // Once that record has a say again, the two meet as if they had never been looked at.
        Choice::Leave | Choice::Skip if Side::BOTH.iter().any(is_silent) => {
            return verdict.conflicts.truncate(told);
        }
        Choice::Carry(source) => source,
        Choice::Leave => return let_be(body, slot, pair),
        Choice::Skip => {
            agree(body, slot);
            return body.apart.push(slot);
        }
        Choice::Open => return,
    };
    match carry(source) {
        Ok(value) if let Some(bar) = body.bar(source.other(), slot, &value) => {
            // It was refused when it was sent: the rest of the record goes without it.
            let why = Refusal::ByService { code: bar.code.clone(), details: bar.details.clone() };
            verdict.refused.push(Refused { slot, from: source, why });
        }
        Ok(value) => {
            let source_value = (*values.get(source)).clone();
            let replaced = Some((*values.get(source.other())).clone());
            let assignment = Assignment { slot, value, source: source_value, replaced };
            verdict.writes.get_mut(source.other()).push(assignment);
        }
        Err(why) => verdict.refused.push(Refused { slot, from: source, why }),
    }
}

/// The side whose person would be carried over and has no counterpart, of two people.
fn person_without_counterpart(values: Sides<&Value>, may: Sides<bool>, ids: &dyn Translate) -> Option<Side> {
    let (Value::User(left), Value::User(right)) = (values.left, values.right) else { return None };
    let people = Sides { left, right };
    Side::BOTH.into_iter().find(|side| *may.get(*side) && ids.user(*side, people.get(*side)).is_none())
}

/// What both hold now is what they agree on.
fn agree(body: &mut LinkBody, slot: u16) {
    body.sides.left.accept(slot);
    body.sides.right.accept(slot);
    body.apart.retain(|apart| *apart != slot);
    body.let_be.retain(|let_be| *let_be != slot);
    body.barred.retain(|bar| bar.slot != slot);
}

/// The same of two different values. Where both ways are open only the policy says why they differ, and it may be another one later; of one way the direction says it.
fn let_be(body: &mut LinkBody, slot: u16, pair: &Pair) {
    agree(body, slot);
    if pair.direction == Direction::Both {
        body.let_be.push(slot);
    }
}

/// A field whose two values are different.
struct Undecided<'a> {
    body: &'a LinkBody,
    slot: u16,
    pair: &'a Pair,
    values: Sides<&'a Value>,
    may: Sides<bool>,
    unsettled: Sides<bool>,
    rules: &'a Rules,
    looked: Side,
}

impl Undecided<'_> {
    /// Whether the other side would have nothing of this side's value.
    fn is_blank(&self, side: Side) -> bool {
        self.pair.is_blank_from(self.values.get(side), side)
    }

    /// Neither side has anything for the other: two values that their steps make blanks of.
    fn both_are_blank(&self) -> bool {
        Side::BOTH.into_iter().all(|side| self.is_blank(side))
    }

    /// The two never agreed: the pair is new, or the field is new to the mapping.
    fn first_meeting(&self, verdict: &mut Verdict) -> Choice {
        let told = verdict.conflicts.len();
        match self.meet(verdict) {
            // What its steps make a blank of may be a value that somebody wants there; the other side is not emptied by it.
            Choice::Carry(winner) if self.is_blank(winner) => {
                verdict.conflicts.truncate(told);
                Choice::Leave
            }
            choice => choice,
        }
    }

    fn meet(&self, verdict: &mut Verdict) -> Choice {
        if self.both_are_blank() {
            return Choice::Leave;
        }
        if let Some(blank) = Side::BOTH.into_iter().find(|side| self.values.get(*side).is_blank()) {
            // A side that never held anything does not empty the other one, but is filled from it.
            return match (*self.may.get(blank.other()), *self.may.get(blank)) {
                (true, _) => Choice::Carry(blank.other()),
                (false, true) => Choice::Leave,
                (false, false) => Choice::Open,
            };
        }
        if self.may == Sides::default() {
            return Choice::Open;
        }
        let both = self.may.left && self.may.right;
        let told = self.rules.policy.initial.is_some();
        if both && !told && self.unsettled.left != self.unsettled.right {
            return Choice::Carry(if self.unsettled.left { Side::Left } else { Side::Right });
        }
        let Some(initial) = self.rules.initial(self.slot) else {
            return if both { self.conflict(true, verdict) } else { self.one_way() };
        };
        let winner = match initial {
            // One way, and nothing said about it: the source's value, as ever.
            _ if !both && !told => return self.one_way(),
            InitialPolicy::Hold => {
                self.tell(None, ConflictPolicy::Hold, true, verdict);
                return Choice::Open;
            }
            InitialPolicy::FillBlanks => {
                self.tell(None, ConflictPolicy::Skip, true, verdict);
                return Choice::Leave;
            }
            InitialPolicy::Left => Side::Left,
            InitialPolicy::Right => Side::Right,
            InitialPolicy::Latest => self.latest(),
        };
        let policy = match initial {
            InitialPolicy::Latest => ConflictPolicy::Latest,
            _ if winner == Side::Left => ConflictPolicy::Left,
            _ => ConflictPolicy::Right,
        };
        self.tell(Some(winner), policy, true, verdict);
        if *self.may.get(winner) { Choice::Carry(winner) } else { Choice::Leave }
    }

    /// They agreed once; one of them was changed since, or both.
    fn changed(&self, verdict: &mut Verdict) -> Choice {
        if self.pair.policy.later == LaterChanges::Keep && !self.rules.mutant.is(Mutant::CarryWhatIsKept) {
            return Choice::Leave;
        }
        if self.both_are_blank() {
            return Choice::Leave;
        }
        if let Some(blank) = Side::BOTH.into_iter().find(|side| self.is_blank(*side))
            && !self.rules.may_clear(self.slot, blank.other())
        {
            // A blank that empties nothing is no change to be carried, and wins no conflict.
            let fills = *self.unsettled.get(blank.other()) && *self.may.get(blank.other());
            return if fills { Choice::Carry(blank.other()) } else { Choice::Leave };
        }
        match (self.may.left, self.may.right) {
            (false, false) => Choice::Open,
            (true, true) if self.unsettled.left && self.unsettled.right => self.conflict(false, verdict),
            (true, true) if self.unsettled.left => Choice::Carry(Side::Left),
            (true, true) => Choice::Carry(Side::Right),
            _ => self.one_way(),
        }
    }

    /// One way: the source wins when it changed. What the target's people wrote stays until then.
    fn one_way(&self) -> Choice {
        let source = if self.may.left { Side::Left } else { Side::Right };
        if *self.unsettled.get(source) { Choice::Carry(source) } else { Choice::Open }
    }

    fn conflict(&self, first: bool, verdict: &mut Verdict) -> Choice {
        let ignored = first || self.rules.mutant.is(Mutant::IgnoreMeanwhile);
        let meanwhile = self.rules.policy.meanwhile.filter(|_| !ignored);
        let policy = meanwhile.unwrap_or_else(|| self.rules.conflict(self.slot));
        let winner = match policy {
            _ if self.rules.mutant.is(Mutant::FirstSeenWins) => Some(self.looked.other()),
            ConflictPolicy::Left => Some(Side::Left),
            ConflictPolicy::Right => Some(Side::Right),
            ConflictPolicy::Skip | ConflictPolicy::Hold => None,
            ConflictPolicy::Latest => Some(self.latest()),
        };
        self.tell(winner, policy, first, verdict);
        match (winner, policy) {
            (Some(winner), _) => Choice::Carry(winner),
            (None, ConflictPolicy::Skip) => Choice::Skip,
            (None, _) => Choice::Open,
        }
    }

    /// The side whose value was first seen in a later second; a tie goes to the master (DESIGN §2.4).
    fn latest(&self) -> Side {
        if self.rules.mutant.is(Mutant::FirstSeenWins) {
            return self.looked.other();
        }
        let since = |side: Side| {
            self.body.side(side).dirty_at(self.slot).map_or(Instant::START, |dirty| dirty.since).second()
        };
        match since(Side::Left).cmp(&since(Side::Right)) {
            std::cmp::Ordering::Greater => Side::Left,
            std::cmp::Ordering::Less => Side::Right,
            std::cmp::Ordering::Equal => self.rules.master(self.slot),
        }
    }

    fn tell(&self, winner: Option<Side>, policy: ConflictPolicy, first: bool, verdict: &mut Verdict) {
        let values = Sides { left: self.values.left.clone(), right: self.values.right.clone() };
        let base = |side: Side| self.body.side(side).base[usize::from(self.slot)].clone();
        let since = |side: Side| {
            let memory = self.body.side(side);
            memory.dirty_at(self.slot).map_or(memory.seen, |dirty| dirty.since)
        };
        let (bases, since) = (Sides::from_fn(base), Sides::from_fn(since));
        verdict.conflicts.push(Conflict { slot: self.slot, winner, policy, first, values, bases, since });
    }
}
