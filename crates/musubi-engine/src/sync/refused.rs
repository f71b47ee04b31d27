//! What a service refuses for good. Where it names the field, that field alone is left behind: the rest of the record goes without it.

use super::{
    Sync,
    batch::{Batch, Item},
    desk::{Draft, Op},
    known::{Known, link_state, unlinked_state},
    later::refusal,
};
use musubi_connector::{ServiceError, WriteKind};
use musubi_core::{RemoteId, Side, link::Barred, mutant::Mutant};

impl Sync {
    /// A change was refused.
    pub(super) fn update_refused(
        &mut self,
        at: usize,
        batch: &Batch,
        item: &Item,
        error: &ServiceError,
        known: &mut Known,
        draft: &mut Draft,
    ) {
        let side = batch.side;
        let details = self.details(error, item);
        Sync::cannot_be_back(batch, &item.assignments, &mut known.links[at]);
        let target = known.links[at].ids.get(side).clone();
        let bar = bar(side, self.field_refused(side, error, item), item, error, "write.refused", &details);
        if let Some(bar) =
            bar.filter(|_| batch.undo.is_none() && !self.rules().mutant.is(Mutant::OneSinksAll))
        {
            let link = &mut known.links[at];
            link.body.barred.retain(|other| (other.side, other.slot) != (bar.side, bar.slot));
            link.body.barred.push(bar);
            link.state = link_state::OWED;
            self.again_soon(side, target);
            return self.owe_readings(at, known);
        }
        known.links[at].state = link_state::HELD;
        let slot = self.field_refused(side, error, item).map_or(-1, i64::from);
        let code = match batch.kind {
            // A deletion carries no value: what the service names is a parameter.
            WriteKind::Delete => refusal(&ServiceError { field: None, ..error.clone() }, "write.refused"),
            _ => refusal(error, "write.refused"),
        };
        self.attention(code, at, slot, &details, known, draft);
        let source = known.links[at].body.side(side.other());
        let mended = item.assignments.iter().any(|sent| source.current(sent.slot) != Some(&sent.source));
        if mended || batch.undo.is_some() {
            // The source was mended while what it was before was on its way: that was refused, not this. Nor does an undo that is refused hold what else is to be
            // carried over.
            known.links[at].state = link_state::OWED;
            self.again_soon(side, target);
        }
        self.owe_readings(at, known);
    }

    /// A create was refused. Without the value that the service does not take, the record may be made; who has its unique value already, and what it demands
    /// and is not there, nobody but a person can settle.
    pub(super) fn create_refused(
        &mut self,
        side: Side,
        source: &RemoteId,
        mut item: Item,
        error: &ServiceError,
        known: &mut Known,
        draft: &mut Draft,
    ) {
        let details = self.details(error, &item);
        let named = self.field_refused(side, error, &item);
        let code = refusal(error, "create.refused");
        let may_lack =
            |slot: &u16| !self.plan.mandatory.get(side).contains(slot) && item.assignments.len() > 1;
        let dropped = named.filter(may_lack).filter(|_| code == "value.refused" && self.is_as_sent(&item));
        if let Some(bar) = bar(side, dropped, &item, error, code, &details) {
            item.assignments.retain(|assignment| assignment.slot != bar.slot);
            item.barred.push(bar);
            self.flights.begin_create(side.other(), source, &item.keys, 0);
            let op = Op::new(side, WriteKind::Create, item);
            return draft.ops.push(op);
        }
        // What it demands it was sent, and did not take.
        let demanded = item.barred.iter().find(|bar| code == "mandatory.refused" && Some(bar.slot) == named);
        let (code, details) = demanded.map_or((code, details.as_str()), |bar| (&bar.code, &bar.details));
        self.hold_for((side.other(), source), code, named.map_or(-1, i64::from), details, draft);
        self.back_to_unlinked(side.other(), source, &item, unlinked_state::HELD, known, draft);
    }

    /// Nothing happened to the source since.
    fn is_as_sent(&self, item: &Item) -> bool {
        let alone = self.rules().mutant.is(Mutant::OneSinksAll);
        !item.changed_since && item.source_gone.is_none() && !alone
    }

    /// The slot that the service's error names: of those that were sent, if it is one of them.
    fn field_refused(&self, side: Side, error: &ServiceError, item: &Item) -> Option<u16> {
        let named = error.field.as_deref()?;
        let is_it = |slot: &u16| self.rules().mapping.field(side, *slot).name.as_str() == named;
        let sent = item.assignments.iter().map(|assignment| assignment.slot).find(is_it);
        sent.or_else(|| (0..self.rules().mapping.pairs.len() as u16).find(is_it))
    }
}

/// The bar against what was sent in this slot.
fn bar(
    side: Side,
    slot: Option<u16>,
    item: &Item,
    error: &ServiceError,
    otherwise: &'static str,
    details: &str,
) -> Option<Barred> {
    let sent = item.assignments.iter().find(|assignment| Some(assignment.slot) == slot)?;
    let (digest, code) = (Barred::digest(&sent.value), refusal(error, otherwise).into());
    Some(Barred { side, slot: sent.slot, digest, code, details: details.into() })
}
