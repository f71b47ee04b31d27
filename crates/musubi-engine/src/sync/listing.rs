//! How the records of a side are gone through: polls for what changed, scans for everything.
//!
//! Pages are not snapshots: a row that changes while a listing is under way moves to its end, and the rows behind it move up. So a poll goes on from
//! the time of the last row it saw (inclusive), not from a page number; only within one overfull second does it follow page tokens (I7).

use super::{
    Call, CallId, Purpose, Sync, Urgency,
    bulk::BulkLook,
    desk::{Advance, Job, PageJob},
    overfull::Overfull,
    record_ids::RecordIds,
    run::RunKind,
    state::Phase,
};
use foldhash::HashSet;
use musubi_connector::{Order, Page, Position};
use musubi_core::{Instant, RemoteId, Side, mutant::Mutant};
use std::collections::VecDeque;

/// A poll under way.
#[derive(Clone, Debug)]
pub(super) struct Poll {
    pub settled: bool,
    since: Instant,
    position: Position,
    /// The service's clock at the first answer.
    began: Option<Instant>,
    pub started_at: i64,
    started_call: CallId,
    asked: bool,
    /// The overfull second that is gone through by page tokens.
    chain: Option<Instant>,
    /// How often a second was read once more.
    again: u8,
    /// Rows of the last second seen, to drop when they come again.
    tail: HashSet<(RemoteId, Instant)>,
}

/// One direction of a scan.
#[derive(Clone, Debug)]
struct Chain {
    order: Order,
    position: Position,
    asked: bool,
    done: bool,
    /// The ids of the last two pages: the chains have met when they share one.
    recent: VecDeque<HashSet<RemoteId>>,
}

impl Chain {
    fn new(order: Order) -> Chain {
        Chain { order, position: Position::Start, asked: false, done: false, recent: VecDeque::new() }
    }
}

/// From this many milliseconds an answer on, a second chain is worth its while.
const WORTH_A_CHAIN: i64 = 20;

/// What is to be said of a side as a whole.
#[derive(Clone, Copy, Default, PartialEq, Debug)]
pub(super) enum Read {
    #[default]
    Not,
    /// Every page of it came.
    Completely,
    /// Every page of it is decided, before it was its turn.
    Ahead,
}

/// The listings of a side.
#[derive(Default, Debug)]
pub(super) struct Listing {
    pub poll: Option<Poll>,
    chains: Vec<Chain>,
    overfull: Overfull,
    /// A record was deleted from an overfull second while it was gone through.
    disturbed: bool,
    /// Deletions asked for by this call or a later one tell whether the overfull seconds of the last settled look were read undisturbed.
    sure_by: Option<CallId>,
    pub scan_began: Option<Instant>,
    /// What the scan has told while a deletion from before it may still have been to come.
    scan_told: RecordIds,
    /// Local time and call number at which the scan was begun.
    scan_started: (i64, CallId),
    scan_tries: u32,
    scan_moved: bool,
    pub scan_ended: CallId,
    /// What is known of a bulk read.
    pub bulk: BulkLook,
    /// The scan waits for the deletions since it began.
    pub scan_checks: bool,
    /// How far the scan has come beyond its last page.
    pub read: Read,
    pub retry_at: i64,
    pub failures: u32,
    /// How long its reads take to be answered.
    pub answer_ms: i64,
}

impl Listing {
    /// The newest page of this chain has a record that another chain told as well.
    fn has_met(&self, chain: usize) -> bool {
        let Some(newest) = self.chains.get(chain).and_then(|own| own.recent.back()) else { return false };
        let mut others = self.chains.iter().enumerate().filter(|(at, _)| *at != chain);
        others.any(|(_, other)| other.recent.iter().any(|page| !page.is_disjoint(newest)))
    }

