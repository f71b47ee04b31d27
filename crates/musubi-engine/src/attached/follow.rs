//! Looks at the attachments of one pair after the other, while the lease is held: does what `decide` says, and stores each step before the next.

use super::decide::{Pair, Step};
use super::item::{Changes, Item};
use super::told::{self, Names};
use super::{DAY, IS_ABOUT_ATTACHMENTS, Wanted};
use crate::account::{Account, OVER_BUDGET};
use crate::call::Line;
use crate::fence::Fence;
use crate::live::{Live, Wishes};
use crate::sync::{JournalNumbers, Settings, link_state};
use bytes::Bytes;
use musubi_connector::gate::Lane;
use musubi_connector::{Attachments, CallError, CallErrorKind, Clock, Meta, Priced};
use musubi_core::{LinkBody, ModuleName, RemoteId, Side, Sides, link::Memory, policy::LeavingPolicy};
use musubi_store::{
    AttachedRow, AttachmentChanges, AttentionRow, IN_TURN, JournalRow, Kind, Looked, Store, StoreError,
    SyncId, Want,
};
use sha2::{Digest, Sha256};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, watch};

/// How often it is looked whether a pair is due when nothing rings.
const LOOK: Duration = Duration::from_secs(5);
/// After a failure of the store.
const AFTER_FAILURE: Duration = Duration::from_secs(2);
/// After a call for which there was no room among those of the connection, or whose service takes none.
const NO_ROOM: i64 = 60_000;

/// Everything a follower needs.
pub(crate) struct Follower {
    pub store: Store,
    pub sync: SyncId,
    pub epoch: i64,
    pub wanted: Wanted,
    /// The numbers of journal entries, shared with the machine.
    pub numbers: JournalNumbers,
    /// The version of the mapping.
    pub mapping: u32,
    /// What becomes of pairs that leave the scope.
    pub leaving: LeavingPolicy,
    pub modules: Sides<ModuleName>,
    pub accounts: Sides<Arc<Account>>,
    pub fence: Fence,
    pub clock: Clock,
    pub settings: Settings,
    pub wishes: watch::Receiver<Wishes>,
    /// Rings when a pair was committed.
    pub bell: Arc<Notify>,
    pub live: watch::Sender<Live>,
    /// Who holds a file in memory holds this: one at a time in a process.
    pub room: Arc<Semaphore>,
}

/// A look under way.
struct Look {
    row: AttachedRow,
    lane: Lane,
    pair: Pair,
    /// The file that was read last, if it is to be sent, and leave to hold it.
    held: Option<(Side, String, Bytes)>,
    room: Option<OwnedSemaphorePermit>,
    /// An upload had no answer.
    unanswered: bool,
}

impl Look {
    fn ids(&self) -> (&str, &str) {
        (&self.row.left_id, &self.row.right_id)
    }

    fn id(&self, side: Side) -> RemoteId {
        RemoteId::new(if side == Side::Left { &*self.row.left_id } else { &*self.row.right_id })
    }
}

/// What comes after a pair was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum After {
    /// The next pair.
    Next,
    /// Nothing, until something rings.
    Idle,
    /// The service is not to be asked for a while, about any pair.
    Rest,
}

/// How a step ended.
enum Went {
    /// There is a next one.
    On,
    /// The look is over, or cannot go on.
    Over(After),
}

impl Follower {
    /// Works until it is dropped.
    pub async fn run(mut self) -> Infallible {
        let mut full_pass = self.wishes.borrow().full_pass;
        let mut taken_up = false;
        loop {
            let rest = match self.once(&mut full_pass, &mut taken_up).await {
                Ok(After::Next) => continue,
                Ok(After::Idle) => LOOK,
                Ok(After::Rest) => {
                    tokio::time::sleep(self.rest()).await;
                    continue;
                }
                // Whoever drives finds out by itself, and drops this.
                Err(error) if error.kind == Kind::LeaseLost => return std::future::pending().await,
                Err(error) => {
                    tracing::warn!(sync = self.sync.0, code = error.code, "attachments wait: {error}");
                    AFTER_FAILURE
                }
            };
            tokio::select! {
                () = tokio::time::sleep(rest) => {}
                () = self.bell.notified() => {}
                changed = self.wishes.changed() => {
                    if changed.is_err() {
                        return std::future::pending().await;
                    }
                }
            }
        }
    }

