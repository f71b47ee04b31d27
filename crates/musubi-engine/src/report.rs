//! What the hub tells: plain values that people and programs read, as JSON with these very names.

pub use crate::cascade::Cascade;
use crate::conflicts::Conflict;
pub use crate::duplicates::{Duplicates, DuplicatesBySide};
use crate::live::Problem;
pub use crate::lookalikes::{Lookalike, Lookalikes};
pub use crate::owners::{OwnersReport, UnmatchedOwner};
pub use crate::planned::{
    MatchedBy, ModulePlan, PlanReport, PlannedAttachments, PlannedField, PlannedOperation, ReasonsBySide,
    Samples,
};
pub use crate::reading::ReadingBySide;
pub use crate::run::RunReport;
pub use crate::stages::{IntegrationState, Stage, SyncPhase};
use crate::stand_by::StandIn;
use crate::sync::{CarriedFile, JournalKind};
use crate::value_schema::FieldValue;
use musubi_core::{CountBySide, FlagBySide, Side, TimeBySide};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What applying a configuration changes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct ApplyReport {
    /// It was carried out.
    pub applied: bool,
    /// What changes; empty when the workspace is as the file says.
    pub changes: Vec<Change>,
    /// What is in the workspace and not in the file. It stays as it is.
    pub kept: Vec<String>,
    /// What is allowed, and should be known: custom fields that are not mapped, and what could not be looked over yet.
    pub warnings: Vec<String>,
    /// Ways in which deletions would take everything along that hangs on a record, and did not before. Each has to be agreed to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cascades: Vec<Cascade>,
}

/// One thing that changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Change {
    /// `create`, `update` or `delete`.
    pub action: &'static str,
    /// `connection`, `integration`, `module` or `settings`.
    pub what: &'static str,
    /// Its name.
    pub name: String,
    /// What is different, for an update; what is lost, for a delete.
    pub details: Vec<String>,
}

/// How a run goes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Progress {
    /// What is being done.
    pub stage: Stage,
    /// Records read so far in the loads under way, and expected.
    pub scanned: u64,
    /// See [`Progress::scanned`].
    pub expected: u64,
    /// About how many seconds the loads under way still take; `null` where that cannot be told.
    #[schema(required)]
    pub seconds_left: Option<u64>,
    /// Records read.
    pub seen: u64,
    /// Records created.
    pub added: u64,
    /// Records changed.
    pub updated: u64,
    /// Operations not settled yet.
    pub open: u64,
    /// What keeps a module sync from working.
    pub problems: Vec<Problem>,
}

/// How everything stands.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct StatusReport {
    /// Integrations by name.
    pub integrations: Vec<IntegrationStatus>,
    /// Connections by name.
    pub connections: Vec<ConnectionStatus>,
    /// Processes heard of lately.
    pub processes: Vec<String>,
    /// Notices of the last seven days that were tried and have not arrived.
    pub undelivered_notices: u64,
}

/// How an integration stands.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct IntegrationStatus {
    /// Its name.
    pub name: String,
    /// Whether it works.
    pub state: IntegrationState,
    /// Left connection.
    pub left: String,
    /// Right connection.
    pub right: String,
    /// Module pairs.
    pub modules: Vec<ModuleStatus>,
}

