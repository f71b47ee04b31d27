//! What hangs on records that may be deleted: counted just before, and asked for as often as it takes.

use super::{Asked, Call, Effect, Purpose, Sync, Urgency};
use foldhash::HashMap;
use musubi_connector::{CallError, CallErrorKind};
use musubi_core::{RemoteId, Side};
use std::collections::BTreeSet;

/// So many are asked for at once, per side.
const AT_ONCE: usize = 2;

/// What was counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hangs {
    /// Nothing.
    Nothing,
    /// At least one record.
    Something,
    /// The service does not let us count: then there may be something.
    NotTold,
}

/// The counts of one side.
#[derive(Debug, Default)]
pub(super) struct Related {
    wanted: BTreeSet<RemoteId>,
    asked: BTreeSet<RemoteId>,
    counted: HashMap<RemoteId, (Hangs, i64)>,
}

impl Sync {
    /// What hangs on the record, if that was counted just now. Else it is asked for, and the record is read again when it is known.
    pub(super) fn hangs_on(&mut self, side: Side, id: &RemoteId) -> Option<Hangs> {
        let (now, fresh) = (self.now, self.plan.settings.call_timeout);
        let related = self.related.get_mut(side);
        match related.counted.remove(id) {
            Some((hangs, at)) if now - at <= fresh => Some(hangs),
            _ => {
                if !related.asked.contains(id) {
                    related.wanted.insert(id.clone());
                }
                None
            }
        }
    }

    /// Asks for what is wanted.
    pub(super) fn ask_related(&mut self, side: Side, out: &mut Vec<Effect>) {
        if self.now < self.listing.get(side).retry_at {
            return;
        }
        while self.related.get(side).asked.len() < AT_ONCE {
            let related = self.related.get_mut(side);
            let Some(id) = related.wanted.pop_first() else { return };
            related.asked.insert(id.clone());
            let purpose = Purpose::Related { id: id.clone() };
            self.call(side, purpose, Urgency::RealTime, Call::Related(id), out);
        }
    }

    /// It was counted.
    pub(super) fn counted_related(&mut self, side: Side, id: RemoteId, count: u64) {
        let hangs = if count == 0 { Hangs::Nothing } else { Hangs::Something };
        self.know_related(side, id, hangs);
    }

    /// It could not be counted. True when that is for good.
    pub(super) fn related_failed(&mut self, asked: &Asked, error: &CallError) -> bool {
        let Purpose::Related { id } = &asked.purpose else { return false };
        let for_good = matches!(error.kind, CallErrorKind::Refused | CallErrorKind::SchemaChanged);
        if for_good {
            self.know_related(asked.side, id.clone(), Hangs::NotTold);
        } else {
            let related = self.related.get_mut(asked.side);
            related.asked.remove(id);
            related.wanted.insert(id.clone());
        }
        for_good
    }

    fn know_related(&mut self, side: Side, id: RemoteId, hangs: Hangs) {
        let now = self.now;
        let related = self.related.get_mut(side);
        related.asked.remove(&id);
        self.read_again(side, &id, 0);
        self.related.get_mut(side).counted.insert(id, (hangs, now));
    }
}