    /// Looks at one pair, if one is to be looked at.
    async fn once(&mut self, full_pass: &mut u64, taken_up: &mut bool) -> Result<After, StoreError> {
        let wishes = self.wishes.borrow_and_update().clone();
        if wishes.paused {
            return Ok(After::Idle);
        }
        if !*taken_up {
            self.store.take_up_attached(self.sync).await?;
            *taken_up = true;
        }
        let now = self.now();
        if wishes.full_pass != *full_pass {
            self.store.all_attached_due(self.sync, now).await?;
            *full_pass = wishes.full_pass;
        }
        let (row, lane) = match self.store.due_attached(self.sync, now).await? {
            Some(row) => (row, Lane::Poll),
            None => {
                let day_ago = now - DAY;
                let next = self.store.next_attached(self.sync, day_ago).await?;
                let Some(row) = next else { return Ok(After::Idle) };
                if self.store.count_looked(self.sync, day_ago).await? >= self.wanted.looks_a_day {
                    return Ok(After::Idle);
                }
                (row, Lane::Verification)
            }
        };
        let ids = (row.left_id.clone(), row.right_id.clone());
        match self.look(row, lane).await {
            // It was untied or erased meanwhile.
            Err(error) if error.kind == Kind::Conflict => {
                tracing::debug!(sync = self.sync.0, left = ids.0, right = ids.1, "the pair is none any more");
                Ok(After::Next)
            }
            done => done,
        }
    }

    async fn look(&self, row: AttachedRow, lane: Lane) -> Result<After, StoreError> {
        let want = Want { ids: vec![(Side::Left, row.left_id.clone())], ..Want::default() };
        let link = self.store.load(self.sync, want).await?.links.into_iter().next();
        let Some(link) = link.filter(|link| link.right_id == row.right_id) else {
            self.store.forget_attached(self.sync, &row.left_id, self.now()).await?;
            return Ok(After::Next);
        };
        // What stays out is not written to (I10), nor is what is no pair any more.
        let stays_out = |memory: &Memory| memory.outside && self.leaving != LeavingPolicy::KeepLinked;
        let body = LinkBody::decode(&link.body).ok();
        let rests = body.is_none_or(|body| {
            Side::BOTH.iter().any(|side| stays_out(body.side(*side)) || body.gone.get(*side).is_some())
        });
        let remembered = self.store.attachments_of(self.sync, &row.left_id).await?;
        let pair = Pair::new(remembered.into_iter().map(Item::read).collect());
        let mut look = Look { row, lane, pair, held: None, room: None, unanswered: false };
        if rests || link.state == link_state::UNTIED {
            let items = self.store.attention_of(self.sync, Side::Left, &look.row.left_id).await?;
            let about = items.iter().filter(|item| item.code.starts_with(IS_ABOUT_ATTACHMENTS));
            let attention_close = about.map(|item| item.id).collect();
            let changes = AttachmentChanges { attention_close, ..AttachmentChanges::default() };
            self.end(&look, IN_TURN, 0, changes).await?;
            return Ok(After::Next);
        }
        loop {
            let step = look.pair.next(&self.wanted.rules, self.now());
            if let Went::Over(after) = self.step(&mut look, step).await? {
                return Ok(after);
            }
        }
    }

    async fn step(&self, look: &mut Look, step: Step) -> Result<Went, StoreError> {
        let changes = match step {
            Step::List(side) => {
                let (module, record) = (self.modules.get(side), look.id(side));
                let service = self.service(side);
                let listed = self.call(side, look.lane, |list| list.meta, service.list(module, &record));
                match listed.await {
                    Ok(list) => look.pair.list(side, list.rows, &self.wanted.rules),
                    Err(error) => return self.failed(look, &error).await,
                }
            }
            Step::Fetch(side, id) => match self.fetch(look, side, &id).await {
                Ok(changes) => changes,
                Err(error) => return self.failed(look, &error).await,
            },
            Step::Tie(left, right) => {
                look.held = None;
                look.pair.tied(&left, &right)
            }
            Step::Send(side, id) => match look.held.take() {
                Some((own, of, content)) if own == side && of == id => {
                    return self.send(look, side, &id, content).await;
                }
                _ => match self.fetch(look, side, &id).await {
                    Ok(changes) => changes,
                    Err(error) => return self.failed(look, &error).await,
                },
            },
            Step::Drop(side, id) => look.pair.dropped(side, &id),
            Step::Done(again) => {
                let tries = if look.unanswered { look.row.tries + 1 } else { 0 };
                // One that is never answered is sent less and less often (I6).
                let pause = if tries > 1 { self.wait(tries - 2).unwrap_or(DAY) } else { 0 };
                let later = self.now() + pause;
                let due = again.map_or(IN_TURN, |again| again.max(later));
                let attention_close = told::numbers_of_pair(look.ids()).to_vec();
                let changes = AttachmentChanges { attention_close, ..AttachmentChanges::default() };
                self.end(look, due, tries, changes).await?;
                return Ok(Went::Over(After::Next));
            }
        };
        self.keep(look, changes).await?;
        Ok(Went::On)
    }

