//! Forgetting what is old: journal, runs, settled attention items, the audit trail.

use crate::error::Result;
use crate::sql::args;
use crate::store::Store;

/// So many rows at a time, so that no transaction is long.
const SOME: i64 = 2_000;

/// Entries are numbered in the order of their times, so the first one that stays bounds those that go.
const SYNCS: &str = "select distinct sync from journal order by sync";
const OLD: &str = "select seq, at from journal where sync = $1 order by seq limit $2";
const JOURNAL: &str = "delete from journal where sync = $1 and seq in (/*list*/ $2)";
const OUTCOMES: &str = "delete from run_outcome where exists (select 1 from run where run.sync = run_outcome.sync \
    and run.id = run_outcome.run and run.ended_at < $1)";
const RUNS: &str = "delete from run where ended_at < $1";
const ATTENTION: &str = "delete from attention where closed_at < $1";
const AUDIT: &str = "delete from audit where at < $1";
pub(crate) const STATEMENTS: &[&str] = &[SYNCS, OLD, JOURNAL, OUTCOMES, RUNS, ATTENTION, AUDIT];

impl Store {
    /// Deletes journal entries, ended runs and settled attention items from before these times. Gives the number of
    /// journal entries deleted. Nothing that is open or current is touched.
    pub async fn forget(&self, journal_before: i64, runs_before: i64) -> Result<u64> {
        let syncs = self.all(SYNCS, Vec::new(), |row| row.int(0)).await?;
        let mut deleted = 0;
        for sync in syncs {
            loop {
                let some = self
                    .write(move |tx| {
                        Box::pin(async move {
                            let first = tx
                                .rows(OLD, &args![sync, SOME], |row| Ok((row.int(0)?, row.int(1)?)))
                                .await?;
                            let old: Vec<i64> = first
                                .iter()
                                .take_while(|(_, at)| *at < journal_before)
                                .map(|(seq, _)| *seq)
                                .collect();
                            tx.queue_in(JOURNAL, &args![sync], old.iter().map(|seq| (*seq).into()))?;
                            Ok(old.len() as i64)
                        })
                    })
                    .await?;
                deleted += some as u64;
                if some < SOME {
                    break;
                }
            }
        }
        for sql in [OUTCOMES, RUNS, ATTENTION, AUDIT] {
            self.change(sql, crate::single::values![runs_before]).await?;
        }
        Ok(deleted)
    }
}

#[cfg(test)]
mod tests {
    use crate::commit::Changes;
    use crate::testing::{SYNC, each_engine, journal_row, lease, run_row};

    #[test]
    fn only_what_is_old_and_ended_is_forgotten() {
        each_engine(async |store| {
            let epoch = lease(&store, SYNC).await;
            let change = Changes {
                journal: (1..=5000).map(|seq| journal_row(seq, seq)).collect(),
                runs: vec![run_row(1, Some(10)), run_row(2, None), run_row(3, Some(6000))],
                ..Changes::default()
            };
            store.commit(SYNC, epoch, 1, change).await.unwrap();
            assert_eq!(store.forget(4501, 5000).await.unwrap(), 4500);
            assert_eq!(store.journal_tail(SYNC, 0, 1).await.unwrap()[0].seq, 4501);
            let left: Vec<_> =
                store.runs(SYNC, i64::MAX, 9).await.unwrap().into_iter().map(|r| r.id).collect();
            assert_eq!(left, [3, 2]);
        });
    }
}
