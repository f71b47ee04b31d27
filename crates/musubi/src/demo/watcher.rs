//! Watches the hub at work and keeps the picture true: what the journal says arrived, what the sandbox counted.

use super::edits::MODULES;
use super::office::Done;
use super::sample::Control;
use super::scene::{Edit, ModuleRow, Scene};
use super::start::{INTEGRATION, Stage};
use crate::failure::Failure;
use crate::store::now;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use musubi_core::Side;
use musubi_engine::sync::JournalKind;
use musubi_store::{JournalRow, Store, SyncId};
use std::collections::VecDeque;

/// An edit that was not seen to arrive after so long was overtaken by another one.
const OVERTAKEN: i64 = 20_000;
/// Entries read at once.
const BATCH: i64 = 1_000;

/// Looks at the store and the sandbox, again and again.
pub struct Watcher {
    store: Store,
    control: Control,
    org_ids: [String; 2],
    /// By module: the sync, and the journal's end as read.
    syncs: Vec<(SyncId, i64)>,
    pending: VecDeque<(usize, Done)>,
    began: i64,
}

impl Watcher {
    /// A watcher of this demo.
    pub async fn new(stage: &Stage, workspace: i64) -> Result<Watcher, Failure> {
        let rows = stage.store.integrations(workspace).await?;
        let integration = rows.iter().find(|row| row.name == INTEGRATION);
        let syncs = match integration {
            Some(row) => stage.store.module_syncs(row.id).await?,
            None => Vec::new(),
        };
        let sync = |name: &str| syncs.iter().find(|row| row.left_module == name).map(|row| (row.id, 0));
        Ok(Watcher {
            store: stage.store.clone(),
            control: stage.control.clone(),
            org_ids: stage.orgs.each_ref().map(|org| org.org_id.clone()),
            syncs: MODULES.iter().filter_map(|module| sync(module.name)).collect(),
            pending: VecDeque::new(),
            began: now(),
        })
    }

    /// Somebody did something on a side.
    pub fn done(&mut self, side: usize, done: Done, scene: &mut Scene) {
        scene.edited(Edit {
            at: time_of_day(done.at),
            side,
            module: MODULES[done.module].name.to_owned(),
            record: done.record.clone(),
            what: done.what.clone(),
            latency: None,
        });
        self.pending.push_back((side, done));
    }

    /// Reads what the journal has gained; gives the edits that arrived.
    pub async fn follow(&mut self, scene: &mut Scene) -> Result<Vec<Edit>, Failure> {
        let mut arrived = Vec::new();
        for module in 0..self.syncs.len() {
            let (sync, after) = self.syncs[module];
            let entries = self.store.journal_tail(sync, after, BATCH).await?;
            for entry in entries {
                self.syncs[module].1 = entry.seq;
                scene.writes += u64::from(is_write(&entry));
                arrived.append(&mut self.arrived(module, &entry, scene));
            }
        }
        let now = now();
        self.pending.retain(|(_, done)| now - done.at < OVERTAKEN);
        scene.seconds = u64::try_from((now - self.began) / 1_000).unwrap_or(0);
        Ok(arrived)
    }

    /// Counts records, links, calls and open work. `own` are the calls and credits of the people themselves.
    pub async fn count(&mut self, scene: &mut Scene, own: [(u64, u64); 2]) -> Result<(), Failure> {
        let counts = self.control.counts().await?;
        let (mut waiting, mut attention) = (self.pending.len() as i64, 0);
        let mut links = Vec::new();
        for (sync, _) in &self.syncs {
            let count = self.store.counts(*sync).await?;
            waiting += count.intents + count.hints + count.parked;
            attention += count.attention.iter().map(|(.., n)| n).sum::<i64>();
            links.push(u64::try_from(count.all_links()).unwrap_or(0));
        }
        let of = |side: usize| counts.get(&self.org_ids[side]).cloned().unwrap_or_default();
        let sides = [of(0), of(1)];
        scene.calls = [0, 1].map(|at| sides[at].calls.saturating_sub(own[at].0));
        scene.credits = [0, 1].map(|at| sides[at].credits.saturating_sub(own[at].1));
        scene.waiting = u64::try_from(waiting).unwrap_or(0);
        scene.attention = u64::try_from(attention).unwrap_or(0);
        scene.modules = MODULES
            .iter()
            .zip(links)
            .map(|(module, links)| ModuleRow {
                name: module.name.to_owned(),
                records: [0, 1].map(|at| sides[at].records.get(module.name).copied().unwrap_or(0)),
                links,
            })
            .collect();
        Ok(())
    }

    /// The edits whose arrival this entry is: several of one record may travel together.
    fn arrived(&mut self, module: usize, entry: &JournalRow, scene: &mut Scene) -> Vec<Edit> {
        let (from, source) = match entry.side {
            Side::Right => (0, &entry.left_id),
            Side::Left => (1, &entry.right_id),
        };
        let is_this = |(side, done): &(usize, Done)| {
            *side == from
                && done.module == module
                && Some(&done.id) == source.as_ref()
                && entry.at + 1_000 >= done.at
        };
        if !is_write(entry) {
            return Vec::new();
        }
        let (here, elsewhere): (VecDeque<_>, VecDeque<_>) = self.pending.drain(..).partition(is_this);
        self.pending = elsewhere;
        let mut arrived = Vec::new();
        for (_, done) in here {
            let latency = u64::try_from(entry.at - done.at).unwrap_or(0);
            scene.latencies.push(latency);
            let shown = scene.edits.iter_mut().find(|edit| {
                edit.latency.is_none()
                    && edit.side == from
                    && edit.record == done.record
                    && edit.what == done.what
            });
            if let Some(shown) = shown {
                shown.latency = Some(latency);
                arrived.push(shown.clone());
            }
        }
        arrived
    }
}

fn is_write(entry: &JournalRow) -> bool {
    matches!(JournalKind::from_number(entry.kind), Some(JournalKind::Created | JournalKind::Updated))
}

/// Hours, minutes and seconds where this machine is.
fn time_of_day(millis: i64) -> String {
    Timestamp::from_millisecond(millis)
        .map(|at| at.to_zoned(TimeZone::system()).strftime("%H:%M:%S").to_string())
        .unwrap_or_default()
}
