//! What must hold when everything rests.

use crate::{
    bounds, keys,
    owners::Owners,
    policies,
    scenario::{EMAIL, FIELDS, NOTE, OWNER, PARENT, STATUS, Scenario},
    service::{LATE, Record, Service},
    sim::successors::{keep_their_counterparts, somebody_is_asked},
    steps,
    violation::Violation,
};
use musubi_core::{
    Instant, LinkBody, RemoteId, Side, Sides, Value,
    convert::{Counterpart, Translate},
    policy::{Direction, LeavingPolicy},
    reconcile::reconcile,
    value::UserRef,
};
use musubi_engine::sync::{
    Batch, JournalKind, Plan, SyncState, describe_journal, link_state, unlinked_state,
};
use musubi_store::{LinkRow, Store, StoreError, SyncId};
use std::collections::{HashMap, HashSet};
use tokio::runtime::Runtime;

struct Links(HashMap<(Side, String), String>, Owners);

impl Translate for Links {
    fn record(&self, _slot: u16, from: Side, id: &RemoteId) -> Counterpart {
        match self.0.get(&(from, id.as_str().to_owned())) {
            Some(other) => Counterpart::Linked(RemoteId::new(other)),
            None => Counterpart::NotYet,
        }
    }
    fn user(&self, from: Side, user: &UserRef) -> Option<UserRef> {
        self.1.user(from, user)
    }
    fn stand_in(&self, slot: u16, from: Side) -> Option<UserRef> {
        self.1.stand_in(from).filter(|_| usize::from(slot) == OWNER)
    }
}

pub(crate) fn wait<T>(
    runtime: &Runtime,
    work: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, Violation> {
    runtime.block_on(work).map_err(|error| Violation::new("I9", error.to_string()))
}

/// True when this record is one of a pair by now.
pub fn is_tied(
    runtime: &Runtime,
    store: &Store,
    sync: SyncId,
    side: Side,
    id: &RemoteId,
) -> Result<bool, Violation> {
    let links = wait(runtime, store.scan_links(sync, "", 10_000))?;
    Ok(links.iter().any(|link| link.id(side) == id.as_str()))
}

/// A value that a write of ours replaced: where, whose, which field, what.
pub type Replaced = (Side, String, usize, String);

/// Every value that the journal, or an intent, tells to have been replaced.
pub fn replaced(runtime: &Runtime, store: &Store, sync: SyncId) -> Result<HashSet<Replaced>, Violation> {
    let mut replaced = HashSet::new();
    let mut add = |side: Side, id: Option<&RemoteId>, slot: u16, before: Option<&Value>| {
        if let (Some(id), Some(before)) = (id, before) {
            replaced.insert((side, id.as_str().to_owned(), usize::from(slot), format!("{before:?}")));
        }
    };
    for row in wait(runtime, store.journal_tail(sync, 0, 100_000))? {
        let entry =
            describe_journal(&row).map_err(|_| Violation::new("I9", "a journal entry cannot be read"))?;
        if matches!(
            entry.kind,
            JournalKind::Updated | JournalKind::Undone | JournalKind::Deleted | JournalKind::SentUnanswered
        ) {
            for (slot, before, _) in &entry.changes {
                add(entry.side, entry.ids.get(entry.side).as_ref(), *slot, before.as_ref());
            }
        }
    }
    for row in wait(runtime, store.open_intents(sync))? {
        let batch = Batch::recover(&row, 0).map_err(|_| Violation::new("I9", "an intent cannot be read"))?;
        for item in &batch.items {
            for assignment in &item.assignments {
                let id = item.ids.get(batch.side).as_ref();
                add(batch.side, id, assignment.slot, assignment.replaced.as_ref());
            }
        }
    }
    Ok(replaced)
}

/// What was kept, and what a restore lost of it.
#[derive(Clone, Copy)]
pub struct Kept<'a> {
    /// To wait with.
    pub runtime: &'a Runtime,
    /// The memory.
    pub store: &'a Store,
    /// What the journal told of before, which a restore took back.
    pub lost: &'a HashSet<Replaced>,
}