    /// A page of the listing failed: ask again, from its beginning if its place is `lost`.
    pub fn again(&mut self, purpose: &Purpose, lost: bool) {
        match purpose {
            Purpose::Poll if lost => self.poll = None,
            Purpose::Poll => {
                if let Some(poll) = &mut self.poll {
                    poll.asked = false;
                }
            }
            Purpose::Scan { .. } if lost => self.chains.clear(),
            Purpose::Scan { chain } => {
                if let Some(chain) = self.chains.get_mut(*chain) {
                    chain.asked = false;
                }
            }
            _ => {}
        }
    }

    /// Everything modified before this was read by the look that is under way.
    pub fn read_up_to(&self) -> Option<Instant> {
        self.poll.as_ref().filter(|poll| poll.began.is_some()).map(|poll| poll.since)
    }

    /// A scan begins anew.
    pub fn forget_scan(&mut self) {
        self.chains.clear();
        self.scan_checks = false;
        self.read = Read::Not;
    }
}

impl Sync {
    /// Begins a poll if it is time.
    pub(super) fn begin_poll(&mut self, side: Side) {
        let can_wait = self.looks_can_wait(side);
        let comes = match self.state.phase {
            Phase::ScanFirst { .. } => true,
            Phase::ScanSecond { first } => first != side,
            Phase::Count | Phase::Sweep | Phase::Steady => false,
        };
        // The scan that is about to begin is the look that is wanted.
        let scan_looks = comes
            && self.reads_ahead()
            && self.listing.get(side).chains.is_empty()
            && self.listing.get(side).read == Read::Not;
        let settings = &self.plan.settings;
        let looks = self.looks.get_mut(side);
        let listing = self.listing.get_mut(side);
        if listing.poll.is_some() || self.state.sides.get(side).settled == Instant::START {
            return;
        }
        let due = (looks.wanted && !scan_looks) || (self.now >= looks.next_at && !can_wait);
        if !due || self.now < listing.retry_at {
            return;
        }
        looks.wanted = false;
        // Beside a load, only fast looks go on: a settled one would read back all that was written so far, and after the load all of it again.
        let loads = self.load_is_ours && self.state.phase != Phase::Steady && self.state.restored.is_none();
        let due = !loads && looks.settled_at.is_none_or(|at| self.now - at >= settings.settle_every);
        let settled = std::mem::take(&mut looks.settle_wanted) || due;
        let cursor = self.state.sides.get(side);
        let since = match cursor.unsure.filter(|_| listing.sure_by.is_none()) {
            _ if !settled => cursor.fast,
            Some(unsure) => unsure.min(cursor.settled),
            None => cursor.settled,
        };
        listing.poll = Some(Poll {
            settled,
            since,
            position: Position::Start,
            began: None,
            started_at: self.now,
            started_call: self.next_call,
            asked: false,
            chain: None,
            again: 0,
            tail: HashSet::default(),
        });
        if settled {
            looks.deleted_wanted = true;
        }
    }

    /// The next page of the poll, if one is to be asked for.
    pub(super) fn next_poll_call(&mut self, side: Side) -> Option<(Purpose, Urgency, Call)> {
        let listing = self.listing.get_mut(side);
        if self.now < listing.retry_at {
            return None;
        }
        let poll = listing.poll.as_mut().filter(|poll| !poll.asked)?;
        poll.asked = true;
        let call = Call::List {
            since: Some(poll.since),
            order: Order::ModifiedAscending,
            position: poll.position.clone(),
        };
        Some((Purpose::Poll, Urgency::Poll, call))
    }

