//! Conditions on records: one tree for the search syntax, for list views and for queries.
//!
//! Parsers build a [`Criteria`] once, with every value already read in each way it may be compared; evaluation then
//! costs one look-up of the field and one comparison per condition.

mod evaluate;
mod operand;
mod period;
pub mod record;
mod search;
mod view;

pub use evaluate::{compare_cells, matches};
pub use operand::{Operand, Typed};
pub use record::{RecordRow, check_path};
pub use search::{SearchError, parse_search};
pub use view::{ViewError, parse_view};

use std::borrow::Cow;

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use rust_decimal::Decimal;

/// One record as conditions see it.
pub trait Row {
    /// The value of a field by its API name; `None` when the module has no such field.
    fn cell(&self, api_name: &str) -> Option<Cell<'_>>;
}

/// The value of one field of one record, in the form it is compared in.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'a> {
    /// Blank.
    Null,
    /// Text of any kind: text, e-mail, phone, picklist …
    Text(Cow<'a, str>),
    /// Integer, long and big integer.
    Integer(i64),
    /// Double, currency and percent.
    Decimal(Decimal),
    /// A checkbox.
    Bool(bool),
    /// A date without time.
    Date(Date),
    /// A time, as whole seconds since 1970-01-01T00:00:00Z.
    Instant(i64),
    /// A multi-select picklist.
    List(Vec<Cow<'a, str>>),
    /// A lookup, an owner, a user.
    Reference {
        /// The id of the record or user.
        id: i64,
        /// Its name, where the row can tell.
        name: Option<Cow<'a, str>>,
    },
}

/// A condition or a group of them.
#[derive(Debug, Clone, PartialEq)]
pub enum Criteria {
    /// Every one holds; an empty list holds.
    All(Vec<Criteria>),
    /// At least one holds.
    Any(Vec<Criteria>),
    /// One condition.
    Is(Condition),
}

/// `field comparator operand`.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// API name of the field; with dots for a field of a looked-up record, where the row knows such.
    pub field: String,
    /// How to compare.
    pub comparator: Comparator,
    /// What to compare with: one value, two for the ranges, any number for the sets.
    pub operands: Vec<Operand>,
}

/// How a field is compared. Names are those of list views.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparator {
    /// Is the value, or one of a span of days.
    Equal,
    /// Is not.
    NotEqual,
    /// Fits a pattern with `%`.
    Like,
    /// Does not fit it.
    NotLike,
    /// Text that begins so.
    StartsWith,
    /// Text that ends so.
    EndsWith,
    /// Text with this in it.
    Contains,
    /// Text without it.
    NotContains,
    /// A set with all of these.
    IncludeAll,
    /// A set with any of these.
    IncludeAny,
    /// A set without all of these together.
    ExcludeAll,
    /// A set without any of these.
    ExcludeAny,
    /// Beyond.
    GreaterThan,
    /// At or beyond.
    GreaterEqual,
    /// Before.
    LessThan,
    /// At or before.
    LessEqual,
    /// One of these.
    In,
    /// None of these.
    NotIn,
    /// From the first to the second, both included.
    Between,
    /// Outside of it.
    NotBetween,
}

impl Comparator {
    /// Reads the name used in list views and bulk criteria.
    pub fn from_view_name(name: &str) -> Option<Comparator> {
        Some(match name {
            "equal" => Comparator::Equal,
            "not_equal" => Comparator::NotEqual,
            "like" => Comparator::Like,
            "not_like" => Comparator::NotLike,
            "starts_with" => Comparator::StartsWith,
            "ends_with" => Comparator::EndsWith,
            "contains" => Comparator::Contains,
            "not_contains" => Comparator::NotContains,
            "include_all" => Comparator::IncludeAll,
            "include_any" => Comparator::IncludeAny,
            "exclude_all" => Comparator::ExcludeAll,
            "exclude_any" => Comparator::ExcludeAny,
            "greater_than" => Comparator::GreaterThan,
            "greater_equal" => Comparator::GreaterEqual,
            "less_than" => Comparator::LessThan,
            "less_equal" => Comparator::LessEqual,
            "in" => Comparator::In,
            "not_in" => Comparator::NotIn,
            "between" => Comparator::Between,
            "not_between" => Comparator::NotBetween,
            _ => return None,
        })
    }

    /// The comparator this one denies, for `not_…` and `exclude_…`.
    pub fn denies(self) -> Option<Comparator> {
        Some(match self {
            Comparator::NotEqual => Comparator::Equal,
            Comparator::NotLike => Comparator::Like,
            Comparator::NotContains => Comparator::Contains,
            Comparator::ExcludeAll => Comparator::IncludeAll,
            Comparator::ExcludeAny => Comparator::IncludeAny,
            Comparator::NotIn => Comparator::In,
            Comparator::NotBetween => Comparator::Between,
            _ => return None,
        })
    }
}

/// What values mean where they are read: the moment, the zone and the user of the request.
#[derive(Debug, Clone)]
pub struct Setting {
    /// The time of the request.
    pub now: Timestamp,
    /// The org's zone: what a day is.
    pub zone: TimeZone,
    /// The user `${CURRENTUSER}` stands for.
    pub user_id: i64,
}

impl Criteria {
    /// Calls `see` with every condition, in order.
    pub fn each_condition<'a>(&'a self, see: &mut impl FnMut(&'a Condition)) {
        match self {
            Criteria::All(group) | Criteria::Any(group) => {
                for node in group {
                    node.each_condition(see);
                }
            }
            Criteria::Is(condition) => see(condition),
        }
    }
}
