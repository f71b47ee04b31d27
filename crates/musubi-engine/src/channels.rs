//! Notification channels: opened and renewed when the services can reach us, and what they bring turned into hints.

use crate::error::Result;
use crate::hub::{Hub, Inner};
use crate::partition::Partition;
use musubi_connector::gate::Lane;
use musubi_connector::{Priced, WatchRequest};
use musubi_core::{Instant, ModuleName, RemoteId, Side};
use musubi_store::{ChannelRow, HintRow, SyncId};
use rand::TryRngCore;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The life asked for; services shorten it.
const LIFE: i64 = 24 * 3_600_000;
/// How often channels are looked after.
const LOOK: Duration = Duration::from_secs(5);
/// After a refusal, before the channel is asked for again.
const AFTER_REFUSAL: i64 = 60_000;
/// How long one process may take to open a channel before another one tries.
const CLAIM: i64 = 30_000;

/// A module of a connection.
type Watched = (i64, String);

/// What this process knows of the channels.
#[derive(Default)]
pub(crate) struct Known(Mutex<Inside>);

#[derive(Default)]
struct Inside {
    rows: Vec<ChannelRow>,
    now: i64,
    /// When a channel was opened or renewed here: half of its life later it is renewed.
    renewed: HashMap<Watched, i64>,
    refused: HashMap<Watched, i64>,
}

impl Known {
    /// Until when the service tells of this module's changes, if it does.
    pub fn watched_until(&self, connection: i64, module: &str) -> Option<i64> {
        let inside = self.lock();
        let of_it = |row: &&ChannelRow| row.connection == connection && row.module == module;
        inside.rows.iter().filter(of_it).map(|row| row.until).filter(|until| *until > inside.now).max()
    }

    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A channel as an incoming call is checked against it.
#[derive(Clone)]
pub struct Channel {
    /// The module it tells of.
    pub module: ModuleName,
    /// What the service was told to send with each call.
    pub token: Vec<u8>,
}

/// What happened to the records that a webhook names. They are read before anything is decided, whatever it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Created or changed.
    Written,
    /// Deleted.
    Deleted,
}

impl Hub {
    /// The channel of this number, if we opened one.
    pub async fn channel(&self, connection: i64, id: &str) -> Result<Option<Channel>> {
        let hub = &self.inner;
        let find = |rows: &[ChannelRow]| {
            let row = rows.iter().find(|row| row.connection == connection && row.id == id)?;
            Some(Channel { module: row.module.as_str().into(), token: row.token.clone() })
        };
        if let Some(found) = find(&hub.channels.lock().rows) {
            return Ok(Some(found));
        }
        // Another process may have opened it.
        let rows = hub.store.channels(Some(connection)).await?;
        Ok(find(&rows))
    }

    /// Takes in that these records of a module may have changed. Durable when it returns.
    pub async fn deliver(
        &self,
        connection: i64,
        module: &str,
        ids: Vec<RemoteId>,
        _change: Change,
    ) -> Result<()> {
        let (hub, at) = (&self.inner, self.inner.now());
        let mut hints = Vec::new();
        let partitions: Vec<_> = hub.partitions().values().cloned().collect();
        // What happens while a module pair rests is found when everything is compared after it.
        for partition in partitions.into_iter().filter(|partition| !partition.wishes.borrow().inactive) {
            for side in Side::BOTH {
                if *partition.connections.get(side) == connection
                    && partition.modules.get(side).as_str() == module
                {
                    let hint =
                        |id: &RemoteId| (partition.sync, HintRow { side, id: id.as_str().to_owned(), at });
                    hints.extend(ids.iter().map(hint));
                }
            }
        }
        if hints.is_empty() {
            return Ok(());
        }
        Ok(hub.store.add_hints(hints).await?)
    }
}

/// Looks after the channels again and again.
pub(crate) async fn keep(hub: Arc<Inner>) {
    while !hub.is_stopping() {
        if let Err(error) = look(&hub).await {
            tracing::warn!(code = error.code, "the notification channels could not be looked after: {error}");
        }
        // Soon after the start the first module syncs are there; later there is time.
        let young = hub.channels.lock().rows.is_empty() && hub.public_url.is_some();
        tokio::time::sleep(if young { Duration::from_millis(100) } else { LOOK }).await;
    }
}

