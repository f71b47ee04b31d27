//! Whether a pair of fields that goes both ways can rest: tried on typical values, and on some that are there, before a mapping is kept.
//!
//! Two laws. What went there and back must go there again as it went the first time; else every change would breed another (I5). And where only one way has
//! steps, what comes back must be what went: otherwise the first change on the other side rewrites this one in another form, and nobody asked for that. Somebody who
//! wants it says what is done on the way back.
//!
//! Where neither way has steps, two fields of different kinds may still fall short of the second law: see [`unlike`].

use crate::{
    Instant, RemoteId, Side, Sides, Value,
    convert::{Counterpart, Refusal, Translate},
    mapping::Pair,
    policy::Direction,
    schema::FieldType,
    transform::{Step, text_of},
    value::UserRef,
};
use rust_decimal::Decimal;

/// A value with which a pair breaks a law.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counterexample {
    /// The side it begins on.
    pub from: Side,
    /// The value.
    pub value: Value,
    /// What it becomes on the other side; a blank of which nothing comes back if it has no form there.
    pub there: Value,
    /// What that becomes on this side again; `None` if it cannot.
    pub back: Option<Value>,
    /// What that becomes on the other side once more; `None` if it cannot.
    pub there_again: Option<Value>,
}

impl std::fmt::Display for Counterexample {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let shown = |value: &Value| match (text_of(value), value) {
            (Some(text), _) => format!("{:?}", text.as_str()),
            (None, Value::Set(items)) => format!("{:?}", items.join(", ")),
            (None, _) => "nothing".to_owned(),
        };
        let (from, to) = (self.from.name(), self.from.other().name());
        let (value, there) = (shown(&self.value), shown(&self.there));
        if self.is_formless() {
            return write!(out, "{value} on the {from} has no form on the {to}");
        }
        write!(out, "{value} on the {from} becomes {there} on the {to}, ")?;
        let Some(back) = &self.back else { return write!(out, "which cannot come back") };
        write!(out, "and that comes back as {}", shown(back))?;
        match &self.there_again {
            Some(again) if *again == self.there => Ok(()),
            Some(again) => write!(out, ", which becomes {} there", shown(again)),
            None => write!(out, ", which cannot go there again"),
        }
    }
}

impl Counterexample {
    /// The value has no form on the other side. A blank that steps make of a value comes back as one.
    fn is_formless(&self) -> bool {
        self.there.is_blank() && self.back.is_none()
    }
}

/// What becomes of some values of a pair that has no steps, because its two fields are of different kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// They come back changed, such as a number of which the other field keeps fewer digits.
    Changed,
    /// They have no form in the other field, and those that have are the exception.
    Formless,
}

/// The first typical value with which this pair breaks a law; `None` for a pair that keeps them, or has nothing to break.
pub fn broken(pair: &Pair) -> Option<Counterexample> {
    Side::BOTH.into_iter().find_map(|from| broken_by(pair, from, samples(pair, from)))
}

/// The first of these values of the field of side `from` with which this pair breaks a law.
pub fn broken_by(pair: &Pair, from: Side, values: impl IntoIterator<Item = Value>) -> Option<Counterexample> {
    if pair.direction != Direction::Both || !pair.has_steps() {
        return None;
    }
    let one_way_only = Side::BOTH.into_iter().any(|side| pair.steps.get(side).is_empty());
    let carry = |value: &Value, from: Side| pair.carry(value, 0, from, &Same).ok();
    values.into_iter().filter(|value| !value.is_blank()).find_map(|value| {
        let there = carry(&value, from)?;
        let back = carry(&there, from.other());
        let there_again = back.as_ref().and_then(|back| carry(back, from));
        let wavers = back.is_some() && there_again.as_ref() != Some(&there);
        let changes = one_way_only && back.as_ref() != Some(&value);
        (wavers || changes).then_some(Counterexample { from, value, there, back, there_again })
    })
}

/// The first typical value that a pair without steps does not bring back, because its two fields are of different kinds. What the other field refuses by itself – a text
/// that is too long, an option that it does not have, a fraction in a whole number – is held and told, and so not lost.
pub fn unlike(pair: &Pair) -> Option<(Loss, Counterexample)> {
    let Sides { left, right } = &pair.fields;
    if pair.direction != Direction::Both || pair.has_steps() || left.kind == right.kind {
        return None;
    }
    if let (FieldType::Rows { columns: left, .. }, FieldType::Rows { columns: right, .. }) =
        (&left.kind, &right.kind)
    {
        return left.iter().zip(right).find_map(|(left, right)| {
            let column = Pair { fields: Sides { left: left.clone(), right: right.clone() }, ..pair.clone() };
            // The rest of the subform is carried over as it should be.
            unlike(&column).map(|(_, example)| (Loss::Changed, example))
        });
    }
    Side::BOTH.into_iter().find_map(|from| {
        let mut values = samples(pair, from);
        values.extend(telling(&pair.fields.get(from).kind));
        values.into_iter().find_map(|value| lost(pair, from, value))
    })
}

