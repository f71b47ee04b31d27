use super::{Outcome, Subject, ensure, said};
use crate::{BulkJob, BulkState, CallErrorKind, Order, Position, WatchRequest};
use musubi_core::{Observation, RemoteId};
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
        let lot = all_rows(s, &job).await?;
        ensure(lot.len() as u64 == count, || format!("{} rows of {count}", lot.len()))?;
        rows.extend(lot);
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

/// Every row of a job that is ready.
async fn all_rows(s: &Subject, job: &BulkJob) -> Result<Vec<Observation>, String> {
    let (mut rows, mut from, mut waits) = (Vec::new(), 0, 0);
    loop {
        let lot = s.connector.bulk_rows(s.projection().await?, job, from).await.map_err(said)?;
        ensure(lot.rows.len() <= 1_000, || format!("{} rows at a time", lot.rows.len()))?;
        waits = if lot.rows.is_empty() { waits + 1 } else { 0 };
        ensure(waits < 100, || "it never comes to an end".to_owned())?;
        let next = lot.next.unwrap_or(from + lot.rows.len() as u64);
        ensure(next == from + lot.rows.len() as u64, || format!("{next} is not behind the last row"))?;
        rows.extend(lot.rows);
        match lot.next {
            Some(next) => from = next,
            None => return Ok(rows),
        }
    }
}

/// The rows come in the order of their ids, from any place on and as often as they are asked for; a job that is not there is an error and never an empty result.
pub(super) async fn from_a_place(s: &Subject) -> Outcome {
    for n in 0..3 {
        s.hand.create(&[(&s.name, &format!("place {n}"))]).await;
    }
    s.hand.wait().await;
    let projection = s.projection().await?;
    let (job, _) = s.connector.bulk_start(projection.clone(), None).await.map_err(said)?;
    while s.connector.bulk_state(&job).await.map_err(said)?.0 == BulkState::Working {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let all = all_rows(s, &job).await?;
    let place = |id: &RemoteId| (id.as_str().len(), id.clone());
    ensure(all.is_sorted_by_key(|row| place(&row.id)), || {
        "they are not in the order of their ids".to_owned()
    })?;
    ensure(all.len() >= 3, || format!("{} rows", all.len()))?;
    let from = all.len() as u64 - 2;
    let rest = s.connector.bulk_rows(projection.clone(), &job, from).await.map_err(said)?;
    ensure(rest.rows == all[from as usize..] && rest.next.is_none(), || said(&rest))?;
    let end = s.connector.bulk_rows(projection.clone(), &job, all.len() as u64).await.map_err(said)?;
    ensure(end.rows.is_empty() && end.next.is_none(), || said(&end))?;
    let nobody = BulkJob { id: "1".to_owned(), ..job };
    match s.connector.bulk_rows(projection, &nobody, 0).await {
        Err(error) if error.kind == CallErrorKind::Refused => Ok(()),
        other => Err(said(other)),
    }
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