    /// The next page of the scan, if one is to be asked for.
    pub(super) fn next_scan_call(&mut self, side: Side) -> Option<(Purpose, Urgency, Call)> {
        let scans = match self.state.phase {
            Phase::ScanFirst { first } => first == side || self.reads_ahead(),
            Phase::ScanSecond { first } => first != side,
            Phase::Count | Phase::Sweep | Phase::Steady => false,
        };
        let waits = self.load_waits_for_looks(side);
        let (ahead, started) = (self.reads_ahead(), (self.now, self.next_call));
        let reads_bulk = self.reads_bulk(side);
        let listing = self.listing.get_mut(side);
        if !scans || listing.read != Read::Not || waits || self.now < listing.retry_at || listing.scan_checks
        {
            return None;
        }
        if reads_bulk && listing.chains.is_empty() {
            return self.next_bulk_call(side);
        }
        if listing.chains.is_empty() {
            listing.chains = vec![Chain::new(Order::IdAscending)];
            listing.scan_began = None;
            listing.scan_told = RecordIds::default();
            listing.scan_started = started;
            if ahead {
                // The scan is the look that is wanted: a poll beside it would read the same records.
                self.looks.get_mut(side).wanted = false;
            }
        }
        // A second chain from the other end halves the time that a load waits for answers. What it brings without a counterpart is decided later, which is only
        // worth while when answers take long or nearly everything has one; and for a few pages it would be waste.
        let state = self.state.sides.get(side);
        let left = state.expected.unwrap_or(0).saturating_sub(state.scanned);
        let page = self.plan.batch.get(side).page;
        // Some services give larger pages after the first; then one chain is faster than whatever is made of it.
        let slow = listing.answer_ms >= WORTH_A_CHAIN
            && listing.chains[0].recent.len() > 1
            && listing.chains[0].recent.iter().all(|ids| ids.len() <= page);
        if listing.chains.len() == 1 && (self.compares || slow) && left > 2 * page as u64 {
            listing.chains.push(Chain::new(Order::IdDescending));
        }
        let (at, chain) =
            listing.chains.iter_mut().enumerate().find(|(_, chain)| !chain.asked && !chain.done)?;
        chain.asked = true;
        let call = Call::List { since: None, order: chain.order, position: chain.position.clone() };
        Some((Purpose::Scan { chain: at }, Urgency::Backfill, call))
    }

    /// A page of a poll arrived.
    pub(super) fn polled(&mut self, side: Side, asked: CallId, page: Page) {
        let read_at = page.meta.server_time;
        let now = self.cursor_time(side, read_at);
        let listing = self.listing.get_mut(side);
        listing.failures = 0;
        let Some(poll) = listing.poll.as_mut() else { return };
        let began = *poll.began.get_or_insert(now);
        let one_second = match (page.rows.first(), page.rows.last()) {
            (Some(first), Some(last)) => first.modified.second() == last.modified.second(),
            _ => true,
        };
        // Page tokens are followed within one second only; a page of another second is gone on from by its time.
        let last = page.rows.last().map(|row| row.modified);
        let in_chain = poll.chain.is_none_or(|second| last.is_none_or(|last| last.floor_second() == second));
        let full_second = one_second && in_chain;
        if let Some(second) = poll.chain {
            listing.overfull.reach(second, read_at);
        }
        let left = listing.overfull.left_by(&page.rows).filter(|_| poll.again < 5);
        if let Some(second) = last.filter(|_| full_second && page.next.is_some()) {
            listing.overfull.pass(second.floor_second(), &page.rows, read_at, self.plan.settings.horizon);
        }
        let tail: HashSet<_> = page
            .rows
            .iter()
            .filter(|row| Some(row.modified.second()) == last.map(Instant::second))
            .map(|row| (row.id.clone(), row.modified))
            .collect();
        let mut rows = page.rows;
        rows.retain(|row| !poll.tail.contains(&(row.id.clone(), row.modified)));
        if let Some(second) = left {
            poll.again += 1;
            poll.chain = None;
            poll.since = second;
            poll.position = Position::Start;
            poll.asked = false;
            self.jobs.push_back(Job::Page(Box::new(PageJob::new(side, rows, read_at, asked))));
            return;
        }
        let advance = match page.next {
            None => {
                let advance = Advance::Poll {
                    settled: poll.settled,
                    began,
                    at: poll.started_at,
                    call: poll.started_call,
                    overfull: listing.overfull.earliest(),
                };
                if poll.settled {
                    listing.overfull.settled();
                }
                // Until its last page is decided, nobody knows when the next one is due: not before this.
                let looks = self.looks.get_mut(side);
                looks.next_at = looks.next_at.max(poll.started_at + looks.interval);
                listing.poll = None;
                Some(advance)
            }
            Some(next) => {
                poll.asked = false;
                if full_second {
                    poll.position = Position::After(next);
                    poll.chain.get_or_insert(last.unwrap_or(poll.since).floor_second());
                    poll.tail.extend(tail);
                } else {
                    poll.since = last.unwrap_or(poll.since).floor_second();
                    poll.position = Position::Start;
                    poll.chain = None;
                    poll.tail = tail;
                }
                None
            }
        };
        let job = PageJob { advance, ..PageJob::new(side, rows, read_at, asked) };
        self.jobs.push_back(Job::Page(Box::new(job)));
    }

