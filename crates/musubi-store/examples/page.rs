//! Measures the hot path: for each page of 200 records a load and a commit, as a first load makes them, then pages of
//! which nothing changed. `cargo run --release -p musubi-store --example page -- [memory | sqlite:FILE | postgres://…] [records]`

use musubi_core::Side;
use musubi_store::{Changes, IntentRow, JournalRow, LinkRow, MatchRow, Store, SyncId, Want};
use std::io::Write;
use std::time::{Duration, Instant};

const PAGE: usize = 200;
const BODY: usize = 550;
const SYNC: SyncId = SyncId(1);

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let database = arguments.first().cloned().unwrap_or_else(|| "sqlite:/tmp/musubi-page.db".into());
    let records: usize = arguments.get(1).map_or(Ok(20_000), |text| text.parse())?;
    let store = if database == "memory" { Store::in_memory()? } else { Store::open(&database).await? };
    let epoch = store.acquire(SYNC, "page", 0, i64::MAX).await?.ok_or("the database is in use")?;
    let pages = records / PAGE;
    let mut out = std::io::stdout();
    let before = cpu();
    let (mut loading, mut committing) = (Vec::new(), Vec::new());
    for page in 0..pages {
        let ids: Vec<usize> = (page * PAGE..(page + 1) * PAGE).collect();
        loading.push(timed(store.load(SYNC, want(&ids, true))).await?);
        let changes = changes(page, &ids);
        committing.push(timed(store.commit(SYNC, epoch, 1, changes)).await?);
    }
    writeln!(
        out,
        "CPU of the program: {:.2} us a record, load and commit",
        (cpu() - before) / records as f64
    )?;
    let before = cpu();
    let mut again = Vec::new();
    for page in 0..pages {
        let ids: Vec<usize> = (page * PAGE..(page + 1) * PAGE).collect();
        again.push(timed(store.load(SYNC, want(&ids, false))).await?);
    }
    writeln!(out, "CPU of the program: {:.2} us a record, load of known", (cpu() - before) / records as f64)?;
    for (name, times) in
        [("load of new", &mut loading), ("commit", &mut committing), ("load of known", &mut again)]
    {
        times.sort();
        let sum: Duration = times.iter().sum();
        let each = sum.as_secs_f64() * 1e6 / (pages * PAGE) as f64;
        let (median, slow) = (times[pages / 2], times[pages * 99 / 100]);
        writeln!(out, "{name:14} {each:6.2} us a record, page median {median:.2?}, p99 {slow:.2?}")?;
    }
    let before = cpu();
    let opening = timed(async {
        for _ in 0..200 {
            Store::in_memory()?;
        }
        Ok(())
    });
    let opening = opening.await? / 200;
    writeln!(out, "opening a store in memory: {opening:.2?}, CPU {:.0} us", (cpu() - before) / 200.0)?;
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "a measurement")]
async fn timed<T>(call: impl Future<Output = musubi_store::Result<T>>) -> musubi_store::Result<Duration> {
    let start = Instant::now();
    call.await?;
    Ok(start.elapsed())
}

/// CPU time of all threads, in microseconds.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let ticks = stat.rsplit(')').next().unwrap_or_default().split_whitespace().skip(11).take(2);
    ticks.filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() * 1e4
}

fn left(i: usize) -> String {
    format!("5546700000{:09}", i * 17)
}

fn right(i: usize) -> String {
    format!("6610900000{:09}", i * 13)
}

fn key(i: usize) -> [u8; 16] {
    ((i as u128 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835)).to_be_bytes()
}

fn want(ids: &[usize], keys: bool) -> Want {
    Want {
        ids: ids.iter().map(|i| (Side::Left, left(*i))).collect(),
        keys: if keys { ids.iter().map(|i| (Side::Right, key(*i))).collect() } else { Vec::new() },
        ..Want::default()
    }
}

fn changes(page: usize, ids: &[usize]) -> Changes {
    let intent = |id: i64| IntentRow {
        id,
        epoch: 1,
        side: Side::Right,
        kind: 0,
        state: 0,
        created_at: 1,
        deadline: 2,
        body: vec![1; 4000],
    };
    let keys = |side: Side, id: fn(usize) -> String| {
        ids.iter().map(move |i| MatchRow { side, key: key(*i), id: id(*i) })
    };
    Changes {
        links_put: ids
            .iter()
            .map(|i| LinkRow { left_id: left(*i), right_id: right(*i), state: 0, body: vec![7; BODY] })
            .collect(),
        keys_put: keys(Side::Left, left).chain(keys(Side::Right, right)).collect(),
        intents_put: vec![intent(page as i64 * 2 + 2), intent(page as i64 * 2 + 3)],
        intents_delete: vec![page as i64 * 2, page as i64 * 2 + 1],
        journal: ids
            .iter()
            .map(|i| JournalRow {
                seq: *i as i64 + 1,
                at: 1,
                side: Side::Right,
                left_id: Some(left(*i)),
                right_id: Some(right(*i)),
                kind: 1,
                body: vec![3; 60],
            })
            .collect(),
        state: Some(vec![5; 2000]),
        ..Changes::default()
    }
}
