//! Zoho CRM, API version 8.

mod attachments;
mod body;
mod bulk;
mod bulk_result;
mod children;
mod columns;
mod converted;
mod cost;
mod deleted;
mod describe;
mod field;
mod find;
mod layouts;
mod list;
mod merged;
mod modified;
mod parse;
mod query;
mod read;
#[cfg(test)]
mod recorded;
mod related;
mod rows;
mod scan;
mod through;
mod users;
mod value;
mod views;
mod watch;
mod write;

use crate::session::Session;
use async_trait::async_trait;
use musubi_connector::http::Http;
use musubi_connector::{
    Attachments, BulkJob, BulkRows, BulkState, CallError, Connector, Counting, Credential, DeletedPage,
    Limits, ListRequest, Meta, ModuleInfo, NoBulk, Org, Page, Place, Priced, Projection, Related, User, View,
    ViewFilter, WatchRequest, WriteRequest, Written,
};
use musubi_core::schema::ModuleSchema;
use musubi_core::{FieldName, Instant, ModuleName, Observation, RemoteId};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

/// The first segment of every path.
const BASE: &str = "crm";
/// The API version.
const VERSION: &str = "v8";

/// How calls are made.
#[derive(Clone, Copy, Debug)]
pub struct CallOptions {
    /// The deadline of a whole call: waiting for a token, a repetition and the answer's last byte included. A lease must outlast it.
    pub timeout: Duration,
}

impl Default for CallOptions {
    fn default() -> CallOptions {
        CallOptions { timeout: Duration::from_secs(60) }
    }
}

/// What a connection needs.
#[derive(Clone, Debug)]
pub struct Config {
    /// The pool of connections.
    pub http: Http,
    /// Where the service answers.
    pub place: Place,
    /// Who we are.
    pub credential: Arc<Credential>,
    /// The org the configuration names; [`Connector::org`] fails when the credential belongs to another.
    pub org: Option<String>,
    /// Deadlines.
    pub options: CallOptions,
}

/// One CRM org.
#[derive(Debug)]
pub struct Crm {
    session: Session,
    org: Option<String>,
    limits: RwLock<Limits>,
    results: bulk_result::Results,
}

/// Reads the body of one list answer, as [`Connector::list`] does: the records, and the token of the next page. The error says
/// where the body is broken and quotes nothing of it.
pub fn read_page(body: &[u8], projection: &Projection) -> Result<(Vec<Observation>, Option<String>), String> {
    let parsed = parse::page(body, &columns::Columns::new(projection))?;
    Ok((parsed.rows, parsed.next))
}

impl Crm {
    /// The org behind a credential. Makes no call: until [`Connector::org`] has told the edition, the limits are those of the smallest.
    pub fn connect(config: Config) -> Crm {
        let session = Session {
            http: config.http.at(&config.place),
            credential: config.credential,
            place: config.place,
            timeout: config.options.timeout,
        };
        Crm {
            session,
            org: config.org,
            limits: RwLock::new(cost::limits(None, 0)),
            results: bulk_result::Results::default(),
        }
    }

    fn set_limits(&self, limits: Limits) {
        *self.limits.write().unwrap_or_else(PoisonError::into_inner) = limits;
    }
}

#[async_trait]
impl Connector for Crm {
    fn limits(&self) -> Limits {
        *self.limits.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn price(&self, call: Priced) -> u32 {
        cost::price(call)
    }

    async fn org(&self) -> Result<Org, CallError> {
        self.describe_org().await
    }

    async fn users(&self) -> Result<Vec<User>, CallError> {
        self.all_users().await
    }

    async fn modules(&self) -> Result<Vec<ModuleInfo>, CallError> {
        self.all_modules().await
    }

    async fn schema(&self, module: &ModuleName) -> Result<ModuleSchema, CallError> {
        self.describe(module).await
    }

    async fn views(&self, module: &ModuleName) -> Result<Vec<View>, CallError> {
        self.list_views(module).await
    }

    async fn view(&self, module: &ModuleName, id: &str) -> Result<Option<ViewFilter>, CallError> {
        self.view_filter(module, id).await
    }

    async fn find(
        &self,
        module: &ModuleName,
        fields: &[FieldName],
        text: &str,
    ) -> Result<Vec<RemoteId>, CallError> {
        self.find_ids(module, fields, text).await
    }

    async fn count(&self, module: &ModuleName) -> Result<u64, CallError> {
        self.count_records(module).await
    }

    async fn list(&self, request: ListRequest) -> Result<Page, CallError> {
        self.list_page(request).await
    }

    async fn read(&self, projection: Arc<Projection>, ids: &[RemoteId]) -> Result<Page, CallError> {
        self.read_ids(&projection, ids).await
    }

    async fn deleted(
        &self,
        module: &ModuleName,
        since: Option<Instant>,
        page: u32,
    ) -> Result<DeletedPage, CallError> {
        self.deleted_page(module, since, page).await
    }

    fn tells_merged(&self, module: &ModuleName) -> bool {
        merged::tells(module)
    }

    async fn merged(
        &self,
        module: &ModuleName,
        deleted: &[(RemoteId, Instant)],
    ) -> Result<(Meta, Vec<Option<RemoteId>>), CallError> {
        self.masters_of(module, deleted).await
    }

    async fn related(
        &self,
        module: &ModuleName,
        id: &RemoteId,
        counting: Counting,
    ) -> Result<Related, CallError> {
        self.count_related(module, id, counting).await
    }

    async fn write(&self, request: WriteRequest) -> Result<Written, CallError> {
        self.write_batch(request).await
    }

    async fn bulk_start(
        &self,
        projection: Arc<Projection>,
        page: Option<String>,
    ) -> Result<(BulkJob, Meta), CallError> {
        self.start_bulk(&projection, page).await
    }

    async fn bulk_state(&self, job: &BulkJob) -> Result<(BulkState, Meta), CallError> {
        self.state_of_bulk(job).await
    }

    async fn bulk_rows(
        &self,
        projection: Arc<Projection>,
        job: &BulkJob,
        from: u64,
    ) -> Result<BulkRows, CallError> {
        self.rows_of_bulk(projection, job, from).await
    }

    fn bulk_from(&self, projection: &Projection) -> Result<u64, NoBulk> {
        self.bulk_pays(projection)
    }

    fn attachments(&self) -> Option<&dyn Attachments> {
        Some(self)
    }

    async fn watch(&self, request: WatchRequest) -> Result<Instant, CallError> {
        self.start_watch(request).await
    }

    async fn unwatch(&self, channels: &[String]) -> Result<(), CallError> {
        self.end_watches(channels).await
    }
}
