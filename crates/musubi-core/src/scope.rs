//! Which records take part: conditions on their fields, as list views and configurations state them.
//!
//! The conditions of a list view are evaluated here exactly as its service does, so that a record's belonging is known from any reading of it, and costs no call.

mod compile;
mod evaluate;
mod named;
mod period;

pub use compile::{Locale, Places, Reading, ScopeError, Unfit, compile, never_held, no_option};
pub use evaluate::{Moment, Test, evaluate};
pub use period::Period;

use crate::FieldName;
use compact_str::CompactString;
use serde::{Deserialize, Serialize};

/// Whether a record takes part, as one reading of it tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Membership {
    /// It does, or its side has no scope.
    #[default]
    Inside,
    /// It does not.
    Outside,
    /// A field that decides was not told: what was known before still counts.
    Unknown,
}

/// A condition, or a group of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Criteria {
    /// Every one holds; an empty list holds.
    All {
        /// The parts.
        all: Vec<Criteria>,
    },
    /// At least one holds; of an empty list none does.
    Any {
        /// The parts.
        any: Vec<Criteria>,
    },
    /// One condition.
    Is(Condition),
}

/// `field comparator operands`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// The field's API name.
    pub field: FieldName,
    /// How it is compared.
    pub comparator: Comparator,
    /// With what: one value, two for a range, any number for a set.
    pub operands: Vec<Literal>,
}

/// A value as a condition writes it; what it means depends on the field's kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Literal {
    /// Blank.
    Empty,
    /// The user whose credential is used.
    CurrentUser,
    /// Days counted from the present one.
    Period(Period),
    /// Anything else, as text.
    Text(CompactString),
}

/// How a field is compared; the names are those of the services' list views.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub enum Comparator {
    /// Is the value, or a day of the period.
    Equal,
    /// Is not.
    NotEqual,
    /// Fits a pattern in which `%` stands for anything.
    Like,
    /// Does not fit it.
    NotLike,
    /// Begins so.
    StartsWith,
    /// Ends so.
    EndsWith,
    /// Has it in it.
    Contains,
    /// Has it not.
    NotContains,
    /// Has all of them.
    IncludeAll,
    /// Has any of them.
    IncludeAny,
    /// Has not all of them.
    ExcludeAll,
    /// Has none of them.
    ExcludeAny,
    /// Is greater or later.
    GreaterThan,
    /// Is not less or earlier.
    GreaterEqual,
    /// Is less or earlier.
    LessThan,
    /// Is not greater or later.
    LessEqual,
    /// Is one of them.
    In,
    /// Is none of them.
    NotIn,
    /// Lies from the first to the second, both included.
    Between,
    /// Lies outside of that.
    NotBetween,
}

/// Each comparator by its name.
const NAMES: [(&str, Comparator); 20] = {
    use Comparator as C;
    [
        ("equal", C::Equal),
        ("not_equal", C::NotEqual),
        ("like", C::Like),
        ("not_like", C::NotLike),
        ("starts_with", C::StartsWith),
        ("ends_with", C::EndsWith),
        ("contains", C::Contains),
        ("not_contains", C::NotContains),
        ("include_all", C::IncludeAll),
        ("include_any", C::IncludeAny),
        ("exclude_all", C::ExcludeAll),
        ("exclude_any", C::ExcludeAny),
        ("greater_than", C::GreaterThan),
        ("greater_equal", C::GreaterEqual),
        ("less_than", C::LessThan),
        ("less_equal", C::LessEqual),
        ("in", C::In),
        ("not_in", C::NotIn),
        ("between", C::Between),
        ("not_between", C::NotBetween),
    ]
};

impl Comparator {
    /// The comparator of that name.
    pub fn parse(name: &str) -> Option<Comparator> {
        NAMES.iter().find(|(known, _)| *known == name).map(|(_, comparator)| *comparator)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(_, known)| *known == self).map_or("", |(name, _)| name)
    }

    /// The comparator that this one denies.
    pub fn denies(self) -> Option<Comparator> {
        use Comparator as C;
        Some(match self {
            C::NotEqual => C::Equal,
            C::NotLike => C::Like,
            C::NotContains => C::Contains,
            C::ExcludeAll => C::IncludeAll,
            C::ExcludeAny => C::IncludeAny,
            C::NotIn => C::In,
            C::NotBetween => C::Between,
            _ => return None,
        })
    }

    /// It asks what comes before what.
    pub fn orders(self) -> bool {
        use Comparator as C;
        matches!(
            self,
            C::GreaterThan | C::GreaterEqual | C::LessThan | C::LessEqual | C::Between | C::NotBetween
        )
    }

    /// How many operands it takes: at least, at most. A list view may name several where one is meant; of those the first one counts.
    pub fn operands(self) -> (usize, usize) {
        use Comparator as C;
        match self {
            C::Between | C::NotBetween => (2, 2),
            C::In | C::NotIn | C::IncludeAll | C::IncludeAny | C::ExcludeAll | C::ExcludeAny => {
                (1, usize::MAX)
            }
            _ => (1, 1),
        }
    }
}

impl Literal {
    /// Reads a value as list views write it: `${EMPTY}`, `${CURRENTUSER}`, `${TODAY}`, `${LAST30DAYS}` …, or a text. `None`: a `${…}` that nobody knows.
    pub fn parse(text: &str) -> Option<Literal> {
        let Some(name) = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')) else {
            return Some(Literal::Text(text.into()));
        };
        Some(match name {
            "EMPTY" => Literal::Empty,
            "CURRENTUSER" => Literal::CurrentUser,
            "TRUE" => Literal::Text("true".into()),
            "FALSE" => Literal::Text("false".into()),
            name => Literal::Period(Period::parse(name)?),
        })
    }
}

impl Criteria {
    /// Calls `see` with every condition, in their order.
    pub fn each<'a>(&'a self, see: &mut impl FnMut(&'a Condition)) {
        match self {
            Criteria::All { all: parts } | Criteria::Any { any: parts } => {
                parts.iter().for_each(|part| part.each(see));
            }
            Criteria::Is(condition) => see(condition),
        }
    }

    /// Whether belonging can change without anybody touching the record, because the days pass.
    pub fn is_relative(&self) -> bool {
        let mut relative = false;
        self.each(&mut |condition| {
            relative |= condition.operands.iter().any(|operand| matches!(operand, Literal::Period(_)));
        });
        relative
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_told_from_texts() {
        assert_eq!(Literal::parse("${EMPTY}"), Some(Literal::Empty));
        assert_eq!(Literal::parse("${TODAY}"), Some(Literal::Period(Period::parse("TODAY").unwrap())));
        assert_eq!(Literal::parse("${SOON}"), None);
        assert_eq!(Literal::parse("TODAY"), Some(Literal::Text("TODAY".into())));
    }

    #[test]
    fn what_depends_on_the_day_is_told() {
        let criteria = |text: &str| {
            let operands = vec![Literal::parse(text).unwrap()];
            let condition = Condition { field: "F".into(), comparator: Comparator::Equal, operands };
            Criteria::Any { any: vec![Criteria::Is(condition)] }
        };
        assert!(criteria("${THISWEEK}").is_relative());
        assert!(!criteria("2026-01-01").is_relative());
    }
}
