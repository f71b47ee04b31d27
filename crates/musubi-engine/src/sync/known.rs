//! What was loaded for one decision, and what it became.

pub(super) use super::states::{link_state, unlinked_state};
use super::{
    came_out::{SKIPPED_NO_PARENT, SKIPPED_WINDOW},
    desk::PageJob,
    settings::Plan,
};
use compact_str::CompactString;
use foldhash::{HashMap, HashMapExt, HashSet};
use musubi_core::{
    Instant, LinkBody, Observation, RemoteId, Side, Sides, Value,
    codec::{Damaged, Reader, Writer},
    link::{Dirty, Memory, Outcome},
    reconcile::meet_anew,
};
use musubi_store::{LinkRow, Loaded, MatchKey as Key, SyncId, UnlinkedRow};
use std::collections::hash_map::Entry;

/// A link as loaded.
#[derive(Clone, Debug)]
pub(super) struct Link {
    pub ids: Sides<RemoteId>,
    pub state: i64,
    /// The state in the store, for counting.
    pub was: i64,
    pub body: LinkBody,
    pub put: bool,
    pub in_flight: bool,
    /// A reading of it that tells nothing new is decided upon all the same.
    pub decide_again: bool,
    /// How it came out in this decision, if that was said.
    pub came_out: Option<CompactString>,
    /// Its row goes.
    pub removed: bool,
    /// The keys by which its records were found under earlier rules, if they are found by others now.
    pub keys_then: Option<Sides<Vec<Key>>>,
}

impl Link {
    /// Another scope counts by now, and whether both records take part is not known yet: nothing is written until they were read.
    pub fn is_unjudged(&self) -> bool {
        Side::BOTH.into_iter().any(|side| self.body.side(side).unjudged)
    }
}

/// An unlinked record as loaded.
#[derive(Clone, Debug)]
pub(super) struct Unlinked {
    pub state: i64,
    pub was: Option<i64>,
    pub memory: Memory,
    pub put: bool,
    pub gone: bool,
    /// Our own user made it, or it is not told who did.
    pub ours: bool,
    /// It was made before the creation window; only of one that was read in this decision.
    pub too_old: Option<bool>,
    /// How it came out when it was last looked at.
    pub outcome: Option<Outcome>,
    /// How it came out in this decision, if that was said.
    pub came_out: Option<CompactString>,
    /// The keys by which it was found under earlier rules, if it is found by others now.
    pub keys_then: Option<Vec<Key>>,
}

impl Unlinked {
    /// It takes no part because it was made before the creation window.
    pub fn is_too_old(&self) -> bool {
        let before = || self.outcome.as_ref().is_some_and(|before| before.code == SKIPPED_WINDOW);
        self.memory.outside && self.too_old.unwrap_or_else(before)
    }

    /// A record that was not known before.
    pub fn new(state: i64, memory: Memory) -> Unlinked {
        Unlinked {
            state,
            was: None,
            memory,
            put: false,
            gone: false,
            ours: false,
            too_old: None,
            outcome: None,
            came_out: None,
            keys_then: None,
        }
    }
}

/// What is left of a record that was erased on request.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Erased {
    /// How it came out.
    pub outcome: Option<Outcome>,
    /// When it was deleted, if it was.
    pub gone: Option<Instant>,
}

/// Everything a decision may look at.
#[derive(Default, Debug)]
pub(super) struct Known {
    pub links: Vec<Link>,
    /// Links of the records of a page that tells nothing new about them: they are not taken apart.
    pub same: HashSet<RemoteId>,
    pub link_of: HashMap<(Side, RemoteId), usize>,
    pub unlinked: HashMap<(Side, RemoteId), Unlinked>,
    /// Records that were erased on request.
    pub erased: HashMap<(Side, RemoteId), Erased>,
    pub matches: HashMap<(Side, Key), Vec<RemoteId>>,
    /// Records of a page that are not decided upon yet, by the keys that they have now.
    pub arriving: HashMap<(Side, Key), Vec<RemoteId>>,
    pub refs: HashMap<(SyncId, Side, RemoteId), RemoteId>,
    /// Records of any sync that lookups point to and that wait for a person, or take no part.
    pub stuck: HashSet<(SyncId, Side, RemoteId)>,
}

