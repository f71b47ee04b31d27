//! What a person has decided again. What would delete records goes only when it is named: by its ids or its code, never along with the rest.

use crate::attention::{Walk, number};
use crate::error::Result;
use crate::history::syncs;
use crate::hub::{Hub, Inner};
use crate::matter::lets_delete;
use crate::pairs;
use musubi_store::{AttentionRow, ModuleSyncRow, SyncId};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// Deletions that were held together.
const BATCH: &str = "delete.breaker";

/// Which matters to try again.
#[derive(Clone, Debug)]
pub enum Retry {
    /// All of the integration, but for deletions that wait for a decision.
    All,
    /// Those with this code.
    Coded(String),
    /// Those of this left module: with this code, or all but deletions that wait for a decision.
    Of(String, Option<String>),
    /// These, by [`crate::report::Failure::id`].
    These(Vec<String>),
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Retried {
    /// So many are decided again.
    pub retried: u64,
    /// Deletions that wait for a decision and were left out, by their code: they go by their ids or by this code alone.
    pub left_out: BTreeMap<String, u64>,
}

impl Hub {
    /// Has these matters decided again by whichever process drives the module.
    pub async fn retry(&self, integration: &str, which: Retry) -> Result<Retried> {
        let (hub, now) = (&self.inner, self.inner.now());
        let mut retried = Retried::default();
        for (sync, chosen) in choose(hub, integration, &which).await? {
            for code in chosen.left_out {
                *retried.left_out.entry(code).or_default() += 1;
            }
            if !chosen.ids.is_empty() {
                retried.retried += hub.store.retry_attention(sync, now, Some(chosen.ids)).await?;
            }
        }
        Ok(retried)
    }

    /// How many records such a retry would have deleted.
    pub async fn deletions_of(&self, integration: &str, which: &Retry) -> Result<u64> {
        let chosen = choose(&self.inner, integration, which).await?;
        Ok(chosen.iter().map(|(_, chosen)| chosen.deletions).sum())
    }
}

/// What is meant of one module.
#[derive(Default)]
struct Chosen {
    ids: Vec<i64>,
    /// So many of them delete a record.
    deletions: u64,
    /// The codes of those that nobody named.
    left_out: Vec<String>,
}

async fn choose(hub: &Inner, integration: &str, which: &Retry) -> Result<Vec<(SyncId, Chosen)>> {
    let own = match which {
        Retry::These(ids) => ids.iter().map(|id| number(id)).collect::<Result<Vec<_>>>()?,
        Retry::Of(module, _) => {
            pairs::sync(hub, integration, module).await?;
            Vec::new()
        }
        Retry::All | Retry::Coded(_) => Vec::new(),
    };
    let mut all = Vec::new();
    for sync in syncs(hub, integration).await? {
        all.push((sync.id, choose_of(hub, &sync, which, &own).await?));
    }
    Ok(all)
}

async fn choose_of(
    hub: &Inner,
    sync: &ModuleSyncRow,
    which: &Retry,
    own: &[(SyncId, i64)],
) -> Result<Chosen> {
    let is_meant = |item: &AttentionRow| match which {
        Retry::All | Retry::Of(_, None) => true,
        Retry::Coded(code) | Retry::Of(_, Some(code)) => item.code == *code,
        Retry::These(_) => own.contains(&(sync.id, item.id)),
    };
    let is_named = !matches!(which, Retry::All | Retry::Of(_, None));
    if matches!(which, Retry::Of(module, _) if *module != sync.left_module) {
        return Ok(Chosen::default());
    }
    let (mut chosen, mut batch, mut walk) = (Chosen::default(), Vec::new(), Walk::new(sync.id));
    let (mut others, mut waiting) = (Vec::new(), BTreeSet::new());
    let mut lets_batch_go = false;
    while let Some(items) = walk.next(hub).await? {
        for item in items {
            let (meant, deletes) = (is_meant(&item), lets_delete(&item.code));
            if deletes {
                waiting.insert(records(&item));
            }
            if meant && deletes && !is_named {
                chosen.left_out.push(item.code);
            } else if item.code == BATCH {
                lets_batch_go |= meant;
                batch.push(item.id);
            } else if meant && deletes {
                chosen.deletions += 1;
                chosen.ids.push(item.id);
            } else if meant {
                others.push((item.id, records(&item)));
            }
        }
    }
    // Who lets one deletion of many go lets all of them go: they were held together, and are asked about once.
    if lets_batch_go {
        chosen.deletions += batch.len() as u64;
        chosen.ids.extend(batch);
    }
    // Whatever else is told of a pair whose deletion waits: deciding the pair again would let that go, and nobody named it.
    others.retain(|(_, records)| !waiting.contains(records));
    chosen.ids.extend(others.into_iter().map(|(id, _)| id));
    Ok(chosen)
}

/// The records that it is about.
fn records(item: &AttentionRow) -> (Option<String>, Option<String>) {
    (item.left_id.clone(), item.right_id.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Config;
    use musubi_store::{Changes, Store};

    const FILE: &str = "[connections.a]\nservice = \"crm\"\ndata_centre = \"eu\"\n\
        [connections.b]\nservice = \"crm\"\ndata_centre = \"jp\"\n\
        [integrations.i]\nleft = \"a\"\nright = \"b\"\n\
        [[integrations.i.modules]]\nleft = \"Contacts\"\nright = \"Contacts\"\n";

    fn matter(id: i64, code: &str, pair: &str) -> AttentionRow {
        AttentionRow {
            id,
            kind: -1,
            due: i64::MAX,
            left_id: Some(format!("l{pair}")),
            right_id: Some(format!("r{pair}")),
            field: None,
            code: code.to_owned(),
            created_at: 1,
            tries: 1,
            closed_at: None,
            body: b"{}".to_vec(),
        }
    }

    #[tokio::test]
    async fn a_deletion_goes_when_it_is_named_and_not_with_something_else_that_is_told_of_its_pair() {
        let hub = Hub::offline(Store::in_memory().unwrap(), 1);
        hub.apply(&Config::parse(FILE).unwrap(), true).await.unwrap();
        let sync = syncs(&hub.inner, "i").await.unwrap().remove(0).id;
        let store = &hub.inner.store;
        let epoch = store.acquire(sync, "test", 0, i64::MAX).await.unwrap().unwrap();
        let attention_put = vec![
            matter(1, "delete.conflict", "1"),
            matter(2, "value.refused", "1"),
            matter(3, "value.refused", "2"),
        ];
        store.commit(sync, epoch, 1, Changes { attention_put, ..Changes::default() }).await.unwrap();

        let all = hub.retry("i", Retry::All).await.unwrap();
        assert_eq!(all, Retried { retried: 1, left_out: [("delete.conflict".to_owned(), 1)].into() });
        let refused = hub.retry("i", Retry::Coded("value.refused".into())).await.unwrap();
        assert_eq!(refused, Retried { retried: 1, left_out: BTreeMap::new() });
        let named = Retry::These(vec![format!("{}-1", sync.0), format!("{}-2", sync.0)]);
        assert_eq!(hub.deletions_of("i", &named).await.unwrap(), 1);
        assert_eq!(hub.retry("i", named).await.unwrap().retried, 1);
    }
}
