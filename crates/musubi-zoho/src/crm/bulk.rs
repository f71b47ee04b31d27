//! Bulk reads: a job, then a ZIP with one CSV. The archive is spooled to a nameless file and its rows handed over a thousand at a time, so memory stays flat.

use super::columns::{Columns, Role};
use super::parse::Row;
use super::{Crm, body, cost, value};
use crate::session::Call;
use crate::{envelope, time};
use musubi_connector::http::Opened;
use musubi_connector::retry::Effect;
use musubi_connector::{
    BulkJob, BulkState, CallError, CallErrorKind, Meta, Priced, Projection, ServiceError,
};
use musubi_core::{Instant, Observation};
use reqwest::Method;
use serde::Deserialize;
use std::fs::File;
use std::io::Write as _;
use std::sync::Arc;
use tokio::sync::mpsc;

/// Where bulk jobs live.
const BULK: [&str; 4] = [super::BASE, "bulk", super::VERSION, "read"];
/// Rows handed over at a time.
const ROWS: usize = 1_000;

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
        let reply = self.session.fetch(Call::new(Effect::Write, Method::POST, BULK).body(out)).await?;
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

    pub(super) async fn rows_of_bulk(
        &self,
        projection: Arc<Projection>,
        job: &BulkJob,
        each: &mut (dyn FnMut(Vec<Observation>) + Send),
    ) -> Result<Meta, CallError> {
        let path: Vec<&str> = BULK.into_iter().chain([job.id.as_str(), "result"]).collect();
        let (opened, requests) = self.session.open(&Call::get(path)).await?;
        let meta = Meta { server_time: opened.server_time, credits: cost::price(Priced::Other), requests };
        let archive = spool(opened).await?;
        // The reader blocks on the disk and on the inflater: it has a thread of its own, two lots ahead at the most.
        let (send, mut receive) = mpsc::channel(2);
        let reading = tokio::task::spawn_blocking(move || read(archive, &projection, &send));
        while let Some(rows) = receive.recv().await {
            each(rows);
        }
        let end = reading.await.map_err(|_| unreadable("the reader stopped"))?;
        end.map(|()| meta)
    }
}

/// The archive in a file that has no name and goes with the process.
async fn spool(mut opened: Opened) -> Result<File, CallError> {
    if opened.status != 200 {
        return Err(envelope::refusal(&opened.answer(1 << 20).await?));
    }
    let disk = |error: std::io::Error| {
        CallError::new(
            CallErrorKind::NotSent,
            "NO_SPOOL_FILE",
            format!("the download cannot be kept: {error}"),
        )
    };
    let mut file = tempfile::tempfile().map_err(disk)?;
    while let Some(chunk) = opened.chunk().await? {
        file.write_all(&chunk).map_err(disk)?;
    }
    Ok(file)
}

fn read(
    archive: File,
    projection: &Projection,
    send: &mpsc::Sender<Vec<Observation>>,
) -> Result<(), CallError> {
    let mut archive = zip::ZipArchive::new(archive).map_err(|_| unreadable("it is no ZIP archive"))?;
    let file = archive.by_index(0).map_err(|_| unreadable("the archive is empty"))?;
    rows(file, projection, &mut |rows| send.blocking_send(rows).is_ok())
}

/// Reads the CSV; `each` says whether to go on.
fn rows(
    file: impl std::io::Read,
    projection: &Projection,
    each: &mut dyn FnMut(Vec<Observation>) -> bool,
) -> Result<(), CallError> {
    let columns = Columns::new(projection);
    let mut csv = csv::ReaderBuilder::new().flexible(true).from_reader(file);
    let headers = csv.headers().map_err(|_| unreadable("its CSV has no header"))?;
    let places: Vec<Option<usize>> = headers
        .iter()
        .map(|name| columns.find(name.trim_start_matches('\u{feff}')).or_else(|| id_column(name)))
        .collect();
    let (mut lot, mut record) = (Vec::with_capacity(ROWS), csv::StringRecord::new());
    while csv.read_record(&mut record).map_err(|_| unreadable("its CSV is broken"))? {
        let mut row = Row::new(columns.slots);
        for (cell, place) in record.iter().zip(&places) {
            let Some(column) = place.map(|place| &columns.columns[place]) else { continue };
            row.take_text(column.role, cell);
            for &(slot, kind) in &column.slots {
                row.slots[slot] = value::from_text(kind, cell);
            }
        }
        lot.push(row.observation().ok_or_else(|| unreadable("a row has no id or modified time"))?);
        if lot.len() == ROWS && !each(std::mem::replace(&mut lot, Vec::with_capacity(ROWS))) {
            return Ok(());
        }
    }
    if !lot.is_empty() {
        each(lot);
    }
    Ok(())
}

/// The id's header is `Id` or `id`, by version.
fn id_column(name: &str) -> Option<usize> {
    (name.eq_ignore_ascii_case("id") || name == "Record Id").then_some(Role::Id as usize)
}

fn unreadable(what: &str) -> CallError {
    CallError::new(
        CallErrorKind::Unknown,
        "UNREADABLE_ANSWER",
        format!("the bulk result cannot be read: {what}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crm::field::tests::field;
    use musubi_core::Value;
    use musubi_core::schema::FieldType;

    #[test]
    fn rows_come_in_lots_and_in_order() {
        let projection = Projection {
            module: "Contacts".into(),
            fields: vec![
                field("Last_Name", FieldType::Text { max: 80, multiline: true }),
                field("Account_Name", FieldType::Lookup { module: "Accounts".into() }),
                field("Email_Opt_Out", FieldType::Bool),
                field("Missing", FieldType::Bool),
            ],
        };
        let mut text =
            "\u{feff}Id,Account_Name,Last_Name,Modified_Time,Email_Opt_Out,Created_By\n".to_owned();
        for i in 0..2_500 {
            text.push_str(&format!("{i},7,\"a, \"\"b\"\"\nc\",2026-05-14T12:53:58+03:00,false,9\n"));
        }
        let mut lots = Vec::new();
        rows(text.as_bytes(), &projection, &mut |lot| {
            lots.push(lot);
            true
        })
        .unwrap();
        assert_eq!(lots.iter().map(Vec::len).collect::<Vec<_>>(), [1_000, 1_000, 500]);
        let row = &lots[2][499];
        assert_eq!((row.id.as_str(), row.created_by.as_ref().map(|id| id.as_str())), ("2499", Some("9")));
        let expected = [
            Some(Value::text("a, \"b\"\nc")),
            Some(Value::Record("7".into())),
            Some(Value::Bool(false)),
            None,
        ];
        assert_eq!(*row.slots, expected);
    }

    #[test]
    fn a_row_without_id_is_an_error() {
        let projection = Projection { module: "Contacts".into(), fields: Vec::new() };
        let error = rows(&b"Last_Name\nx\n"[..], &projection, &mut |_| true).unwrap_err();
        assert_eq!(error.kind, CallErrorKind::Unknown);
    }
}
