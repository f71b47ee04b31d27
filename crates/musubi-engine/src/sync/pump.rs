//! What goes out next: jobs onto the desk, reads and writes to the services.

use super::{
    Answer, Asked, Batch, Call, CallId, Effect, Phase, Progress, Purpose, Sync, Urgency,
    desk::{Job, PageJob},
};
use musubi_connector::{CallError, CallErrorKind};
use musubi_core::{Instant, RemoteId, Side, mutant::Mutant};
use musubi_store::{HintRow, UnlinkedRow};

/// So many failures in a row, and it is told (about half a minute).
const SILENT: u32 = 6;

impl Sync {
    pub(super) fn pump(&mut self, out: &mut Vec<Effect>) {
        if let Some(batch) = self.resolvable()
            && !self.jobs.iter().chain(self.desk.jobs()).any(|job| matches!(job, Job::Resolve { .. }))
        {
            self.jobs.push_back(Job::Resolve { batch });
        }
        if self.state.phase == Phase::Sweep
            && self.desk.is_clear()
            && self.jobs.is_empty()
            && self.batches.is_empty()
            && self.may_sweep()
        {
            self.sweep_soon(); // What waited for the last writes of the load is decided now.
        }
        if self.desk.is_clear() {
            self.end_comparison();
            self.end_dated();
        }
        self.work(out);
        if !self.may_call() {
            return;
        }
        self.want_settled_looks();
        self.send_writes(out);
        for side in Side::BOTH {
            self.ask_reads(side, out);
        }
    }

    /// A create whose answer was lost is resolved by a settled look after its bounds.
    fn want_settled_looks(&mut self) {
        for side in Side::BOTH {
            let looks = self.looks.get(side);
            let before = |looked: Option<i64>, at| looked.is_none_or(|looked| looked < at);
            let due =
                |at: i64| at <= self.now && (before(looks.settled_at, at) || before(looks.deleted_at, at));
            let wanted = self.open_creates(side).filter_map(|batch| self.resolve_at(batch)).any(due);
            let compares = self.must_look_again(side) && self.now >= self.comparable_at();
            if (wanted || compares) && self.listing.get(side).poll.is_none() {
                let looks = self.looks.get_mut(side);
                looks.wanted = true;
                looks.settle_wanted = true;
            }
        }
    }

    /// A request is sent only if it will have ended before the lease does (DESIGN §2.13), and never while paused (I13).
    fn may_call(&self) -> bool {
        let held_up = self.problem.as_ref().is_some_and(|(until, _)| self.now < *until);
        let paused = self.is_idle_by_order() && !self.rules().mutant.is(Mutant::WriteWhilePaused);
        !paused && !held_up && self.now + self.plan.settings.call_timeout <= self.lease_until
    }

    pub(super) fn call(
        &mut self,
        side: Side,
        purpose: Purpose,
        urgency: Urgency,
        call: Call,
        out: &mut Vec<Effect>,
    ) {
        let id = self.next_call;
        self.next_call += 1;
        self.calls.insert(id, Asked { side, purpose, at: self.now });
        out.push(Effect::Call { id, side, urgency, call });
    }

    fn ask_reads(&mut self, side: Side, out: &mut Vec<Effect>) {
        if self.state.phase == Phase::Count {
            let counting =
                self.calls.values().any(|asked| asked.side == side && asked.purpose == Purpose::Count);
            let known = self.state.sides.get(side).settled != Instant::START
                && self.state.sides.get(side).expected.is_some();
            if !counting
                && !known
                && self.now >= self.listing.get(side).retry_at
                && !self.listing.get(side).scan_checks
            {
                self.call(side, Purpose::Count, Urgency::Backfill, Call::Count, out);
            }
            return;
        }
        self.ask_by_id(side, out);
        self.ask_deleted(side, out);
        self.ask_related(side, out);
        self.ask_fates(side, out);
        // Nothing is read ahead of what can be written: memory stays flat however many records there are.
        if self.pages_at_hand(side) >= self.plan.settings.pages_ahead || self.has_writes_ahead() {
            return;
        }
        self.begin_poll(side);
        if let Some((purpose, urgency, call)) = self.next_poll_call(side) {
            self.call(side, purpose, urgency, call, out);
        }
        while self.pages_at_hand(side) + self.scans_asked(side) < self.plan.settings.pages_ahead
            && let Some((purpose, urgency, call)) = self.next_scan_call(side)
        {
            self.call(side, purpose, urgency, call, out);
        }
    }

