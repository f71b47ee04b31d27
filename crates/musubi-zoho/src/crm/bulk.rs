//! Bulk reads: a job is begun, asked after, and ends with a result (`bulk_result`). Which modules and fields it tells as a list does, and from when on it is cheaper.

use super::columns::Columns;
use super::{Crm, body, cost, query};
use crate::session::Call;
use crate::{envelope, time};
use musubi_connector::retry::Effect;
use musubi_connector::{
    BulkJob, BulkState, CallError, CallErrorKind, Meta, NoBulk, Priced, Projection, ServiceError,
};
use musubi_core::Instant;
use musubi_core::schema::FieldType;
use reqwest::Method;
use serde::Deserialize;

/// Where bulk jobs live.
pub(super) const BULK: [&str; 4] = [super::BASE, "bulk", super::VERSION, "read"];

#[derive(Deserialize)]
struct Jobs {
    data: Vec<JobJson>,
}

#[derive(Deserialize)]
struct JobJson {
    #[serde(default)]
    code: String,
    details: Option<Started>,
    state: Option<String>,
    result: Option<ResultJson>,
}

#[derive(Deserialize)]
struct Started {
    id: Option<String>,
    created_time: Option<String>,
}

#[derive(Deserialize)]
struct ResultJson {
    count: Option<u64>,
    more_records: Option<bool>,
    next_page_token: Option<String>,
}

impl Crm {
    pub(super) async fn start_bulk(
        &self,
        projection: &Projection,
        page: Option<String>,
    ) -> Result<(BulkJob, Meta), CallError> {
        let columns = Columns::new(projection);
        let mut out = Vec::with_capacity(1024);
        out.extend_from_slice(b"{\"query\":{\"module\":{\"api_name\":");
        body::text(&mut out, projection.module.as_str());
        out.extend_from_slice(b"},\"fields\":[");
        for (index, column) in columns.columns.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            body::text(&mut out, column.name);
        }
        out.push(b']');
        if let Some(token) = page {
            out.extend_from_slice(b",\"page_token\":");
            body::text(&mut out, &token);
        }
        out.extend_from_slice(b"},\"file_type\":\"csv\"}");
        // A job nobody asks for again does no harm, but costs: it is not repeated here.
        let reply = self.session.fetch(Call::new(Effect::Write, Method::POST, BULK).body(out)).await;
        let reply = reply.map_err(|error| match error.service.code.as_str() {
            // The credential may do everything but this.
            "OAUTH_SCOPE_MISMATCH" => CallError { kind: CallErrorKind::Refused, ..error },
            _ => error,
        })?;
        let meta = reply.meta(cost::price(Priced::BulkRead));
        let job = serde_json::from_slice::<Jobs>(&reply.answer.body)
            .ok()
            .and_then(|jobs| jobs.data.into_iter().next());
        let details = job.filter(|job| job.code == "ADDED_SUCCESSFULLY").and_then(|job| job.details);
        let job = details.and_then(|details| {
            let told = details.created_time.as_deref().and_then(time::parse);
            let started = told.unwrap_or(meta.server_time);
            Some(BulkJob { id: details.id?, started: started.max(Instant::START) })
        });
        job.map(|job| (job, meta)).ok_or_else(|| envelope::garbage(reply.answer.status))
    }

    pub(super) async fn state_of_bulk(&self, job: &BulkJob) -> Result<(BulkState, Meta), CallError> {
        let path: Vec<&str> = BULK.into_iter().chain([job.id.as_str()]).collect();
        let reply = self.session.fetch(Call::get(path)).await?;
        let meta = reply.meta(cost::price(Priced::Other));
        let garbage = || envelope::garbage(reply.answer.status);
        let jobs: Jobs = serde_json::from_slice(&reply.answer.body).map_err(|_| garbage())?;
        let found = jobs.data.into_iter().next().ok_or_else(garbage)?;
        let state = match found.state.as_deref() {
            Some("COMPLETED") => {
                let result = found.result.ok_or_else(garbage)?;
                let next = match (result.more_records, result.next_page_token) {
                    (Some(true), Some(token)) => Some(token),
                    // More rows and no way to them: what was read would pass for everything.
                    (Some(true), None) => return Err(garbage()),
                    _ => None,
                };
                BulkState::Ready { count: result.count.unwrap_or(0), next }
            }
            Some("ADDED" | "QUEUED" | "IN PROGRESS" | "INPROGRESS") => BulkState::Working,
            Some(state) => BulkState::Failed(ServiceError {
                code: "BULK_READ_FAILED".to_owned(),
                message: format!("the service's job ended as {state}"),
                status: reply.answer.status,
                ..ServiceError::default()
            }),
            None => return Err(garbage()),
        };
        Ok((state, meta))
    }

    /// From how many records on a bulk read costs less than a listing of them by id.
    pub(super) fn bulk_pays(&self, projection: &Projection) -> Result<u64, NoBulk> {
        pays(projection)
    }
}