impl Known {
    /// Takes in loaded rows. Rows known already stay as they are: they are newer.
    pub fn take(&mut self, loaded: Loaded, reading: Option<&PageJob>, plan: &Plan) -> Result<(), Damaged> {
        let read = reading.map(|page| (page.side, rows_by_id(page)));
        self.unlinked.reserve(loaded.unlinked.len());
        for row in loaded.links {
            if let Some((side, read)) = &read
                && let Some(id) = self.says_the_same(&row, *side, read, plan)?
            {
                self.same.insert(id);
                continue;
            }
            let ids = Sides { left: RemoteId::from(row.left_id), right: RemoteId::from(row.right_id) };
            if self.link_of.contains_key(&(Side::Left, ids.left.clone())) {
                continue;
            }
            let Remembered { body, version, opens, keys_then } = remembered(row.state, &row.body, plan)?;
            let left = Side::BOTH.iter().any(|side| body.side(*side).outside);
            let at = self.add_link(ids, row.state, body);
            self.links[at].keys_then = keys_then;
            // Another rule may say by now what becomes of a pair that left.
            self.links[at].decide_again =
                left && row.state == link_state::SETTLED && version != plan.rules.version;
            if opens && row.state == link_state::SETTLED {
                (self.links[at].state, self.links[at].put) = (link_state::OWED, true);
            }
        }
        for row in loaded.unlinked {
            let key = (row.side, RemoteId::new(&row.id));
            if row.state == unlinked_state::ERASED {
                let UnlinkedRecord { outcome, seen, .. } = UnlinkedRecord::decode(&row.body)?;
                let gone = Some(seen).filter(|seen| *seen != Instant::START);
                self.erased.insert(key, Erased { outcome, gone });
                continue;
            }
            if let Entry::Vacant(place) = self.unlinked.entry(key) {
                place.insert(unlinked(&row, plan)?);
            }
        }
        for row in loaded.matches {
            let ids = self.matches.entry((row.side, row.key)).or_default();
            let id = RemoteId::from(row.id);
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        for row in loaded.refs {
            match (row.other, row.state) {
                (Some(other), _) => drop(self.refs.insert((row.sync, row.side, row.id.into()), other.into())),
                (None, state) if row.untied || state.is_some_and(unlinked_state::is_stuck) => {
                    self.stuck.insert((row.sync, row.side, row.id.into()));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The record's id, if its link is at rest and what was read of it tells nothing new.
    fn says_the_same(
        &self,
        row: &LinkRow,
        side: Side,
        read: &HashMap<&str, Option<&Observation>>,
        plan: &Plan,
    ) -> Result<Option<RemoteId>, Damaged> {
        let Some(Some(read)) = read.get(row.id(side)).filter(|_| row.state == link_state::SETTLED) else {
            return Ok(None);
        };
        let same = LinkBody::says_the_same(&row.body, plan.rules.version, side, read)?;
        Ok(same.then(|| read.id.clone()))
    }

    /// So many links will be added.
    pub fn expect_links(&mut self, count: usize) {
        self.links.reserve(count);
        self.link_of.reserve(2 * count);
    }

    /// Adds a link with its stored state.
    pub fn add_link(&mut self, ids: Sides<RemoteId>, state: i64, body: LinkBody) -> usize {
        let at = self.links.len();
        for side in Side::BOTH {
            self.link_of.insert((side, ids.get(side).clone()), at);
        }
        self.links.push(Link {
            ids,
            state,
            was: state,
            body,
            put: false,
            in_flight: false,
            decide_again: false,
            came_out: None,
            removed: false,
            keys_then: None,
        });
        at
    }

    /// It was erased on request.
    pub fn is_erased(&self, side: Side, id: &RemoteId) -> bool {
        !self.erased.is_empty() && self.erased.contains_key(&(side, id.clone()))
    }

    /// The link of a record.
    pub fn link_at(&self, side: Side, id: &RemoteId) -> Option<usize> {
        self.link_of.get(&(side, id.clone())).copied()
    }
}

/// The rows of a page; one that came twice is not among them: both are to be taken in, one after the other.
fn rows_by_id(page: &PageJob) -> HashMap<&str, Option<&Observation>> {
    let mut rows = HashMap::with_capacity(page.rows.len());
    for row in &page.rows {
        rows.entry(row.id.as_str()).and_modify(|once| *once = None).or_insert(Some(row));
    }
    rows
}

/// What is stored of a pair.
pub(crate) struct Remembered {
    /// In terms of the present mapping.
    pub body: LinkBody,
    /// The version of the mapping that it was decided by.
    version: u32,
    /// Another way has opened since.
    opens: bool,
    /// By which keys it was found, if they were made otherwise.
    keys_then: Option<Sides<Vec<Key>>>,
}

/// Takes a stored pair in this state apart. What could not go a way that is open now meets as for the first time.
pub(crate) fn remembered(state: i64, body: &[u8], plan: &Plan) -> Result<Remembered, Damaged> {
    let stored = LinkBody::decode(body)?;
    let version = stored.mapping;
    let opens = state != link_state::UNTIED && plan.was_narrower(version);
    let of = |side: Side| plan.keys_then(version, side, |slot| stored.side(side).current(slot));
    let keys_then = of(Side::Left).zip(of(Side::Right)).map(|(left, right)| Sides { left, right });
    let mut body = current(stored, plan);
    if state != link_state::UNTIED && plan.was_judged_otherwise(version) {
        Side::BOTH.iter().for_each(|side| body.sides.get_mut(*side).unjudged = true);
    }
    if opens {
        meet_anew(&mut body, &plan.rules);
    }
    Ok(Remembered { body, version, opens, keys_then })
}

/// The body in terms of the present mapping.
fn current(body: LinkBody, plan: &Plan) -> LinkBody {
    if body.mapping == plan.rules.version {
        return body;
    }
    let slots = plan.rules.mapping.pairs.len();
    match plan.earlier.get(&body.mapping) {
        Some(earlier) => body.remap(earlier, plan.rules.version),
        None => LinkBody {
            gone: body.gone,
            outcome: body.outcome,
            ..LinkBody::unknown(plan.rules.version, slots)
        },
    }
}

/// The stored form of an unlinked record.
pub(super) fn encode_unlinked(unlinked: &Unlinked, version: u32) -> Vec<u8> {
    let Unlinked { memory, ours, outcome, .. } = unlinked;
    let mut out = Writer::with_capacity(512);
    out.unsigned(u64::from(version));
    out.signed(memory.seen.millis());
    let flags = [memory.closed, *ours, memory.doubted, memory.outside, memory.unjudged];
    out.byte(flags.iter().enumerate().map(|(bit, flag)| u8::from(*flag) << bit).sum());
    out.unsigned(memory.dirty.len() as u64);
    for dirty in &memory.dirty {
        out.unsigned(u64::from(dirty.slot));
        out.value(&dirty.value);
    }
    Outcome::encode(outcome.as_ref(), &mut out);
    out.finish()
}

fn unlinked(row: &UnlinkedRow, plan: &Plan) -> Result<Unlinked, Damaged> {
    let mut input = Reader::new(&row.body);
    let version = Reader::new(&row.body).unsigned()? as u32;
    let (memory, ours) = decode_memory(&mut input, plan)?;
    let outcome = Outcome::decode(&mut input)?;
    let no_parent = outcome.as_ref().is_some_and(|outcome| outcome.code == SKIPPED_NO_PARENT);
    let takes_part = plan.was_narrower(version) || (no_parent && !plan.only_with_parent);
    let again = row.state == unlinked_state::IDLE && takes_part;
    let state = if again { unlinked_state::WAITING } else { row.state };
    let keys_then = match plan.found_by.contains_key(&version) {
        true => {
            let values = UnlinkedRecord::decode(&row.body)?.values;
            let value = |slot| values.iter().find(|(at, _)| *at == slot).map(|(_, value)| value);
            plan.keys_then(version, row.side, value)
        }
        false => None,
    };
    Ok(Unlinked { was: Some(row.state), ours, outcome, keys_then, ..Unlinked::new(state, memory) })
}

/// What an unlinked record was when it was last read.
#[derive(Clone, Debug, PartialEq)]
pub struct UnlinkedRecord {
    /// The version of the mapping that the slots belong to.
    pub version: u32,
    /// The modified time of the newest state known; of one that was erased when it was deleted, or the beginning of time.
    pub seen: Instant,
    /// It is outside of the scope.
    pub outside: bool,
    /// What it held, by slot.
    pub values: Vec<(u16, Value)>,
    /// How it came out when it was last looked at.
    pub outcome: Option<Outcome>,
}

impl UnlinkedRecord {
    /// Reads the stored form.
    pub fn decode(bytes: &[u8]) -> Result<UnlinkedRecord, Damaged> {
        let mut input = Reader::new(bytes);
        let version = input.unsigned()? as u32;
        let seen = Instant::from_millis(input.signed()?);
        let outside = input.byte()? & 8 != 0;
        let count = input.count()?;
        let values = (0..count).map(|_| Ok((input.unsigned()? as u16, input.value()?)));
        let values = values.collect::<Result<_, _>>()?;
        Ok(UnlinkedRecord { version, seen, outside, values, outcome: Outcome::decode(&mut input)? })
    }
}

pub(super) fn decode_memory(input: &mut Reader<'_>, plan: &Plan) -> Result<(Memory, bool), Damaged> {
    let version = input.unsigned()? as u32;
    let mut memory = Memory::unknown(plan.rules.mapping.pairs.len());
    memory.seen = Instant::from_millis(input.signed()?);
    let flags = input.byte()?;
    memory.closed = flags & 1 != 0;
    memory.doubted = flags & 4 != 0;
    memory.outside = flags & 8 != 0;
    memory.unjudged = flags & 16 != 0 || plan.rejudged.contains(&version);
    let count = input.count()?;
    for _ in 0..count {
        let (slot, value) = (input.unsigned()? as u16, input.value()?);
        memory.dirty.push(Dirty { slot, value, since: memory.seen });
    }
    if version != plan.rules.version {
        let empty = Vec::new();
        let earlier = plan.earlier.get(&version).unwrap_or(&empty);
        memory = memory.remap(earlier, plan.rules.mapping.pairs.len());
    }
    Ok((memory, flags & 2 != 0))
}
