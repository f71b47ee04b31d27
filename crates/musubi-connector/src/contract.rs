//! What a service must offer to be synced. `docs/spec/connector.md` says it in prose; one conformance suite runs against every implementation.
//!
//! Rules for every call: it ends within its deadline; it never repeats a write by itself (a read may be repeated once after a 401 with a fresh
//! token); it tells the service's time from the answer's `Date` header; it reports what it cost in credits; errors carry the service's own words and never a record's value or a secret.

use crate::{Attachments, CallError, ServiceError};
use async_trait::async_trait;
use musubi_core::{
    FieldName, Instant, ModuleName, Observation, RemoteId, Value, link::Successor, schema::Field,
    schema::ModuleSchema, scope::Criteria,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The fields to read, in the order of the answer's slots, with what is needed to read their values.
#[derive(Debug, PartialEq, Eq)]
pub struct Projection {
    /// The module.
    pub module: ModuleName,
    /// Slot `i` of every observation holds `fields[i]`. One field may fill several slots.
    pub fields: Vec<Field>,
}

/// What every answer carries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Meta {
    /// The service's clock when it answered.
    pub server_time: Instant,
    /// Credits this call cost, by the service's price list.
    pub credits: u32,
    /// HTTP requests made (more than one when a token was refused and refreshed).
    pub requests: u32,
}

/// In which order a listing comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Order {
    /// Oldest modification first.
    ModifiedAscending,
    /// Smallest id first.
    IdAscending,
    /// Greatest id first.
    IdDescending,
}

/// Where in a listing to go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Position {
    /// The first page.
    Start,
    /// The page after the one that gave this token. Not a snapshot: rows that move between two pages may be missed or come twice.
    After(String),
}

/// Asks for one page of records.
#[derive(Clone, Debug)]
pub struct ListRequest {
    /// Which fields of which module.
    pub projection: Arc<Projection>,
    /// Only records modified at or after this second (inclusive).
    pub modified_since: Option<Instant>,
    /// The order.
    pub order: Order,
    /// The page.
    pub position: Position,
}

/// One page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Clock and cost.
    pub meta: Meta,
    /// The records in the order asked for; fewer than a full page only at the end.
    pub rows: Vec<Observation>,
    /// How to ask for the next page; `None` at the end.
    pub next: Option<String>,
}

/// A record that the service says left its module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deleted {
    /// Its id.
    pub id: RemoteId,
    /// When, by the service's clock.
    pub at: Instant,
    /// The user who did it, where told.
    pub by: Option<RemoteId>,
    /// The user who had created the record, where told.
    pub created_by: Option<RemoteId>,
    /// It was not deleted but converted, into these records: as far as that is told.
    pub converted: Option<Vec<Successor>>,
}

/// One page of the deleted-records feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeletedPage {
    /// Clock and cost.
    pub meta: Meta,
    /// Deletions, in no particular order.
    pub rows: Vec<Deleted>,
    /// True when a further page exists.
    pub more: bool,
}

/// How far what hangs on a record is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counting {
    /// Until there is one: enough to know that there is something.
    UntilOne,
    /// All of it.
    All,
}

/// What hangs on a record: notes, attachments, activities, records that point to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// Clock and cost.
    pub meta: Meta,
    /// Per related list that is not empty, by its name in the service: how many records.
    pub lists: Vec<(String, u64)>,
}

impl Related {
    /// How many records in all.
    pub fn count(&self) -> u64 {
        self.lists.iter().map(|(_, count)| count).sum()
    }
}

/// What a write does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WriteKind {
    /// New records. Never an upsert: an upsert writes blind.
    Create,
    /// Changed fields of existing records.
    Update,
    /// To the recycle bin.
    Delete,
}

/// One record of a write batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteItem {
    /// The record; `None` for a create.
    pub id: Option<RemoteId>,
    /// Slot of the projection and its new value. `Blank` clears.
    pub values: Vec<(u16, Value)>,
}

/// Whether the service's automations – workflow rules, approvals, blueprints – run on what is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Automations {
    /// As if a person had made the change.
    Run,
    /// None of them.
    Skip,
}

/// One write call: at most [`Limits::write_batch`] records, all of one kind.
#[derive(Clone, Debug)]
pub struct WriteRequest {
    /// The fields the slots speak of.
    pub projection: Arc<Projection>,
    /// What to do.
    pub kind: WriteKind,
    /// The records.
    pub items: Vec<WriteItem>,
    /// Only if the (single) record was not modified after this second.
    pub unmodified_since: Option<Instant>,
    /// Whether automations run.
    pub automations: Automations,
}

