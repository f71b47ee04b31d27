//! Does a record meet the conditions? A field that was not told decides nothing.

use super::{Comparator, Membership, Period};
use crate::{Instant, Value};
use compact_str::{CompactString, ToCompactString};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use rust_decimal::Decimal;
use std::borrow::Cow;
use std::cmp::Ordering;

/// Conditions whose fields have their places in a reading, and whose values are of their fields' kinds.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// Every one holds.
    All(Vec<Test>),
    /// At least one holds.
    Any(Vec<Test>),
    /// One condition.
    Is {
        /// Where the field stands.
        place: u16,
        /// How it is compared; never one that denies.
        comparator: Comparator,
        /// It is to hold, or not to hold.
        holds: bool,
        /// With what.
        operands: Vec<Operand>,
    },
}

/// A value of a field's kind.
#[derive(Clone, Debug, PartialEq)]
pub enum Operand {
    /// Blank.
    Empty,
    /// A text without regard to case.
    Text(CompactString),
    /// A number.
    Number(Decimal),
    /// A check box.
    Bool(bool),
    /// A day.
    Date(Date),
    /// A whole second.
    Second(i64),
    /// A record or a user.
    Id(CompactString),
    /// Some days.
    Period(Period),
    /// A text that is no value of the field's kind: equal to none.
    Never,
}

/// When and where a reading is judged.
#[derive(Clone, Debug)]
pub struct Moment {
    today: Date,
    zone: TimeZone,
}

impl Moment {
    /// This time in the org's zone.
    pub fn new(now: Instant, zone: &TimeZone) -> Moment {
        let at = Timestamp::from_millisecond(now.millis()).unwrap_or_default();
        Moment { today: zone.to_datetime(at).date(), zone: zone.clone() }
    }

    /// The number of the day.
    pub fn day(&self) -> i32 {
        let since = Date::constant(1970, 1, 1).until(self.today);
        since.map_or(0, |since| since.get_days())
    }

    /// The days as seconds, the end excluded.
    fn seconds(&self, (first, end): (Date, Date)) -> (i64, i64) {
        let start = |day: Date| start_of_day(day, &self.zone);
        (start(first).unwrap_or(i64::MIN), start(end).unwrap_or(i64::MAX))
    }
}

/// The first second of a day in a zone.
pub(super) fn start_of_day(day: Date, zone: &TimeZone) -> Option<i64> {
    let midnight = day.to_datetime(jiff::civil::Time::midnight());
    let zoned = zone.to_ambiguous_zoned(midnight).compatible().ok()?;
    Some(zoned.timestamp().as_second())
}

/// Judges a reading.
pub fn evaluate(test: &Test, slots: &[Option<Value>], moment: &Moment) -> Membership {
    match truth(test, slots, moment) {
        Some(true) => Membership::Inside,
        Some(false) => Membership::Outside,
        None => Membership::Unknown,
    }
}

fn truth(test: &Test, slots: &[Option<Value>], moment: &Moment) -> Option<bool> {
    match test {
        Test::All(parts) => all(parts.iter().map(|part| truth(part, slots, moment))),
        Test::Any(parts) => {
            all(parts.iter().map(|part| truth(part, slots, moment).map(|held| !held))).map(|none| !none)
        }
        Test::Is { place, comparator, holds, operands } => {
            let value = slots.get(usize::from(*place))?.as_ref()?;
            Some(asserted(*comparator, operands, value, moment) == *holds)
        }
    }
}

/// True if all are, false if one is not, else not known.
fn all(parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut known = Some(true);
    for part in parts {
        match part {
            Some(false) => return Some(false),
            Some(true) => {}
            None => known = None,
        }
    }
    known
}

fn asserted(comparator: Comparator, operands: &[Operand], value: &Value, moment: &Moment) -> bool {
    use Comparator as C;
    let first = operands.first();
    let ordered = |operand: Option<&Operand>, wanted: fn(Ordering) -> bool| {
        operand.and_then(|operand| order(value, operand, moment)).is_some_and(wanted)
    };
    match comparator {
        C::Equal => first.is_some_and(|operand| equal(value, operand, moment)),
        C::In | C::IncludeAny => operands.iter().any(|operand| equal(value, operand, moment)),
        C::IncludeAll => operands.iter().all(|operand| equal(value, operand, moment)),
        C::Like => reads(value, first, like),
        C::StartsWith => reads(value, first, |text, part| text.starts_with(part)),
        C::EndsWith => reads(value, first, |text, part| text.ends_with(part)),
        C::Contains => reads(value, first, |text, part| text.contains(part)),
        C::GreaterThan => ordered(first, Ordering::is_gt),
        C::GreaterEqual => ordered(first, Ordering::is_ge),
        C::LessThan => ordered(first, Ordering::is_lt),
        C::LessEqual => ordered(first, Ordering::is_le),
        C::Between => ordered(first, Ordering::is_ge) && ordered(operands.get(1), Ordering::is_le),
        // Those that deny were turned round when they were compiled.
        _ => false,
    }
}

