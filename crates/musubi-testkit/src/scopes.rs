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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Records that are open.
    Open,
    /// Records that are not closed: also those without a status.
    NotClosed,
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scopes {
    /// Per side; `None`: every record takes part.
    pub of: Sides<Option<Scope>>,
    /// The status is read for the scope besides being read for the mapping, as a field that is not mapped is.
    pub beside: bool,
}

impl Scopes {
    /// Scopes of a fifth of all worlds.
    pub fn draw(rng: &mut SmallRng) -> Scopes {
        if !rng.random_ratio(1, 5) {
            return Scopes::default();
        }
        let choices = [None, Some(Scope::Open), Some(Scope::NotClosed)];
        let of = Sides::from_fn(|_| choices.choose(rng).copied().flatten());
        Scopes { of, beside: rng.random_ratio(1, 2) }
    }

    /// Whether a record of `side` with this status takes part.
    pub fn takes(&self, side: Side, status: Option<&Value>) -> bool {
        match (self.of.get(side), status.and_then(Value::as_text)) {
            (None, _) => true,
            (Some(Scope::Open), status) => status.is_some_and(|status| status.eq_ignore_ascii_case("open")),
            (Some(Scope::NotClosed), status) => {
                !status.is_some_and(|status| status.eq_ignore_ascii_case("closed"))
            }
        }
    }

    /// How readings of a side enter the engine.
    pub fn intake(&self, side: Side, schema: &ModuleSchema) -> Intake {
        let mapped = FIELDS.len();
        let Some(scope) = self.of.get(side) else { return Intake { mapped, ..Intake::default() } };
        let (comparator, text) = match scope {
            Scope::Open => (Comparator::Equal, "Open"),
            Scope::NotClosed => (Comparator::NotEqual, "Closed"),
        };
        let operands = vec![Literal::Text(text.into())];
        let criteria = Criteria::Is(Condition { field: FIELDS[STATUS].into(), comparator, operands });
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
