//! Does a record meet the criteria?

use std::borrow::Cow;
use std::cmp::Ordering;

use rust_decimal::Decimal;

use super::{Cell, Comparator, Condition, Criteria, Operand, Row, Typed};

/// Whether the record meets the criteria. A field that the module does not have meets nothing.
pub fn matches(criteria: &Criteria, row: &dyn Row) -> bool {
    match criteria {
        Criteria::All(group) => group.iter().all(|node| matches(node, row)),
        Criteria::Any(group) => group.iter().any(|node| matches(node, row)),
        Criteria::Is(condition) => row.cell(&condition.field).is_some_and(|cell| holds(condition, &cell)),
    }
}

/// Whether one condition holds for a value. The denying comparators hold for blank, as in list views.
fn holds(condition: &Condition, cell: &Cell<'_>) -> bool {
    if let Some(asserted) = condition.comparator.denies() {
        return !asserted_holds(asserted, &condition.operands, cell);
    }
    asserted_holds(condition.comparator, &condition.operands, cell)
}

fn asserted_holds(comparator: Comparator, operands: &[Operand], cell: &Cell<'_>) -> bool {
    let first = operands.first();
    match comparator {
        Comparator::Equal => first.is_some_and(|operand| equal(cell, operand)),
        Comparator::In | Comparator::IncludeAny => operands.iter().any(|operand| equal(cell, operand)),
        Comparator::IncludeAll => operands.iter().all(|operand| equal(cell, operand)),
        Comparator::Like => text_test(cell, first, like),
        Comparator::StartsWith => text_test(cell, first, |text, part| text.starts_with(part)),
        Comparator::EndsWith => text_test(cell, first, |text, part| text.ends_with(part)),
        Comparator::Contains => text_test(cell, first, |text, part| text.contains(part)),
        Comparator::GreaterThan => ordered(cell, first, Ordering::is_gt),
        Comparator::GreaterEqual => ordered(cell, first, Ordering::is_ge),
        Comparator::LessThan => ordered(cell, first, Ordering::is_lt),
        Comparator::LessEqual => ordered(cell, first, Ordering::is_le),
        Comparator::Between => {
            ordered(cell, first, Ordering::is_ge) && ordered(cell, operands.get(1), Ordering::is_le)
        }
        // The denying ones were turned round above.
        _ => false,
    }
}

fn equal(cell: &Cell<'_>, operand: &Operand) -> bool {
    match (cell, operand) {
        (Cell::Null, Operand::Empty) => true,
        (Cell::Text(text), Operand::Empty) => text.is_empty(),
        (Cell::List(list), Operand::Empty) => list.is_empty(),
        (Cell::Null, _) | (_, Operand::Empty) => false,
        (Cell::Date(day), Operand::Days { from, until, .. }) => from <= day && day < until,
        (Cell::Instant(second), Operand::Days { from_second, until_second, .. }) => {
            from_second <= second && second < until_second
        }
        (_, Operand::Days { .. }) => false,
        (cell, Operand::Value(typed)) => equal_value(cell, typed),
    }
}

fn equal_value(cell: &Cell<'_>, typed: &Typed) -> bool {
    match cell {
        Cell::Null => false,
        Cell::Text(text) => same_folded(text, &typed.folded),
        Cell::Integer(number) => match typed.integer {
            Some(other) => *number == other,
            None => typed.number == Some(Decimal::from(*number)),
        },
        Cell::Decimal(number) => typed.number == Some(*number),
        Cell::Bool(value) => typed.boolean == Some(*value),
        Cell::Date(day) => typed.date == Some(*day),
        Cell::Instant(second) => typed.second == Some(*second),
        Cell::List(list) => list.iter().any(|item| same_folded(item, &typed.folded)),
        Cell::Reference { id, name } => {
            typed.integer == Some(*id) || name.as_ref().is_some_and(|name| same_folded(name, &typed.folded))
        }
    }
}

