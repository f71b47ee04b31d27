//! The ceiling loop: the least a program can do that carries records over and forgets nothing in a crash.

use crate::figures::Figures;
use crate::page::{self, Record};
use crate::rows::{Row, Rows};
use crate::service::{self, BATCH, Module, Org};
use crate::usage::{Usage, peak_memory_mb};
use crate::{Failure, mapping};
use bytes::Bytes;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;

/// How many batches are under way at once.
const WRITERS: usize = 5;
/// How many pages may wait or be written at once, so that memory stays flat.
const PAGES: usize = 4;

/// What to carry over.
pub struct Job {
    /// Where the records are.
    pub source: Org,
    /// Where they go.
    pub target: Org,
    /// The module on both sides.
    pub module: String,
    /// The row store's file.
    pub store: PathBuf,
}

/// Runs the loop over the whole module once.
pub async fn run(job: &Job) -> Result<Figures, Failure> {
    let client = service::client()?;
    let rows = Rows::open(&job.store)?;
    let source = Module::new(client.clone(), &job.source, &job.module);
    let target = Module::new(client, &job.target, &job.module);
    let usage = Usage::start();
    let (records, sent) =
        carry(source, Writer { target, rows, limit: Arc::new(Semaphore::new(WRITERS)) }).await?;
    Ok(Figures::new(records, sent, usage.wall(), usage.cpu(), peak_memory_mb()?))
}

async fn carry(source: Module, writer: Writer) -> Result<(usize, usize), Failure> {
    let (queue, mut pages) = mpsc::channel(PAGES);
    let mut reader = JoinSet::new();
    reader.spawn(read(source, queue));
    let mut writes = JoinSet::new();
    let (mut records, mut sent) = (0, 0);
    while let Some(body) = pages.recv().await {
        let page = page::read(&body)?;
        records += page.len();
        let known = writer.rows.look(page.iter().map(|record| record.id).collect()).await?;
        let changed: Vec<_> =
            page.into_iter().zip(known).filter(|(record, row)| differs(record, row)).collect();
        if changed.is_empty() {
            continue;
        }
        sent += changed.len();
        while writes.len() >= PAGES {
            ended(writes.join_next().await)?;
        }
        writes.spawn(writer.clone().write(changed));
    }
    while !writes.is_empty() {
        ended(writes.join_next().await)?;
    }
    ended(reader.join_next().await)?;
    Ok((records, sent))
}

/// Asks for page after page; the next one is on its way while the former is mapped.
async fn read(source: Module, queue: mpsc::Sender<Bytes>) -> Result<(), Failure> {
    let mut body = source.page(None).await?;
    while !body.is_empty() {
        let token = page::next_token(&body).map(str::to_string);
        if queue.send(body).await.is_err() {
            break;
        }
        match token {
            Some(token) => body = source.page(Some(&token)).await?,
            None => break,
        }
    }
    Ok(())
}

fn differs(record: &Record, row: &Option<Row>) -> bool {
    row.as_ref().is_none_or(|row| row.hashes != record.hashes)
}

fn ended(task: Option<Result<Result<(), Failure>, tokio::task::JoinError>>) -> Result<(), Failure> {
    match task {
        Some(Ok(outcome)) => outcome,
        Some(Err(error)) => Err(Failure::at("a part of the loop broke off", error)),
        None => Ok(()),
    }
}

/// The writing half.
#[derive(Clone)]
struct Writer {
    target: Module,
    rows: Rows,
    limit: Arc<Semaphore>,
}