/// How a module pair stands.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct ModuleStatus {
    /// Left module.
    pub left: String,
    /// Right module.
    pub right: String,
    /// Whether it takes part in the work.
    pub state: crate::resting::ModuleState,
    /// A person paused it: no calls and no writes until it is resumed, whatever its integration does.
    pub paused: bool,
    /// It was taken up after a rest, and everything is compared: who wins until that is done, in what both sides changed meanwhile.
    #[schema(required)]
    pub meanwhile: Option<crate::resting::Meanwhile>,
    /// Its first load comes after that of this left module.
    #[schema(required)]
    pub waits_for: Option<String>,
    /// Which way.
    pub direction: crate::config::Way,
    /// How far its first load is.
    pub phase: SyncPhase,
    /// The process that works on it.
    #[schema(required)]
    pub process: Option<String>,
    /// In agreement since, in milliseconds since 1970; `null` while there is work or nobody works on it.
    #[schema(required)]
    pub agreed_since: Option<i64>,
    /// Pairs.
    pub links: u64,
    /// Records without a counterpart, per side.
    pub unlinked: CountBySide,
    /// Pairs with work to do, records to decide, writes under way.
    pub open: u64,
    /// What waits for a person or a parent, by reason.
    pub held: BTreeMap<String, u64>,
    /// What the services refuse, by code.
    pub failed: BTreeMap<String, u64>,
    /// Records read in the load under way, and expected.
    pub scanned: CountBySide,
    /// See [`ModuleStatus::scanned`].
    pub expected: CountBySide,
    /// About how many seconds the load under way still takes; `null` where that cannot be told.
    #[schema(required)]
    pub seconds_left: Option<u64>,
    /// Everything changed before this instant has been seen, per side, in milliseconds since 1970.
    pub seen_until: TimeBySide,
    /// Webhooks arrive, per side.
    pub watched: FlagBySide,
    /// Counted since the process started: outcomes by code.
    pub outcomes: BTreeMap<String, i64>,
    /// Records read since the process started.
    pub seen: u64,
    /// Calls since the process started, per side.
    pub calls: CountBySide,
    /// Credits since the process started, per side.
    pub credits: CountBySide,
    /// What keeps it from working.
    #[schema(required)]
    pub problem: Option<Problem>,
    /// A list view that decides what takes part was changed in the service, and a person is to say whether that counts.
    pub views_changed: bool,
}

/// How a connection stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct ConnectionStatus {
    /// Its number; incoming webhooks name it.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// The service.
    pub service: String,
    /// The data centre or the address.
    pub place: String,
    /// The org's id.
    pub org: String,
    /// A credential is kept for it.
    pub has_credential: bool,
    /// Since when the service refuses that credential, in milliseconds since 1970, as far as it was last used; `null` if it takes it.
    #[schema(required)]
    pub refused_at: Option<i64>,
    /// Credentials of other people, that take over when the service refuses the one in use; the next one first. Those that were refused are among them.
    pub stand_ins: Vec<StandIn>,
    /// Credits this process counted in the rolling day.
    #[schema(required)]
    pub credits_used: Option<u64>,
    /// Calls under way in this process.
    #[schema(required)]
    pub calls_under_way: Option<u32>,
    /// Notification channels that are open.
    pub channels: u64,
}

/// A complete comparison of both sides.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Certificate {
    /// Pairs compared.
    pub compared: u64,
    /// Pairs that agree.
    pub equal: u64,
    /// Pairs of which fields differ, and are to: by a direction, a policy, a decision or an undo.
    pub left_apart: u64,
    /// Some of them, with these fields.
    pub left_apart_samples: Vec<Difference>,
    /// Pairs that do not agree.
    pub different: Vec<Difference>,
    /// Records that should have a counterpart on the right and have none.
    pub only_left: Vec<Alone>,
    /// Records that should have a counterpart on the left and have none.
    pub only_right: Vec<Alone>,
    /// Pairs and records that wait for a person or for their parent.
    pub held: u64,
    /// Pairs that rest, and are not compared: one of the two records is outside of the scope, and goes on when it takes part again.
    pub resting: u64,
    /// Records without a counterpart that shall have none, by reason.
    pub skipped: BTreeMap<String, u64>,
    /// What deciding again would do about it, in order. Nothing of it is done by comparing.
    pub mending: Vec<Mending>,
    /// What was set going to mend it.
    #[schema(required)]
    pub repair: Option<Repair>,
    /// Calls made for it, per side.
    pub calls: CountBySide,
    /// Credits spent for it, per side.
    pub credits: CountBySide,
}

impl Certificate {
    /// Nothing disagrees.
    pub fn agrees(&self) -> bool {
        self.different.is_empty() && self.only_left.is_empty() && self.only_right.is_empty()
    }
}