fn lost(pair: &Pair, from: Side, value: Value) -> Option<(Loss, Counterexample)> {
    let carry = |value: &Value, from: Side| pair.carry(value, 0, from, &Same);
    let kind = |side: Side| &pair.fields.get(side).kind;
    let there = match carry(&value, from) {
        Ok(there) => there,
        Err(Refusal::NotConvertible) if is_formless(kind(from), kind(from.other())) => {
            let none = Counterexample { from, value, there: Value::Blank, back: None, there_again: None };
            return Some((Loss::Formless, none));
        }
        Err(_) => return None,
    };
    let back = carry(&there, from.other()).ok();
    if back.as_ref().is_some_and(|back| is_same(back, &value)) {
        return None;
    }
    let there_again = back.as_ref().and_then(|back| carry(back, from).ok());
    Some((Loss::Changed, Counterexample { from, value, there, back, there_again }))
}

/// Whether what is held by the one kind as a rule cannot be held by the other, though a single value could. Numbers are no such case: many a text field holds nothing else.
fn is_formless(from: &FieldType, to: &FieldType) -> bool {
    use FieldType as F;
    matches!(
        (from, to),
        (F::Text { .. }, F::Bool) | (F::MultiPicklist { .. } | F::Tags { .. }, F::Picklist { .. })
    )
}

/// Whether the two are one value: an option is the same in whatever letters it is written.
fn is_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Text(one), Value::Text(other)) => {
            one == other || one.trim().to_lowercase() == other.trim().to_lowercase()
        }
        _ => one == other,
    }
}

/// Values that a field of another kind is likely to keep in another way. They stand apart from the typical ones, which decide whether a pair with steps may be used.
fn telling(kind: &FieldType) -> Vec<Value> {
    match kind {
        FieldType::Text { max, .. } => {
            let fits = |text: &&str| text.len() <= *max as usize;
            ["007", "1.50"].into_iter().filter(fits).map(Value::text).collect()
        }
        // With as many digits as it keeps, and none of them a 0 at the end.
        FieldType::Decimal { scale } => {
            let digits = Decimal::new(1_234_567_891, 9);
            vec![Value::Number(digits.round_dp(*scale))]
        }
        _ => Vec::new(),
    }
}

/// Typical values of the field of side `from`, with those that the steps of either way name.
pub fn samples(pair: &Pair, from: Side) -> Vec<Value> {
    let kind = &pair.fields.get(from).kind;
    let mut samples = typical(kind);
    let named = |side: Side| {
        pair.steps.get(side).written().iter().filter_map(|step| match step {
            Step::Map(map) => Some(map),
            _ => None,
        })
    };
    let comes = named(from).flat_map(|map| map.values.keys());
    let goes = named(from.other()).flat_map(|map| map.values.values());
    for text in comes.chain(goes) {
        let own = Pair {
            fields: crate::Sides::from_fn(|_| pair.fields.get(from).clone()),
            direction: Direction::Both,
            policy: Default::default(),
            steps: Default::default(),
        };
        samples.extend(own.carry(&Value::text(text), 0, from, &Same));
    }
    samples.retain(|value| !value.is_blank());
    samples
}

