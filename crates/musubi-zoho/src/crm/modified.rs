//! Pages of records modified since, in the order of their times: when and by whom, and nothing of what they hold.

use super::{Crm, cost, list};
use crate::envelope;
use crate::session::Call;
use musubi_connector::{CallError, Meta, Priced};
use musubi_core::{Instant, ModuleName};
use serde::Deserialize;

/// Which records are told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    /// Those that the module holds.
    Present,
    /// Those that were converted: no other list tells of them.
    Converted,
}

/// A page.
#[derive(Debug, Default)]
pub(super) struct Modified {
    pub meta: Meta,
    pub rows: Vec<Row>,
    /// With this the next page is asked for.
    pub next: Option<String>,
}

/// One record.
#[derive(Debug, Deserialize)]
pub(super) struct Row {
    pub id: String,
    #[serde(rename = "Modified_Time")]
    pub modified: String,
    #[serde(rename = "Modified_By")]
    pub by: Option<Person>,
    #[serde(rename = "Created_By")]
    pub created_by: Option<Person>,
    /// What it became, where that is told.
    #[serde(default, rename = "$converted_detail")]
    pub detail: Option<Detail>,
}

/// What a record became, by a key for each module.
pub(super) type Detail = serde_json::Map<String, serde_json::Value>;

/// A user.
#[derive(Debug, Deserialize)]
pub(super) struct Person {
    pub id: Option<String>,
}

#[derive(Deserialize)]
struct Rows {
    data: Vec<Row>,
    #[serde(default)]
    info: Info,
}

#[derive(Default, Deserialize)]
struct Info {
    more_records: Option<bool>,
    next_page_token: Option<String>,
}

impl Crm {
    /// The first page, or the one behind this token.
    pub(super) async fn modified_page(
        &self,
        module: &ModuleName,
        which: Which,
        since: Option<Instant>,
        token: Option<String>,
    ) -> Result<Modified, CallError> {
        let mut call = Call::get([super::BASE, super::VERSION, module.as_str()])
            .query("fields", "Modified_Time,Modified_By,Created_By")
            .query("sort_by", "Modified_Time")
            .query("sort_order", "asc")
            .query("per_page", list::PER_PAGE)
            .time_header("if-modified-since", since);
        if which == Which::Converted {
            call = call.query("converted", "true");
        }
        if let Some(token) = token {
            call = call.query("page_token", token);
        }
        let reply = self.session.fetch(call).await?;
        let meta = reply.meta(cost::price(Priced::List));
        if matches!(reply.answer.status, 204 | 304) {
            return Ok(Modified { meta, ..Modified::default() });
        }
        let garbage = || envelope::garbage(reply.answer.status);
        let Rows { data: rows, info } = serde_json::from_slice(&reply.answer.body).map_err(|_| garbage())?;
        let next = match (info.more_records, info.next_page_token) {
            (Some(true), None) => return Err(garbage()),
            (Some(true), next) => next,
            _ => None,
        };
        Ok(Modified { meta, rows, next })
    }
}
