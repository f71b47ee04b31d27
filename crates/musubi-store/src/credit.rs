//! API credits: reserved in blocks from one budget per connection over 24 hours, by all processes together
//! (invariant I15).

use crate::error::Result;
use crate::sql::args;
use crate::store::Store;

const HOUR: i64 = 3_600_000;
/// The hour now and the 23 before it, and one more because the window begins within an hour.
const HOURS: i64 = 24;

/// The row of hour -1 is nobody's hour: it is changed so that one transaction at a time reserves.
const LOCK: &str = "insert into credit (connection, hour, used) values ($1, -1, 0) \
    on conflict (connection, hour) do update set used = 0";
const USED: &str =
    "select cast(coalesce(sum(used), 0) as bigint) from credit where connection = $1 and hour >= $2";
const ADD: &str = "insert into credit (connection, hour, used) values ($1, $2, $3) \
    on conflict (connection, hour) do update set used = credit.used + excluded.used";
const FORGET: &str = "delete from credit where connection = $1 and hour >= 0 and hour < $2";
const BY_HOUR: &str = "select hour, used from credit where connection = $1 and hour >= $2 order by hour";
pub(crate) const STATEMENTS: &[&str] = &[LOCK, USED, ADD, FORGET, BY_HOUR];

impl Store {
    /// Reserves up to `block` credits of a budget of `limit` in any 24 hours, and gives how many were granted.
    pub async fn reserve_credits(&self, connection: i64, now: i64, block: i64, limit: i64) -> Result<i64> {
        let hour = now.div_euclid(HOUR);
        self.write(move |tx| {
            Box::pin(async move {
                tx.run(LOCK, &args![connection]).await?;
                let used =
                    tx.row(USED, &args![connection, hour - HOURS], |row| row.int(0)).await?.unwrap_or(0);
                let granted = block.min(limit - used).max(0);
                if granted > 0 {
                    tx.run(ADD, &args![connection, hour, granted]).await?;
                }
                tx.run(FORGET, &args![connection, hour - HOURS]).await?;
                Ok(granted)
            })
        })
        .await
    }

    /// Gives back credits that were reserved at `at` and not spent.
    pub async fn return_credits(&self, connection: i64, at: i64, unspent: i64) -> Result<()> {
        let hour = at.div_euclid(HOUR);
        self.write(move |tx| {
            Box::pin(async move { tx.run(ADD, &args![connection, hour, -unspent]).await.map(drop) })
        })
        .await
    }

    /// Credits by hour (since 1970) from this hour on; hours without any are left out.
    pub async fn credits_by_hour(&self, connection: i64, from: i64) -> Result<Vec<(i64, i64)>> {
        let values = crate::single::values![connection, from.max(0)];
        self.all(BY_HOUR, values, |row| Ok((row.int(0)?, row.int(1)?))).await
    }

    /// How many credits are reserved or spent in the 24 hours before `now`.
    pub async fn credits_used(&self, connection: i64, now: i64) -> Result<i64> {
        let since = now.div_euclid(HOUR) - HOURS;
        let used = self.one(USED, crate::single::values![connection, since], |row| row.int(0)).await?;
        Ok(used.unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::each_engine;

    #[test]
    fn never_more_than_the_limit_in_24_hours() {
        each_engine(async |store| {
            let start = 1_000 * HOUR + 5;
            assert_eq!(store.reserve_credits(1, start, 60, 100).await.unwrap(), 60);
            assert_eq!(store.reserve_credits(1, start + HOUR, 60, 100).await.unwrap(), 40);
            assert_eq!(store.reserve_credits(1, start + 24 * HOUR, 60, 100).await.unwrap(), 0);
            store.return_credits(1, start + HOUR, 10).await.unwrap();
            assert_eq!(store.credits_used(1, start + HOUR).await.unwrap(), 90);
            assert_eq!(store.reserve_credits(1, start + 25 * HOUR, 60, 100).await.unwrap(), 60);
            assert_eq!(store.reserve_credits(2, start, 60, 100).await.unwrap(), 60, "another connection");
        });
    }

    #[test]
    fn many_at_once_never_get_more_than_the_limit() {
        each_engine(async |store| {
            let asked = (0..20).map(|_| store.reserve_credits(1, HOUR, 7, 100));
            let granted: i64 = futures::future::try_join_all(asked).await.unwrap().into_iter().sum();
            assert_eq!(granted, 100);
        });
    }
}