/// Values such as a field of this kind holds.
fn typical(kind: &FieldType) -> Vec<Value> {
    let texts = |texts: &[&str], max: u32| {
        let fits = |text: &&&str| text.chars().count() <= max as usize;
        texts.iter().filter(fits).map(Value::text).collect::<Vec<_>>()
    };
    let numbers = |texts: &[&str]| {
        texts.iter().filter_map(|text| text.parse().ok().map(Value::Number)).collect::<Vec<_>>()
    };
    match kind {
        FieldType::Text { max, .. } => texts(
            &[
                "a",
                "Anna Smith",
                "two  spaces",
                "MIXED case",
                "山田 太郎",
                "ｶﾅ",
                "03-1234-5678",
                "1.5",
                "2026-11-22",
                "true",
            ],
            *max,
        ),
        FieldType::Email { max } => texts(&["anna.smith@example.com", "Anna.Smith@Example.COM"], *max),
        FieldType::Phone { max } => texts(&["03-1234-5678", "+81 90 1234 5678", "(415) 555-2671"], *max),
        FieldType::Url { max } => texts(&["https://www.example.com/a?b=c", "www.Example.com"], *max),
        FieldType::Integer => numbers(&["0", "1", "-7", "1500"]),
        FieldType::Decimal { scale } => numbers(&["0", "1", "-2.5", "1234.56", "0.005"])
            .into_iter()
            .map(|value| match value {
                Value::Number(number) => Value::Number(number.round_dp(*scale)),
                other => other,
            })
            .collect(),
        FieldType::Bool => vec![Value::Bool(true), Value::Bool(false)],
        FieldType::Date => vec![
            Value::Date(jiff::civil::date(2026, 1, 1)),
            Value::Date(jiff::civil::date(2028, 2, 29)),
            Value::Date(jiff::civil::date(1999, 12, 31)),
        ],
        // Around midnight in most zones, and in the hours in which clocks are changed.
        FieldType::DateTime => {
            ["2026-01-01T00:00:00Z", "2026-03-29T01:30:00Z", "2026-11-01T06:15:00Z", "2026-06-30T15:00:00Z"]
                .iter()
                .filter_map(|text| Instant::parse(text).map(Value::Instant))
                .collect()
        }
        FieldType::Picklist { options } if options.is_empty() => texts(&["a", "Open"], u32::MAX),
        FieldType::Picklist { options } => options.iter().map(Value::text).collect(),
        FieldType::MultiPicklist { options } => {
            let mut sets: Vec<Value> = options.iter().map(|option| Value::set([option])).collect();
            sets.extend((options.len() > 1).then(|| Value::set(options)));
            sets
        }
        FieldType::Tags { .. } => vec![Value::set(["VIP"]), Value::set(["a", "顧客"])],
        FieldType::Through { holds, .. } => typical(holds),
        FieldType::NameOf => texts(&["a", "Anna Smith", "株式会社 ムスビ"], u32::MAX),
        FieldType::Lookup { .. }
        | FieldType::AnyLookup { .. }
        | FieldType::User
        | FieldType::Rows { .. }
        | FieldType::Filled
        | FieldType::Other { .. } => Vec::new(),
    }
}

/// Records and people are no part of the laws: each is its own counterpart.
pub struct Same;

