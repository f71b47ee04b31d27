//! Reads the where clause.

use crate::criteria::{Comparator, Condition, Criteria, Operand};

use super::error::CoqlError;
use super::lex::Kind;
use super::parse::Parser;

/// At most so many conditions.
const MAX_CONDITIONS: usize = 25;
/// At most so many values in one `in`.
const MAX_IN_VALUES: usize = 50;

/// One operand, or two of them joined: more must be bracketed in pairs.
pub fn pair(parser: &mut Parser<'_>) -> Result<Criteria, CoqlError> {
    let left = operand(parser)?;
    if parser.keyword("and").is_some() {
        return Ok(Criteria::All(vec![left, operand(parser)?]));
    }
    if parser.keyword("or").is_some() {
        return Ok(Criteria::Any(vec![left, operand(parser)?]));
    }
    Ok(left)
}

fn operand(parser: &mut Parser<'_>) -> Result<Criteria, CoqlError> {
    if !parser.sign("(") {
        return condition(parser);
    }
    let inner = pair(parser)?;
    if parser.sign(")") { Ok(inner) } else { Err(parser.near()) }
}

fn condition(parser: &mut Parser<'_>) -> Result<Criteria, CoqlError> {
    let field = parser.name()?;
    let (comparator, operands) = if parser.keyword("is").is_some() {
        null_test(parser)?
    } else if parser.keyword("not").is_some() {
        let Some(found) = word_comparator(parser)? else { return Err(parser.near()) };
        match found {
            (Comparator::In, values) => (Comparator::NotIn, values),
            (Comparator::Like, values) => (Comparator::NotLike, values),
            (_, values) => (Comparator::NotBetween, values),
        }
    } else if let Some(found) = word_comparator(parser)? {
        found
    } else {
        let comparator = sign_comparator(parser).ok_or_else(|| parser.near())?;
        (comparator, vec![value(parser)?])
    };
    // A query sees blank as SQL does: it is neither equal nor unequal to anything.
    Ok(Condition { field, comparator, operands }.without_blank())
}

fn null_test(parser: &mut Parser<'_>) -> Result<(Comparator, Vec<Operand>), CoqlError> {
    let comparator = if parser.keyword("not").is_some() { Comparator::NotEqual } else { Comparator::Equal };
    parser.keyword("null").ok_or_else(|| parser.near())?;
    Ok((comparator, vec![Operand::Empty]))
}

fn word_comparator(parser: &mut Parser<'_>) -> Result<Option<(Comparator, Vec<Operand>)>, CoqlError> {
    if parser.keyword("in").is_some() {
        return Ok(Some((Comparator::In, list(parser)?)));
    }
    if parser.keyword("like").is_some() {
        return Ok(Some((Comparator::Like, vec![value(parser)?])));
    }
    if parser.keyword("between").is_some() {
        let low = value(parser)?;
        parser.keyword("and").ok_or_else(|| parser.near())?;
        return Ok(Some((Comparator::Between, vec![low, value(parser)?])));
    }
    Ok(None)
}

fn sign_comparator(parser: &mut Parser<'_>) -> Option<Comparator> {
    let Kind::Sign(sign) = parser.peek() else { return None };
    let comparator = match *sign {
        "=" => Comparator::Equal,
        "!=" | "<>" => Comparator::NotEqual,
        ">" => Comparator::GreaterThan,
        ">=" => Comparator::GreaterEqual,
        "<" => Comparator::LessThan,
        "<=" => Comparator::LessEqual,
        _ => return None,
    };
    parser.step();
    Some(comparator)
}

fn list(parser: &mut Parser<'_>) -> Result<Vec<Operand>, CoqlError> {
    if !parser.sign("(") {
        return Err(parser.near());
    }
    let mut values = vec![value(parser)?];
    while parser.sign(",") {
        values.push(value(parser)?);
    }
    if values.len() > MAX_IN_VALUES {
        return Err(CoqlError::TooMany { what: "in", limit: MAX_IN_VALUES });
    }
    if parser.sign(")") { Ok(values) } else { Err(parser.near()) }
}

fn value(parser: &mut Parser<'_>) -> Result<Operand, CoqlError> {
    let text = match parser.peek() {
        Kind::Quoted(text) => text.clone(),
        // Bare words are numbers and true or false; text stands in quotes.
        Kind::Word(word) if is_bare_value(word) => word.clone(),
        _ => return Err(parser.near()),
    };
    parser.step();
    Ok(Operand::value(text, parser.setting))
}

fn is_bare_value(word: &str) -> bool {
    word.parse::<rust_decimal::Decimal>().is_ok()
        || word.eq_ignore_ascii_case("true")
        || word.eq_ignore_ascii_case("false")
}

/// Refuses more conditions than the service takes.
pub fn check_count(filter: &Criteria) -> Result<(), CoqlError> {
    let mut count = 0;
    filter.each_condition(&mut |condition| {
        // The blank test that a denial brings along was not written by anyone.
        let added = condition.comparator == Comparator::NotEqual && condition.operands == [Operand::Empty];
        count += usize::from(!added);
    });
    if count > MAX_CONDITIONS {
        return Err(CoqlError::TooMany { what: "where", limit: MAX_CONDITIONS });
    }
    Ok(())
}
