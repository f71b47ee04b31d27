//! What a side was seen to hold.

use crate::{Instant, Membership, RemoteId, Value};

/// The mapped fields of one record, in the mapping's order. `None`: not known (not asked, hidden, not answered) – never the same as blank.
pub type Slots = Box<[Option<Value>]>;

/// One record as one answer of a service told it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    /// The record's id on its side.
    pub id: RemoteId,
    /// The record's modified time by the service's clock.
    pub modified: Instant,
    /// The record's creation, where the answer told it.
    pub created: Option<Instant>,
    /// The user who created it, where the answer told it.
    pub created_by: Option<RemoteId>,
    /// What the user who changed it last is called, where the answer told it.
    pub modified_by: Option<Box<str>>,
    /// Whether it takes part. Judged when the reading is taken in; connectors do not know.
    pub member: Membership,
    /// The mapped fields.
    pub slots: Slots,
}
