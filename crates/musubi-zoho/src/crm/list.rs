//! One page of records, changed since a second or all of them.

use super::columns::{Columns, with_author};
use super::{Crm, cost, parse, query, read};
use crate::envelope;
use crate::session::Call;
use musubi_connector::http::Answer;
use musubi_connector::{CallError, ListRequest, Meta, Order, Page, Position, Priced};
use musubi_core::Observation;
use std::collections::HashMap;

/// The largest page.
pub(super) const PER_PAGE: &str = "200";

impl Crm {
    /// More than 47 mapped fields do not fit in one call. The page is then read with the first group of fields, and the other groups
    /// by its records' ids: two calls more for a full page and group. A part whose modified time is not that of the first part is left not known: the
    /// record was changed in between and will be listed again.
    pub(super) async fn list_page(&self, request: ListRequest) -> Result<Page, CallError> {
        let projection = &*request.projection;
        let columns = Columns::new(projection);
        let groups = columns.groups();
        let mut token = match &request.position {
            Position::Start => None,
            Position::After(token) => Some(token.as_str()),
        };
        let queried = token.and_then(query::Place::of);
        if let Some(place) = queried {
            if let Some(page) = self.query_page(projection, request.order, place).await? {
                return Ok(page);
            }
            token = Some(place.token);
        }
        let (sort_by, sort_order) = match request.order {
            Order::ModifiedAscending => ("Modified_Time", "asc"),
            Order::IdAscending => ("id", "asc"),
            Order::IdDescending => ("id", "desc"),
        };
        let fields = match request.modified_since {
            Some(_) => with_author(&groups[0]),
            None => groups[0].as_str().into(),
        };
        let mut call = Call::get([super::BASE, super::VERSION, projection.module.as_str()])
            .query("fields", fields.as_ref())
            .query("per_page", PER_PAGE)
            .query("sort_by", sort_by)
            .query("sort_order", sort_order)
            .time_header("if-modified-since", request.modified_since);
        if let Some(token) = token {
            call = call.query("page_token", token);
        }
        let reply = self.session.fetch(call).await?;
        let meta = reply.meta(cost::price(Priced::List));
        let parsed = rows(&reply.answer, &columns)?;
        let next = match (parsed.more, parsed.next) {
            (false, _) => None,
            (true, Some(token)) => Some(token),
            // Without a token there is no way on, and taking this page for the last would lose records (I7).
            (true, None) => return Err(envelope::garbage(reply.answer.status)),
        };
        let by_id = request.order != Order::ModifiedAscending && request.modified_since.is_none();
        let may_query = by_id && request.position == Position::Start && query::can_tell(projection, &columns);
        let next = next
            .map(|token| may_query.then(|| query::begin(&parsed.rows, &token)).flatten().unwrap_or(token));
        let mut page = Page { meta, rows: parsed.rows, next };
        self.complete(&mut page, projection, &columns, &groups[1..]).await?;
        self.look_through(&mut page, projection).await?;
        Ok(page)
    }

    /// Reads the remaining groups of fields of the records of `page` and fills them in.
    pub(super) async fn complete(
        &self,
        page: &mut Page,
        projection: &musubi_connector::Projection,
        columns: &Columns<'_>,
        groups: &[String],
    ) -> Result<(), CallError> {
        if groups.is_empty() || page.rows.is_empty() {
            return Ok(());
        }
        let ids: Vec<_> = page.rows.iter().map(|row| row.id.clone()).collect();
        for group in groups {
            for ids in ids.chunks(read::BATCH) {
                let (meta, rows) = self.read_group(projection, columns, group, ids).await?;
                page.meta = sum(page.meta, meta);
                fill(&mut page.rows, rows);
            }
        }
        Ok(())
    }
}

/// The records of an answer: none when it is empty or says that nothing was modified.
pub(super) fn rows(answer: &Answer, columns: &Columns<'_>) -> Result<parse::Parsed, CallError> {
    if matches!(answer.status, 204 | 304) {
        return Ok(parse::Parsed { rows: Vec::new(), next: None, more: false });
    }
    parse::page(&answer.body, columns).map_err(|what| {
        let mut error = envelope::garbage(answer.status);
        error.service.message = format!("the service answered with a page that cannot be read: {what}");
        error
    })
}

/// Puts the slots of `parts` into the rows they belong to, if both tell of the same version.
fn fill(rows: &mut [Observation], parts: Vec<Observation>) {
    let mut parts: HashMap<_, _> = parts.into_iter().map(|part| (part.id.clone(), part)).collect();
    for row in rows {
        let Some(part) = parts.remove(&row.id).filter(|part| part.modified == row.modified) else { continue };
        for (slot, value) in row.slots.iter_mut().zip(part.slots) {
            if slot.is_none() {
                *slot = value;
            }
        }
    }
}

pub(super) fn sum(all: Meta, one: Meta) -> Meta {
    Meta {
        server_time: all.server_time.max(one.server_time),
        credits: all.credits + one.credits,
        requests: all.requests + one.requests,
    }
}
