//! Records by id.

use super::columns::{Columns, with_author, with_conversion};
use super::{Crm, converted, cost, list};
use crate::session::Call;
use musubi_connector::{CallError, CallErrorKind, Meta, Page, Priced, Projection};
use musubi_core::{Observation, RemoteId};

/// Ids in one call.
pub(super) const BATCH: usize = 100;

impl Crm {
    pub(super) async fn read_ids(
        &self,
        projection: &Projection,
        ids: &[RemoteId],
    ) -> Result<Page, CallError> {
        let mut page = self.read_own(projection, ids).await?;
        self.look_through(&mut page, projection).await?;
        Ok(page)
    }

    /// What the records hold themselves.
    pub(super) async fn read_own(
        &self,
        projection: &Projection,
        ids: &[RemoteId],
    ) -> Result<Page, CallError> {
        if ids.is_empty() {
            return Ok(Page { meta: Meta::default(), rows: Vec::new(), next: None });
        }
        let mut columns = Columns::new(projection);
        let groups = columns.groups();
        let mut group = with_author(&groups[0]).into_owned();
        if converted::converts(&projection.module) {
            columns = columns.and_conversion();
            group = with_conversion(&group).into_owned();
        }
        let (meta, rows) = self.read_group(projection, &columns, &group, ids).await?;
        let mut page = Page { meta, rows, next: None };
        self.complete(&mut page, projection, &columns, &groups[1..]).await?;
        Ok(page)
    }

    /// One call for one group of fields.
    pub(super) async fn read_group(
        &self,
        projection: &Projection,
        columns: &Columns<'_>,
        group: &str,
        ids: &[RemoteId],
    ) -> Result<(Meta, Vec<Observation>), CallError> {
        if ids.len() > BATCH {
            return Err(CallError::new(
                CallErrorKind::NotSent,
                "BATCH_TOO_LARGE",
                format!("{} ids in one read, {BATCH} are the most", ids.len()),
            ));
        }
        let call = Call::get([super::BASE, super::VERSION, projection.module.as_str()])
            .query("fields", group)
            .query("ids", join(ids.iter().map(RemoteId::as_str)));
        let reply = self.session.fetch(call).await?;
        let parsed = list::rows(&reply.answer, columns)?;
        Ok((reply.meta(cost::price(Priced::Read)), parsed.rows))
    }
}

/// Ids with commas between.
pub(super) fn join<'a>(ids: impl Iterator<Item = &'a str>) -> String {
    ids.collect::<Vec<_>>().join(",")
}