/// A lead that was converted is in no list, and whether a bulk read leaves it out is nowhere said.
const OTHERWISE: [&str; 1] = ["Leads"];
/// Columns of one job at most.
const MOST_COLUMNS: usize = 200;

fn pays(projection: &Projection) -> Result<u64, NoBulk> {
    if OTHERWISE.contains(&projection.module.as_str()) {
        return Err(NoBulk::Module);
    }
    let columns = Columns::new(projection);
    if columns.columns.len() > MOST_COLUMNS {
        return Err(NoBulk::TooManyFields);
    }
    let lost: Vec<_> = projection.fields.iter().filter(|field| !is_told(&field.kind)).collect();
    if !lost.is_empty() {
        return Err(NoBulk::Fields(lost.into_iter().map(|field| field.name.clone()).collect()));
    }
    Ok(cost::bulk_pays_from(columns.groups().len(), query::can_tell(projection, &columns)))
}

/// Whether a cell of CSV says what JSON says. Rows of a subform, tags, files, and what other records say (their names, their fields) are not in it, and the choices of
/// a multi-select stand between semicolons.
fn is_told(kind: &FieldType) -> bool {
    match kind {
        FieldType::Rows { .. }
        | FieldType::Tags { .. }
        | FieldType::NameOf
        | FieldType::Filled
        | FieldType::Through { .. } => false,
        FieldType::MultiPicklist { options } => options.iter().all(|option| !option.contains(';')),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crm::field::tests::field;

    fn of(module: &str, kinds: Vec<FieldType>) -> Result<u64, NoBulk> {
        let fields = kinds.into_iter().enumerate().map(|(at, kind)| field(&format!("F{at}"), kind)).collect();
        pays(&Projection { module: module.into(), fields })
    }

    #[test]
    fn what_a_bulk_read_does_not_tell_is_listed() {
        let text = || FieldType::Text { max: 80, multiline: false };
        let choices = |option: &str| FieldType::MultiPicklist { options: vec![option.into()] };
        assert!(of("Contacts", vec![text(), FieldType::User, choices("a")]).is_ok());
        assert_eq!(of("Leads", vec![text()]), Err(NoBulk::Module));
        assert_eq!(
            of(
                "Deals",
                vec![
                    text(),
                    choices("a;b"),
                    FieldType::Rows { columns: Vec::new(), links: false },
                    FieldType::Tags { max: 25 },
                    FieldType::NameOf
                ]
            ),
            Err(NoBulk::Fields(["F1", "F2", "F3", "F4"].map(Into::into).to_vec()))
        );
        assert_eq!(of("Deals", vec![text(); 200]), Err(NoBulk::TooManyFields));
    }

    #[test]
    fn the_more_a_list_costs_the_sooner_a_bulk_read_pays() {
        let text = || FieldType::Text { max: 80, multiline: false };
        let from =
            [vec![text()], vec![text(), FieldType::User], vec![text(); 60]].map(|kinds| of("Deals", kinds));
        assert_eq!(from, [Ok(23_601), Ok(16_001), Ok(5_201)]);
    }
}
