//! Tags of a module.

use serde::{Deserialize, Serialize};

/// The most tags of a module.
pub const MOST: usize = 100;
/// The longest name of a tag, in characters.
pub const LONGEST: usize = 25;

/// A tag.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Tag {
    /// Its id.
    pub id: i64,
    /// Its name, at most [`LONGEST`] characters, unique in the module without regard to case.
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
