//! The decision: what is known of one pair of records in, what to do about it out.
//!
//! Total and deterministic: the same memory and rules give the same verdict, however the engine came to know it (I16).

mod anew;
mod decide;
mod prefer;
mod restore;

use crate::{
    Instant, LinkBody, Membership, Side, Sides, Slots, Value,
    convert::{Refusal, Translate},
    link::{Dirty, Echo, Memory},
    mapping::Mapping,
    mutant::Mutant,
    observation::Observation,
    policy::{BlankPolicy, ConflictPolicy, Direction, InitialPolicy, LaterChanges, Policy},
};
pub use anew::meet_anew;
use decide::decide;
pub use prefer::{Preferred, prefer, prevails, seen_values};
pub use restore::{restored, restores};
use serde::{Deserialize, Serialize};

/// What a module sync was told to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Its mapping.
    pub mapping: Mapping,
    /// The version of the mapping; stored memories name theirs.
    pub version: u32,
    /// Its policies.
    pub policy: Policy,
    /// The wrong version to run, in simulator builds.
    pub mutant: Mutant,
}

impl Rules {
    /// Whether this side's value of the field may be carried over: by the direction, and by what takes part.
    fn may_carry(&self, body: &LinkBody, slot: u16, from: Side) -> bool {
        let pair = &self.mapping.pairs[usize::from(slot)];
        let heard = self.policy.hears_outside(body.side(from).outside) || self.mutant.is(Mutant::SendOutside);
        heard && (pair.direction.allows_from(from) || self.mutant.is(Mutant::IgnoreDirection))
    }

    /// Who wins when both sides changed the field.
    pub fn conflict(&self, slot: u16) -> ConflictPolicy {
        let own = self.mapping.pairs[usize::from(slot)].policy.conflict;
        let module = match self.mutant.is(Mutant::IgnoreModulePolicy) {
            true => ConflictPolicy::default(),
            false => self.policy.conflict,
        };
        own.filter(|_| !self.mutant.is(Mutant::IgnoreFieldPolicy)).unwrap_or(module)
    }

    /// The side that wins the field's ties.
    pub fn master(&self, slot: u16) -> Side {
        if self.mutant.is(Mutant::MasterIsLeft) {
            return Side::Left;
        }
        self.mapping.pairs[usize::from(slot)].policy.master.unwrap_or(self.policy.master)
    }

    /// Whether a blank may empty the field on this side.
    pub fn may_clear(&self, slot: u16, target: Side) -> bool {
        let own = self.mapping.pairs[usize::from(slot)].policy.blank;
        self.mutant.is(Mutant::ClearAnyway)
            || match own.unwrap_or(self.policy.blank) {
                BlankPolicy::Clear => true,
                BlankPolicy::Keep => false,
                BlankPolicy::ClearFromMaster => target != self.master(slot),
            }
    }

    /// What is done with two different values of the field that meet for the first time.
    fn initial(&self, slot: u16) -> Option<InitialPolicy> {
        self.policy.initial.filter(|_| !self.mutant.is(Mutant::IgnoreInitial)).or_else(|| {
            Some(match self.conflict(slot) {
                ConflictPolicy::Latest => InitialPolicy::Latest,
                ConflictPolicy::Left => InitialPolicy::Left,
                ConflictPolicy::Right => InitialPolicy::Right,
                ConflictPolicy::Hold => InitialPolicy::Hold,
                ConflictPolicy::Skip => return None,
            })
        })
    }

    /// Whether the policies can leave these two values beside each other in a pair at rest, both ways being open.
    pub fn may_stay_apart(&self, slot: u16, values: Sides<&Value>) -> bool {
        let pair = &self.mapping.pairs[usize::from(slot)];
        let blank = |side: Side| pair.is_blank_from(values.get(side), side);
        let kept = |side: Side| blank(side.other()) && !self.may_clear(slot, side);
        let given = |side: Side| {
            blank(side.other()) && pair.policy.default.get(side).as_ref() == Some(*values.get(side))
        };
        pair.policy.later == LaterChanges::Keep
            || self.conflict(slot) == ConflictPolicy::Skip
            || self.policy.meanwhile == Some(ConflictPolicy::Skip)
            || self.policy.initial == Some(InitialPolicy::FillBlanks)
            || Side::BOTH.into_iter().any(|side| kept(side) || given(side))
            || Side::BOTH.into_iter().all(blank)
    }
}

/// True when one of two people has no counterpart on the other side, where somebody would stand in for them. The two are not made one when they meet for the
/// first time: a stand-in is for new records, and replaces no owner that a record has.
pub fn is_stood_in_for(slot: u16, values: Sides<&Value>, ids: &dyn Translate) -> bool {
    let alone = |side: Side| match *values.get(side) {
        Value::User(user) => ids.user(side, user).is_none() && ids.stand_in(slot, side).is_some(),
        _ => false,
    };
    let both = matches!((values.left, values.right), (Value::User(_), Value::User(_)));
    both && (alone(Side::Left) || alone(Side::Right))
}

