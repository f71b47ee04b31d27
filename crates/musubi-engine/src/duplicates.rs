//! Records of one side that have the same match key: told before anything starts, since nobody can say which of them belongs to a record of the other side.

use crate::error::Result;
use musubi_core::Side;
use musubi_store::{Store, SyncId};
use serde::Serialize;
use utoipa::ToSchema;

/// So many groups are shown.
const GROUPS: i64 = 5;

/// Records of one side that have the same match key as others of that side.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Duplicates {
    /// So many keys are shared.
    pub groups: u64,
    /// So many records share them.
    pub records: u64,
    /// The records of some of those keys, by id, the largest groups first.
    pub samples: Vec<Vec<String>>,
}

/// Those of each side.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct DuplicatesBySide {
    /// On the left.
    pub left: Duplicates,
    /// On the right.
    pub right: Duplicates,
}

/// Those that a sync knows of.
pub(crate) async fn of(store: &Store, sync: SyncId) -> Result<DuplicatesBySide> {
    let mut found = DuplicatesBySide::default();
    for (side, duplicates) in [(Side::Left, &mut found.left), (Side::Right, &mut found.right)] {
        let (groups, records) = store.count_shared_keys(sync, side).await?;
        let samples = store.shared_keys(sync, side, GROUPS).await?;
        (duplicates.groups, duplicates.records, duplicates.samples) = (groups, records, samples);
    }
    Ok(found)
}
