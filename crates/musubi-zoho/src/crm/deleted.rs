//! The feed of deleted records, kept by the service for 60 days and beyond the recycle bin.

use super::{Crm, converted, cost};
use crate::session::Call;
use crate::{envelope, time};
use musubi_connector::{CallError, Deleted, DeletedPage, Priced};
use musubi_core::{Instant, ModuleName, RemoteId};
use serde::Deserialize;

#[derive(Deserialize)]
struct Feed {
    data: Vec<Row>,
    #[serde(default)]
    info: Info,
}

#[derive(Default, Deserialize)]
struct Info {
    more_records: Option<bool>,
}

#[derive(Deserialize)]
struct Row {
    id: String,
    deleted_time: String,
    deleted_by: Option<Person>,
    created_by: Option<Person>,
}

#[derive(Deserialize)]
struct Person {
    id: Option<String>,
}

impl Crm {
    /// What was converted left its module as well, and is told with what was deleted.
    pub(super) async fn deleted_page(
        &self,
        module: &ModuleName,
        since: Option<Instant>,
        page: u32,
    ) -> Result<DeletedPage, CallError> {
        let mut deleted = self.feed_page(module, since, page).await?;
        if !deleted.more && converted::converts(module) {
            // They come with the last page. The clock stays that of the feed: what was converted since is told by the next question.
            let (meta, rows) = self.converted_since(module, since).await?;
            deleted.meta.credits += meta.credits;
            deleted.meta.requests += meta.requests;
            deleted.rows.extend(rows);
        }
        Ok(deleted)
    }

    async fn feed_page(
        &self,
        module: &ModuleName,
        since: Option<Instant>,
        page: u32,
    ) -> Result<DeletedPage, CallError> {
        let call = Call::get([super::BASE, super::VERSION, module.as_str(), "deleted"])
            .query("type", "all")
            .query("per_page", "200")
            .query("page", page.max(1).to_string())
            .time_header("if-modified-since", since);
        let reply = self.session.fetch(call).await?;
        let meta = reply.meta(cost::price(Priced::Deleted));
        if matches!(reply.answer.status, 204 | 304) {
            return Ok(DeletedPage { meta, rows: Vec::new(), more: false });
        }
        let feed: Feed =
            serde_json::from_slice(&reply.answer.body).map_err(|_| envelope::garbage(reply.answer.status))?;
        let rows: Option<Vec<Deleted>> = feed.data.into_iter().map(deleted).collect();
        let rows = rows.ok_or_else(|| envelope::garbage(reply.answer.status))?;
        Ok(DeletedPage { meta, rows, more: feed.info.more_records.unwrap_or(false) })
    }
}

fn deleted(row: Row) -> Option<Deleted> {
    let id = |person: Option<Person>| person.and_then(|person| person.id).map(RemoteId::from);
    let (by, created_by) = (id(row.deleted_by), id(row.created_by));
    Some(Deleted { id: row.id.into(), at: time::parse(&row.deleted_time)?, by, created_by, converted: None })
}
