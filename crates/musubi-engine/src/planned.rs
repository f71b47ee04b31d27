//! What a plan says: plain values that people and programs read, as JSON with these very names.

use crate::LeftOut;
pub use crate::attached::PlannedAttachments;
use crate::duplicates::DuplicatesBySide;
use crate::lookalikes::Lookalikes;
use crate::note::Note;
use crate::owners::OwnersReport;
use crate::reading::ReadingBySide;
use crate::value_schema::FieldValue;
use musubi_core::{CountBySide, Side};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What a run would do. Nothing is written to find out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct PlanReport {
    /// The integration.
    pub integration: String,
    /// Per module pair.
    pub modules: Vec<ModulePlan>,
    /// Calls expected, per side.
    pub calls: CountBySide,
    /// Credits expected, per side.
    pub credits: CountBySide,
    /// Seconds expected, by how fast the services answered.
    pub seconds: u64,
    /// How the owners are matched.
    pub owners: OwnersReport,
}

/// What a run of one module pair would do.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct ModulePlan {
    /// Left module.
    pub left: String,
    /// Right module.
    pub right: String,
    /// What identifies a record, in the order it is tried.
    pub matched_by: Vec<MatchedBy>,
    /// Records on each side.
    pub records: CountBySide,
    /// Which way each side is read.
    pub reading: ReadingBySide,
    /// Pairs that exist already.
    pub links: u64,
    /// Pairs that match and would be tied.
    pub would_link: u64,
    /// Records that would be created on the left.
    pub would_create_left: u64,
    /// Records that would be created on the right.
    pub would_create_right: u64,
    /// Existing records that would be changed, per side.
    pub would_update: CountBySide,
    /// Existing records that would be deleted, per side.
    pub would_delete: CountBySide,
    /// Records that hang on those and would go along, per side; counted for the first hundred of them.
    pub would_delete_related: CountBySide,
    /// Existing e-mail addresses that would be replaced by others, per side.
    pub would_replace_email: CountBySide,
    /// Records of one side that have the same match key as others of that side.
    pub duplicates: DuplicatesBySide,
    /// Records that match several others, or one that is taken: a person decides.
    pub ambiguous: u64,
    /// Records that would be created although the other side has one that looks like the same: suggestions for a person.
    pub lookalikes: Lookalikes,
    /// What would wait for a person or a parent, by reason; records that match several are among it.
    pub held: BTreeMap<String, u64>,
    /// Records without counterpart that would get none, by side and reason.
    pub skipped: ReasonsBySide,
    /// Records without counterpart that would wait for a person or a parent, by side and reason. On each side these, those skipped, those tied or to be tied and
    /// those that would be copied are all records there are.
    pub waiting: ReasonsBySide,
    /// Fields that are not synced, though somebody might expect it.
    pub left_out: Vec<LeftOut>,
    /// What should be known of the mapping.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Note>,
    /// Some records of each kind, by id.
    pub samples: Samples,
    /// Some operations of each kind, field by field; changes of existing records come first.
    pub operations: Vec<PlannedOperation>,
    /// What looking for attachments costs, where they are asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attachments: Option<PlannedAttachments>,
    /// Stands for all operations: two plans with the same digest do the same.
    pub digest: String,
    /// Calls expected, per side.
    pub calls: CountBySide,
    /// Credits expected, per side.
    pub credits: CountBySide,
}

/// How many records of each side, by reason.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReasonsBySide {
    /// On the left.
    pub left: BTreeMap<String, u64>,
    /// On the right.
    pub right: BTreeMap<String, u64>,
}

/// A field by which records are recognised as the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MatchedBy {
    /// The left field.
    pub left: String,
    /// The right field.
    pub right: String,
    /// It was not said: it is what the services take for it themselves.
    pub is_default: bool,
}

/// One operation of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PlannedOperation {
    /// What it does.
    pub kind: musubi_core::plan::Kind,
    /// The side written to.
    pub side: Side,
    /// The record on the other side it is done because of.
    pub source_id: String,
    /// What people call it, where that is known.
    #[schema(required)]
    pub label: Option<String>,
    /// The record written to; `null` when it is yet to be made.
    #[schema(required)]
    pub target_id: Option<String>,
    /// The fields.
    pub fields: Vec<PlannedField>,
}

/// One field of a planned operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PlannedField {
    /// Its name on the side written to.
    pub field: String,
    /// What it holds now; `null` when the record is yet to be made.
    #[schema(value_type = FieldValue)]
    pub before: Option<serde_json::Value>,
    /// What it would hold; `null` for a lookup to a record that is yet to be made.
    #[schema(value_type = FieldValue)]
    pub after: Option<serde_json::Value>,
    /// Why.
    pub why: musubi_core::plan::Why,
}

/// A few records of each kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Samples {
    /// Left and right id.
    #[schema(value_type = Vec<Vec<String>>)]
    pub link: Vec<(String, String)>,
    /// Right ids of what would be created on the left.
    pub create_left: Vec<String>,
    /// Left ids of what would be created on the right.
    pub create_right: Vec<String>,
    /// Ids on either side.
    pub ambiguous: Vec<String>,
}