    /// A page of a scan arrived.
    pub(super) fn scanned(&mut self, side: Side, chain: usize, asked: CallId, page: Page) {
        let listing = self.listing.get_mut(side);
        listing.failures = 0;
        let began = *listing.scan_began.get_or_insert(page.meta.server_time);
        // A chain that is alone meets nobody.
        let meets = listing.chains.len() > 1;
        let Some(own) = listing.chains.get_mut(chain) else { return };
        own.asked = false;
        if own.done {
            return; // The other chain has read these rows.
        }
        if page.meta.server_time <= began.plus_millis(self.plan.settings.horizon) {
            page.rows.iter().for_each(|row| listing.scan_told.insert(&row.id));
        }
        if meets {
            own.recent.push_back(page.rows.iter().map(|row| row.id.clone()).collect());
            if own.recent.len() > 2 {
                own.recent.pop_front();
            }
        }
        own.done = page.next.is_none();
        let is_only = own.done && own.position == Position::Start;
        if let Some(next) = page.next {
            own.position = Position::After(next);
        }
        let (ended, order) = (own.done, own.order);
        let met = meets && listing.has_met(chain);
        self.state.sides.get_mut(side).scanned += page.rows.len() as u64;
        let in_order = order == Order::IdAscending;
        let job = PageJob { in_order, ..PageJob::new(side, page.rows, page.meta.server_time, asked) };
        self.jobs.push_back(Job::Page(Box::new(job)));
        let listing = self.listing.get_mut(side);
        if ended || met {
            listing.chains.iter_mut().for_each(|chain| chain.done = true);
            self.looks.get_mut(side).deleted_wanted = true;
            if is_only {
                // Within one page nothing can have moved.
                return self.scan_done(side);
            }
            listing.scan_checks = true;
            listing.scan_ended = self.next_call;
        }
    }

    /// Deletions were told: has one of them moved a record past the reading of an overfull second?
    pub(super) fn check_overfull(&mut self, side: Side, deletions: &[musubi_connector::Deleted], more: bool) {
        let looks = self.looks.get_mut(side);
        let listing = self.listing.get_mut(side);
        listing.disturbed |= listing.overfull.left_by_deleted(deletions).is_some();
        if more || listing.sure_by.is_none_or(|call| looks.deleted_call < call) {
            return;
        }
        listing.sure_by = None;
        if std::mem::take(&mut listing.disturbed) {
            looks.wanted = true;
            looks.settle_wanted = true;
        } else {
            self.state.sides.get_mut(side).unsure = None;
        }
    }

    /// All deletions since the scan began are known: it is complete, or rows may have moved past it.
    pub(super) fn check_scan(&mut self, side: Side, deletions: &[musubi_connector::Deleted], more: bool) {
        let listing = self.listing.get_mut(side);
        if !listing.scan_checks || self.looks.get(side).deleted_call < listing.scan_ended {
            self.looks.get_mut(side).deleted_wanted |= listing.scan_checks;
            return;
        }
        let began = listing.scan_began.unwrap_or_default().floor_second();
        // One from before the scan moved rows only if it was listed so late that the scan told the record.
        let late = began.plus_millis(-self.plan.settings.horizon);
        listing.scan_moved |= deletions.iter().any(|deleted| {
            deleted.at >= began || (deleted.at >= late && listing.scan_told.contains(&deleted.id))
        });
        if more {
            return;
        }
        if std::mem::take(&mut listing.scan_moved) && listing.scan_tries < 3 {
            listing.forget_scan();
            listing.bulk = BulkLook::default();
            listing.scan_tries += 1;
            self.state.bulk.get_mut(side).scan = None;
            self.state.sides.get_mut(side).scanned = 0;
            return; // Read it once more.
        }
        self.scan_done(side);
    }

