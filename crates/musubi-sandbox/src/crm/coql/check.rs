//! Holds a query against the org's modules and fields.

use crate::criteria::{Comparator, Condition, Operand, check_path};
use crate::org::State;
use crate::org::field::Field;
use crate::org::kind::Kind;
use crate::org::module::Module;

use super::error::CoqlError;
use super::query::{Expression, Query};

/// A path may lead over so many lookups.
const MAX_JOINS: usize = 2;

/// Refuses fields that are not there and comparisons that their types do not take.
pub fn check(query: &Query, state: &State, module: &Module) -> Result<(), CoqlError> {
    for column in &query.columns {
        let (Expression::Field(path) | Expression::Aggregate(_, path)) = &column.expression;
        check_column(path, state, module, "select")?;
        let grouped = query.group_by.contains(path) || matches!(column.expression, Expression::Aggregate(..));
        if query.aggregates() && !grouped {
            return Err(CoqlError::ColumnInClause(path.clone(), "group by"));
        }
    }
    for path in &query.group_by {
        check_column(path, state, module, "group by")?;
    }
    for order in &query.order_by {
        check_column(&order.path, state, module, "order by")?;
    }
    let mut outcome = Ok(());
    query.filter.each_condition(&mut |condition| {
        if outcome.is_ok() {
            outcome = check_condition(condition, state, module);
        }
    });
    outcome
}

fn check_column(path: &str, state: &State, module: &Module, clause: &'static str) -> Result<(), CoqlError> {
    if path.matches('.').count() > MAX_JOINS {
        return Err(CoqlError::ColumnInClause(path.to_owned(), clause));
    }
    if check_path(state, module, path) { Ok(()) } else { Err(CoqlError::Column(path.to_owned())) }
}

fn check_condition(condition: &Condition, state: &State, module: &Module) -> Result<(), CoqlError> {
    let path = &condition.field;
    check_column(path, state, module, "where")?;
    // Fields of users are text; every other path ends in a field of a module.
    let Some(field) = field_at(path, state, module) else { return Ok(()) };
    let about_blank = condition.operands == [Operand::Empty];
    if matches!(field.kind, Kind::TextArea | Kind::RichText) && !about_blank {
        return Err(CoqlError::ColumnInClause(path.clone(), "where"));
    }
    let ordered = field.api_name == "id"
        || matches!(
            field.kind,
            Kind::Integer | Kind::BigInt | Kind::Date | Kind::DateTime | Kind::AutoNumber
        )
        || field.kind.is_decimal();
    if !ordered && let Some(operator) = ordering_sign(condition.comparator) {
        return Err(CoqlError::Operator { column: path.clone(), operator });
    }
    let readable = condition.operands.iter().all(|operand| match operand {
        Operand::Value(typed) => match field.kind {
            Kind::DateTime => typed.second.is_some(),
            Kind::Date => typed.date.is_some(),
            Kind::Boolean => typed.boolean.is_some(),
            Kind::Integer | Kind::BigInt => typed.number.is_some(),
            kind if kind.is_decimal() => typed.number.is_some(),
            _ => true,
        },
        _ => true,
    });
    if readable { Ok(()) } else { Err(CoqlError::ColumnInClause(path.clone(), "where")) }
}

/// The field a path ends in.
pub fn field_at<'a>(path: &str, state: &'a State, module: &'a Module) -> Option<&'a Field> {
    match path.split_once('.') {
        None => module.field(path),
        Some((first, rest)) => {
            let field = module.field(first)?;
            if matches!(field.kind, Kind::OwnerLookup | Kind::UserLookup) {
                return None;
            }
            field_at(rest, state, state.module(field.targets.first()?)?)
        }
    }
}

fn ordering_sign(comparator: Comparator) -> Option<&'static str> {
    Some(match comparator {
        Comparator::GreaterThan => ">",
        Comparator::GreaterEqual => ">=",
        Comparator::LessThan => "<",
        Comparator::LessEqual => "<=",
        _ => return None,
    })
}