/// The pairs that were ever tied and are not forgotten.
pub fn links(runtime: &Runtime, store: &Store, sync: SyncId) -> Result<Vec<(RemoteId, RemoteId)>, Violation> {
    let links = wait(runtime, store.scan_links(sync, "", 10_000))?;
    Ok(links.into_iter().map(|link| (link.left_id.into(), link.right_id.into())).collect())
}

/// Checks everything that must hold at rest.
pub fn at_rest(
    kept: &Kept<'_>,
    plan: &Plan,
    services: &Sides<Service>,
    scenario: &Scenario,
) -> Result<(), Violation> {
    let Kept { runtime, store, .. } = *kept;
    let links = wait(runtime, store.scan_links(plan.sync, "", 10_000))?;
    let mut others = HashMap::new();
    for link in links.iter().filter(|link| link.state != link_state::UNTIED) {
        others.insert((Side::Left, link.left_id.clone()), link.right_id.clone());
        others.insert((Side::Right, link.right_id.clone()), link.left_id.clone());
    }
    let ids = Links(others, scenario.owners);
    let mut told = HashSet::new();
    // Per pair, the fields that something is told about; `None`: about all of it.
    let mut fields: HashMap<String, HashSet<Option<String>>> = HashMap::new();
    let attention = wait(runtime, store.open_attention(plan.sync, 0, 10_000))?;
    for item in &attention {
        told.extend(item.left_id.iter().map(|id| (Side::Left, id.clone())));
        told.extend(item.right_id.iter().map(|id| (Side::Right, id.clone())));
        if let Some(id) = &item.left_id {
            fields.entry(id.clone()).or_default().insert(item.field.clone());
        }
        if item.code == "oscillation" && scenario.hostile == Sides::default() {
            return Err(Violation::new("I5", "our own writes go back and forth without any workflow"));
        }
        let body = String::from_utf8_lossy(&item.body);
        if (item.code.starts_with("write.")
            || item.code.starts_with("create.")
            || item.code.ends_with(".refused"))
            && body.contains("pii")
        {
            return Err(Violation::new("I18", format!("the error {} carries a value", item.code)));
        }
    }
    if !scenario.restores {
        let on_purpose = left_apart(runtime, store, plan.sync)?;
        for link in &links {
            let body =
                LinkBody::decode(&link.body).map_err(|_| Violation::new("I9", "a link cannot be read"))?;
            let apart = body.apart.iter().find(|slot| !on_purpose.contains(&(link.left_id.clone(), **slot)));
            if let Some(slot) = apart {
                let name = FIELDS[usize::from(*slot)];
                return Err(Violation::new("I1", format!("{name} is left apart, and nobody told so")));
            }
        }
    }
    for link in &links {
        pair(link, plan, services, scenario, &ids, &told, fields.get(&link.left_id))?;
    }
    keys::are_those_of_the_records(kept, plan, &links)?;
    keep_their_counterparts(&links, services)?;
    somebody_is_asked(&links, services, scenario)?;
    let state = wait(runtime, store.sync_state(plan.sync))?;
    let state = state.as_deref().map(SyncState::decode).unwrap_or_default();
    let began = Sides::from_fn(|side| state.sides.get(side).began);
    for (link, side) in links.iter().flat_map(|link| Side::BOTH.map(|side| (link, side))) {
        let record = &services.get(side).records[&RemoteId::new(link.id(side))];
        if scenario.bounds.leaves_out(record, *began.get(side)) {
            let what =
                format!("{} {} is older than the window, and has a counterpart", side.name(), link.id(side));
            return Err(Violation::new("I10", what));
        }
    }
    let known = Known { links: &links, ids: &ids, told: &told, began };
    every_record_is_somewhere(kept, plan, services, scenario, &known)?;
    nothing_is_lost(kept, plan, services, scenario)
}

/// Fields that a person or a policy left apart, by what the journal tells.
fn left_apart(runtime: &Runtime, store: &Store, sync: SyncId) -> Result<HashSet<(String, u16)>, Violation> {
    let mut apart = HashSet::new();
    for row in wait(runtime, store.journal_tail(sync, 0, 100_000))? {
        let Ok(entry) = describe_journal(&row) else { continue };
        let kinds = [JournalKind::Undone, JournalKind::Decided, JournalKind::ConflictSkipped];
        if let (true, Some(left)) = (kinds.contains(&entry.kind), row.left_id) {
            apart.extend(entry.changes.iter().map(|(slot, ..)| (left.clone(), *slot)));
        }
    }
    Ok(apart)
}