    /// What follows those under way is there already. Answers do not count: they are gathered, and what is read next must be on its way before the last write is.
    pub(super) fn has_writes_ahead(&self) -> bool {
        let unsent = |batch: &&Batch| matches!(batch.progress, Progress::Ready(_));
        self.batches.values().filter(unsent).count() > self.plan.settings.writes_at_once
    }

    /// Jobs that wait; large pages count for more. Answers that are gathered do not count: they end by themselves.
    fn pages_at_hand(&self, side: Side) -> usize {
        let page = self.plan.batch.get(side).page.max(1);
        let size = |job: &Job| match job {
            Job::Outcome { .. } => 0,
            Job::Page(job) => job.rows.len().div_ceil(2 * page).max(1),
            _ => 1,
        };
        self.jobs.iter().map(size).sum()
    }

    fn scans_asked(&self, side: Side) -> usize {
        self.calls
            .values()
            .filter(|asked| {
                asked.side == side && matches!(asked.purpose, Purpose::Scan { .. } | Purpose::Bulk)
            })
            .count()
    }

    fn ask_by_id(&mut self, side: Side, out: &mut Vec<Effect>) {
        let most = self.plan.batch.get(side).read;
        let now = self.now;
        let looks = self.looks.get_mut(side);
        if looks.reading >= 2 || now < self.listing.get(side).retry_at {
            return;
        }
        let hints: Vec<HintRow> = looks.hints.drain(..looks.hints.len().min(most)).collect();
        let mut ids: Vec<RemoteId> = hints.iter().map(|hint| RemoteId::new(&hint.id)).collect();
        let due: Vec<RemoteId> = looks
            .rereads
            .due(now)
            .filter(|id| !ids.contains(id))
            .take(most - ids.len().min(most))
            .cloned()
            .collect();
        ids.extend(due);
        ids.sort_unstable();
        ids.dedup();
        if ids.is_empty() {
            return;
        }
        for id in &ids {
            looks.rereads.read(id);
        }
        looks.reading += 1;
        let purpose = Purpose::Read { ids: ids.clone(), hints };
        self.call(side, purpose, Urgency::RealTime, Call::Read(ids), out);
    }

    fn ask_deleted(&mut self, side: Side, out: &mut Vec<Effect>) {
        let retry_at = self.listing.get(side).retry_at;
        let bulk_since = self.bulk_since(side);
        let looks = self.looks.get_mut(side);
        if looks.deleted_asked || !looks.deleted_wanted || self.now < retry_at {
            return;
        }
        looks.deleted_wanted = false;
        looks.deleted_asked = true;
        let page = looks.deleted_page.max(1);
        if page == 1 {
            looks.deleted_call = self.next_call;
            looks.deleted_since = self.now;
            let cursor = self.state.sides.get(side).deleted;
            let missing = looks.missing.iter().map(|missing| missing.seen);
            looks.deleted_from = missing.chain(bulk_since).fold(cursor, Instant::min);
        }
        let since = Some(looks.deleted_from);
        self.call(side, Purpose::Deleted { page }, Urgency::Poll, Call::Deleted { since, page }, out);
    }

    /// A call ended.
    pub(super) fn answered(&mut self, id: CallId, result: Result<Answer, CallError>) {
        let Some(asked) = self.calls.remove(&id) else { return };
        let side = asked.side;
        if let Purpose::Read { .. } = asked.purpose {
            self.looks.get_mut(side).reading -= 1;
        }
        match result {
            Ok(mut answer) => {
                let meta = answer.meta();
                // Rows of a bulk read that were at hand come without the service's clock, and without a call.
                if meta.server_time != Instant::START {
                    self.hear_clock(side, meta.server_time);
                }
                match &mut answer {
                    Answer::Page(page) => self.plan.intake.get(side).page(page),
                    Answer::BulkRows { rows, .. } => {
                        self.plan.intake.get(side).rows(rows, *self.clock.get(side));
                    }
                    _ => {}
                }
                *self.totals.calls.get_mut(side) += u64::from(meta.requests);
                *self.totals.credits.get_mut(side) += u64::from(meta.credits);
                self.problem = None;
                if matches!(asked.purpose, Purpose::Scan { .. } | Purpose::Count) {
                    self.listing.get_mut(side).answer_ms = self.now - asked.at;
                }
                self.took(id, asked, answer);
            }
            Err(error) => {
                *self.totals.calls.get_mut(side) += 1;
                self.failed(asked, error);
            }
        }
        self.forget_recorded();
    }

