//! Which records a query must look at: never the whole module where an index bounds the answer.

use crate::criteria::{Comparator, Condition, Criteria, Operand, Typed};
use crate::org::kind::Kind;
use crate::org::module::Module;
use crate::org::table::{Order, text_key};

use super::query::{Direction, Order as By};

/// How to come by the candidates.
#[derive(Debug, Clone, PartialEq)]
pub enum Access {
    /// These ids.
    Ids(Vec<i64>),
    /// Records whose indexed field has one of these keys.
    Field(u16, Vec<i64>),
    /// A stretch of one of the standing orders.
    Stretch(Order, Interval),
}

/// Keys from `low` to `high`, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interval {
    /// Least key.
    pub low: i64,
    /// Greatest key.
    pub high: i64,
}

impl Interval {
    /// Every key.
    pub const ALL: Interval = Interval { low: i64::MIN, high: i64::MAX };

    fn and(self, other: Interval) -> Interval {
        Interval { low: self.low.max(other.low), high: self.high.min(other.high) }
    }

    fn or(self, other: Interval) -> Interval {
        Interval { low: self.low.min(other.low), high: self.high.max(other.high) }
    }
}

/// The standing orders with the field each is by.
const ORDERS: [(Order, &str); 3] =
    [(Order::Id, "id"), (Order::ModifiedTime, "Modified_Time"), (Order::CreatedTime, "Created_Time")];

/// A stretch this short is read whole and sorted, rather than walking another order.
const SHORT: usize = 10_000;

/// Chooses the access, and says whether walking it gives the order asked for, and in which direction.
pub fn choose(filter: &Criteria, order_by: &[By], module: &Module) -> (Access, Option<Direction>) {
    if let Some(access) = points(filter, module) {
        return (access, None);
    }
    let table = &module.table;
    let counted = ORDERS.map(|(order, field)| {
        let interval = interval(filter, field);
        let ranked = table.order(order);
        let until = match interval.high {
            i64::MAX => ranked.len(),
            high => ranked.rank((high + 1, 0)),
        };
        (order, interval, until.saturating_sub(ranked.rank((interval.low, 0))))
    });
    let best = counted.iter().min_by_key(|(_, _, count)| *count).unwrap_or(&counted[0]);
    let wanted = standing_order(order_by);
    if let Some((order, direction)) = wanted
        && let Some(walk) = counted.iter().find(|(o, _, _)| *o == order)
        && (best.2 > SHORT || walk.2 <= best.2)
    {
        return (Access::Stretch(order, walk.1), Some(direction));
    }
    (Access::Stretch(best.0, best.1), None)
}

/// The standing order that a query's order is, if it is one.
fn standing_order(order_by: &[By]) -> Option<(Order, Direction)> {
    let Some(first) = order_by.first() else { return Some((Order::Id, Direction::Ascending)) };
    let (order, _) = ORDERS.iter().find(|(_, field)| *field == first.path)?;
    match order_by {
        [_] => Some((*order, first.direction)),
        // Equal times stand in the order of ids, in either direction.
        [_, second] if second.path == "id" && second.direction == first.direction => {
            Some((*order, first.direction))
        }
        _ => None,
    }
}

/// Ids or keys that some condition, which must hold, narrows the answer to.
fn points(filter: &Criteria, module: &Module) -> Option<Access> {
    match filter {
        Criteria::All(group) => group.iter().find_map(|node| points(node, module)),
        Criteria::Any(_) => None,
        Criteria::Is(condition) if matches!(condition.comparator, Comparator::Equal | Comparator::In) => {
            if condition.field == "id" {
                let ids = values(condition)?.map(|value| value.integer).collect::<Option<_>>()?;
                return Some(Access::Ids(ids));
            }
            let no = module.field_no(&condition.field)?;
            let field = &module.meta.fields[usize::from(no)];
            module.table.field_index(no)?;
            let key = |value: &Typed| match field.kind {
                Kind::Lookup | Kind::MultiModuleLookup | Kind::Integer | Kind::BigInt => value.integer,
                kind if kind.is_text() => Some(text_key(value.text.trim())),
                _ => None,
            };
            Some(Access::Field(no, values(condition)?.map(key).collect::<Option<_>>()?))
        }
        Criteria::Is(_) => None,
    }
}

fn values(condition: &Condition) -> Option<impl Iterator<Item = &Typed>> {
    let all_written = condition.operands.iter().all(|operand| matches!(operand, Operand::Value(_)));
    all_written.then(|| {
        condition.operands.iter().filter_map(|operand| match operand {
            Operand::Value(typed) => Some(typed.as_ref()),
            _ => None,
        })
    })
}

/// The least and greatest key of `field` that a record meeting the criteria can have.
pub fn interval(criteria: &Criteria, field: &str) -> Interval {
    match criteria {
        Criteria::All(group) => {
            group.iter().map(|node| interval(node, field)).fold(Interval::ALL, Interval::and)
        }
        Criteria::Any(group) => {
            group.iter().map(|node| interval(node, field)).reduce(Interval::or).unwrap_or(Interval::ALL)
        }
        Criteria::Is(condition) if condition.field == field => of_condition(condition, field == "id"),
        Criteria::Is(_) => Interval::ALL,
    }
}

