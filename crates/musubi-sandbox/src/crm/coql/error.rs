//! Why a query is refused, in the envelope of the service.

use serde_json::{Value, json};

/// A refusal; the code and the details are what clients branch on.
#[derive(Debug, Clone, PartialEq)]
pub enum CoqlError {
    /// The text cannot be read here.
    Near {
        /// 1-based line.
        line: usize,
        /// 1-based column.
        column: usize,
        /// The text found there.
        near: String,
    },
    /// A clause is missing or broken.
    Clause(&'static str),
    /// A field that the module does not have, or that cannot stand here.
    Column(String),
    /// A field that cannot stand in this clause.
    ColumnInClause(String, &'static str),
    /// A module that does not exist.
    Module(String),
    /// A list view that does not exist.
    View(String),
    /// An operator that the field's type does not take.
    Operator {
        /// API name of the field.
        column: String,
        /// As written.
        operator: &'static str,
    },
    /// Too many rows asked for.
    Limit(usize),
    /// Too many columns, conditions or values.
    TooMany {
        /// What there are too many of.
        what: &'static str,
        /// How many may be.
        limit: usize,
    },
    /// One alias for two columns.
    DuplicateAlias {
        /// The alias.
        alias: String,
        /// The columns it was given to.
        columns: Vec<String>,
    },
    /// A field twice in one clause.
    DuplicateColumn(String),
}

impl CoqlError {
    /// The service's code.
    pub fn code(&self) -> &'static str {
        match self {
            CoqlError::Near { .. } | CoqlError::Clause(_) => "SYNTAX_ERROR",
            CoqlError::Limit(_) | CoqlError::TooMany { .. } => "LIMIT_EXCEEDED",
            CoqlError::DuplicateAlias { .. } => "DUPLICATE_ALIAS",
            CoqlError::DuplicateColumn(_) => "DUPLICATE_DATA",
            CoqlError::Column(_)
            | CoqlError::ColumnInClause(..)
            | CoqlError::Module(_)
            | CoqlError::View(_)
            | CoqlError::Operator { .. } => "INVALID_QUERY",
        }
    }

    /// The details object.
    pub fn details(&self) -> Value {
        match self {
            CoqlError::Near { line, column, near } => json!({"line": line, "column": column, "near": near}),
            CoqlError::Clause(clause) => json!({"clause": clause}),
            CoqlError::Column(column) | CoqlError::DuplicateColumn(column) => json!({"column_name": column}),
            CoqlError::ColumnInClause(column, clause) => json!({"column_name": column, "clause": clause}),
            CoqlError::Module(module) => json!({"module": module}),
            CoqlError::View(view) => json!({"cvid": view}),
            CoqlError::Operator { column, operator } => {
                json!({"reason": "operator and field type are not compatible", "column_name": column, "operator": operator})
            }
            CoqlError::Limit(limit) => json!({"limit": limit}),
            CoqlError::TooMany { what, limit } => json!({"clause": what, "limit": limit}),
            CoqlError::DuplicateAlias { alias, columns } => {
                json!({"alias": alias, "referred_columns": columns})
            }
        }
    }

    /// The sentence for people.
    pub fn message(&self) -> &'static str {
        match self {
            CoqlError::Near { .. } => "error occured while parsing the query",
            CoqlError::Clause(_) => "missing clause",
            CoqlError::Column(_) | CoqlError::ColumnInClause(..) => "column given seems to be invalid",
            CoqlError::Module(_) => "module given seems to be invalid",
            CoqlError::View(_) => "cvid given seems to be invalid",
            CoqlError::Operator { .. } => "operator is not supported for the column",
            CoqlError::Limit(_) => "limit exceeded",
            CoqlError::TooMany { .. } => "number of values given exceeds the limit",
            CoqlError::DuplicateAlias { .. } => "duplicate alias found",
            CoqlError::DuplicateColumn(_) => "duplicate column found",
        }
    }
}