/// I7: what is remembered is what is there. I1: both agree through the mapping, or it is told why not.
fn pair(
    link: &LinkRow,
    plan: &Plan,
    services: &Sides<Service>,
    scenario: &Scenario,
    ids: &Links,
    told: &HashSet<(Side, String)>,
    fields: Option<&HashSet<Option<String>>>,
) -> Result<(), Violation> {
    let name = format!("{}={}", link.left_id, link.right_id);
    if link.state == link_state::UNTIED {
        return untied(link, &name, plan, services, scenario);
    }
    let mut body =
        LinkBody::decode(&link.body).map_err(|_| Violation::new("I9", format!("{name} cannot be read")))?;
    let listed = told.contains(&(Side::Left, link.left_id.clone()))
        || told.contains(&(Side::Right, link.right_id.clone()));
    let record = |side: Side| services.get(side).records.get(&RemoteId::new(link.id(side)));
    let (Some(left), Some(right)) = (record(Side::Left), record(Side::Right)) else {
        return Err(Violation::new("I12", format!("{name} ties a record that never was")));
    };
    if left.deleted.is_some() || right.deleted.is_some() {
        return if link.state == link_state::HELD && listed {
            Ok(())
        } else {
            Err(Violation::new("I7", format!("{name}: a deletion was missed")))
        };
    }
    let held = link.state == link_state::HELD;
    if held && listed && body.gone != Sides::default() {
        // A deletion that waits for a person; the record came out of the recycle bin, and nobody told of it.
        return Ok(());
    }
    for side in Side::BOTH {
        let there = if side == Side::Left { left.values() } else { right.values() };
        for (slot, value) in there.iter().enumerate() {
            let known = body.side(side).current(slot as u16);
            if known != Some(value) {
                return Err(Violation::new(
                    "I7",
                    format!("{name}: {} {} holds {value:?}, known is {known:?}", side.name(), FIELDS[slot]),
                ));
            }
        }
    }
    if held && !listed {
        return Err(Violation::new("I1", format!("{name} is held without a reason told")));
    }
    let is_told = |field: &str| fields.is_some_and(|fields| fields.contains(&Some(field.to_owned())));
    if held && fields.is_none_or(|fields| fields.contains(&None)) {
        return Ok(());
    }
    let takes = |side: Side, record: &Record| scenario.scopes.takes(side, Some(&record.values()[STATUS]));
    let takes_part = takes(Side::Left, left) && takes(Side::Right, right);
    if !takes_part {
        match plan.rules.policy.leaving {
            LeavingPolicy::KeepLinked | LeavingPolicy::StopSending => {}
            LeavingPolicy::StopUpdates => return Ok(()),
            LeavingPolicy::Unlink => {
                return Err(Violation::new("I10", format!("{name} left the scope and is still a pair")));
            }
        }
    }
    if let Some(restore) = body.restore.first().filter(|_| !held) {
        let name = FIELDS[usize::from(restore.slot)];
        return Err(Violation::new(
            "I14",
            format!("{name} of {}={} is still to be written back", link.left_id, link.right_id),
        ));
    }
    let verdict = reconcile(&mut body, &plan.rules, ids, Side::Left);
    if link.state == link_state::PARKED {
        return Ok(());
    }
    if !verdict.is_nothing() && !held {
        return Err(Violation::new("I1", format!("{name}: work is left: {verdict:?}")));
    }
    if !takes_part && plan.rules.policy.leaving == LeavingPolicy::StopSending {
        return Ok(());
    }
    // What is held because of some of its fields agrees in all others.
    for (slot, pair) in plan.rules.mapping.pairs.iter().enumerate() {
        let (l, r) = (&left.values()[slot], &right.values()[slot]);
        let nothing = steps::nothing_of(l, pair, Side::Left) || steps::nothing_of(r, pair, Side::Right);
        // A value of which the other side has nothing does not empty that one when the two first meet.
        let let_be = nothing && body.let_be.contains(&(slot as u16));
        let apart = let_be || body.apart.contains(&(slot as u16));
        if pair.direction != Direction::Both || apart || policies::may_differ(&plan.rules, slot as u16, l, r)
        {
            continue;
        }
        let same = match (l, r) {
            (Value::Record(l), Value::Record(r)) => {
                ids.0.get(&(Side::Left, l.as_str().to_owned())).map(String::as_str) == Some(r.as_str())
            }
            // Workflows that change the case of what we write may do so within the very second: known tidying.
            (Value::Text(l), Value::Text(r))
                if slot == EMAIL || slot == NOTE && scenario.hostile != Sides::default() =>
            {
                l.eq_ignore_ascii_case(r)
            }
            (l @ Value::User(_), r @ Value::User(_)) => {
                let left = body.let_be.contains(&(slot as u16)) && scenario.owners.are_left(l, r);
                left || scenario.owners.agree(l, r)
            }
            (l, r) => steps::agree(pair, l, r),
        };
        if !same && slot != PARENT && !(held && is_told(FIELDS[slot])) {
            return Err(Violation::new("I1", format!("{name}: {} is {l:?} and {r:?}", FIELDS[slot])));
        }
    }
    Ok(())
}

