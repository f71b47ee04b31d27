//! Leases: which process works on which partition. The epoch only rises (invariant I8), and every commit of a
//! partition is fenced by it.

use crate::error::{Result, StoreError};
use crate::link::SyncId;
use crate::sql::{Expect, Tx, args};
use crate::store::Store;

/// Who holds a partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeaseRow {
    /// The partition: a module sync.
    pub partition: SyncId,
    /// The name of the process; empty if nobody ever held it.
    pub holder: String,
    /// Raised by one each time it is acquired.
    pub epoch: i64,
    /// Until when it is held, in milliseconds since 1970; 0 once released.
    pub until: i64,
}

const ACQUIRE: &str = "insert into lease (partition, holder, epoch, until) values ($1, $2, 1, $3) \
    on conflict (partition) do update set holder = excluded.holder, epoch = lease.epoch + 1, \
    until = excluded.until where lease.until <= $4 returning epoch";
const RENEW: &str = "update lease set until = $1 where partition = $2 and epoch = $3 and until > 0";
const RELEASE: &str = "update lease set until = 0 where partition = $1 and epoch = $2";
const RELEASE_ALL: &str = "update lease set until = 0 where holder = $1 and until > 0";
const LIST: &str = "select partition, holder, epoch, until from lease order by partition";
/// Changes nothing, but only one transaction at a time does it, and it tells whether the epoch is still this one.
const FENCE: &str = "update lease set epoch = epoch where partition = $1 and epoch = $2";
const LOCK: &str = "insert into lease (partition, holder, epoch, until) values ($1, '', 0, 0) \
    on conflict (partition) do update set epoch = lease.epoch";
pub(crate) const STATEMENTS: &[&str] = &[ACQUIRE, RENEW, RELEASE, RELEASE_ALL, LIST, FENCE, LOCK];

/// The transaction goes on only while this epoch is the lease's, and no other one can acquire it before the end.
pub(crate) fn fence(tx: &Tx, partition: SyncId, epoch: i64) -> Result<()> {
    tx.queue(FENCE, &args![partition, epoch], Expect::Rows(1, StoreError::lease_lost))
}

/// Nobody commits to this partition until the transaction ends.
pub(crate) fn lock(tx: &Tx, partition: SyncId) -> Result<()> {
    tx.queue(LOCK, &args![partition], Expect::Any)
}

impl Store {
    /// Takes the partition if nobody holds it at `now`, and gives the new epoch.
    pub async fn acquire(
        &self,
        partition: SyncId,
        holder: &str,
        now: i64,
        until: i64,
    ) -> Result<Option<i64>> {
        let holder = holder.to_owned();
        self.write(move |tx| {
            let holder = holder.clone();
            Box::pin(async move {
                tx.row(ACQUIRE, &args![partition, &holder, until, now], |row| row.int(0)).await
            })
        })
        .await
    }

    /// Holds the partition for longer; false if another one acquired it, or it was released.
    pub async fn renew(&self, partition: SyncId, epoch: i64, until: i64) -> Result<bool> {
        self.write(move |tx| {
            Box::pin(async move { Ok(tx.run(RENEW, &args![until, partition, epoch]).await? == 1) })
        })
        .await
    }

    /// Gives the partition up, if this epoch still holds it.
    pub async fn release(&self, partition: SyncId, epoch: i64) -> Result<()> {
        self.write(move |tx| {
            Box::pin(async move { tx.run(RELEASE, &args![partition, epoch]).await.map(drop) })
        })
        .await
    }

    /// Gives up all that this process holds: on its way out, or for a dead one whose name is known. Gives how many.
    pub async fn release_all(&self, holder: &str) -> Result<u64> {
        let holder = holder.to_owned();
        self.write(move |tx| {
            let holder = holder.clone();
            Box::pin(async move { tx.run(RELEASE_ALL, &args![&holder]).await })
        })
        .await
    }

    /// Every lease there has been.
    pub async fn leases(&self) -> Result<Vec<LeaseRow>> {
        self.read(|tx| {
            Box::pin(async move {
                tx.rows(LIST, &[], |row| {
                    Ok(LeaseRow {
                        partition: SyncId(row.int(0)?),
                        holder: row.text(1)?,
                        epoch: row.int(2)?,
                        until: row.int(3)?,
                    })
                })
                .await
            })
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{SYNC, each_engine};

    #[test]
    fn one_holder_at_a_time_and_ever_higher_epochs() {
        each_engine(async |store| {
            assert_eq!(store.acquire(SYNC, "a", 0, 100).await.unwrap(), Some(1));
            assert_eq!(store.acquire(SYNC, "b", 99, 200).await.unwrap(), None);
            assert!(store.renew(SYNC, 1, 150).await.unwrap());
            assert_eq!(store.acquire(SYNC, "b", 149, 200).await.unwrap(), None);
            assert_eq!(store.acquire(SYNC, "b", 150, 200).await.unwrap(), Some(2));
            assert!(!store.renew(SYNC, 1, 300).await.unwrap(), "an older epoch");
            store.release(SYNC, 1).await.unwrap();
            assert_eq!(
                store.acquire(SYNC, "a", 160, 200).await.unwrap(),
                None,
                "an older epoch releases nothing"
            );
            store.release(SYNC, 2).await.unwrap();
            assert!(!store.renew(SYNC, 2, 300).await.unwrap(), "released");
            assert_eq!(store.acquire(SYNC, "a", 161, 200).await.unwrap(), Some(3));
            assert_eq!(store.release_all("a").await.unwrap(), 1);
            let leases = store.leases().await.unwrap();
            assert_eq!((leases.len(), leases[0].epoch, leases[0].until), (1, 3, 0));
        });
    }

    #[test]
    fn of_many_who_try_at_once_one_acquires() {
        each_engine(async |store| {
            let tries = (0..12).map(|i| {
                let store = store.clone();
                async move { store.acquire(SYNC, &format!("p{i}"), 0, 100).await.unwrap() }
            });
            let won = futures::future::join_all(tries).await.into_iter().flatten().count();
            assert_eq!(won, 1);
        });
    }
}