impl Translate for Same {
    fn record(&self, _slot: u16, _from: Side, id: &RemoteId) -> Counterpart {
        Counterpart::Linked(id.clone())
    }
    fn user(&self, _from: Side, user: &UserRef) -> Option<UserRef> {
        Some(user.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        mapping::{
            Mapping, Wanted, WantedPair,
            tests::{field, module, text},
        },
        schema::Field,
        transform::{Case, Steps, Unknown, ValueMap},
    };

    fn pair(left: Field, right: Field, to_right: Vec<Step>, to_left: Vec<Step>) -> Pair {
        let steps =
            Sides { left: Steps::try_from(to_right).unwrap(), right: Steps::try_from(to_left).unwrap() };
        let wanted = Wanted::Pairs(vec![WantedPair { steps, ..WantedPair::new("F", "F") }]);
        let schema = Sides { left: &module(vec![left]), right: &module(vec![right]) };
        Mapping::compile(schema, &wanted, Direction::Both, &[]).unwrap().pairs.remove(0)
    }

    fn told(pair: &Pair) -> Option<String> {
        broken(pair).map(|example| example.to_string())
    }

    fn map(values: &[(&str, &str)], unknown: Unknown) -> Step {
        let values = values.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned())).collect();
        Step::Map(ValueMap { values, unknown })
    }

    fn picklist(options: &[&str]) -> Field {
        field("F", FieldType::Picklist { options: options.iter().map(|option| (*option).into()).collect() })
    }

    #[test]
    fn what_is_said_for_one_way_only_is_lossy_with_a_value_that_shows_it() {
        let upper = || vec![Step::Case(Case::Upper)];
        let expected = "\"a\" on the left becomes \"A\" on the right, and that comes back as \"A\"";
        assert_eq!(told(&pair(text("F"), text("F"), upper(), vec![])).as_deref(), Some(expected));
        assert_eq!(told(&pair(text("F"), text("F"), upper(), upper())), None);
        // Outer spaces no service keeps, so that dropping them loses nothing.
        assert_eq!(told(&pair(text("F"), text("F"), vec![Step::Trim], vec![])), None);
        let shout = pair(text("F"), text("F"), vec![], vec![Step::Case(Case::Upper)]);
        assert_eq!(broken(&shout).map(|example| example.value), Some(Value::text("a")));
        let script = |text: &str| vec![Step::Script(text.to_owned())];
        let number = || field("F", FieldType::Decimal { scale: 2 });
        let dozens = pair(number(), number(), script("value * 12"), script("value / 12"));
        assert_eq!(told(&dozens), None);
        let wavers = told(&pair(number(), number(), script("value * 12"), script("value / 11"))).unwrap();
        assert!(
            wavers.starts_with(
                "\"1\" on the left becomes \"12\" on the right, and that comes back as \"1.09\""
            ),
            "{wavers}"
        );
    }

    #[test]
    fn a_map_that_is_one_to_one_is_written_once() {
        let (left, right) = (picklist(&["Hot", "Cold"]), picklist(&["High", "Low", "Odd"]));
        let once = |values: &[(&str, &str)]| {
            pair(left.clone(), right.clone(), vec![map(values, Unknown::Refuse)], vec![])
        };
        let both = once(&[("Hot", "High"), ("Cold", "Low")]);
        assert_eq!(told(&both), None);
        let back = both.carry(&Value::text("Low"), 0, Side::Right, &Same);
        assert_eq!(back, Ok(Value::text("Cold")));
        let many = told(&once(&[("Hot", "High"), ("Cold", "High")])).unwrap();
        assert_eq!(many, "\"Hot\" on the left becomes \"High\" on the right, which cannot come back");
        let yes_no = pair(
            field("F", FieldType::Bool),
            picklist(&["Yes", "No"]),
            vec![map(&[("true", "Yes"), ("false", "No")], Unknown::Refuse)],
            vec![],
        );
        assert_eq!((told(&yes_no), yes_no.direction), (None, Direction::Both));
        assert_eq!(yes_no.carry(&Value::text("No"), 0, Side::Right, &Same), Ok(Value::Bool(false)));
    }

    #[test]
    fn a_date_and_a_point_in_time_rest() {
        let (at, date) = (field("F", FieldType::DateTime), field("F", FieldType::Date));
        let there = vec![Step::DateOf("Asia/Tokyo".into())];
        let back = |zone: &str| {
            vec![Step::TimeOf(crate::transform::TimeOf { zone: zone.into(), at: "00:00".into() })]
        };
        assert_eq!(told(&pair(at.clone(), date.clone(), there.clone(), back("Asia/Tokyo"))), None);
        assert!(told(&pair(at.clone(), date.clone(), there.clone(), back("America/New_York"))).is_none());
        assert!(
            told(&pair(
                at.clone(),
                date.clone(),
                vec![Step::DateOf("America/New_York".into())],
                back("Asia/Tokyo")
            ))
            .is_some()
        );
        // Without a way back there is one way only, as with any two fields of which one cannot take the other's values.
        assert_eq!(pair(at, date, there, vec![]).direction, Direction::LeftToRight);
    }

    #[test]
    fn fields_of_different_kinds_fall_short_without_any_steps() {
        let check = |left: FieldType, right: FieldType, expect: Option<(Loss, &str)>| {
            let plain = pair(field("F", left), field("F", right), vec![], vec![]);
            assert_eq!(plain.direction, Direction::Both, "{plain:?}");
            assert_eq!(broken(&plain), None, "that is of steps alone");
            let told = unlike(&plain).map(|(loss, example)| (loss, example.to_string()));
            assert_eq!(told, expect.map(|(loss, text)| (loss, text.to_owned())), "{plain:?}");
        };
        let text = |max| FieldType::Text { max, multiline: false };
        let number = |scale| FieldType::Decimal { scale };
        let options = |all: &[&str]| -> Vec<compact_str::CompactString> {
            all.iter().map(|option| (*option).into()).collect()
        };
        let one_of = |all: &[&str]| FieldType::Picklist { options: options(all) };
        let some_of = |all: &[&str]| FieldType::MultiPicklist { options: options(all) };
        let changed = |text| Some((Loss::Changed, text));
        let formless = |text| Some((Loss::Formless, text));
        check(
            number(4),
            number(0),
            changed("\"-2.5\" on the left becomes \"-3\" on the right, and that comes back as \"-3\""),
        );
        check(
            number(3),
            number(4),
            changed(
                "\"1.2346\" on the right becomes \"1.235\" on the left, and that comes back as \"1.235\"",
            ),
        );
        check(
            text(50),
            number(2),
            changed("\"007\" on the left becomes \"7\" on the right, and that comes back as \"7\""),
        );
        check(text(50), FieldType::Bool, formless("\"a\" on the left has no form on the right"));
        check(
            one_of(&["A", "B"]),
            some_of(&["A", "B"]),
            formless("\"A, B\" on the right has no form on the left"),
        );
        let price = |scale| FieldType::Rows { columns: vec![field("Price", number(scale))], links: false };
        check(
            price(2),
            price(0),
            changed("\"-2.5\" on the left becomes \"-3\" on the right, and that comes back as \"-3\""),
        );
        // What is refused is held and told: nothing is lost.
        check(text(200), text(5), None);
        check(number(2), FieldType::Integer, None);
        check(text(50), one_of(&["a", "B"]), None);
        check(text(50), one_of(&["A"]), None);
        check(one_of(&["A", "B"]), one_of(&["B", "C"]), None);
        check(text(50), FieldType::Email { max: 50 }, None);
        check(number(2), number(2), None);
    }
}
