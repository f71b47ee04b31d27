//! Plans that a person approved: while one is kept for a module sync, nothing else is done there.

use crate::error::Result;
use crate::link::SyncId;
use crate::single::values;
use crate::sql::{Expect, args};
use crate::store::Store;
use std::sync::Arc;

const PUT: &str =
    "insert into approval (sync, plan) values ($1, $2) on conflict (sync) do update set plan = excluded.plan";
const GET: &str = "select plan from approval where sync = $1";
const HAS: &str = "select count(*) from approval where sync = $1";
const DELETE: &str = "delete from approval where sync = $1";
/// Who works on it does not know the plan: what it was about to do is not committed.
const TAKE_AWAY: &str = "update lease set epoch = epoch + 1, until = 0 where partition = $1";
pub(crate) const STATEMENTS: &[&str] = &[PUT, GET, HAS, DELETE, TAKE_AWAY];

impl Store {
    /// Binds these module syncs to these plans, all or none. Whoever works on one of them loses the lease.
    pub async fn approve(&self, plans: Vec<(SyncId, Vec<u8>)>) -> Result<()> {
        let plans = Arc::new(plans);
        self.write(move |tx| {
            let plans = Arc::clone(&plans);
            Box::pin(async move {
                plans.iter().try_for_each(|(sync, plan)| {
                    tx.queue(PUT, &args![*sync, plan], Expect::Any)?;
                    tx.queue(TAKE_AWAY, &args![*sync], Expect::Any)
                })
            })
        })
        .await
    }

    /// The plan that the module sync is bound to.
    pub async fn approval(&self, sync: SyncId) -> Result<Option<Vec<u8>>> {
        self.one(GET, values![sync], |row| row.bytes(0)).await
    }

    /// Whether it is bound to a plan.
    pub async fn is_bound(&self, sync: SyncId) -> Result<bool> {
        Ok(self.one(HAS, values![sync], |row| row.int(0)).await?.is_some_and(|count| count > 0))
    }

    /// Anything may be done again. False if it was not bound.
    pub async fn unbind(&self, sync: SyncId) -> Result<bool> {
        Ok(self.change(DELETE, values![sync]).await? == 1)
    }
}

#[cfg(test)]
mod tests {
    use crate::error::Kind;
    use crate::testing::{each_engine, lease, link, links, module_sync_row};

    #[test]
    fn who_does_not_know_the_plan_commits_nothing_more() {
        each_engine(async |store| {
            let row = |module| module_sync_row(3, module);
            let bound = store.insert_module_sync(&row("Contacts"), 1).await.unwrap();
            let free = store.insert_module_sync(&row("Accounts"), 1).await.unwrap();
            let epoch = lease(&store, bound).await;
            let other = lease(&store, free).await;
            store.approve(vec![(bound, vec![1, 2]), (bound, vec![3])]).await.unwrap();
            assert_eq!(store.approval(bound).await.unwrap(), Some(vec![3]));
            assert!(store.is_bound(bound).await.unwrap());
            let lost = store.commit(bound, epoch, 1, links(vec![link("1", 0)])).await.unwrap_err();
            assert_eq!(lost.kind, Kind::LeaseLost);
            store.commit(free, other, 1, links(vec![link("1", 0)])).await.unwrap();
            assert_eq!(store.approval(free).await.unwrap(), None);

            assert!(store.unbind(bound).await.unwrap());
            assert!(!store.unbind(bound).await.unwrap());
            assert!(!store.is_bound(bound).await.unwrap());
            store.approve(vec![(free, vec![4])]).await.unwrap();
            store.delete_module_sync(free).await.unwrap();
            assert_eq!(store.approval(free).await.unwrap(), None, "it goes with what it was for");
        });
    }
}