impl Writer {
    /// Sends one page's changes: announced first, remembered last, one transaction each.
    async fn write(self, changed: Vec<(Record, Option<Row>)>) -> Result<(), Failure> {
        let (known, new): (Vec<_>, Vec<_>) = changed.into_iter().partition(|(_, row)| row.is_some());
        let batches = || new.chunks(BATCH).chain(known.chunks(BATCH));
        let bodies: Vec<Vec<u8>> = batches().map(body).collect();
        let announced = self.rows.announce(bodies.clone()).await?;
        let mut calls = JoinSet::new();
        for (at, (body, batch)) in bodies.into_iter().zip(batches()).enumerate() {
            let (writer, is_new) = (self.clone(), batch[0].1.is_none());
            calls.spawn(async move {
                let _turn = writer.limit.acquire().await;
                let ids =
                    if is_new { writer.target.add(body).await } else { writer.target.change(body).await };
                ids.map(|ids| (at, ids))
            });
        }
        let mut answers = vec![Vec::new(); calls.len()];
        while let Some(call) = calls.join_next().await {
            let (at, ids) = call.map_err(|error| Failure::at("a call broke off", error))??;
            answers[at] = ids;
        }
        let sent = new.iter().chain(&known);
        let rows: Vec<Row> = sent
            .zip(answers.into_iter().flatten())
            .map(|((record, _), target)| Row { source: record.id, target, hashes: record.hashes })
            .collect();
        if rows.len() != new.len() + known.len() {
            return Err(Failure("a batch was answered with fewer entries than it had".into()));
        }
        self.rows.finish(rows, announced).await
    }
}

/// The body of a batch that runs none of the target's automations.
fn body(batch: &[(Record, Option<Row>)]) -> Vec<u8> {
    let size: usize = batch.iter().map(|(record, _)| record.body.len() + 40).sum();
    let mut body = Vec::with_capacity(size + 40);
    body.extend_from_slice(b"{\"data\":[");
    for (at, (record, row)) in batch.iter().enumerate() {
        body.extend_from_slice(if at == 0 { b"{" } else { b",{" });
        if let Some(row) = row {
            body.extend_from_slice(format!("\"id\":\"{}\",", row.target).as_bytes());
        }
        match row {
            Some(row) => body.extend_from_slice(&changes(record, row)),
            None => body.extend_from_slice(&record.body),
        }
        body.push(b'}');
    }
    body.extend_from_slice(b"],\"trigger\":[]}");
    body
}

/// The fields that differ from the row. A field that became blank is sent as null.
fn changes(record: &Record, row: &Row) -> Vec<u8> {
    let text = [b"{", record.body.as_slice(), b"}"].concat();
    let values: std::collections::HashMap<&str, &serde_json::value::RawValue> =
        serde_json::from_slice(&text).unwrap_or_default();
    let mut out = Vec::new();
    for at in (0..mapping::COUNT).filter(|at| record.hashes[at * 8..][..8] != row.hashes[at * 8..][..8]) {
        let name = mapping::name(at);
        let value = values.get(name).map_or("null", |value| value.get());
        let comma = if out.is_empty() { "" } else { "," };
        out.extend_from_slice(format!("{comma}\"{name}\":{value}").as_bytes());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(text: &str) -> Record {
        page::read(format!(r#"{{"data":[{{"id":"1",{text}}}]}}"#).as_bytes()).unwrap().remove(0)
    }

    #[test]
    fn a_batch_of_new_and_one_of_known_records() {
        let new = record(r#""Last_Name":"Sato","Fax":"1""#);
        let row = Row { source: 1, target: 9, hashes: new.hashes };
        let text = |batch: &[(Record, Option<Row>)]| String::from_utf8(body(batch)).unwrap();
        assert_eq!(text(&[(new, None)]), r#"{"data":[{"Last_Name":"Sato","Fax":"1"}],"trigger":[]}"#);
        let changed = record(r#""Last_Name":"Ito""#);
        assert_eq!(
            text(&[(changed, Some(row))]),
            r#"{"data":[{"id":"9","Last_Name":"Ito","Fax":null}],"trigger":[]}"#
        );
    }

    #[test]
    fn nothing_is_sent_that_is_known() {
        let same = record(r#""Last_Name":"Sato""#);
        let row = Row { source: 1, target: 9, hashes: same.hashes };
        assert!(!differs(&same, &Some(row)) && differs(&same, &None));
    }
}