    fn hear_clock(&mut self, side: Side, said: Instant) {
        let (settings, ahead) = (&self.plan.settings, &mut self.state.sides.get_mut(side).ahead);
        let clock = self.clocks.get_mut(side);
        *ahead = Some(clock.hear(said.millis(), self.now, *ahead, settings.clock_slack, settings.horizon));
        let clock = self.clock.get_mut(side);
        *clock = said.max(*clock);
    }

    /// The service's time for cursors: not what it was set to a moment ago.
    pub(super) fn cursor_time(&self, side: Side, said: Instant) -> Instant {
        let ahead = self.state.sides.get(side).ahead.unwrap_or(i64::MAX / 4);
        let slack = self.plan.settings.clock_slack;
        said.min(Instant::from_millis(self.now.saturating_add(ahead).saturating_add(slack)))
    }

    fn took(&mut self, id: CallId, asked: Asked, answer: Answer) {
        let side = asked.side;
        match (asked.purpose, answer) {
            (Purpose::Poll, Answer::Page(page)) => self.polled(side, id, page),
            (Purpose::Scan { chain }, Answer::Page(page)) => self.scanned(side, chain, id, page),
            (Purpose::Read { ids, hints }, Answer::Page(page)) => {
                let absent =
                    ids.into_iter().filter(|id| !page.rows.iter().any(|row| row.id == *id)).collect();
                let job = PageJob::new(side, page.rows, page.meta.server_time, id);
                self.jobs.push_back(Job::Page(Box::new(PageJob { fresh: true, absent, hints, ..job })));
            }
            (Purpose::Deleted { page }, Answer::Deleted { meta, rows, more }) => {
                self.check_deletions(side, page, meta.server_time, rows, more);
            }
            (Purpose::Count, Answer::Count { meta, count }) => self.counted(side, meta.server_time, count),
            (Purpose::Related { id }, Answer::Related { count, .. }) => self.counted_related(side, id, count),
            (Purpose::Bulk, Answer::BulkStarted { job, .. }) => self.bulk_started(side, job),
            (Purpose::Bulk, Answer::BulkState { state, .. }) => self.bulk_state(side, state),
            (Purpose::Bulk, Answer::BulkRows { rows, next, .. }) => self.bulk_rows(side, id, rows, next),
            (Purpose::Merged { deleted }, Answer::Merged { masters, .. }) => {
                self.told_fates(side, deleted, masters);
            }
            (Purpose::Write { batch }, Answer::Written(written)) => {
                if self.answers_due().is_none() {
                    self.answered_at = self.now;
                }
                self.jobs.push_back(Job::Outcome { batch, outcomes: written.outcomes });
            }
            (Purpose::Write { batch }, _) => self.write_unknown(batch),
            _ => {}
        }
    }

    fn check_deletions(
        &mut self,
        side: Side,
        page: u32,
        at: Instant,
        rows: Vec<musubi_connector::Deleted>,
        more: bool,
    ) {
        let at = self.cursor_time(side, at);
        let looks = self.looks.get_mut(side);
        let upto = (!more).then(|| at.floor_second().plus_millis(-self.plan.settings.horizon));
        looks.deleted_asked = false;
        // The cursor moves only with the last page.
        looks.deleted_page = if more { page + 1 } else { 1 };
        looks.deleted_wanted |= more;
        let asked = looks.deleted_call;
        if !more {
            looks.deleted_at = Some(looks.deleted_since);
        }
        let missing: Vec<RemoteId> = match more {
            true => Vec::new(),
            false => looks
                .missing
                .extract_if(.., |missing| missing.call <= asked)
                .map(|missing| missing.id)
                .collect(),
        };
        self.check_overfull(side, &rows, more);
        self.check_scan(side, &rows, more);
        self.check_bulk(side, &rows, more);
        if !(rows.is_empty() && upto.is_none()) {
            self.jobs.push_back(Job::Gone { side, rows, upto });
        }
        if !missing.is_empty() {
            self.jobs.push_back(Job::Missing { side, ids: missing });
        }
    }

