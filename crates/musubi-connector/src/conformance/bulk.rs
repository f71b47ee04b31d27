use super::{Outcome, Subject, ensure, said};
use crate::{BulkState, Order, Position, WatchRequest};
use musubi_core::Observation;
use std::collections::BTreeMap;
use std::time::Duration;

pub(super) async fn same_as_list(s: &Subject) -> Outcome {
    let id = s.hand.create(&[(&s.name, "bulk, \"結\""), (&s.note, "two\nlines")]).await;
    s.hand.wait().await;
    let projection = s.projection().await?;
    let listed = s.all(Order::IdAscending, None).await?;
    let mut rows: Vec<Observation> = Vec::new();
    let mut next = None;
    loop {
        let (job, _) = s.connector.bulk_start(projection.clone(), next).await.map_err(said)?;
        let (count, more) = loop {
            match s.connector.bulk_state(&job).await.map_err(said)?.0 {
                BulkState::Working => tokio::time::sleep(Duration::from_millis(20)).await,
                BulkState::Ready { count, next } => break (count, next),
                BulkState::Failed(error) => return Err(said(error)),
            }
        };
        let before = rows.len();
        let mut largest = 0;
        let mut each = |lot: Vec<Observation>| {
            largest = largest.max(lot.len());
            rows.extend(lot);
        };
        s.connector.bulk_rows(projection.clone(), &job, &mut each).await.map_err(said)?;
        ensure(largest <= 1_000, || format!("{largest} rows at a time"))?;
        ensure((rows.len() - before) as u64 == count, || format!("{} rows of {count}", rows.len() - before))?;
        ensure(rows.iter().all(|row| row.modified <= job.started), || "a row newer than its job".to_owned())?;
        match more {
            Some(token) => next = Some(token),
            None => break,
        }
    }
    ensure(rows.iter().any(|row| row.id == id), || "the new record is missing".to_owned())?;
    let by_id = |rows: Vec<Observation>| -> BTreeMap<_, _> {
        rows.into_iter().map(|row| (row.id.clone(), (row.modified, row.slots))).collect()
    };
    let (listed, bulk) = (by_id(listed), by_id(rows));
    let differing = listed.iter().find(|(id, row)| bulk.get(*id) != Some(row));
    ensure(differing.is_none(), || said(differing.map(|(id, row)| (row, bulk.get(id)))))?;
    ensure(listed.len() == bulk.len(), || format!("{} listed, {} in bulk", listed.len(), bulk.len()))
}

pub(super) async fn watch(s: &Subject) -> Outcome {
    let now = s.page(Order::IdAscending, None, Position::Start).await?.meta.server_time;
    let channel = "1000000068001".to_owned();
    let request = WatchRequest {
        module: s.module.clone(),
        channel: channel.clone(),
        notify_url: "http://127.0.0.1:9/hook".to_owned(),
        token: "conformance".to_owned(),
        until: now.plus_millis(2 * 3_600_000),
    };
    // Started, then renewed.
    for _ in 0..2 {
        let until = s.connector.watch(request.clone()).await.map_err(said)?;
        ensure(until > now && until <= request.until, || format!("{until} of {}", request.until))?;
    }
    let channels = [channel, "1000000068999".to_owned()];
    s.connector.unwatch(&channels).await.map_err(said)?;
    s.connector.unwatch(&channels).await.map_err(said)
}
