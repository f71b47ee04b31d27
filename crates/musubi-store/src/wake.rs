//! Telling waiting partitions that there is work: inside one process directly, between processes on PostgreSQL by
//! NOTIFY. A wake may be lost; looking from time to time is the truth.

use crate::error::Result;
use crate::link::SyncId;
use crate::sql::Tx;
use crate::store::{Engine, Store};
use std::collections::BTreeSet;
use tokio::sync::broadcast::{self, Receiver, Sender, error::RecvError};

const CHANNEL: &str = "musubi_wake";
/// Wakes a slow listener may fall behind before it is told to look at everything.
const KEPT: usize = 1024;

/// What rings in this process.
pub(crate) struct Bell(Sender<SyncId>);

impl Default for Bell {
    fn default() -> Bell {
        Bell(broadcast::channel(KEPT).0)
    }
}

impl Bell {
    pub(crate) fn ring(&self, syncs: &BTreeSet<SyncId>) {
        for sync in syncs {
            // Nobody listening is no failure.
            let _ = self.0.send(*sync);
        }
    }
}

/// Wakes as they come.
pub struct Wakes(Receiver<SyncId>);

/// What a wake says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wake {
    /// This module sync has something to look at.
    Sync(SyncId),
    /// Some wakes were missed: look at all.
    All,
}

impl Wakes {
    /// Waits for the next wake; never ends while the store lives.
    pub async fn next(&mut self) -> Option<Wake> {
        match self.0.recv().await {
            Ok(sync) => Some(Wake::Sync(sync)),
            Err(RecvError::Lagged(_)) => Some(Wake::All),
            Err(RecvError::Closed) => None,
        }
    }
}

impl Store {
    /// The wakes from now on. Those of other processes come only while `hear_others` runs.
    pub fn wakes(&self) -> Wakes {
        Wakes(self.inner.bell.0.subscribe())
    }

    /// Listens for the wakes of other processes until the connection is lost: then the caller starts it again after a
    /// while. On SQLite there are no others; it ends at once.
    pub async fn hear_others(&self) -> Result<()> {
        let Engine::Postgres(pool) = &self.inner.engine else { return Ok(()) };
        let heard = |text: &str| {
            let syncs = text.split(',').filter_map(|number| number.parse().ok().map(SyncId)).collect();
            self.inner.bell.ring(&syncs);
            true
        };
        pool.listen(CHANNEL, heard).await
    }

    /// Wakes these module syncs, in this process once the transaction has been committed.
    pub(crate) fn ring(&self, syncs: &BTreeSet<SyncId>) {
        self.inner.bell.ring(syncs);
    }
}

/// Wakes these module syncs in other processes, if the transaction is committed.
pub(crate) fn notify(tx: &Tx, syncs: &BTreeSet<SyncId>) {
    if let Tx::Postgres(tx) = tx {
        // A notification's text is limited to 8,000 bytes.
        let syncs: Vec<String> = syncs.iter().map(|sync| sync.0.to_string()).collect();
        for some in syncs.chunks(300) {
            tx.notify(CHANNEL, &some.join(","));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hint::HintRow;
    use crate::testing::{SYNC, on_postgres};
    use musubi_core::Side;
    use std::time::Duration;

    #[test]
    fn another_process_on_postgres_is_woken() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(on_postgres(async |url| {
            let (here, there) =
                (Store::open_postgres(&url).await.unwrap(), Store::open_postgres(&url).await.unwrap());
            let mut wakes = there.wakes();
            let hear = there.hear_others();
            let ring = async {
                let hint = HintRow { side: Side::Left, id: "a".into(), at: 1 };
                // Until it listens; each one is a wake of its own.
                loop {
                    here.add_hints(vec![(SYNC, hint.clone())]).await.unwrap();
                    let heard = tokio::time::timeout(Duration::from_millis(50), wakes.next()).await;
                    if let Ok(heard) = heard {
                        return heard;
                    }
                }
            };
            let heard = tokio::select! {
                ended = hear => panic!("stopped listening: {ended:?}"),
                heard = tokio::time::timeout(Duration::from_secs(20), ring) => heard.unwrap(),
            };
            assert_eq!(heard, Some(Wake::Sync(SYNC)));
        }));
    }
}
