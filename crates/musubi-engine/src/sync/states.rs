//! What the numbers of states mean that the store keeps with links and with records that are not linked.

/// A link's state in the store.
pub mod link_state {
    /// Nothing to do.
    pub const SETTLED: i64 = 0;
    /// Something is to be done that is not an intent yet.
    pub const OWED: i64 = 1;
    /// No longer a pair; kept so that nothing is created again (I3).
    pub const UNTIED: i64 = 2;
    /// A person may settle it.
    pub const HELD: i64 = 3;
    /// A lookup waits for its parent.
    pub const PARKED: i64 = 4;
}

/// An unlinked record's state in the store.
pub mod unlinked_state {
    /// Known for matching only.
    pub const IDLE: i64 = 0;
    /// To be decided.
    pub const WAITING: i64 = 1;
    /// A person may settle it.
    pub const HELD: i64 = 2;
    /// Waits for its parent.
    pub const PARKED: i64 = 3;
    /// It may be one half of a create whose answer was lost: never copied unless a person says so, but it may be tied by its match key.
    pub const UNRESOLVED: i64 = 4;
    /// Only its id is kept: it was erased on request.
    pub const ERASED: i64 = 5;

    /// It gets no counterpart by itself.
    pub(crate) fn is_stuck(state: i64) -> bool {
        matches!(state, IDLE | HELD | UNRESOLVED | ERASED)
    }
}
