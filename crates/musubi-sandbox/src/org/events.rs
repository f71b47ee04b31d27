//! What a commit tells the outside: one event per record.

use super::record::FieldNo;

/// What happened to a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// It was made, or came back from the recycle bin.
    Insert,
    /// It was changed.
    Update,
    /// It went to the recycle bin.
    Delete,
}

/// One committed change of one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordEvent {
    /// The module's number in its org.
    pub module: usize,
    /// The record's id.
    pub id: i64,
    /// What happened.
    pub operation: Operation,
    /// The fields whose value changed (all filled ones of a new record).
    pub changed_fields: Vec<FieldNo>,
    /// The user on whose behalf it happened.
    pub by_user: i64,
}