fn of_condition(condition: &Condition, is_id: bool) -> Interval {
    let spans: Option<Vec<Interval>> =
        condition.operands.iter().map(|operand| span(operand, is_id)).collect();
    let Some(spans) = spans else { return Interval::ALL };
    let Some(first) = spans.first().copied() else { return Interval::ALL };
    match condition.comparator {
        Comparator::Equal => first,
        Comparator::In => spans.into_iter().reduce(Interval::or).unwrap_or(Interval::ALL),
        Comparator::GreaterThan => Interval { low: first.high.saturating_add(1), high: i64::MAX },
        Comparator::GreaterEqual => Interval { low: first.low, high: i64::MAX },
        Comparator::LessThan => Interval { low: i64::MIN, high: first.low.saturating_sub(1) },
        Comparator::LessEqual => Interval { low: i64::MIN, high: first.high },
        Comparator::Between => {
            spans.get(1).map_or(Interval::ALL, |last| Interval { low: first.low, high: last.high })
        }
        _ => Interval::ALL,
    }
}

/// The least `(key of field, id)` that a record meeting the criteria can have: where a walk by both may start, so that
/// a keyset page does not read again what shares the last row's second.
pub fn least(criteria: &Criteria, field: &str) -> (i64, i64) {
    let whole = (interval(criteria, field).low, interval(criteria, "id").low);
    match criteria {
        Criteria::All(group) => group.iter().map(|node| least(node, field)).fold(whole, Ord::max),
        Criteria::Any(group) => group.iter().map(|node| least(node, field)).min().unwrap_or(whole),
        Criteria::Is(_) => whole,
    }
}

/// The greatest `(key of field, id)`: where a descending walk may start.
pub fn greatest(criteria: &Criteria, field: &str) -> (i64, i64) {
    let whole = (interval(criteria, field).high, interval(criteria, "id").high);
    match criteria {
        Criteria::All(group) => group.iter().map(|node| greatest(node, field)).fold(whole, Ord::min),
        Criteria::Any(group) => group.iter().map(|node| greatest(node, field)).max().unwrap_or(whole),
        Criteria::Is(_) => whole,
    }
}

/// The field a standing order is by.
pub fn field_of(order: Order) -> &'static str {
    match order {
        Order::Id => "id",
        Order::CreatedTime => "Created_Time",
        Order::ModifiedTime => "Modified_Time",
    }
}

/// The keys that are equal to an operand.
fn span(operand: &Operand, is_id: bool) -> Option<Interval> {
    match operand {
        Operand::Empty => None,
        Operand::Days { from_second, until_second, .. } => {
            Some(Interval { low: *from_second, high: until_second.saturating_sub(1) })
        }
        Operand::Value(typed) => {
            let key = if is_id { typed.integer } else { typed.second }?;
            Some(Interval { low: key, high: key })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::criteria::Setting;
    use crate::crm::coql::parse::parse;

    fn check(condition: &str, field: &str, low: i64, high: i64) {
        let setting = Setting {
            now: "2026-05-14T10:00:00Z".parse().unwrap(),
            zone: jiff::tz::TimeZone::UTC,
            user_id: 1,
        };
        let query = parse(&format!("select id from Contacts where {condition}"), &setting).unwrap();
        assert_eq!(interval(&query.filter, field), Interval { low, high }, "{condition}");
    }

    #[test]
    fn bounds_come_from_every_branch() {
        check("id > 5 and id <= 9", "id", 6, 9);
        check("id > 5 and City = 'x'", "id", 6, i64::MAX);
        check("(id = 3 or id in (7, 8))", "id", 3, 8);
        check("(id = 3 or City = 'x')", "id", i64::MIN, i64::MAX);
        check("id between 3 and 5", "id", 3, 5);
    }

    #[test]
    fn a_keyset_over_time_and_id_is_bounded_by_the_time() {
        let time = "'2026-05-14T00:00:00+00:00'";
        let second = 1_778_716_800;
        check(
            &format!("(Modified_Time > {time} or (Modified_Time = {time} and id > 5))"),
            "Modified_Time",
            second,
            i64::MAX,
        );
    }

    #[test]
    fn a_keyset_starts_behind_the_last_row_seen() {
        let setting = Setting {
            now: "2026-05-14T10:00:00Z".parse().unwrap(),
            zone: jiff::tz::TimeZone::UTC,
            user_id: 1,
        };
        let filter = |condition: &str| {
            parse(&format!("select id from Contacts where {condition}"), &setting).unwrap().filter
        };
        let time = "'2026-05-14T00:00:00+00:00'";
        let second = 1_778_716_800;
        let up = filter(&format!("(Modified_Time > {time} or (Modified_Time = {time} and id > 5))"));
        assert_eq!(least(&up, "Modified_Time"), (second, 6));
        let down = filter(&format!("(Modified_Time < {time} or (Modified_Time = {time} and id < 5))"));
        assert_eq!(greatest(&down, "Modified_Time"), (second, 4));
        let with_more = filter(&format!(
            "(City = 'x' and (Modified_Time > {time} or (Modified_Time = {time} and id > 5)))"
        ));
        assert_eq!(least(&with_more, "Modified_Time"), (second, 6));
        // A later row may have a smaller id: the id alone bounds nothing.
        let either = filter(&format!("(Modified_Time > {time} or id > 5)"));
        assert_eq!(least(&either, "Modified_Time"), (i64::MIN, 6));
    }

    #[test]
    fn times_in_order_of_ids_need_no_sorting() {
        let by = |path: &str, direction| By { path: path.into(), direction };
        use Direction::{Ascending, Descending};
        assert_eq!(standing_order(&[]), Some((Order::Id, Ascending)));
        assert_eq!(
            standing_order(&[by("Modified_Time", Descending), by("id", Descending)]),
            Some((Order::ModifiedTime, Descending))
        );
        assert_eq!(standing_order(&[by("Modified_Time", Ascending), by("id", Descending)]), None);
        assert_eq!(standing_order(&[by("Last_Name", Ascending)]), None);
    }
}