/// What became of one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ItemOutcome {
    /// Done. `modified` is the record's new modified time; deletes give the answer's server time.
    Done {
        /// The record's id.
        id: RemoteId,
        /// Its modified time after the write.
        modified: Instant,
    },
    /// The condition did not hold: the record was modified after `unmodified_since`. Nothing was written.
    ConditionFailed,
    /// There is no such record (deleted, or hidden from this user). Nothing was written.
    NotFound,
    /// The service refused this record. Nothing was written.
    Refused(ServiceError),
    /// This record was not done now but may succeed later (locked, internal error for this row). Nothing was written.
    TryLater(ServiceError),
    /// It may or may not have been written.
    Unknown,
}

/// The answer to a write: exactly one outcome per item, in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Clock and cost.
    pub meta: Meta,
    /// One per item.
    pub outcomes: Vec<ItemOutcome>,
}

/// What a connection may do at once, and what it costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Records in one list page.
    pub page: usize,
    /// Records in one read by ids.
    pub read_batch: usize,
    /// Records in one write.
    pub write_batch: usize,
    /// Calls at once that the service allows this org.
    pub concurrency: u32,
    /// Credits in a rolling day that the service allows this org; `None`: unlimited or not known.
    pub credits_per_day: Option<u64>,
    /// Whether `unmodified_since` is honoured.
    pub conditional_update: bool,
}

/// What calls cost in credits, for plans and budgets. Kept beside the connector because prices are the service's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Priced {
    /// One list page.
    List,
    /// One read by ids.
    Read,
    /// One page of the deleted feed.
    Deleted,
    /// A write of so many records.
    Write(WriteKind, usize),
    /// Starting a bulk read.
    BulkRead,
    /// Rows of a bulk read: free, but for the download before the first of them.
    BulkRows,
    /// Anything else (metadata, users, watch).
    Other,
}

/// The org behind a connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Org {
    /// The org's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// IANA time zone, where told.
    pub time_zone: Option<String>,
    /// The paid edition, as the service names it.
    pub edition: Option<String>,
    /// The user whose credential this is.
    pub current_user: User,
}

/// A user of the org.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// The user's id.
    pub id: RemoteId,
    /// Full name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// Can own records.
    pub active: bool,
}

/// A module in the list of modules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModuleInfo {
    /// API name.
    pub name: ModuleName,
    /// Plural label.
    pub label: String,
    /// Records of it can be read and written by the API.
    pub syncable: bool,
    /// Made by the org.
    pub custom: bool,
}

/// A list view of a module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct View {
    /// Its id.
    pub id: String,
    /// What people see.
    pub name: String,
    /// The service's own name of a view that comes with it.
    pub system_name: Option<String>,
}

/// Which records a list view shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ViewFilter {
    /// All of the module.
    Everything,
    /// Those that meet these conditions.
    These(Criteria),
    /// Only the service can tell; the text says why.
    Unreadable(String),
}

/// Asks to be told of changes.
#[derive(Clone, Debug)]
pub struct WatchRequest {
    /// The module.
    pub module: ModuleName,
    /// Our channel id: decimal, unique per connection.
    pub channel: String,
    /// Where the service shall post.
    pub notify_url: String,
    /// Echoed by the service in every delivery; at most 50 characters.
    pub token: String,
    /// When the watch shall end; services shorten it.
    pub until: Instant,
}

/// A bulk read job's state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BulkState {
    /// Not ready yet.
    Working,
    /// Ready to be fetched; `more` when the module has further rows for a next job.
    Ready {
        /// Rows in this result.
        count: u64,
        /// The page token of the next job, when there are more rows.
        next: Option<String>,
    },
    /// It will not be ready.
    Failed(ServiceError),
}

/// A started bulk read. Its rows are dated at `started`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkJob {
    /// The service's id of the job.
    pub id: String,
    /// When the job began, by the service's clock: no row of it is newer.
    pub started: Instant,
}

/// Some rows of a bulk read that is ready.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BulkRows {
    /// Clock and cost; no request, no cost and no clock where the rows were at hand.
    pub meta: Meta,
    /// Rows in the order of their ids, at most 1,000. None of them, with the same place as `next`: they are still being fetched.
    pub rows: Vec<Observation>,
    /// The place behind the last of them, counted in that order; `None` at the end.
    pub next: Option<u64>,
}

/// Why a bulk read does not say what a listing says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoBulk {
    /// The service has none.
    NotOffered,
    /// Not of this module.
    Module,
    /// Not of these fields.
    Fields(Vec<FieldName>),
    /// Of so many fields no more.
    TooManyFields,
}