    /// Both sides are counted: the smaller one is indexed first. Cursors begin at the service's clock before the scan does.
    fn counted(&mut self, side: Side, at: Instant, count: u64) {
        let at = self.cursor_time(side, at);
        let settings = &self.plan.settings;
        let state = self.state.sides.get_mut(side);
        state.expected = Some(count);
        state.began.get_or_insert(at.floor_second());
        state.scanned = 0;
        if state.settled == Instant::START {
            state.fast = at.floor_second().plus_millis(-settings.look_back);
            state.settled = at.floor_second().plus_millis(-settings.horizon);
            if self.state.restored.is_none() {
                // After a restore every deletion there is counts: the load may have been made before, and be forgotten.
                state.deleted = state.settled;
            }
        }
        if Side::BOTH.iter().all(|side| self.state.sides.get(*side).expected.is_some()) {
            let sides = &self.state.sides;
            let first = match (self.plan.creates_from(Side::Left), self.plan.creates_from(Side::Right)) {
                (true, false) => Side::Right,
                (false, true) => Side::Left,
                _ if sides.left.expected < sides.right.expected => Side::Left,
                _ => Side::Right,
            };
            self.state.phase = Phase::ScanFirst { first };
            self.load_is_ours = true;
            Side::BOTH
                .iter()
                .for_each(|side| self.looks.get_mut(*side).next_at = self.now + self.plan.settings.poll_min);
            self.jobs.push_back(Job::Save);
        }
    }

    fn failed(&mut self, asked: Asked, error: CallError) {
        let side = asked.side;
        if let Purpose::Write { batch } = asked.purpose {
            return self.write_failed(batch, error);
        }
        if self.related_failed(&asked, &error) || self.fates_failed(&asked, &error) {
            return;
        }
        let listing = self.listing.get_mut(side);
        listing.failures += 1;
        let pause = 500 * (1 << listing.failures.min(7));
        listing.retry_at = self.now + pause;
        if listing.failures >= SILENT {
            // It has not answered for a while: somebody should know.
            self.problem = Some((listing.retry_at, error.clone()));
        }
        let by_bulk = asked.purpose == Purpose::Bulk;
        match error.kind {
            // There is another way to read.
            CallErrorKind::Refused | CallErrorKind::SchemaChanged if by_bulk => {}
            CallErrorKind::Auth | CallErrorKind::Refused | CallErrorKind::SchemaChanged => {
                self.problem = Some((self.now + 60_000, error.clone()));
            }
            CallErrorKind::NotSent
            | CallErrorKind::Unknown
            | CallErrorKind::Throttled
            | CallErrorKind::CursorLost => {}
        }
        if by_bulk {
            return self.bulk_failed(side, &error);
        }
        let lost = matches!(error.kind, CallErrorKind::CursorLost | CallErrorKind::Refused);
        self.ask_again_later(side, asked.purpose, lost);
    }

    /// A read can always be repeated.
    fn ask_again_later(&mut self, side: Side, purpose: Purpose, lost: bool) {
        let retry_at = self.listing.get(side).retry_at;
        match purpose {
            Purpose::Poll | Purpose::Scan { .. } => self.listing.get_mut(side).again(&purpose, lost),
            Purpose::Read { ids, hints } => {
                let looks = self.looks.get_mut(side);
                let by_hint = |id: &RemoteId| hints.iter().any(|hint| hint.id == id.as_str());
                for id in ids.into_iter().filter(|id| !by_hint(id)) {
                    looks.rereads.want(&id, retry_at);
                }
                looks.hints.extend(hints);
            }
            Purpose::Deleted { .. } => {
                let looks = self.looks.get_mut(side);
                (looks.deleted_asked, looks.deleted_wanted) = (false, true);
            }
            Purpose::Count
            | Purpose::Related { .. }
            | Purpose::Merged { .. }
            | Purpose::Bulk
            | Purpose::Write { .. } => {}
        }
    }