/// Compares with text in lower case, without an allocation where both are ASCII.
fn same_folded(text: &str, folded: &str) -> bool {
    let text = text.trim();
    if text.is_ascii() { text.eq_ignore_ascii_case(folded) } else { text.to_lowercase() == folded }
}

fn ordered(cell: &Cell<'_>, operand: Option<&Operand>, wanted: fn(Ordering) -> bool) -> bool {
    let order = match (cell, operand) {
        (Cell::Date(day), Some(Operand::Days { from, until, .. })) => Some(against_span(day, from, until)),
        (Cell::Instant(second), Some(Operand::Days { from_second, until_second, .. })) => {
            Some(against_span(second, from_second, until_second))
        }
        (cell, Some(Operand::Value(typed))) => order_value(cell, typed),
        _ => None,
    };
    order.is_some_and(wanted)
}

/// A moment inside a span is equal to it.
fn against_span<T: Ord>(value: &T, from: &T, until: &T) -> Ordering {
    if value < from {
        Ordering::Less
    } else if value < until {
        Ordering::Equal
    } else {
        Ordering::Greater
    }
}

fn order_value(cell: &Cell<'_>, typed: &Typed) -> Option<Ordering> {
    match cell {
        Cell::Null | Cell::Bool(_) | Cell::List(_) => None,
        Cell::Text(text) => Some(fold(text).as_ref().cmp(typed.folded.as_str())),
        Cell::Integer(number) => match typed.integer {
            Some(other) => Some(number.cmp(&other)),
            None => typed.number.map(|other| Decimal::from(*number).cmp(&other)),
        },
        Cell::Decimal(number) => typed.number.map(|other| number.cmp(&other)),
        Cell::Date(day) => typed.date.map(|other| day.cmp(&other)),
        Cell::Instant(second) => typed.second.map(|other| second.cmp(&other)),
        Cell::Reference { id, .. } => typed.integer.map(|other| id.cmp(&other)),
    }
}

fn text_test(cell: &Cell<'_>, operand: Option<&Operand>, test: impl Fn(&str, &str) -> bool) -> bool {
    let Some(Operand::Value(typed)) = operand else { return false };
    let part = typed.folded.as_str();
    match cell {
        Cell::Text(text) => test(fold(text).as_ref(), part),
        Cell::List(list) => list.iter().any(|item| test(fold(item).as_ref(), part)),
        Cell::Reference { name: Some(name), .. } => test(fold(name).as_ref(), part),
        Cell::Integer(number) => test(&number.to_string(), part),
        Cell::Decimal(number) => test(&number.normalize().to_string(), part),
        _ => false,
    }
}

fn fold(text: &str) -> Cow<'_, str> {
    if text.is_ascii() && !text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.to_lowercase())
    }
}

/// SQL's LIKE with `%` only, both sides already in lower case. A pattern without `%` must be equal.
fn like(text: &str, pattern: &str) -> bool {
    let mut parts = pattern.split('%');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else {
        return false;
    };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    true
}

