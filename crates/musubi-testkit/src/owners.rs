//! Who owns the records of a world, said once for the engine and once more to hold it against.

use crate::{
    act::Act,
    scenario::{OWNER, Scenario},
    violation::Violation,
};
use musubi_core::{
    LinkBody, RemoteId, Side, Sides, Value,
    policy::{LaterChanges, LeavingPolicy},
    reconcile::Assignment,
    value::UserRef,
};
use musubi_engine::sync::{People, Plan};
use rand::{Rng, rngs::SmallRng};

/// Users of each side, by their numbers from 1 on: the first two are there on both sides, the third has no counterpart, the fourth may stand in for others.
const USERS: usize = 4;
/// On both sides.
const KNOWN: [usize; 2] = [1, 2];
/// Who may stand in.
const STAND_IN: usize = 4;

/// What is said about owners.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Owners {
    /// Per side: the fourth user owns there what belongs to somebody without a counterpart.
    pub stands_in: Sides<bool>,
    /// Those two are one person, too.
    pub one_person: bool,
}

/// Drawn apart: in a quarter of the worlds records are given owners, before the engine looks and while it does.
pub fn draw(scenario: &mut Scenario, rng: &mut SmallRng) {
    if !rng.random_ratio(1, 4) {
        return;
    }
    let stands_in = Sides::from_fn(|_| rng.random_ratio(1, 2));
    scenario.owners = Owners { stands_in, one_person: rng.random_ratio(1, 2) };
    if rng.random_ratio(1, 6) {
        scenario.fields[OWNER].later = LaterChanges::Keep;
    }
    let length = scenario.length();
    for _ in 0..rng.random_range(2..9) {
        let later = if scenario.before_engine { length } else { length + 20_000 };
        let at = if rng.random_ratio(1, 2) { 0 } else { rng.random_range(0..=later) };
        let side = if rng.random_ratio(1, 2) { Side::Left } else { Side::Right };
        let (nth, value) = (rng.random_range(0..9), rng.random_range(0..12));
        scenario.acts.push((at, Act::Edit { side, nth, slot: OWNER, value }));
    }
    scenario.acts.sort_by_key(|(at, _)| *at);
}

fn id(side: Side, number: usize) -> RemoteId {
    RemoteId::new(format!("{}U{number}", if side == Side::Left { 'L' } else { 'R' }))
}

fn number(side: Side, user: &RemoteId) -> Option<usize> {
    (1..=USERS).find(|number| id(side, *number) == *user)
}

fn value(side: Side, number: usize) -> Value {
    Value::User(Box::new(UserRef { id: id(side, number), email: None }))
}

/// An owner, by any number.
pub fn owner(side: Side, any: usize) -> Value {
    value(side, 1 + any % USERS)
}

/// Whether somebody is a user of the side.
pub fn is_there(side: Side, user: &UserRef) -> bool {
    number(side, &user.id).is_some()
}

impl Owners {
    /// Who a user is on the other side.
    fn counterpart(&self, from: Side, user: &UserRef) -> Option<usize> {
        number(from, &user.id).filter(|it| KNOWN.contains(it) || *it == STAND_IN && self.one_person)
    }

    /// The same for everybody who asks.
    pub fn user(&self, from: Side, user: &UserRef) -> Option<UserRef> {
        let id = id(from.other(), self.counterpart(from, user)?);
        Some(UserRef { id, email: None })
    }

    /// Who owns on the other side of `from` what belongs to somebody without a counterpart.
    pub fn stand_in(&self, from: Side) -> Option<UserRef> {
        let to = from.other();
        self.stands_in.get(to).then(|| UserRef { id: id(to, STAND_IN), email: None })
    }

    /// What the engine is told.
    pub fn people(&self) -> People {
        let known = |from: Side| {
            let pair = |number: usize| {
                let user = UserRef { id: id(from, number), email: None };
                self.user(from, &user).map(|other| (user.id, other))
            };
            (1..=USERS).filter_map(pair).collect()
        };
        People {
            pairs: Sides::from_fn(known),
            us: Sides::from_fn(|_| Some("us".into())),
            fallback: Sides::from_fn(|side| self.stand_in(side.other())),
        }
    }

    /// Somebody is stood in for: has no counterpart, where there is somebody who stands in.
    fn is_stood_in_for(&self, from: Side, value: &Value) -> bool {
        matches!(value, Value::User(user) if self.counterpart(from, user).is_none())
            && self.stand_in(from).is_some()
    }

    fn becomes(&self, from: Side, value: &Value) -> Option<Value> {
        let Value::User(user) = value else { return Some(value.clone()) };
        self.user(from, user).or_else(|| self.stand_in(from)).map(|user| Value::User(Box::new(user)))
    }

    /// Whether two owners are one person, or one stands in for the other.
    pub fn agree(&self, left: &Value, right: &Value) -> bool {
        self.becomes(Side::Left, left).as_ref() == Some(right)
            || self.becomes(Side::Right, right).as_ref() == Some(left)
    }

    /// Whether two owners that met for the first time stay as they are.
    pub fn are_left(&self, left: &Value, right: &Value) -> bool {
        let users = matches!((left, right), (Value::User(_), Value::User(_)));
        users && (self.is_stood_in_for(Side::Left, left) || self.is_stood_in_for(Side::Right, right))
    }

    /// Checks who is made an owner.
    pub fn given(&self, assignment: &Assignment, target: Side) -> Result<(), Violation> {
        if self.becomes(target.other(), &assignment.source).as_ref() == Some(&assignment.value) {
            return Ok(());
        }
        Err(Violation::new("I10", "an owner is not who the other side's owner is there, nor who stands in"))
    }

    /// Checks whose place is taken by that.
    pub fn replaced(
        &self,
        assignment: &Assignment,
        target: Side,
        body: &LinkBody,
        plan: &Plan,
    ) -> Result<(), Violation> {
        let Some(before @ Value::User(_)) = &assignment.replaced else { return Ok(()) };
        let Assignment { source: owner, .. } = assignment;
        let first = Side::BOTH.iter().any(|side| body.side(*side).base[OWNER].is_none());
        if first && self.is_stood_in_for(target.other(), owner) {
            return Err(Violation::new("I10", "who stands in replaces an owner that a record had before"));
        }
        // Where nothing goes the other way, nobody is stood in for there.
        let silent = plan.rules.policy.leaving == LeavingPolicy::StopSending && body.side(target).outside;
        let heard = plan.rules.mapping.pairs[OWNER].direction.allows_from(target) && !silent;
        let stood_in = self.becomes(target, before).as_ref() == Some(owner);
        match heard && stood_in && self.is_stood_in_for(target, before) {
            true => Err(Violation::new("I10", "who only stands in is carried back")),
            false => Ok(()),
        }
    }
}
