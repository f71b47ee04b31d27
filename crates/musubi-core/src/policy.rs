//! What an administrator decides once, and the engine obeys each time.

use crate::{Side, Sides, Value};
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

    /// Only from this side to the other.
    pub fn from_side(side: Side) -> Direction {
        match side {
            Side::Left => Direction::LeftToRight,
            Side::Right => Direction::RightToLeft,
        }
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
    /// The change that was seen first in a later second of its service; a tie goes to the master.
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
    /// The other record is deleted too, with what hangs on it.
    Delete,
    /// The other record is deleted if nothing hangs on it: no note, no activity, no attachment, no record that points to it. Else the pair is untied.
    DeleteIfUnrelated,
}

impl DeletionPolicy {
    /// True when the other record may be deleted at all.
    pub fn deletes(self) -> bool {
        self != DeletionPolicy::Unlink
    }
}

/// What is done when a record was deleted on one side and changed on the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub enum DeleteConflictPolicy {
    /// The changed record stays, and the pair is untied.
    #[default]
    Edit,
    /// The changed record is deleted all the same; what it held stands in the journal.
    Delete,
    /// A person decides.
    Hold,
}

/// What is done when one of the two was converted into records of other modules, as a lead is. The other one is never deleted because of that.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub enum ConvertedPolicy {
    /// The pair is untied, and the other record stays as it is.
    #[default]
    Unlink,
    /// A person decides: whether the other one is to be converted as well.
    Hold,
}

/// What becomes of two different values that meet for the first time: when two records are tied, or a field is added to the mapping.
///
/// A blank meets no value: it is filled from the other side, where the direction allows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub enum InitialPolicy {
    /// The record that was changed later gives its value; a tie goes to the master.
    Latest,
    /// The left value is taken.
    Left,
    /// The right value is taken.
    Right,
    /// Only blanks are filled; two different values stay as they are until one of them is changed.
    FillBlanks,
    /// A person decides.
    Hold,
}

/// What is done with a change of a field after the two records have agreed on it once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub enum LaterChanges {
    /// It is carried over, as any change.
    #[default]
    Carry,
    /// Each side keeps its own from then on.
    Keep,
}

/// What a value that was emptied on one side does to the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub enum BlankPolicy {
    /// It is emptied there too.
    #[default]
    Clear,
    /// The other side keeps its value.
    Keep,
    /// It is emptied there if it was emptied on the master side; else kept.
    ClearFromMaster,
}

/// Whether what we write runs the automations of the service: workflow rules, approvals, blueprints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub enum AutomationPolicy {
    /// Not in the first load, but from then on.
    #[default]
    AfterLoad,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What becomes of a pair of which one record no longer takes part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub enum LeavingPolicy {
    /// It is kept in agreement all the same.
    #[default]
    KeepLinked,
    /// Nothing is written to either of the two until it takes part again; then what changed meanwhile is carried over.
    StopUpdates,
    /// Nothing of that record is carried over until it takes part again; what the other one tells still arrives.
    StopSending,
    /// The two are untied; they are tied again when it takes part again.
    Unlink,
}

/// The policies of a module sync.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Who wins.
    pub conflict: ConflictPolicy,
    /// Who wins in what both sides changed while the module rested, whatever is said of the module and its fields otherwise; only until everything was compared
    /// after it was taken up again. Values that meet for the first time are not meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meanwhile: Option<ConflictPolicy>,
    /// What is done with different values that meet for the first time; as `conflict` says, if nothing is said.
    pub initial: Option<InitialPolicy>,
    /// The side that wins ties, and whose blanks count under [`BlankPolicy::ClearFromMaster`].
    pub master: Side,
    /// What blanks do.
    pub blank: BlankPolicy,
    /// What a deletion on the side does to the other record.
    pub deletion: Sides<DeletionPolicy>,
    /// Who wins when one record was deleted and the other changed.
    pub delete_conflict: DeleteConflictPolicy,
    /// What a conversion does.
    #[serde(default)]
    pub converted: ConvertedPolicy,
    /// Whether writes run automations.
    pub automations: AutomationPolicy,
    /// What becomes of pairs that leave the scope.
    #[serde(default)]
    pub leaving: LeavingPolicy,
}

impl Policy {
    /// Whether a record that no longer takes part still has a say in its pair.
    pub fn hears_outside(&self, outside: bool) -> bool {
        !(outside && self.leaving == LeavingPolicy::StopSending)
    }
}

impl Default for Policy {
    fn default() -> Policy {
        Policy {
            conflict: ConflictPolicy::default(),
            meanwhile: None,
            initial: None,
            master: Side::Left,
            blank: BlankPolicy::default(),
            deletion: Sides::default(),
            delete_conflict: DeleteConflictPolicy::default(),
            converted: ConvertedPolicy::default(),
            automations: AutomationPolicy::default(),
            leaving: LeavingPolicy::default(),
        }
    }
}

/// What is different for one field from the policies of its module sync.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldPolicy {
    /// Who wins.
    pub conflict: Option<ConflictPolicy>,
    /// The master side.
    pub master: Option<Side>,
    /// What blanks do.
    pub blank: Option<BlankPolicy>,
    /// What is done with later changes.
    pub later: LaterChanges,
    /// What a new record on the side is given where the other record's field is blank.
    pub default: Sides<Option<Value>>,
}