/// A pair that is none any more has its reason: a deletion, or that one of the two left the scope.
fn untied(
    link: &LinkRow,
    name: &str,
    plan: &Plan,
    services: &Sides<Service>,
    scenario: &Scenario,
) -> Result<(), Violation> {
    policies::untied(link, name, plan, services, scenario)?;
    if plan.rules.policy.leaving != LeavingPolicy::Unlink || scenario.restores {
        return Ok(());
    }
    let takes = |side: Side| {
        let record = &services.get(side).records[&RemoteId::new(link.id(side))];
        record.deleted.is_none() && scenario.scopes.takes(side, Some(&record.values()[STATUS]))
    };
    // What came out of the recycle bin is as old as it was: perhaps nobody told of it.
    let came_back =
        |side: Side| services.get(side).records[&RemoteId::new(link.id(side))].undeleted.is_some();
    if takes(Side::Left) && takes(Side::Right) && !Side::BOTH.into_iter().any(came_back) {
        return Err(Violation::new("I1", format!("{name} takes part again and is still untied")));
    }
    Ok(())
}

/// What the memory says at rest.
struct Known<'a> {
    links: &'a [LinkRow],
    ids: &'a Links,
    told: &'a HashSet<(Side, String)>,
    began: Sides<Option<Instant>>,
}

/// Every record is one of a pair, or is kept with a reason.
fn every_record_is_somewhere(
    kept: &Kept<'_>,
    plan: &Plan,
    services: &Sides<Service>,
    scenario: &Scenario,
    known: &Known<'_>,
) -> Result<(), Violation> {
    let Kept { runtime, store, .. } = *kept;
    let Known { links, told, .. } = *known;
    let unlinked = wait(runtime, store.scan_unlinked(plan.sync, None, None, None, 10_000))?;
    let links_of: HashSet<(Side, &str)> =
        links.iter().flat_map(|link| Side::BOTH.map(|side| (side, link.id(side)))).collect();
    for side in Side::BOTH {
        let tied: HashSet<&str> = links.iter().map(|link| link.id(side)).collect();
        for (id, record) in services.get(side).alive() {
            let row = unlinked.iter().find(|row| row.side == side && row.id == id.as_str());
            let name = || format!("{} {id} ({:?})", side.name(), record.values()[0]);
            match row {
                _ if tied.contains(id.as_str()) => {}
                // What came out of the recycle bin is as old as it was: perhaps nobody told of it.
                None if record.undeleted.is_some() => {}
                None => return Err(Violation::new("I7", format!("{} is not known at all", name()))),
                Some(row)
                    if matches!(row.state, unlinked_state::HELD | unlinked_state::UNRESOLVED)
                        && !told.contains(&(side, row.id.clone())) =>
                {
                    return Err(Violation::new("I1", format!("{} is held without a reason told", name())));
                }
                Some(row)
                    if row.state == unlinked_state::IDLE
                        && stands_back(side, record, services, &links_of, scenario, known) => {}
                Some(row) if row.state == unlinked_state::IDLE && plan.creates_from(side) => {
                    return Err(Violation::new("I1", format!("{} waits for nothing", name())));
                }
                Some(row) if row.state == unlinked_state::WAITING => {
                    return Err(Violation::new("I1", format!("{} still waits", name())));
                }
                // The only lookup of this world is one within the module, and may be blank: only what must hang on something waits for it.
                Some(row)
                    if row.state == unlinked_state::PARKED && !known.is_alone(side, record, scenario) =>
                {
                    let what = format!("{} waits for a record that its lookup could follow", name());
                    return Err(Violation::new("I12", what));
                }
                Some(_) => {}
            }
        }
    }
    Ok(())
}

