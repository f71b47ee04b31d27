//! What persons decide: whose value counts in a conflict, what is taken back. They see what is stored, and decide about that; it is carried out a while later.

use super::{Scheduled, Sim, store};
use crate::{scenario::FIELDS, violation::Violation};
use musubi_core::{LinkBody, RemoteId, Side, Sides, Value, normalise::is_tidied, reconcile::seen_values};
use musubi_engine::sync::{
    Back, Batch, Decision, Entry, Event, JournalKind, Order, Upshot, describe_journal, taken_back,
};
use musubi_store::{Changes, DecisionRow, LinkRow};
use rand::Rng;
use std::collections::HashMap;

/// A conflict as a person saw it.
#[derive(Clone)]
pub(super) struct Seen {
    ids: Sides<RemoteId>,
    slot: u16,
    values: Sides<Value>,
}

/// What is kept about decisions.
#[derive(Default)]
pub(super) struct Decisions {
    /// Conflicts that were looked at, some of them long ago.
    seen: Vec<Seen>,
    /// Which side's value is to count, by number.
    preferred: HashMap<i64, (Seen, Side)>,
}

impl Sim<'_> {
    /// A person looks at what waits, and decides about one of the conflicts seen so far.
    pub(super) fn somebody_decides(&mut self, nth: usize, winner: Side) -> Result<(), Violation> {
        let items = self.runtime.block_on(self.store.open_attention(self.plan.sync, 0, 10_000));
        for item in items.map_err(store)?.into_iter().filter(|item| item.code.starts_with("conflict.")) {
            let (Some(left), Some(right), Ok(slot)) = (item.left_id, item.right_id, u16::try_from(item.kind))
            else {
                continue;
            };
            let Some((_, body)) = self.body_of(&left)? else { continue };
            let value = |side: Side| body.side(side).current(slot).cloned();
            let (Some(l), Some(r)) = (value(Side::Left), value(Side::Right)) else { continue };
            let ids = Sides { left: left.into(), right: right.into() };
            self.decisions.seen.push(Seen { ids, slot, values: Sides { left: l, right: r } });
        }
        if self.decisions.seen.is_empty() {
            return Ok(());
        }
        let seen = self.decisions.seen[nth % self.decisions.seen.len()].clone();
        let name = FIELDS[usize::from(seen.slot)];
        let fields = Sides { left: name.into(), right: name.into() };
        let version = seen_values(Sides { left: &seen.values.left, right: &seen.values.right });
        let won = seen.values.get(winner);
        let won = Some(seen_values(Sides { left: won, right: won }));
        let ids = seen.ids.clone();
        let number = self.order(&Order::Prefer { ids, fields, winner, seen: version, won })?;
        self.decisions.preferred.insert(number, (seen, winner));
        Ok(())
    }

    /// A person has taken back what was written to a record.
    pub(super) fn somebody_undoes(&mut self, side: Side, nth: usize) -> Result<(), Violation> {
        let ids: Vec<RemoteId> = self.services.get(side).alive().map(|(id, _)| id.clone()).collect();
        if ids.is_empty() {
            return Ok(());
        }
        let id = &ids[nth % ids.len()];
        let rows = self.store.journal_of(self.plan.sync, side, id.as_str());
        let rows = self.runtime.block_on(rows).map_err(store)?;
        let entries: Vec<Entry> = rows.iter().filter_map(|row| describe_journal(row).ok()).collect();
        let last = entries.iter().rev().find_map(|entry| entry.ids.left.clone().zip(entry.ids.right.clone()));
        let Some((left, right)) = last else { return Ok(()) };
        let fields: Vec<Back> = taken_back(&entries, |_, slot| Some(slot))
            .into_iter()
            .map(|one| {
                let name = FIELDS[usize::from(one.slot)];
                let fields = Sides { left: name.into(), right: name.into() };
                Back { side: one.side, fields, wrote: one.wrote, back: one.back }
            })
            .collect();
        if !fields.is_empty() {
            self.order(&Order::Undo { ids: Sides { left, right }, fields })?;
        }
        Ok(())
    }

    /// Stores a decision; whoever works hears of it a while later.
    pub(super) fn order(&mut self, order: &Order) -> Result<i64, Violation> {
        let row = DecisionRow {
            sync: self.plan.sync,
            id: 0,
            at: self.now,
            actor: "somebody".into(),
            body: order.encode(),
            answered_at: None,
            answer: None,
        };
        let ids = self.runtime.block_on(self.store.add_decisions(vec![row])).map_err(store)?;
        let at = self.now + self.rng.random_range(0..3_000);
        self.schedule(at, Scheduled::Decisions);
        Ok(ids[0])
    }

    /// The worker is told what it was not told yet.
    pub(super) fn tell_decisions(&mut self) -> Result<(), Violation> {
        let Some(worker) = &self.worker else { return Ok(()) };
        let rows = self.store.open_decisions(self.plan.sync, worker.decision, 1_000);
        let rows = self.runtime.block_on(rows).map_err(store)?;
        let Some(last) = rows.last() else { return Ok(()) };
        if let Some(worker) = &mut self.worker {
            worker.decision = last.id;
        }
        let decision = |row: &DecisionRow| {
            Some(Decision { number: row.id, by: row.actor.as_str().into(), order: Order::decode(&row.body)? })
        };
        self.tell(Event::Decided(rows.iter().filter_map(decision).collect()))
    }

    fn body_of(&self, left: &str) -> Result<Option<(LinkRow, LinkBody)>, Violation> {
        let row = self.runtime.block_on(self.store.link(self.plan.sync, left)).map_err(store)?;
        Ok(row.and_then(|row| LinkBody::decode(&row.body).ok().map(|body| (row, body))))
    }

    /// I10: a decision is obeyed only about the values that were seen. I14: an undo writes over nothing but what we wrote.
    pub(super) fn check_decisions(&mut self, changes: &Changes) -> Result<(), Violation> {
        for (number, text) in &changes.answers {
            let code = Upshot::decode(text).map(|upshot| upshot.code).unwrap_or_default();
            let (done, already) = (code == "decision.done", code == "decision.already");
            let Some((seen, winner)) = self.decisions.preferred.get(number).filter(|_| done || already)
            else {
                continue;
            };
            let link = changes.links_put.iter().find(|link| link.left_id == seen.ids.left.as_str());
            let body = match link.and_then(|link| LinkBody::decode(&link.body).ok()) {
                // Nothing is stored where what was decided is so already.
                None if already => self.body_of(seen.ids.left.as_str())?.map(|(_, body)| body),
                body => body,
            };
            let holds = |body: &LinkBody, side: Side| {
                body.side(side).current(seen.slot) == Some(seen.values.get(side))
            };
            // After a restore numbers are given once more.
            let as_seen =
                body.is_some_and(|body| holds(&body, *winner) && (already || holds(&body, winner.other())));
            if !as_seen && !self.scenario.restores {
                let name = FIELDS[usize::from(seen.slot)];
                return Err(Violation::new(
                    "I10",
                    format!("a decision about {name} is obeyed about other values"),
                ));
            }
        }
        for row in &changes.intents_put {
            let Ok(batch) = Batch::recover(row, 0) else { continue };
            if batch.undo.is_none() {
                continue;
            }
            for item in &batch.items {
                let Some(id) = item.ids.get(batch.side) else { continue };
                let rows = self.store.journal_of(self.plan.sync, batch.side, id.as_str());
                let rows = self.runtime.block_on(rows).map_err(store)?;
                let entries: Vec<Entry> = rows.iter().filter_map(|row| describe_journal(row).ok()).collect();
                for assignment in &item.assignments {
                    let kind = &self.plan.rules.mapping.field(batch.side, assignment.slot).kind;
                    let ours = |after: &Value| {
                        let now = assignment.replaced.as_ref();
                        now.is_some_and(|now| now == after || is_tidied(after, now, kind))
                    };
                    let written = writes_of(&entries, batch.side, assignment.slot);
                    let (mut over_ours, mut was_there) = (false, false);
                    for (before, after) in written {
                        over_ours |= ours(after);
                        was_there |= before == Some(&assignment.value);
                    }
                    let name = FIELDS[usize::from(assignment.slot)];
                    if !over_ours {
                        return Err(Violation::new(
                            "I14",
                            format!("an undo writes over what we did not write: {name}"),
                        ));
                    }
                    if !was_there {
                        return Err(Violation::new(
                            "I14",
                            format!("an undo writes what was never there: {name}"),
                        ));
                    }
                }
            }
        }
        Ok(())
    }

    /// I14 at rest: every decision is answered, nothing waits to be written back, and what was written back was not carried to the other side.
    pub(super) fn check_undone(&self) -> Result<(), Violation> {
        let open = self.runtime.block_on(self.store.open_decisions(self.plan.sync, 0, 10)).map_err(store)?;
        if let Some(row) = open.first() {
            return Err(Violation::new("I14", format!("decision {} is not answered", row.id)));
        }
        let rows =
            self.runtime.block_on(self.store.journal_tail(self.plan.sync, 0, 100_000)).map_err(store)?;
        let entries: Vec<Entry> = rows.iter().filter_map(|row| describe_journal(row).ok()).collect();
        for (at, undone) in entries.iter().enumerate().filter(|(_, entry)| entry.kind == JournalKind::Undone)
        {
            let began = undone.cause.at.unwrap_or(0);
            for (slot, ..) in &undone.changes {
                if self.is_rewritten_by_workflows(usize::from(*slot)) {
                    continue;
                }
                // Whoever edits it afterwards, on either side, says what is to be there: how a service spells that may come back.
                let edited = Side::BOTH.into_iter().any(|side| {
                    let id = undone.ids.get(side).as_ref();
                    self.services.get(side).by_people.iter().any(|written| {
                        Some(&written.id) == id && written.slot == usize::from(*slot) && written.at >= began
                    })
                });
                let later = entries[at + 1..].iter().filter(|entry| {
                    entry.ids.left == undone.ids.left
                        && entry.changes.iter().any(|(changed, ..)| changed == slot)
                });
                let bounced = later
                    .clone()
                    .any(|entry| entry.kind == JournalKind::Updated && entry.side != undone.side);
                let decided = later.clone().any(|entry| entry.kind == JournalKind::Decided);
                if bounced && !edited && !decided {
                    let name = FIELDS[usize::from(*slot)];
                    return Err(Violation::new(
                        "I14",
                        format!("what an undo wrote goes to the other side: {name}"),
                    ));
                }
            }
        }
        Ok(())
    }

    fn is_rewritten_by_workflows(&self, slot: usize) -> bool {
        slot == crate::scenario::NOTE && self.scenario.hostile != Sides::default()
    }
}

/// What we wrote to a field, and what was there before.
fn writes_of(entries: &[Entry], side: Side, slot: u16) -> impl Iterator<Item = (Option<&Value>, &Value)> {
    let ours = move |entry: &&Entry| {
        entry.side == side && matches!(entry.kind, JournalKind::Updated | JournalKind::Undone)
    };
    let changes = entries.iter().filter(ours).flat_map(|entry| &entry.changes);
    changes.filter(move |(at, ..)| *at == slot).map(|(_, before, after)| (before.as_ref(), after))
}