    /// Reads a file and finds out what it is. It is held for being sent where it may be.
    async fn fetch(&self, look: &mut Look, side: Side, id: &str) -> Result<Changes, CallError> {
        // What is held stays: the other one is only read to be compared.
        if look.room.is_none() {
            look.room = Arc::clone(&self.room).acquire_owned().await.ok();
        }
        let (module, record, file) = (self.modules.get(side), look.id(side), RemoteId::new(id));
        let service = self.service(side);
        let most = service.largest();
        let read =
            self.call(side, look.lane, |read| read.meta, service.download(module, &record, &file, most));
        let content = match read.await {
            Ok(read) => read.content,
            Err(error) if is_refusal(&error) => return Ok(look.pair.refused(side, id, &error.service)),
            Err(error) => return Err(error),
        };
        let Some(content) = content else { return Ok(look.pair.gone(side, id)) };
        let bytes = content.clone();
        // A large file takes its time: not on this thread.
        let hashing = tokio::task::spawn_blocking(move || Sha256::digest(&bytes).to_vec());
        let hash = hashing.await.map_err(|_| {
            CallError::new(CallErrorKind::Unknown, "HASH_BROKEN", "the file could not be gone through")
        })?;
        if *self.wanted.rules.sources.get(side) && look.held.is_none() {
            look.held = Some((side, id.to_owned(), content));
        }
        Ok(look.pair.hashed(side, id, hash))
    }

    /// Stores that the file is being sent, sends it, and stores what came of it.
    async fn send(&self, look: &mut Look, side: Side, id: &str, content: Bytes) -> Result<Went, StoreError> {
        let target = side.other();
        let Some(name) = look.pair.item(side, id).map(|item| item.name.clone()) else { return Ok(Went::On) };
        // Until then it may still be carried out, and not be listed yet.
        let bounds = self.settings.lateness + self.settings.horizon;
        let until = self.now() + 2 * self.settings.call_timeout + bounds;
        let changes = look.pair.sending(side, id, until);
        self.keep(look, changes).await?;
        let (module, record) = (self.modules.get(target), look.id(target));
        let service = self.service(target);
        let upload = service.upload(module, &record, &name, content);
        let done = self.call(target, look.lane, |sent| sent.meta, upload).await;
        look.room = None;
        let (changes, error) = match done {
            Ok(sent) => {
                self.count("carried");
                (look.pair.sent(side, id, sent.id.as_str()), None)
            }
            Err(error) if is_refusal(&error) => (look.pair.refused(side, id, &error.service), None),
            Err(error) if error.kind == CallErrorKind::Unknown => {
                look.unanswered = true;
                (look.pair.sending(side, id, self.now() + bounds), None)
            }
            // Nothing was done.
            Err(error) => (look.pair.unsent(side, id), Some(error)),
        };
        self.keep(look, changes).await?;
        match error {
            Some(error) => self.failed(look, &error).await,
            None => Ok(Went::On),
        }
    }

    /// A call did not succeed: the look is over for now.
    async fn failed(&self, look: &Look, error: &CallError) -> Result<Went, StoreError> {
        let (now, tries) = (self.now(), look.row.tries);
        if error.service.code == "NOT_SENT" {
            return Ok(Went::Over(After::Idle));
        }
        // These say nothing about the pair: the status of the connection tells of them.
        if error.service.code == OVER_BUDGET || error.kind == CallErrorKind::Auth {
            let AttachedRow { asked, looked_at: at, tries, .. } = look.row;
            let looked = Some(Looked { asked, due: now + NO_ROOM, at, tries });
            self.commit(look, AttachmentChanges { looked, ..AttachmentChanges::default() }).await?;
            return Ok(Went::Over(After::Rest));
        }
        let wait = if is_refusal(error) { None } else { self.wait(tries) };
        let (due, tries) = wait.map_or((IN_TURN, 0), |wait| (now + wait, tries + 1));
        let again = (!is_refusal(error)).then_some((due, tries));
        let attention_put = vec![told::of_pair(look.ids(), &error.service, again, now)];
        let changes = AttachmentChanges { attention_put, ..AttachmentChanges::default() };
        self.end(look, due, tries, changes).await?;
        let everywhere = matches!(error.kind, CallErrorKind::Throttled | CallErrorKind::NotSent);
        Ok(Went::Over(if everywhere { After::Rest } else { After::Next }))
    }