/// One field to write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// The slot.
    pub slot: u16,
    /// The value in the target's form.
    pub value: Value,
    /// The source's value it was made from.
    pub source: Value,
    /// What it replaces on the target; journalled, so that nothing a person wrote is lost (I2).
    pub replaced: Option<Value>,
}

/// Both sides changed a field, to different values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    /// The slot.
    pub slot: u16,
    /// The side whose value stays; `None` when nobody wins (skip, hold).
    pub winner: Option<Side>,
    /// The policy that decided.
    pub policy: ConflictPolicy,
    /// The two values met for the first time.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub first: bool,
    /// Both values.
    pub values: Sides<Value>,
    /// What each side held when both last agreed, if they ever did.
    #[serde(default)]
    pub bases: Sides<Option<Value>>,
    /// When each value was first seen, by its service's clock.
    #[serde(default)]
    pub since: Sides<Instant>,
}

/// A field that could not be carried over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// The slot.
    pub slot: u16,
    /// The side whose value it is.
    pub from: Side,
    /// Why.
    pub why: Refusal,
}

/// What to do about a pair.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Per side, what to write there.
    pub writes: Sides<Vec<Assignment>>,
    /// Conflicts, decided or not.
    pub conflicts: Vec<Conflict>,
    /// Fields that cannot be carried over.
    pub refused: Vec<Refused>,
}

impl Verdict {
    /// Nothing to do and nothing to tell.
    pub fn is_nothing(&self) -> bool {
        self.writes.left.is_empty()
            && self.writes.right.is_empty()
            && self.conflicts.is_empty()
            && self.refused.is_empty()
    }
}

/// Decides about one pair. Fields found equal through the mapping are settled in `body` on the way: their present values become the bases.
///
/// `looked` is the side whose reading led here; it never matters (I16), except to a mutant.
pub fn reconcile(body: &mut LinkBody, rules: &Rules, ids: &dyn Translate, looked: Side) -> Verdict {
    let mut verdict = Verdict::default();
    for slot in 0..rules.mapping.pairs.len() as u16 {
        let unsettled =
            |memory: &Memory| memory.dirty_at(slot).is_some() || memory.base[usize::from(slot)].is_none();
        let (left, right) = (unsettled(&body.sides.left), unsettled(&body.sides.right));
        if left || right {
            decide(body, slot, Sides { left, right }, rules, ids, looked, &mut verdict);
        }
    }
    verdict
}

/// What a new record on the other side would be given: the values that can be carried over, and those that cannot.
///
/// Fields that may not be written from `from`, and blanks that have no default, are left to the service's own defaults.
pub fn new_record(
    source: &Memory,
    from: Side,
    rules: &Rules,
    ids: &dyn Translate,
) -> (Vec<Assignment>, Vec<Refused>) {
    let (mut assignments, mut refused) = (Vec::with_capacity(source.dirty.len()), Vec::new());
    for (slot, pair) in rules.mapping.pairs.iter().enumerate() {
        let slot = slot as u16;
        if !(pair.direction.allows_from(from) || rules.mutant.is(Mutant::IgnoreDirection)) {
            continue;
        }
        let Some(value) = source.current(slot) else { continue };
        if pair.is_blank_from(value, from) {
            let default = pair.policy.default.get(from.other()).clone();
            assignments.extend(default.filter(|_| !rules.mutant.is(Mutant::NoDefaults)).map(|value| {
                Assignment {
                    slot,
                    source: source.current(slot).cloned().unwrap_or(Value::Blank),
                    value,
                    replaced: None,
                }
            }));
            continue;
        }
        match rules.carry(value, slot, from, ids) {
            Ok(carried) => {
                assignments.push(Assignment { slot, value: carried, source: value.clone(), replaced: None });
            }
            Err(why) => refused.push(Refused { slot, from, why }),
        }
    }
    (assignments, refused)
}