impl Known<'_> {
    /// Nothing that the record hangs on has its counterpart, and it must hang on something.
    fn is_alone(&self, side: Side, record: &Record, scenario: &Scenario) -> bool {
        let linked = |id: &str| self.ids.0.contains_key(&(side, id.to_owned()));
        scenario.bounds.hangs_on_nothing(record, linked)
    }
}

/// It does not take part, or somebody with its address on the other side does not.
fn stands_back(
    side: Side,
    record: &Record,
    services: &Sides<Service>,
    linked: &HashSet<(Side, &str)>,
    scenario: &Scenario,
    known: &Known<'_>,
) -> bool {
    let takes = |side: Side, record: &Record| {
        scenario.scopes.takes(side, Some(&record.values()[STATUS]))
            && !scenario.bounds.leaves_out(record, *known.began.get(side))
    };
    let address = |record: &Record| record.values()[EMAIL].as_text().map(|text| text.trim().to_lowercase());
    let other = side.other();
    !takes(side, record)
        || known.is_alone(side, record, scenario)
        || services.get(other).alive().any(|(id, rival)| {
            !linked.contains(&(other, id.as_str()))
                && address(record).is_some()
                && address(rival) == address(record)
                && !takes(other, rival)
        })
}

/// I2: every value that a person wrote is there, or was replaced by a person, or stands in the journal with what replaced it.
fn nothing_is_lost(
    kept: &Kept<'_>,
    plan: &Plan,
    services: &Sides<Service>,
    scenario: &Scenario,
) -> Result<(), Violation> {
    let mut replaced = replaced(kept.runtime, kept.store, plan.sync)?;
    replaced.extend(kept.lost.iter().cloned());
    let mut deleted = Vec::new();
    for side in Side::BOTH {
        let service = services.get(side);
        deleted
            .extend(service.records.values().filter_map(|record| record.deleted).filter(|(_, ours)| *ours));
        for (id, at) in service
            .records
            .iter()
            .filter_map(|(id, record)| Some((id, record.deleted.filter(|(_, ours)| *ours)?.0)))
        {
            let held = service.held(id, at - LATE).into_iter().flatten().enumerate();
            let stays = |(slot, value): &(usize, &Value)| &service.records[id].values()[*slot] == *value;
            for (slot, value) in held.filter(|(_, value)| !value.is_blank()).filter(stays) {
                if !replaced.contains(&(side, id.as_str().to_owned(), slot, format!("{value:?}"))) {
                    let what = format!(
                        "we deleted {id} of the {} side, and no journal tells its {}",
                        side.name(),
                        FIELDS[slot]
                    );
                    return Err(Violation::new("I2", what));
                }
            }
        }
        let mut last: HashMap<(&RemoteId, usize), &Value> = HashMap::new();
        for written in &service.by_people {
            last.insert((&written.id, written.slot), &written.value);
        }
        for ((id, slot), value) in last {
            let record = &service.records[id];
            let hostile = slot == NOTE && (scenario.hostile.left || scenario.hostile.right);
            if record.deleted.is_some() || hostile || &record.values()[slot] == value {
                continue;
            }
            if !replaced.contains(&(side, id.as_str().to_owned(), slot, format!("{value:?}"))) {
                let now = &record.values()[slot];
                return Err(Violation::new(
                    "I2",
                    format!(
                        "{} {id}: {} was {value:?}, is {now:?}, and no journal tells",
                        side.name(),
                        FIELDS[slot]
                    ),
                ));
            }
        }
    }
    let limit = bounds::most_deletions(plan, Sides::from_fn(|side| services.get(side).records.len()));
    policies::breaker(deleted.into_iter().map(|(at, _)| at).collect(), limit, plan)
}