    /// How long the service is left alone.
    fn rest(&self) -> Duration {
        let longest = self.wait(0).unwrap_or(NO_ROOM).min(NO_ROOM);
        Duration::from_millis(u64::try_from(longest).unwrap_or(0))
    }

    fn wait(&self, tries: i64) -> Option<i64> {
        self.settings.retries.get(usize::try_from(tries).ok()?).copied()
    }

    /// Makes a call, unless none may be made now.
    async fn call<T>(
        &self,
        side: Side,
        lane: Lane,
        meta: impl Fn(&T) -> Meta,
        call: impl Future<Output = Result<T, CallError>>,
    ) -> Result<T, CallError> {
        let account = self.accounts.get(side);
        let line = Line {
            account: Arc::clone(account),
            fence: self.fence.clone(),
            timeout: self.settings.call_timeout,
            deadline: self.now() + self.settings.call_timeout,
        };
        let held = || self.wishes.borrow().paused;
        let price = account.connector.price(Priced::Other);
        let done = line.make(lane, price, |answer| meta(answer).credits, held, call).await;
        if let Ok(answer) = &done {
            let Meta { credits, requests, .. } = meta(answer);
            self.live.send_modify(|live| {
                *live.attachments.calls.get_mut(side) += u64::from(requests);
                *live.attachments.credits.get_mut(side) += u64::from(credits);
            });
        }
        done
    }

    /// Stores what a step changed, and the entries of what it did, in one transaction (I2, I9).
    async fn keep(&self, look: &Look, changes: Changes) -> Result<(), StoreError> {
        if changes.is_empty() {
            return Ok(());
        }
        let (ids, now) = (look.ids(), self.now());
        for (_, matter) in &changes.told {
            self.count(told::outcome(matter));
        }
        let told = changes.told.iter().map(|(item, matter)| told::of_file(ids, item, matter, now));
        let attention_put: Vec<AttentionRow> = told.collect();
        let settled = changes.settled.iter().flat_map(|item| told::numbers_of(ids, item));
        let attention_close = settled.collect();
        let put = changes.put.iter().map(Item::row).collect();
        let (delete, carried) = (changes.delete, changes.carried);
        let journal = self.entries(look, &carried, Names::Told);
        let changes =
            AttachmentChanges { put, delete, attention_put, attention_close, journal, looked: None };
        match self.commit(look, changes).await {
            // The pair is none any more, or was erased; what was hung on its record meanwhile is there all the same.
            Err(error) if error.kind == Kind::Conflict && !carried.is_empty() => {
                let journal = self.entries(look, &carried, Names::Withheld);
                let alone = musubi_store::Changes { journal, ..Default::default() };
                self.store.commit(self.sync, self.epoch, now, alone).await?;
                Err(error)
            }
            done => done,
        }
    }

    /// The journal entries of files that were hung on the other record.
    fn entries(&self, look: &Look, carried: &[Item], names: Names) -> Vec<JournalRow> {
        let entry = |item: &Item| {
            let place = (self.numbers.take(), self.now());
            told::entry(look.ids(), item, names, self.mapping, place)
        };
        carried.iter().map(entry).collect()
    }

    /// Stores that the look is over.
    async fn end(
        &self,
        look: &Look,
        due: i64,
        tries: i64,
        changes: AttachmentChanges,
    ) -> Result<(), StoreError> {
        let looked = Some(Looked { asked: look.row.asked, due, at: self.now(), tries });
        self.commit(look, AttachmentChanges { looked, ..changes }).await
    }

    async fn commit(&self, look: &Look, changes: AttachmentChanges) -> Result<(), StoreError> {
        self.store.commit_attachments(self.sync, self.epoch, self.now(), look.ids(), changes).await
    }

    fn service(&self, side: Side) -> &dyn Attachments {
        self.accounts.get(side).connector.attachments().expect("what has none is refused with its mapping")
    }

    fn count(&self, code: &str) {
        self.live.send_modify(|live| live.attachments.count(code));
    }

    fn now(&self) -> i64 {
        self.clock.now().millis()
    }
}

/// The service understood it and will not have it, now or later.
fn is_refusal(error: &CallError) -> bool {
    matches!(error.kind, CallErrorKind::Refused | CallErrorKind::SchemaChanged)
}