fn equal(value: &Value, operand: &Operand, moment: &Moment) -> bool {
    match (value, operand) {
        (Value::Blank, Operand::Empty) => true,
        (Value::Text(text), Operand::Text(other)) => fold(text) == *other,
        (Value::Set(items), Operand::Text(other)) => items.iter().any(|item| fold(item) == *other),
        (Value::Number(number), Operand::Number(other)) => number == other,
        (Value::Bool(flag), Operand::Bool(other)) => flag == other,
        (Value::Record(id), Operand::Id(other)) => id.as_str() == other,
        (Value::User(user), Operand::Id(other)) => user.id.as_str() == other,
        (Value::Date(_) | Value::Instant(_), _) => order(value, operand, moment) == Some(Ordering::Equal),
        _ => false,
    }
}

/// Where the value lies: a moment inside a period is equal to it.
fn order(value: &Value, operand: &Operand, moment: &Moment) -> Option<Ordering> {
    Some(match (value, operand) {
        (Value::Text(text), Operand::Text(other)) => fold(text).as_ref().cmp(other.as_str()),
        (Value::Number(number), Operand::Number(other)) => number.cmp(other),
        (Value::Date(day), Operand::Date(other)) => day.cmp(other),
        (Value::Instant(at), Operand::Second(other)) => at.second().cmp(other),
        (Value::Date(day), Operand::Period(period)) => against(day, &period.span(moment.today)),
        (Value::Instant(at), Operand::Period(period)) => {
            against(&at.second(), &moment.seconds(period.span(moment.today)))
        }
        _ => return None,
    })
}

fn against<T: Ord>(value: &T, (first, end): &(T, T)) -> Ordering {
    if value < first {
        Ordering::Less
    } else if value < end {
        Ordering::Equal
    } else {
        Ordering::Greater
    }
}

/// Tests what the value reads like; the operand of such a comparator is always a text.
fn reads(value: &Value, operand: Option<&Operand>, test: impl Fn(&str, &str) -> bool) -> bool {
    let Some(Operand::Text(part)) = operand else { return false };
    match value {
        Value::Text(text) => test(fold(text).as_ref(), part),
        Value::Set(items) => items.iter().any(|item| test(fold(item).as_ref(), part)),
        Value::Number(number) => test(&number.normalize().to_compact_string(), part),
        _ => false,
    }
}

/// Texts are compared without regard to case and outer spaces, as the services do.
pub(super) fn fold(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    let lower = text.is_ascii() && !text.bytes().any(|byte| byte.is_ascii_uppercase());
    if lower { Cow::Borrowed(text) } else { Cow::Owned(text.to_lowercase()) }
}

