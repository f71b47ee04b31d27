//! What an administrator decides once, and the engine obeys each time.

use crate::Side;
use serde::{Deserialize, Serialize};

/// Which way values may go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Both ways.
    #[default]
    Both,
    /// Only from left to right.
    LeftToRight,
    /// Only from right to left.
    RightToLeft,
    /// Neither way: the field is read for matching only.
    Neither,
}

impl Direction {
    /// True when values of `side` may be written to the other side.
    pub fn allows_from(self, side: Side) -> bool {
        matches!(
            (self, side),
            (Direction::Both, _)
                | (Direction::LeftToRight, Side::Left)
                | (Direction::RightToLeft, Side::Right)
        )
    }

    /// What both allow.
    #[must_use]
    pub fn and(self, other: Direction) -> Direction {
        let allows = |side| self.allows_from(side) && other.allows_from(side);
        match (allows(Side::Left), allows(Side::Right)) {
            (true, true) => Direction::Both,
            (true, false) => Direction::LeftToRight,
            (false, true) => Direction::RightToLeft,
            (false, false) => Direction::Neither,
        }
    }
}

/// Who wins when a field was changed on both sides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub enum ConflictPolicy {
    /// The change that was seen first in a later second of its service; a tie goes to the left.
    #[default]
    Latest,
    /// The left side.
    Left,
    /// The right side.
    Right,
    /// Nobody: each side stays as it now is, the conflict is recorded, the next change goes through.
    Skip,
    /// Nobody until a person decides.
    Hold,
}

/// What a deletion on one side does to the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub enum DeletionPolicy {
    /// The pair is untied; the other record stays.
    #[default]
    Unlink,
    /// The other record is deleted too, unless it was changed meanwhile.
    Delete,
}

/// The policies of a module sync.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Who wins.
    pub conflict: ConflictPolicy,
    /// What deletions do.
    pub deletion: DeletionPolicy,
}