/// The memory of a pair whose `target` record was just created from `source` with these values. Nothing was agreed on before.
pub fn created(
    mut source: Memory,
    from: Side,
    assignments: Vec<Assignment>,
    modified: Instant,
    rules: &Rules,
) -> LinkBody {
    let slots = rules.mapping.pairs.len();
    // A default stands beside the blank it was given for, whatever default is told later.
    let given = |assignment: &&Assignment| {
        let pair = &rules.mapping.pairs[usize::from(assignment.slot)];
        pair.direction == Direction::Both && pair.is_blank_from(&assignment.source, from)
    };
    let let_be = assignments.iter().filter(given).map(|assignment| assignment.slot).collect();
    let mut target = Memory::unknown(slots);
    if !rules.mutant.is(Mutant::OutcomeWithoutBase) {
        for assignment in assignments {
            let slot = usize::from(assignment.slot);
            target.base[slot] = Some(assignment.value);
            source.base[slot] = Some(assignment.source);
        }
        target.seen = modified;
    }
    let (base, mut without) = (&mut source.base, Vec::new());
    source.dirty.retain(|dirty| {
        let slot = usize::from(dirty.slot);
        if target.base[slot].is_some() {
            return base[slot].as_ref() != Some(&dirty.value);
        }
        if !rules.mapping.pairs[slot].direction.allows_from(from) {
            return true;
        }
        if dirty.value.is_blank() {
            // What is blank is not sent: a new record is blank there by itself.
            base[slot] = Some(Value::Blank);
            target.base[slot] = Some(Value::Blank);
            return false;
        }
        // It could not go along. What the service puts there by itself is nobody's word against it. (Of people that is decided by who knows them.)
        if base[slot].is_none() {
            let person = matches!(dirty.value, Value::User(_));
            base[slot] = (!person).then_some(Value::Blank);
            without.push(dirty.slot);
        }
        true
    });
    if !rules.mutant.is(Mutant::OutcomeWithoutBase) {
        let told = |slot: &u16| target.base[usize::from(*slot)].is_some() || without.contains(slot);
        let slots = (0..slots as u16).filter(told).collect();
        target.echo = Some(Echo { at: modified, slots });
    }
    let sides = match from {
        Side::Left => Sides { left: source, right: target },
        Side::Right => Sides { left: target, right: source },
    };
    LinkBody { sides, let_be, ..LinkBody::unknown(rules.version, 0) }
}

/// Takes in that `assignments` were written to `side`, and that the record's modified time is now `modified` (I9: base and outcome are one).
pub fn written(
    body: &mut LinkBody,
    side: Side,
    assignments: &[Assignment],
    modified: Instant,
    mutant: Mutant,
) {
    if mutant.is(Mutant::OutcomeWithoutBase) {
        return;
    }
    // What was left apart on purpose is so no more.
    let is_written = |slot: u16| assignments.iter().any(|assignment| assignment.slot == slot);
    body.apart.retain(|apart| !is_written(*apart));
    body.let_be.retain(|slot| !is_written(*slot));
    body.barred.retain(|bar| !is_written(bar.slot));
    let target = body.sides.get_mut(side);
    let newer_seen = target.seen > modified;
    for assignment in assignments {
        let slot = assignment.slot;
        if newer_seen {
            target.rebase(slot, assignment.value.clone());
        } else {
            target.dirty.retain(|dirty| dirty.slot != slot);
            target.base[usize::from(slot)] = Some(assignment.value.clone());
        }
    }
    if !newer_seen {
        let mut slots: Vec<u16> = target.echo.take().map(|echo| echo.slots).unwrap_or_default();
        slots.extend(assignments.iter().map(|assignment| assignment.slot));
        slots.sort_unstable();
        slots.dedup();
        target.seen = modified;
        target.closed = false;
        target.echo = Some(Echo { at: modified, slots });
    }
    let source = body.sides.get_mut(side.other());
    source.rebase_all(assignments.iter().map(|assignment| (assignment.slot, &assignment.source)));
}

/// Where a pair stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Every field that shall agree does, and our last write was read back.
    Agrees,
    /// Our last write is not read back yet.
    AwaitsEcho,
    /// At least one field differs from its base.
    Differs,
}

/// Where this pair stands by what is remembered.
pub fn standing(body: &LinkBody) -> Standing {
    if body.sides.left.echo.is_some() || body.sides.right.echo.is_some() {
        Standing::AwaitsEcho
    } else if body.sides.left.dirty.is_empty() && body.sides.right.dirty.is_empty() {
        Standing::Agrees
    } else {
        Standing::Differs
    }
}

/// The memory of a record of which only this reading is known.
pub fn first_sight(observation: &Observation, as_of: Instant, rules: &Rules) -> Memory {
    let memory = first_sight_of(observation.slots.clone(), observation.modified, as_of, rules);
    Memory { outside: observation.member != Membership::Inside, ..memory }
}

/// The same, of what was read of a record that was modified then.
pub fn first_sight_of(read: Slots, modified: Instant, as_of: Instant, rules: &Rules) -> Memory {
    let mut memory = Memory::unknown(rules.mapping.pairs.len());
    memory.dirty.reserve_exact(read.iter().flatten().count());
    let known = (0..).zip(read).filter_map(|(slot, value)| Some((slot, value?)));
    memory.dirty.extend(known.map(|(slot, value)| Dirty { slot, value, since: modified }));
    memory.seen = modified;
    memory.closed = as_of.second() > modified.second();
    memory
}

#[cfg(test)]
mod tests;