    /// Waiting rows arrived.
    pub(super) fn got_waiting(&mut self, rows: Vec<UnlinkedRow>) {
        let Some(Job::Sweep { after, .. }) = self.desk.listing.take() else { return };
        if rows.is_empty() {
            self.end_of_sweep();
        } else {
            self.jobs.push_front(Job::Sweep { after, rows });
        }
    }

    /// Links arrived. Owed ones: their records are read again, and then decided.
    pub(super) fn got_links(&mut self, rows: Vec<musubi_store::LinkRow>) {
        match self.desk.listing.take() {
            None => return,
            Some(Job::Held { .. }) => return self.got_held(&rows),
            Some(_) => {}
        }
        for row in &rows {
            let (left, right) = (RemoteId::new(&row.left_id), RemoteId::new(&row.right_id));
            if !self.flights.link(Side::Left, &left) {
                self.read_again(Side::Left, &left, 0);
                self.read_again(Side::Right, &right, 0);
            }
        }
        if let Some(last) = rows.last() {
            self.jobs.push_back(Job::Owed { after: Some(last.left_id.clone()) });
        }
    }

    /// Hints: which records may have changed. More than a page of them is cheaper to list.
    pub(super) fn hinted(&mut self, hints: Vec<HintRow>) {
        for hint in hints {
            let looks = self.looks.get_mut(hint.side);
            if !looks.hints.contains(&hint) {
                looks.hints.push(hint);
            }
        }
    }

    /// The sync cannot go on until a person acts.
    pub(super) fn broken(&mut self, code: &str, message: &str) {
        self.problem = Some((i64::MAX, CallError::new(CallErrorKind::Refused, code, message)));
    }

    /// Forgets which memories changed before every read that is still under way.
    fn forget_recorded(&mut self) {
        let oldest = self
            .calls
            .iter()
            .filter(|(_, asked)| !matches!(asked.purpose, Purpose::Write { .. }))
            .map(|(id, _)| *id)
            .next();
        // Pages that are answered but not decided yet count as under way, those on the desk too.
        let queued = self.jobs.iter().chain(self.desk.jobs()).filter_map(|job| match job {
            Job::Page(page) => Some(page.asked),
            _ => None,
        });
        match oldest.into_iter().chain(queued).min() {
            None => self.recorded.clear(),
            Some(oldest) if self.recorded.len() > 1_000 => {
                self.recorded.retain(|_, recorded| *recorded > oldest)
            }
            Some(_) => {}
        }
    }

    /// The times at which something becomes due. What is due already waits for an answer, a free place or the lease, not for time.
    pub(super) fn wake_times(&self) -> impl Iterator<Item = i64> {
        let batches = self.batches.values().filter_map(|batch| match batch.progress {
            Progress::Ready(at) => Some(at),
            Progress::Sent => None,
            Progress::Unknown(_) => self.resolve_at(batch),
        });
        let sides = Side::BOTH.into_iter().flat_map(|side| {
            let (looks, listing) = (self.looks.get(side), self.listing.get(side));
            let rereads = looks.rereads.next_after(self.now).map(|at| at.max(listing.retry_at));
            let polls = (self.state.phase != Phase::Count && listing.poll.is_none())
                .then_some(looks.next_at.max(listing.retry_at));
            let fates = self.fates.get(side).next_due().map(|at| at.max(listing.retry_at));
            rereads
                .into_iter()
                .chain(Some(listing.retry_at))
                .chain(polls)
                .chain(fates)
                .chain(self.bulk_wakes(side))
        });
        let compares = self.next_comparison();
        let problem = self.problem.iter().map(|(until, _)| *until).chain(self.answers_due());
        let (paused, now) = (self.is_idle_by_order(), self.now);
        batches.chain(sides).chain(problem).chain(compares).filter(move |at| !paused && *at > now)
    }
}
