//! Which records have an operation under way: at most one per link (DESIGN §2.9).

use super::batch::{Batch, BatchId};
use foldhash::{HashMap, HashSet};
use musubi_connector::WriteKind;
use musubi_core::{RemoteId, Side, Sides};
use musubi_store::MatchKey as Key;

/// Operations under way.
#[derive(Default, Debug)]
pub(super) struct Flights {
    /// Per side, the records of links with an operation under way.
    links: Sides<HashSet<RemoteId>>,
    /// Sources of creates, per source side.
    creating: Sides<HashMap<RemoteId, BatchId>>,
    /// Keys reserved by creates, per target side (I4).
    reserved: Sides<HashMap<Key, u32>>,
}

impl Flights {
    /// True when the link of this record has an operation under way.
    pub fn link(&self, side: Side, id: &RemoteId) -> bool {
        self.links.get(side).contains(id)
    }

    /// The batch that creates a counterpart of this record.
    pub fn creating(&self, source: Side, id: &RemoteId) -> Option<BatchId> {
        self.creating.get(source).get(id).copied()
    }

    /// True when a create that is under way will have this key on `target`.
    pub fn is_reserved(&self, target: Side, key: &Key) -> bool {
        self.reserved.get(target).contains_key(key)
    }

    /// True when any create towards `target` is under way.
    pub fn any_create(&self, target: Side) -> bool {
        !self.creating.get(target.other()).is_empty()
    }

    /// An operation on a link begins.
    pub fn begin(&mut self, ids: &Sides<RemoteId>) {
        for side in Side::BOTH {
            self.links.get_mut(side).insert(ids.get(side).clone());
        }
    }

    /// A create begins.
    pub fn begin_create(&mut self, source: Side, id: &RemoteId, keys: &[Key], batch: BatchId) {
        self.creating.get_mut(source).insert(id.clone(), batch);
        for key in keys {
            *self.reserved.get_mut(source.other()).entry(*key).or_default() += 1;
        }
    }

    /// The operation on a link ended.
    pub fn end(&mut self, ids: &Sides<RemoteId>) {
        for side in Side::BOTH {
            self.links.get_mut(side).remove(ids.get(side));
        }
    }

    /// A create ended.
    pub fn end_create(&mut self, source: Side, id: &RemoteId, keys: &[Key]) {
        self.creating.get_mut(source).remove(id);
        let reserved = self.reserved.get_mut(source.other());
        for key in keys {
            if let Some(count) = reserved.get_mut(key) {
                *count -= 1;
                if *count == 0 {
                    reserved.remove(key);
                }
            }
        }
    }

    /// Takes up a batch found in the store.
    pub fn recover(&mut self, batch: &Batch) {
        for item in &batch.items {
            match (batch.kind, &item.ids.left, &item.ids.right) {
                (WriteKind::Create, ..) => {
                    let source = batch.side.other();
                    if let Some(id) = item.ids.get(source) {
                        self.begin_create(source, id, &item.keys, batch.id);
                    }
                }
                (_, Some(left), Some(right)) => {
                    self.begin(&Sides { left: left.clone(), right: right.clone() })
                }
                _ => {}
            }
        }
    }
}
