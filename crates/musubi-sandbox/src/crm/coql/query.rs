//! A query, read.

use crate::criteria::Criteria;

/// A whole select query.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// What each row shows.
    pub columns: Vec<Column>,
    /// API name of the module.
    pub module: String,
    /// Id of the list view after `#`, whose criteria hold as well.
    pub view: Option<String>,
    /// The where clause.
    pub filter: Criteria,
    /// Paths to group by.
    pub group_by: Vec<String>,
    /// Paths to order by.
    pub order_by: Vec<Order>,
    /// At most so many rows.
    pub limit: usize,
    /// Skip so many rows.
    pub offset: usize,
}

/// One column of the answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// The value shown.
    pub expression: Expression,
    /// The key it is shown under.
    pub key: String,
}

/// What a column shows.
#[derive(Debug, Clone, PartialEq)]
pub enum Expression {
    /// A field, by a path over at most two lookups.
    Field(String),
    /// A figure over the rows of a group.
    Aggregate(Aggregate, String),
}

/// The aggregate functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aggregate {
    /// How many are filled.
    Count,
    /// Their sum.
    Sum,
    /// The least.
    Min,
    /// The greatest.
    Max,
    /// Their mean, to two decimal places.
    Avg,
}

/// One column of the order.
#[derive(Debug, Clone, PartialEq)]
pub struct Order {
    /// Path of the field.
    pub path: String,
    /// Which way.
    pub direction: Direction,
}

/// Which way rows are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Least first.
    Ascending,
    /// Greatest first.
    Descending,
}

impl Query {
    /// Whether rows are groups rather than records.
    pub fn aggregates(&self) -> bool {
        !self.group_by.is_empty()
            || self.columns.iter().any(|column| matches!(column.expression, Expression::Aggregate(..)))
    }

    /// What the query costs: by its limit, not by what it finds.
    pub fn credits(&self) -> u64 {
        match self.limit {
            ..=200 => 1,
            201..=1000 => 2,
            _ => 3,
        }
    }
}