async fn look(hub: &Arc<Inner>) -> Result<()> {
    let rows = hub.store.channels(None).await?;
    let now = hub.now();
    {
        let mut inside = hub.channels.lock();
        inside.now = now;
        // A file is this process's alone: channels of an earlier start, which had an address, reach nobody now.
        let deaf = hub.public_url.is_none() && !hub.store.is_shared();
        inside.rows = if deaf { Vec::new() } else { rows.clone() };
    }
    let Some(public_url) = hub.public_url.clone() else { return Ok(()) };
    let mut wanted: BTreeSet<Watched> = BTreeSet::new();
    let at_work =
        |partition: &&Arc<Partition>| partition.live.borrow().driven && !partition.wishes.borrow().paused;
    for partition in hub.partitions().values().filter(at_work) {
        for side in Side::BOTH {
            wanted.insert((*partition.connections.get(side), partition.modules.get(side).to_string()));
        }
    }
    let mut changed = false;
    for key in wanted {
        let row = rows.iter().find(|row| row.connection == key.0 && row.module == key.1).cloned();
        if is_due(hub, &key, row.as_ref(), now) {
            changed |= renew(hub, &public_url, &key).await;
        }
    }
    if changed {
        let rows = hub.store.channels(None).await?;
        hub.channels.lock().rows = rows;
        hub.poke.notify_one();
    }
    Ok(())
}

/// At half life, or when this process does not know how long the life was.
fn is_due(hub: &Inner, key: &Watched, row: Option<&ChannelRow>, now: i64) -> bool {
    let inside = hub.channels.lock();
    if inside.refused.get(key).is_some_and(|at| now - at < AFTER_REFUSAL) {
        return false;
    }
    match (row, inside.renewed.get(key)) {
        (None, _) => true,
        (Some(row), Some(renewed)) => now >= renewed + (row.until - renewed) / 2,
        // Opened by an earlier start, perhaps under another address: told anew.
        (Some(_), None) if !hub.store.is_shared() => true,
        // Opened by another process or an earlier one: no longer than half of what is asked for is left to it.
        (Some(row), None) => row.until - now < LIFE / 2,
    }
}

/// Opens or renews a channel, one process at a time. True when it is open.
async fn renew(hub: &Arc<Inner>, public_url: &str, key: &Watched) -> bool {
    let done = claim_and_renew(hub, public_url, key).await;
    let now = hub.now();
    let mut inside = hub.channels.lock();
    match done {
        Ok(Some(())) => {
            inside.renewed.insert(key.clone(), now);
            inside.refused.remove(key);
            true
        }
        Ok(None) => false,
        Err(error) => {
            tracing::warn!(connection = key.0, module = %key.1, code = error.code, "webhooks are not to be had: {error}");
            inside.refused.insert(key.clone(), now);
            false
        }
    }
}

async fn claim_and_renew(hub: &Arc<Inner>, public_url: &str, key: &Watched) -> Result<Option<()>> {
    // No module sync has a negative number: this lease is for the channels of the connection.
    let partition = SyncId(-key.0);
    let now = hub.now();
    let Some(epoch) = hub.store.acquire(partition, &hub.holder, now, now + CLAIM).await? else {
        return Ok(None);
    };
    let done = watch(hub, public_url, key).await;
    hub.store.release(partition, epoch).await?;
    done.map(Some)
}

async fn watch(hub: &Arc<Inner>, public_url: &str, key: &Watched) -> Result<()> {
    let (connection, module) = key;
    let account = hub.account(*connection).await?;
    let rows = hub.store.channels(Some(*connection)).await?;
    let known = rows.into_iter().find(|row| row.module == *module);
    let now = hub.now();
    let mut row = known.unwrap_or_else(|| {
        let (id, token) = (number(now), token());
        ChannelRow {
            connection: *connection,
            id,
            module: module.clone(),
            token: token.into_bytes(),
            until: 0,
        }
    });
    let secret = String::from_utf8_lossy(&row.token).into_owned();
    // Known before the service can use it: it may call before it has answered.
    row.until = row.until.max(now);
    hub.store.put_channel(&row).await?;
    let request = WatchRequest {
        module: module.as_str().into(),
        channel: row.id.clone(),
        notify_url: format!("{}/hooks/crm/{connection}/{secret}", public_url.trim_end_matches('/')),
        token: secret,
        until: Instant::from_millis(now + LIFE),
    };
    let until = account.ask(Lane::Repair, Priced::Other, account.connector.watch(request)).await?;
    row.until = until.millis();
    Ok(hub.store.put_channel(&row).await?)
}

/// A channel number that no other channel of the connection has: decimal, of at most 18 digits.
fn number(now: i64) -> String {
    let random = rand::rngs::OsRng.try_next_u32().unwrap_or(0);
    format!("{}{:05}", now.rem_euclid(10_000_000_000_000), random % 100_000)
}

/// What only the service and we know: 40 characters.
fn token() -> String {
    let mut bytes = [0; 20];
    rand::rngs::OsRng
        .try_fill_bytes(&mut bytes)
        .expect("a system without random numbers cannot keep a secret");
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_cannot_be_guessed_and_fit() {
        let (one, other) = (token(), token());
        assert_ne!(one, other);
        assert!(one.len() >= 32 && one.len() <= 50);
        assert!(number(1_795_000_000_000).bytes().all(|byte| byte.is_ascii_digit()));
    }
}