    pub(super) fn scan_done(&mut self, side: Side) {
        let listing = self.listing.get_mut(side);
        listing.forget_scan();
        listing.scan_tries = 0;
        listing.read = Read::Completely;
        listing.scan_told = RecordIds::default();
        self.jobs.push_back(Job::StageDone(side));
    }

    /// Nearly every record has its counterpart already, so both sides are read at once; the few that have none wait for the sweep.
    fn reads_ahead(&self) -> bool {
        self.compares && self.state.restored.is_none() && self.state.run.kind != RunKind::FirstLoad
    }

    /// A scan of everything was decided to its end: it has told whatever a settled look begun with it would have told.
    pub(super) fn looked_by_scan(&mut self, side: Side) {
        let listing = self.listing.get(side);
        let (Some(began), (at, call)) = (listing.scan_began, listing.scan_started) else { return };
        if listing.read == Read::Completely && self.reads_ahead() {
            let began = self.cursor_time(side, began);
            self.advance(side, &Advance::Poll { settled: true, began, at, call, overfull: None }, false);
        }
    }

    /// A look is complete: the cursors move, never backwards (I8), and never past what may still be listed late (I7).
    pub(super) fn advance(&mut self, side: Side, advance: &Advance, found: bool) {
        let (settled, began, at, call, overfull) = match advance {
            Advance::Poll { settled, began, at, call, overfull } => (*settled, *began, *at, *call, *overfull),
            Advance::Bulk { from, last } => return self.advance_bulk(side, *from, last.clone()),
        };
        let settings = &self.plan.settings;
        let blind = self.rules().mutant.is(Mutant::NoLookBack);
        let cursor = self.state.sides.get_mut(side);
        let (fast, settle) = if blind { (-1000, -1000) } else { (settings.look_back, settings.horizon) };
        cursor.fast = cursor.fast.max(began.floor_second().plus_millis(-fast));
        if settled {
            cursor.settled = cursor.settled.max(began.floor_second().plus_millis(-settle));
            self.awaited.looked(side, cursor.settled > *self.state.written.get(side));
            let cursor = self.state.sides.get_mut(side);
            let listing = self.listing.get_mut(side);
            // What was unsure before and was not gone through again still waits for its deletions.
            let unsure =
                cursor.unsure.filter(|_| listing.sure_by.is_some()).into_iter().chain(overfull).min();
            cursor.unsure = unsure;
            listing.sure_by = unsure.map(|_| self.next_call);
            self.looks.get_mut(side).deleted_wanted |= unsure.is_some();
        }
        let looks = self.looks.get_mut(side);
        let longest = if looks.watched.is_some() { settings.poll_watched } else { settings.poll_max };
        looks.interval =
            if found { settings.poll_min } else { (looks.interval * 2).clamp(settings.poll_min, longest) };
        looks.next_at = at + looks.interval;
        looks.looked_at = Some(at);
        looks.look_call = call;
        if settled {
            looks.settled_at = Some(at);
        }
        let owed = std::mem::take(&mut looks.owed_after_look);
        if owed {
            self.jobs.push_back(Job::Owed { after: None });
        }
        // While everything is read, what waits does so for the end of that.
        let other = self.waiting.get(side.other());
        let waits = other.values().any(|since| *since <= call) || (self.waiting_rows > 0 && other.is_empty());
        if waits && matches!(self.state.phase, Phase::Sweep | Phase::Steady) {
            self.sweep_soon();
        }
    }
}
