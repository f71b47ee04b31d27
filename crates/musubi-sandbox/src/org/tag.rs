//! Tags of a module.

use serde::{Deserialize, Serialize};

/// A tag.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Tag {
    /// Its id.
    pub id: i64,
    /// Its name, at most 25 characters, unique in the module without regard to case.
    pub name: String,
    /// One of the service's colours, `#RRGGBB`.
    pub color: Option<String>,
    /// When it was made.
    pub created: i64,
    /// When it was last changed.
    pub modified: i64,
    /// Who made it.
    pub by: i64,
}
