//! What is done to values on their way, said once for the engine and once more to hold it against.

use crate::scenario::{FIELDS, NAME, STATUS};
use musubi_core::{
    Side, Sides, Value,
    mapping::Pair,
    policy::Direction,
    transform::{Case, Step, Steps, Unknown, ValueMap},
};
use rand::{Rng, rngs::SmallRng, seq::IndexedRandom};

/// The steps of a world, by slot.
pub type Drawn = [Sides<Vec<Step>>; FIELDS.len()];

/// Draws them. Two of three worlds have none.
pub fn draw(rng: &mut SmallRng) -> Drawn {
    let mut drawn = Drawn::default();
    if !rng.random_ratio(1, 3) {
        return drawn;
    }
    let case = |case| vec![Step::Case(case)];
    let names = [
        Sides::default(),
        Sides { left: case(Case::Upper), right: case(Case::Upper) },
        Sides { left: case(Case::Upper), right: case(Case::Lower) },
        Sides { left: case(Case::Lower), right: vec![Step::Script("value.lower()".to_owned())] },
    ];
    drawn[NAME] = names.choose(rng).cloned().unwrap_or_default();
    if rng.random_ratio(1, 2) {
        let unknown = [Unknown::Refuse, Unknown::Keep, Unknown::Blank];
        let values = [("Open", "Closed"), ("Closed", "Open")];
        let values = values.map(|(from, to)| (from.to_owned(), to.to_owned())).into();
        let map = ValueMap { values, unknown: unknown.choose(rng).copied().unwrap_or_default() };
        // Written once: the way back follows from it.
        drawn[STATUS].left = vec![Step::Map(map)];
    }
    drawn
}

/// The steps of a field, as far as its values go.
pub fn of(written: &Sides<Vec<Step>>, direction: Direction) -> Sides<Steps> {
    let mut written = written.clone();
    if !direction.allows_from(Side::Left) && written.right.is_empty() {
        written.right = std::mem::take(&mut written.left);
    }
    Sides::from_fn(|side| {
        let goes = direction.allows_from(side);
        let steps = if goes { written.get(side).clone() } else { Vec::new() };
        Steps::try_from(steps).expect("what is drawn can be taken")
    })
}

/// What these steps make of a value, as the documentation says it; `None` for what is refused.
pub fn through(steps: &[Step], value: &Value) -> Option<Value> {
    steps.iter().try_fold(value.clone(), |value, step| {
        let Value::Text(text) = &value else { return Some(value) };
        let known = |map: &ValueMap| map.values.get(text.as_str()).map(Value::text);
        Some(match step {
            Step::Case(Case::Upper) => Value::text(text.to_uppercase()),
            Step::Case(Case::Lower) => Value::text(text.to_lowercase()),
            Step::Script(script) if script == "value.lower()" => Value::text(text.to_lowercase()),
            Step::Map(map) => match (known(map), map.unknown) {
                (Some(to), _) => to,
                (None, Unknown::Keep) => value,
                (None, Unknown::Blank) => Value::Blank,
                (None, Unknown::Refuse) => return None,
            },
            _ => return None,
        })
    })
}

/// The other side has nothing of it: it is blank, or its steps make a blank of it.
pub fn nothing_of(value: &Value, pair: &Pair, from: Side) -> bool {
    through(pair.steps.get(from).written(), value).is_some_and(|value| value.is_blank())
}

/// Whether one of two values of a field is what the other becomes, or is that but for its case: a twin made by a person, who writes it otherwise, may be
/// taken for a copy of ours that the service tidied.
pub fn agree(pair: &Pair, left: &Value, right: &Value) -> bool {
    let becomes = |from: Side, value: &Value, other: &Value| {
        let steps = pair.steps.get(from).written();
        match (through(steps, value), other) {
            (Some(Value::Text(due)), Value::Text(other)) if !steps.is_empty() => {
                due.to_lowercase() == other.to_lowercase()
            }
            (due, other) => due.as_ref() == Some(other),
        }
    };
    becomes(Side::Left, left, right) || becomes(Side::Right, right, left)
}
