//! Which records of a world take part, said once for the engine and once more to hold it against.

use crate::{
    scenario::{FIELDS, STATUS},
    violation::Violation,
};
use musubi_core::{
    FieldName, LinkBody, Side, Sides, Value,
    policy::LeavingPolicy,
    schema::{Field, ModuleSchema},
    scope::{Comparator, Condition, Criteria, Literal, Locale, Places, Reading, compile},
};
use musubi_engine::sync::{Intake, Plan, SideScope};
use rand::{Rng, rngs::SmallRng, seq::IndexedRandom};

/// The scope of a side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Records that are open.
    Open,
    /// Records that are not closed: also those without a status.
    NotClosed,
    /// Records without a status.
    Unset,
    /// Records that are open or closed.
    Known,
    /// Those of all these scopes: a list view and conditions of one's own, a field by which records opt out.
    All(Vec<Scope>),
    /// Those of any of them: several list views.
    Any(Vec<Scope>),
}

impl Scope {
    /// Whether a record with this status is among them.
    fn takes(&self, status: Option<&str>) -> bool {
        let is = |what: &str| status.is_some_and(|status| status.eq_ignore_ascii_case(what));
        match self {
            Scope::Open => is("open"),
            Scope::NotClosed => !is("closed"),
            Scope::Unset => status.is_none(),
            Scope::Known => is("open") || is("closed"),
            Scope::All(scopes) => scopes.iter().all(|scope| scope.takes(status)),
            Scope::Any(scopes) => scopes.iter().any(|scope| scope.takes(status)),
        }
    }

    /// The same as the engine is told it.
    fn criteria(&self) -> Criteria {
        let is = |comparator, operands: &[Literal]| {
            Criteria::Is(Condition { field: FIELDS[STATUS].into(), comparator, operands: operands.to_vec() })
        };
        let text = |text: &str| Literal::Text(text.into());
        let each = |scopes: &[Scope]| scopes.iter().map(Scope::criteria).collect();
        match self {
            Scope::Open => is(Comparator::Equal, &[text("Open")]),
            Scope::NotClosed => is(Comparator::NotEqual, &[text("Closed")]),
            Scope::Unset => is(Comparator::Equal, &[Literal::Empty]),
            Scope::Known => is(Comparator::In, &[text("Open"), text("Closed")]),
            Scope::All(scopes) => Criteria::All { all: each(scopes) },
            Scope::Any(scopes) => Criteria::Any { any: each(scopes) },
        }
    }
}

/// Of the fields of a module the one that decides stands here.
struct At<'s>(&'s ModuleSchema, u16);

impl<'s> Places<'s> for At<'s> {
    fn field(&self, name: &FieldName) -> Option<&'s Field> {
        self.0.field(name)
    }

    fn place(&mut self, _: &'s Field, _: Reading) -> Option<u16> {
        Some(self.1)
    }
}

/// The scopes of a world.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scopes {
    /// Per side; `None`: every record takes part.
    pub of: Sides<Option<Scope>>,
    /// The status is read for the scope besides being read for the mapping, as a field that is not mapped is.
    pub beside: bool,
}

/// Conditions joined by and/or, so many levels deep at most.
fn joined(rng: &mut SmallRng, levels: u32) -> Scope {
    let parts = |rng: &mut SmallRng| (0..rng.random_range(1..4)).map(|_| joined(rng, levels - 1)).collect();
    match rng.random_range(0..6) {
        0 | 1 if levels > 0 => Scope::All(parts(rng)),
        2 | 3 if levels > 0 => Scope::Any(parts(rng)),
        _ => [Scope::Open, Scope::NotClosed, Scope::Unset, Scope::Known]
            .choose(rng)
            .cloned()
            .unwrap_or(Scope::Open),
    }
}

impl Scopes {
    /// Scopes of a fifth of all worlds.
    pub fn draw(rng: &mut SmallRng) -> Scopes {
        if !rng.random_ratio(1, 5) {
            return Scopes::default();
        }
        let choices = [None, Some(Scope::Open), Some(Scope::NotClosed)];
        let of = Sides::from_fn(|_| choices.choose(rng).cloned().flatten());
        Scopes { of, beside: rng.random_ratio(1, 2) }
    }

    /// Drawn apart: in a half of those worlds a scope is one of several conditions, joined by and/or, two levels deep.
    pub fn join_conditions(&mut self, rng: &mut SmallRng) {
        if !rng.random_ratio(1, 2) {
            return;
        }
        for side in Side::BOTH {
            if self.of.get(side).is_some() {
                *self.of.get_mut(side) = Some(joined(rng, 2));
            }
        }
    }

    /// What they are once somebody changed the list views that they consist of: a side that takes everything goes on to do so.
    pub fn changed(&self, rng: &mut SmallRng) -> Scopes {
        let other = |scope: &Scope, rng: &mut SmallRng| {
            if rng.random_ratio(2, 3) { joined(rng, 1) } else { scope.clone() }
        };
        let of = Sides::from_fn(|side| self.of.get(side).as_ref().map(|scope| other(scope, rng)));
        Scopes { of, beside: self.beside }
    }

    /// Whether a record of `side` with this status takes part.
    pub fn takes(&self, side: Side, status: Option<&Value>) -> bool {
        let scope = self.of.get(side).as_ref();
        scope.is_none_or(|scope| scope.takes(status.and_then(Value::as_text)))
    }

    /// How readings of a side enter the engine.
    pub fn intake(&self, side: Side, schema: &ModuleSchema) -> Intake {
        let mapped = FIELDS.len();
        let Some(scope) = self.of.get(side) else { return Intake { mapped, ..Intake::default() } };
        let criteria = scope.criteria();
        let at = if self.beside { FIELDS.len() } else { STATUS };
        let mut places = At(schema, at as u16);
        let zone = jiff::tz::TimeZone::UTC;
        let locale = Locale { zone: zone.clone(), current_user: None, user: &|_| None };
        let test = compile(&criteria, &mut places, &locale).expect("a picklist can be compared");
        Intake { scope: Some(SideScope { test, zone, relative: false }), mapped, ..Intake::default() }
    }

    /// What the service tells beside the mapped fields.
    pub fn beside(&self, side: Side) -> Option<usize> {
        (self.beside && self.of.get(side).is_some()).then_some(STATUS)
    }

    /// A write is stored that nothing allows, because one of the two records does not take part.
    pub fn forbid(&self, plan: &Plan, target: Side, body: &LinkBody) -> Result<(), Violation> {
        let leaving = plan.rules.policy.leaving;
        let looked_at = |side: &Side| leaving != LeavingPolicy::StopSending || *side != target;
        let outside = Side::BOTH.into_iter().filter(looked_at).find(|side| {
            let memory = body.side(*side);
            // What we wrote ourselves is judged when it is read back.
            let written = memory.echo.as_ref().is_some_and(|echo| echo.slots.contains(&(STATUS as u16)));
            !written && !self.takes(*side, memory.current(STATUS as u16))
        });
        match outside {
            Some(side) if leaving != LeavingPolicy::KeepLinked => Err(Violation::new(
                "I10",
                format!("a pair is updated whose {} record left the scope", side.name()),
            )),
            _ => Ok(()),
        }
    }
}