/// One authorised account in one service. Object-safe; shared by all tasks of a process.
#[async_trait]
pub trait Connector: Send + Sync {
    /// The limits in force for this org.
    fn limits(&self) -> Limits;
    /// What a call costs.
    fn price(&self, call: Priced) -> u32;

    /// The org and the user behind the credential; also the connection test.
    async fn org(&self) -> Result<Org, CallError>;
    /// All users who are or were active.
    async fn users(&self) -> Result<Vec<User>, CallError>;
    /// The modules.
    async fn modules(&self) -> Result<Vec<ModuleInfo>, CallError>;
    /// One module with its fields.
    async fn schema(&self, module: &ModuleName) -> Result<ModuleSchema, CallError>;
    /// The module's list views.
    async fn views(&self, module: &ModuleName) -> Result<Vec<View>, CallError>;
    /// What one of them shows, by its id; `None` when it is there no more.
    async fn view(&self, module: &ModuleName, id: &str) -> Result<Option<ViewFilter>, CallError>;
    /// How many records the module has.
    async fn count(&self, module: &ModuleName) -> Result<u64, CallError>;

    /// One page of records. Complete for what it says: every record that exists and matches, but for rows that moved between pages.
    async fn list(&self, request: ListRequest) -> Result<Page, CallError>;
    /// Records by id, at most [`Limits::read_batch`]. An id that is missing from the answer is *not* proof of deletion.
    async fn read(&self, projection: Arc<Projection>, ids: &[RemoteId]) -> Result<Page, CallError>;
    /// The newest records, by id, of which one of `fields` holds `text` somewhere, whatever the case of its letters; at most [`Limits::read_batch`]. For people who
    /// look for a record: what is missing from the answer is not proof of anything.
    async fn find(
        &self,
        module: &ModuleName,
        fields: &[FieldName],
        text: &str,
    ) -> Result<Vec<RemoteId>, CallError>;
    /// One page (from 1) of the records deleted, or converted, since (inclusive).
    async fn deleted(
        &self,
        module: &ModuleName,
        since: Option<Instant>,
        page: u32,
    ) -> Result<DeletedPage, CallError>;
    /// Whether [`Connector::merged`] can tell anything about records of this module.
    fn tells_merged(&self, module: &ModuleName) -> bool;
    /// For each of these records that are told to be deleted, at most [`Limits::read_batch`]: the record that it was merged into, if it was. In their order. To be asked when the time by
    /// which a list may lag has passed since the deletion; what was merged must not be told to be simply deleted, so a doubt counts as merged.
    async fn merged(
        &self,
        module: &ModuleName,
        deleted: &[(RemoteId, Instant)],
    ) -> Result<(Meta, Vec<Option<RemoteId>>), CallError>;
    /// What hangs on a record that is there. Reading only; what cannot be counted is an error, never nothing.
    async fn related(
        &self,
        module: &ModuleName,
        id: &RemoteId,
        counting: Counting,
    ) -> Result<Related, CallError>;
    /// Writes a batch. `Err` means: of kind `NotSent`, `Throttled`, `Auth`, `Refused`, `SchemaChanged` nothing was written; of kind `Unknown` any of it may have been.
    async fn write(&self, request: WriteRequest) -> Result<Written, CallError>;

    /// Starts a bulk read of the fields of `projection`; `page` is the token of [`BulkState::Ready`], if any.
    async fn bulk_start(
        &self,
        projection: Arc<Projection>,
        page: Option<String>,
    ) -> Result<(BulkJob, Meta), CallError>;
    /// Asks after it.
    async fn bulk_state(&self, job: &BulkJob) -> Result<(BulkState, Meta), CallError>;
    /// Rows of a job that is ready, from a place on: from 0, or where [`BulkRows::next`] says. The order is the same whenever and by whomever it is asked, so that
    /// a reading can be gone on with by another process. Memory stays flat.
    async fn bulk_rows(
        &self,
        projection: Arc<Projection>,
        job: &BulkJob,
        from: u64,
    ) -> Result<BulkRows, CallError>;
    /// From how many records on reading all of them in bulk costs fewer credits than listing them; or why it is not to be done.
    fn bulk_from(&self, projection: &Projection) -> Result<u64, NoBulk>;

    /// The files that hang on records, where the service has such things.
    fn attachments(&self) -> Option<&dyn Attachments>;

    /// Starts or renews a watch; the answer is when it really ends.
    async fn watch(&self, request: WatchRequest) -> Result<Instant, CallError>;
    /// Ends watches; unknown channels are no error.
    async fn unwatch(&self, channels: &[String]) -> Result<(), CallError>;
}

/// The fields named in a projection, in its order.
pub fn field_names(projection: &Projection) -> impl Iterator<Item = &FieldName> {
    projection.fields.iter().map(|field| &field.name)
}