/// The order of two values of one field; blank is least, text is compared without case.
pub fn compare_cells(left: &Cell<'_>, right: &Cell<'_>) -> Ordering {
    match (left, right) {
        (Cell::Null, Cell::Null) => Ordering::Equal,
        (Cell::Null, _) => Ordering::Less,
        (_, Cell::Null) => Ordering::Greater,
        (Cell::Text(a), Cell::Text(b)) => fold(a).cmp(&fold(b)),
        (Cell::Integer(a), Cell::Integer(b)) => a.cmp(b),
        (Cell::Decimal(a), Cell::Decimal(b)) => a.cmp(b),
        (Cell::Integer(a), Cell::Decimal(b)) => Decimal::from(*a).cmp(b),
        (Cell::Decimal(a), Cell::Integer(b)) => a.cmp(&Decimal::from(*b)),
        (Cell::Bool(a), Cell::Bool(b)) => a.cmp(b),
        (Cell::Date(a), Cell::Date(b)) => a.cmp(b),
        (Cell::Instant(a), Cell::Instant(b)) => a.cmp(b),
        (Cell::List(a), Cell::List(b)) => a.cmp(b),
        (Cell::Reference { id: a, .. }, Cell::Reference { id: b, .. }) => a.cmp(b),
        // Two kinds in one column do not happen: a field has one type.
        _ => Ordering::Equal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::criteria::Setting;

    fn setting() -> Setting {
        Setting { now: "2026-05-14T10:00:00Z".parse().unwrap(), zone: jiff::tz::TimeZone::UTC, user_id: 1 }
    }

    fn check(cell: Cell<'_>, comparator: Comparator, values: &[&str], expected: bool) {
        let operands = values
            .iter()
            .map(|v| if *v == "${EMPTY}" { Operand::Empty } else { Operand::value(*v, &setting()) })
            .collect();
        let condition = Condition { field: "F".into(), comparator, operands };
        assert_eq!(holds(&condition, &cell), expected, "{cell:?} {comparator:?} {values:?}");
    }

    fn text(value: &str) -> Cell<'_> {
        Cell::Text(value.into())
    }

    #[test]
    fn text_compares_without_case() {
        check(text("Tanaka"), Comparator::Equal, &["tanaka"], true);
        check(text("ÉCOLE"), Comparator::StartsWith, &["éc"], true);
        check(text("Tanaka"), Comparator::NotContains, &["AK"], false);
        check(text("Tanaka"), Comparator::GreaterThan, &["suzuki"], true);
        check(text("a1"), Comparator::In, &["b", "A1"], true);
    }

    #[test]
    fn blank_meets_the_denying_comparators_and_no_other() {
        check(Cell::Null, Comparator::NotEqual, &["x"], true);
        check(Cell::Null, Comparator::Equal, &["x"], false);
        check(Cell::Null, Comparator::Equal, &["${EMPTY}"], true);
        check(Cell::Null, Comparator::LessThan, &["5"], false);
        check(Cell::Null, Comparator::NotIn, &["x"], true);
    }

    #[test]
    fn numbers_compare_by_value() {
        check(Cell::Decimal("10.50".parse().unwrap()), Comparator::Equal, &["10.5"], true);
        check(Cell::Integer(9), Comparator::Between, &["8.5", "9"], true);
        check(Cell::Integer(9), Comparator::NotBetween, &["8", "9"], false);
        check(Cell::Integer(9), Comparator::LessThan, &["x"], false);
    }

    #[test]
    fn times_compare_as_instants_and_lists_as_sets() {
        let noon = "2026-05-14T12:00:00Z".parse::<jiff::Timestamp>().unwrap().as_second();
        check(Cell::Instant(noon), Comparator::GreaterEqual, &["2026-05-14T21:00:00+09:00"], true);
        check(Cell::Instant(noon), Comparator::GreaterThan, &["2026-05-14T21:00:00+09:00"], false);
        let list = || Cell::List(vec!["a".into(), "b".into()]);
        check(list(), Comparator::IncludeAll, &["A", "b"], true);
        check(list(), Comparator::IncludeAll, &["a", "c"], false);
        check(list(), Comparator::ExcludeAny, &["a", "c"], false);
    }

    #[test]
    fn a_lookup_is_met_by_id_or_name() {
        let cell = || Cell::Reference { id: 42, name: Some("Acme".into()) };
        check(cell(), Comparator::Equal, &["42"], true);
        check(cell(), Comparator::Equal, &["acme"], true);
        check(cell(), Comparator::In, &["41", "42"], true);
        check(cell(), Comparator::Equal, &["43"], false);
    }

    #[test]
    fn like_takes_percent_signs_anywhere() {
        for (text, pattern, expected) in [
            ("tanaka", "tan%", true),
            ("tanaka", "%ka", true),
            ("tanaka", "%nak%", true),
            ("tanaka", "t%a%a", true),
            ("tanaka", "tanaka", true),
            ("tanaka", "tana", false),
            ("ab", "ab%b", false),
            ("", "%", true),
        ] {
            assert_eq!(like(text, pattern), expected, "{text} like {pattern}");
        }
    }
}