/// Two records that should agree and do not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Difference {
    /// The left module.
    pub module: String,
    /// Left record.
    pub left_id: String,
    /// Right record.
    pub right_id: String,
    /// What people call the record, where that is known.
    pub label: Option<String>,
    /// Left names of the fields that differ; `(gone)` when a record is not there any more, `(restored)` when it came out of the recycle bin again and the two are
    /// no pair yet.
    pub fields: Vec<String>,
}

/// A record without a counterpart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Alone {
    /// Its module.
    pub module: String,
    /// Its id.
    pub id: String,
}

/// One step of the mending.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Mending {
    /// The left module.
    pub module: String,
    /// Left record, if there is one.
    #[schema(required)]
    pub left_id: Option<String>,
    /// Right record, if there is one.
    #[schema(required)]
    pub right_id: Option<String>,
    /// Left names of the fields that would be written to the left.
    pub write_left: Vec<String>,
    /// Left names of the fields that would be written to the right.
    pub write_right: Vec<String>,
    /// Left names of the fields that differ and would stay so: the policy leaves them, or they cannot be carried over.
    pub stay: Vec<String>,
    /// The record would be tied to its match on this side, or created there.
    #[schema(required)]
    pub create: Option<Side>,
}

/// What was set going to mend differences.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Repair {
    /// Records that will be read and decided again.
    pub records: u64,
    /// A complete comparison was asked for.
    pub full_pass: bool,
}

/// One entry of the journal.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct HistoryEntry {
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// The left module.
    pub module: String,
    /// Its number in the module's journal.
    pub number: i64,
    /// What was done.
    pub kind: JournalKind,
    /// The side that was written to.
    pub side: Side,
    /// Left record.
    #[schema(required)]
    pub left_id: Option<String>,
    /// Right record.
    #[schema(required)]
    pub right_id: Option<String>,
    /// What people call it, where that is known.
    #[schema(required)]
    pub label: Option<String>,
    /// The fields.
    pub changes: Vec<FieldChange>,
    /// Who changed the other side, as its service calls them; where that was told.
    #[schema(required)]
    pub by: Option<String>,
    /// When the other side had been changed, in milliseconds since 1970, where that is known: then, or less than a second later.
    #[schema(required)]
    pub caused_at: Option<i64>,
    /// The records that took the place of the side's record, where it was merged or converted and that is known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub became: Vec<Successor>,
    /// The file that was hung on the side's record, where one was and its name is known: not when the record was erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = CarriedFile, required = false)]
    pub file: Option<CarriedFile>,
    /// The fields and who did it were erased on request.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    pub erased: bool,
}

/// A record that took the place of another one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Successor {
    /// Its module.
    pub module: String,
    /// Its id.
    pub id: String,
}

/// A field before and after.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct FieldChange {
    /// The field's name on the side written to.
    pub field: String,
    /// Before; absent when it was not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = FieldValue, required = false)]
    pub before: Option<serde_json::Value>,
    /// After.
    #[schema(value_type = FieldValue)]
    pub after: serde_json::Value,
}

/// Something a person may settle.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = AttentionItem)]
pub struct Failure {
    /// By this it is retried.
    pub id: String,
    /// The integration.
    pub integration: String,
    /// The left module.
    pub module: String,
    /// A stable code.
    pub code: String,
    /// Left record.
    #[schema(required)]
    pub left_id: Option<String>,
    /// Right record.
    #[schema(required)]
    pub right_id: Option<String>,
    /// What people call it, where that is known.
    #[schema(required)]
    pub label: Option<String>,
    /// The field it is about.
    #[schema(required)]
    pub field: Option<String>,
    /// Since when, in milliseconds since 1970.
    pub since: i64,
    /// How often it was tried.
    pub tries: i64,
    /// When it is tried again by itself, in milliseconds since 1970; absent if it is not.
    #[schema(required)]
    pub due: Option<i64>,
    /// How often it is tried again by itself at most; absent if it is not.
    #[schema(required)]
    pub tries_most: Option<u64>,
    /// What happened, in a sentence.
    pub what: String,
    /// What to do.
    pub hint: String,
    /// The service's own words, or our reasons.
    pub details: serde_json::Value,
    /// The two values, where a person may decide between them.
    #[schema(required)]
    pub conflict: Option<Conflict>,
}