/// `%` stands for any text.
///
/// Each part between two of them is taken where it is found first: that leaves the most for what follows, so that no other
/// place has to be tried.
fn like(text: &str, pattern: &str) -> bool {
    let Some((head, gaps)) = pattern.split_once('%') else { return text == pattern };
    let (between, tail) = gaps.rsplit_once('%').unwrap_or(("", gaps));
    let Some(mut rest) = text.strip_prefix(head).and_then(|rest| rest.strip_suffix(tail)) else {
        return false;
    };
    for part in between.split('%') {
        let Some((_, behind)) = rest.split_once(part) else { return false };
        rest = behind;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::super::compile::tests::{locale, test_of};
    use super::*;
    use crate::schema::FieldType;
    use proptest::prelude::*;

    fn check(kind: FieldType, value: Value, comparator: Comparator, operands: &[&str], expect: bool) {
        let test = test_of(kind, comparator, operands);
        // Thursday in Tokyo, still Wednesday in London.
        let moment = Moment::new(Instant::parse("2026-05-13T16:00:00Z").unwrap(), &locale().zone);
        let expect = if expect { Membership::Inside } else { Membership::Outside };
        let found = evaluate(&test, &[Some(value.clone())], &moment);
        assert_eq!(found, expect, "{value:?} {comparator:?} {operands:?}");
    }

    fn text() -> FieldType {
        FieldType::Text { max: 100, multiline: false }
    }

    #[test]
    fn texts_have_no_case() {
        check(text(), Value::text("Tanaka"), Comparator::Equal, &["tanaka"], true);
        check(text(), Value::text("ÉCOLE"), Comparator::StartsWith, &["éc"], true);
        check(text(), Value::text("Tanaka"), Comparator::NotContains, &["AK"], false);
        check(text(), Value::text("Tanaka"), Comparator::GreaterThan, &["suzuki"], true);
        check(text(), Value::text("田中 太郎"), Comparator::EndsWith, &["太郎"], true);
    }

    #[test]
    fn a_blank_meets_what_denies_and_nothing_else() {
        check(text(), Value::Blank, Comparator::NotEqual, &["x"], true);
        check(text(), Value::Blank, Comparator::Equal, &["x"], false);
        check(text(), Value::Blank, Comparator::Equal, &["${EMPTY}"], true);
        check(FieldType::Integer, Value::Blank, Comparator::LessThan, &["5"], false);
        check(text(), Value::Blank, Comparator::NotIn, &["x", "y"], true);
        check(FieldType::Bool, Value::Blank, Comparator::Equal, &["false"], false);
    }

    #[test]
    fn numbers_are_compared_as_numbers() {
        let number = |text: &str| Value::Number(text.parse().unwrap());
        let money = FieldType::Decimal { scale: 2 };
        check(money.clone(), number("10.50"), Comparator::Equal, &["10.5"], true);
        check(money.clone(), number("9"), Comparator::Between, &["8.5", "9"], true);
        check(money.clone(), number("9"), Comparator::NotBetween, &["8", "9"], false);
        check(money, number("9"), Comparator::LessThan, &["x"], false);
    }

    #[test]
    fn days_are_those_of_the_org() {
        let day = |text: &str| Value::Date(text.parse().unwrap());
        check(FieldType::Date, day("2026-05-14"), Comparator::Equal, &["${TODAY}"], true);
        check(FieldType::Date, day("2026-05-13"), Comparator::Equal, &["${TODAY}"], false);
        check(FieldType::Date, day("2026-05-09"), Comparator::LessThan, &["${THISWEEK}"], true);
        // A list view that compares a day with a time: no day is equal to it, before it or after it, as the service has it.
        for comparator in [Comparator::Equal, Comparator::GreaterEqual, Comparator::LessThan] {
            check(FieldType::Date, day("2026-05-14"), comparator, &["2026-05-14T09:00:00"], false);
        }
        check(FieldType::Date, day("2026-05-14"), Comparator::NotEqual, &["2026-05-14T09:00:00"], true);
        let at = |text: &str| Value::Instant(Instant::parse(text).unwrap());
        check(FieldType::DateTime, at("2026-05-13T15:00:00Z"), Comparator::Equal, &["${TODAY}"], true);
        check(FieldType::DateTime, at("2026-05-13T14:59:59Z"), Comparator::Equal, &["${TODAY}"], false);
        let nine = "2026-05-14T09:00:00+09:00";
        check(FieldType::DateTime, at("2026-05-14T00:00:00Z"), Comparator::GreaterEqual, &[nine], true);
        check(
            FieldType::DateTime,
            at("2026-05-13T15:00:00Z"),
            Comparator::GreaterEqual,
            &["2026-05-14"],
            true,
        );
    }

    #[test]
    fn a_set_has_items() {
        let kind = || FieldType::MultiPicklist { options: Vec::new() };
        let set = || Value::set(["Tea", "Coffee"]);
        check(kind(), set(), Comparator::IncludeAll, &["tea", "coffee"], true);
        check(kind(), set(), Comparator::IncludeAll, &["tea", "milk"], false);
        check(kind(), set(), Comparator::ExcludeAny, &["milk"], true);
        check(kind(), set(), Comparator::ExcludeAll, &["tea", "milk"], true);
    }

    // K-30
    #[test]
    fn whether_there_is_anything_in_it_can_be_told_of_every_field() {
        let links = FieldType::Rows { columns: Vec::new(), links: true };
        let some = || {
            let row: Box<[Value]> = Box::new([Value::Record("1".into())]);
            Value::Rows(vec![row].into())
        };
        check(links.clone(), Value::Blank, Comparator::Equal, &["${EMPTY}"], true);
        check(links.clone(), some(), Comparator::Equal, &["${EMPTY}"], false);
        check(links, some(), Comparator::NotEqual, &["${EMPTY}"], true);
        let file = FieldType::Other { name: "fileupload".into() };
        let moment = Moment::new(Instant::START, &locale().zone);
        let filled = |comparator, value: Value| {
            // Of a file it is asked for alone: see the places of the test.
            evaluate(&test_of(file.clone(), comparator, &["${EMPTY}"]), &[None, None, Some(value)], &moment)
        };
        assert_eq!(filled(Comparator::Equal, Value::Blank), Membership::Inside);
        assert_eq!(filled(Comparator::Equal, Value::Bool(true)), Membership::Outside);
        assert_eq!(filled(Comparator::NotIn, Value::Bool(true)), Membership::Inside);
    }

    #[test]
    fn of_several_values_where_one_is_meant_the_first_one_counts() {
        check(text(), Value::text("Tokyo"), Comparator::Equal, &["tokyo", "Osaka"], true);
        check(text(), Value::text("Osaka"), Comparator::Equal, &["tokyo", "Osaka"], false);
        check(text(), Value::text("Tokyo"), Comparator::NotContains, &["o", "x"], false);
        check(FieldType::Integer, Value::Number(9.into()), Comparator::LessThan, &["10", "5"], true);
    }

    #[test]
    fn no_time_is_equal_to_what_is_none() {
        let at = || Value::Instant(Instant::parse("2026-05-13T15:00:00Z").unwrap());
        check(FieldType::DateTime, at(), Comparator::Equal, &["soon"], false);
        check(FieldType::DateTime, at(), Comparator::NotEqual, &["soon"], true);
        check(FieldType::DateTime, at(), Comparator::GreaterThan, &["soon"], false);
        check(FieldType::DateTime, at(), Comparator::Between, &["2026-01-01", "soon"], false);
    }

    #[test]
    fn a_pattern_may_have_several_gaps() {
        for (text, pattern, expect) in
            [("tanaka", "t%k%", true), ("tanaka", "%n_", false), ("", "%", true), ("ab", "a%b%b", false)]
        {
            assert_eq!(like(text, pattern), expect, "{text} {pattern}");
        }
    }

    /// The same by trying every text for every gap.
    fn reads_like(text: &[char], pattern: &[char]) -> bool {
        match pattern.split_first() {
            None => text.is_empty(),
            Some(('%', rest)) => (0..=text.len()).any(|at| reads_like(&text[at..], rest)),
            Some((first, rest)) => text.first() == Some(first) && reads_like(&text[1..], rest),
        }
    }

    proptest! {
        #[test]
        fn a_pattern_fits_when_some_text_for_every_gap_makes_it_fit(
            text in "[abあ]{0,8}", pattern in "[abあ%]{0,7}"
        ) {
            let letters = |text: &str| text.chars().collect::<Vec<char>>();
            prop_assert_eq!(like(&text, &pattern), reads_like(&letters(&text), &letters(&pattern)));
        }
    }

    #[test]
    fn many_gaps_in_a_long_text_take_no_time() {
        let text = "a".repeat(32_000);
        let gaps = "%a".repeat(200);
        assert!(like(&text, &format!("{gaps}%")));
        assert!(!like(&text, &format!("{gaps}%b")));
        assert!(!like(&text, &format!("{gaps}%b%")));
        assert!(like(&format!("{text}b"), &format!("{gaps}%b")));
    }

    #[test]
    fn what_was_not_told_decides_only_where_it_must() {
        let is = |place, holds| Test::Is {
            place,
            comparator: Comparator::Equal,
            holds,
            operands: vec![Operand::Bool(true)],
        };
        let moment = Moment::new(Instant::START, &TimeZone::UTC);
        let judge = |test: Test| evaluate(&test, &[Some(Value::Bool(true)), None], &moment);
        assert_eq!(judge(Test::All(vec![is(0, true), is(1, true)])), Membership::Unknown);
        assert_eq!(judge(Test::All(vec![is(0, false), is(1, true)])), Membership::Outside);
        assert_eq!(judge(Test::Any(vec![is(1, true), is(0, true)])), Membership::Inside);
        assert_eq!(judge(Test::Any(vec![])), Membership::Outside);
        assert_eq!(judge(Test::All(vec![])), Membership::Inside);
    }
}
