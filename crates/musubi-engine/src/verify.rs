//! The agreement certificate: both sides are read completely and every pair is compared.
//!
//! One side is boiled down to 16 bytes a pair, so memory stays small; a pair whose two digests differ is read again by id and
//! compared field by field before anything is said about it, for bulk data is old when it comes.

mod alone;
mod restored;

use self::restored::CameBack;
use crate::account::Account;
use crate::compare::{self, Refs};
use crate::error::{HubError, Result};
use crate::everything::{self, Spent, again};
use crate::hub::{Hub, Inner};
use crate::keeper;
use crate::pairs;
use crate::partition::{Prepared, prepare};
use crate::report::{Alone, Certificate, Difference, Mending, Progress, Repair, Stage};
use crate::sync::{Plan, link_state, remembered, unlinked_state};
use musubi_connector::Priced;
use musubi_connector::gate::Lane;
use musubi_core::{Membership, Observation, RemoteId, Side, Sides, policy::LeavingPolicy};
use musubi_store::{HintRow, LinkRow, Loaded, ModuleState, Store, SyncId, Want};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use tokio::sync::mpsc;

/// Links, and records without one, that wait for a person or for a parent.
const HELD: [i64; 2] = [link_state::HELD, link_state::PARKED];
const UNLINKED_HELD: [i64; 2] = [unlinked_state::HELD, unlinked_state::PARKED];
/// Lots of records read ahead of what is compared.
const AHEAD: usize = 4;
/// Stands for a record whose values have no common form.
const NO_DIGEST: [u8; 16] = [0; 16];

type Tell<'a> = &'a mut (dyn FnMut(&Progress) + Send);

impl Hub {
    /// Compares both sides of an integration completely. With `repair`, what differs is read and decided again by whoever drives it.
    pub async fn verify(&self, integration: &str, repair: bool, progress: Tell<'_>) -> Result<Certificate> {
        let hub = &self.inner;
        let row = hub.integration(integration).await?;
        let mut certificate = Certificate::default();
        let rows = hub.store.module_syncs(row.id).await?;
        for sync in rows.into_iter().filter(|row| row.state == ModuleState::Active) {
            let connections = Sides { left: row.left_connection, right: row.right_connection };
            let Prepared { plan, accounts, .. } = prepare(hub, sync.id, &connections).await?;
            let module = sync.left_module.clone();
            let work = Work { store: &hub.store, plan: &plan, accounts: &accounts, sync: sync.id };
            let mut found = Found::default();
            work.compare(&mut found, &mut certificate, progress).await?;
            certificate.mending.extend(
                found.mending.into_iter().map(|mending| Mending { module: module.clone(), ..mending }),
            );
            let mut names = pairs::Names::new(hub, &sync);
            let lists = [
                (found.different, &mut certificate.different),
                (found.left_apart, &mut certificate.left_apart_samples),
            ];
            for (pairs, told) in lists {
                for (left_id, right_id, fields) in pairs {
                    let label = names.label(Some(&left_id)).await?;
                    told.push(Difference { module: module.clone(), left_id, right_id, label, fields });
                }
            }
            for (side, ids) in [(Side::Left, found.alone.left), (Side::Right, found.alone.right)] {
                let (module, alone) = match side {
                    Side::Left => (&sync.left_module, &mut certificate.only_left),
                    Side::Right => (&sync.right_module, &mut certificate.only_right),
                };
                certificate.mending.extend(ids.iter().map(|id| Mending {
                    module: sync.left_module.clone(),
                    left_id: (side == Side::Left).then(|| id.clone()),
                    right_id: (side == Side::Right).then(|| id.clone()),
                    create: Some(side.other()),
                    ..Mending::default()
                }));
                alone.extend(ids.into_iter().map(|id| Alone { module: module.clone(), id }));
            }
        }
        if repair {
            self.repair(integration, &mut certificate).await?;
        }
        Ok(certificate)
    }

    /// Has what this certificate says differs read and decided again, by whoever drives the integration.
    pub async fn repair(&self, integration: &str, certificate: &mut Certificate) -> Result<()> {
        let hub = &self.inner;
        let row = hub.integration(integration).await?;
        if certificate.agrees() {
            return Ok(());
        }
        let (at, mut hints) = (hub.now(), Vec::new());
        for sync in hub.store.module_syncs(row.id).await? {
            let mine = certificate.mending.iter().filter(|mending| mending.module == sync.left_module);
            for mending in mine {
                for (side, id) in [(Side::Left, &mending.left_id), (Side::Right, &mending.right_id)] {
                    hints.extend(id.iter().map(|id| (sync.id, HintRow { side, id: id.clone(), at })));
                }
            }
        }
        let records = hints.len() as u64;
        hub.store.add_hints(hints).await?;
        let full_pass = !certificate.only_left.is_empty() || !certificate.only_right.is_empty();
        if full_pass {
            keeper::wish_full_pass(hub, row.id).await?;
        }
        certificate.repair = Some(Repair { records, full_pass });
        Ok(())
    }
}

/// So many pairs of a module that are left apart are shown: one direction may leave a million so.
const SAMPLES: usize = 20;

/// What does not agree in one module.
#[derive(Default)]
struct Found {
    different: Vec<(String, String, Vec<String>)>,
    left_apart: Vec<(String, String, Vec<String>)>,
    alone: Sides<Vec<String>>,
    mending: Vec<Mending>,
}

struct Work<'a> {
    store: &'a Store,
    plan: &'a Plan,
    accounts: &'a Sides<Arc<Account>>,
    sync: SyncId,
}

/// Right record of a pair → what its left one holds; the right records of pairs that are held; pairs that a deletion untied.
type Seen<'a> = (&'a mut HashMap<u128, [u8; 16]>, &'a mut HashSet<u128>, &'a mut CameBack);

/// An id in 16 bytes.
fn short(id: &str) -> u128 {
    xxhash_rust::xxh3::xxh3_128(id.as_bytes())
}

impl Work<'_> {
    async fn compare(&self, found: &mut Found, certificate: &mut Certificate, tell: Tell<'_>) -> Result<()> {
        let mut expected = Sides::<u64>::default();
        for side in Side::BOTH {
            let account = self.accounts.get(side);
            let module = &self.plan.projections.get(side).module;
            let count =
                account.ask(Lane::Verification, Priced::Other, account.connector.count(module)).await?;
            *expected.get_mut(side) = count;
            spend(certificate, side, Spent { calls: 1, credits: 1 });
        }
        let total = expected.left + expected.right;
        let mut scanned = 0;
        let mut progress = |count: usize| {
            scanned = total.min(scanned + count as u64);
            tell(&Progress {
                stage: Stage::Comparing,
                scanned,
                expected: total,
                seen: scanned,
                ..Progress::default()
            });
        };

        let mut pairs: HashMap<u128, [u8; 16]> = HashMap::new();
        let mut excused: HashSet<u128> = HashSet::new();
        let mut alone = Sides::<Vec<String>>::default();
        let mut doubtful: Vec<String> = Vec::new();
        let mut came_back = CameBack::default();

        let (send, mut lots) = mpsc::channel(AHEAD);
        let left = Arc::clone(&self.plan.projections.left);
        let reading = everything::read(&self.accounts.left, left, expected.left, send);
        let taking = async {
            while let Some(mut rows) = lots.recv().await {
                progress(rows.len());
                self.judge(Side::Left, &mut rows);
                let known = (&mut pairs, &mut excused, &mut came_back);
                self.take_left(rows, known, &mut alone.left, certificate).await?;
            }
            Ok::<_, HubError>(())
        };
        let (spent, taken) = tokio::join!(reading, taking);
        taken?;
        spend(certificate, Side::Left, spent?);

        let (send, mut lots) = mpsc::channel(AHEAD);
        let right = Arc::clone(&self.plan.projections.right);
        let reading = everything::read(&self.accounts.right, right, expected.right, send);
        let taking = async {
            while let Some(mut rows) = lots.recv().await {
                progress(rows.len());
                self.judge(Side::Right, &mut rows);
                let mut unknown = Vec::new();
                for row in rows {
                    match pairs.remove(&short(row.id.as_str())) {
                        Some(_) if self.stays_out(&row) => certificate.resting += 1,
                        Some(digest) => {
                            certificate.compared += 1;
                            let own = compare::digest(self.plan, Side::Right, &row, &Refs::default());
                            if digest != NO_DIGEST && own == Some(digest) {
                                certificate.equal += 1;
                            } else {
                                doubtful.push(row.id.to_string());
                            }
                        }
                        None if excused.contains(&short(row.id.as_str())) => {}
                        None => unknown.push((row.id, row.member)),
                    }
                }
                let known = (&mut doubtful, &mut came_back);
                self.sort_out(Side::Right, unknown, &mut alone.right, known, certificate).await?;
            }
            Ok::<_, HubError>(())
        };
        let (spent, taken) = tokio::join!(reading, taking);
        taken?;
        spend(certificate, Side::Right, spent?);

        self.find_missing(&pairs, &mut doubtful, certificate).await?;
        self.settle_doubts(doubtful, found, certificate).await?;
        self.settle_restored(came_back, found, certificate).await?;
        for side in Side::BOTH {
            let ids = std::mem::take(alone.get_mut(side));
            self.settle_alone(side, ids, found, certificate).await?;
        }
        Ok(())
    }

    /// Rows that were read in bulk are judged by the present day.
    fn judge(&self, side: Side, rows: &mut [Observation]) {
        let now = self.accounts.get(side).now();
        self.plan.intake.get(side).rows(rows, musubi_core::Instant::from_millis(now));
    }

    /// A record outside the scope whose pair is therefore not kept in agreement.
    fn stays_out(&self, row: &Observation) -> bool {
        row.member == Membership::Outside && self.plan.rules.policy.leaving != LeavingPolicy::KeepLinked
    }

    async fn load(&self, want: Want) -> Result<Loaded> {
        Ok(self.store.load(self.sync, want).await?)
    }

    async fn take_left(
        &self,
        rows: Vec<Observation>,
        (pairs, excused, came_back): Seen<'_>,
        alone: &mut Vec<String>,
        certificate: &mut Certificate,
    ) -> Result<()> {
        let mut want = Want::default();
        for row in &rows {
            want.ids.push((Side::Left, row.id.to_string()));
            Refs::want(self.plan, Side::Left, row, &mut want);
        }
        let loaded = self.load(want).await?;
        let mut refs = Refs::default();
        refs.take(&loaded);
        let links: HashMap<&str, &LinkRow> =
            loaded.links.iter().map(|link| (link.left_id.as_str(), link)).collect();
        let mut unknown = Vec::new();
        for row in rows {
            match links.get(row.id.as_str()) {
                Some(link) if link.state == link_state::UNTIED => {
                    came_back.left_is_there(link);
                    count(certificate, "untied");
                }
                Some(link) if HELD.contains(&link.state) => {
                    certificate.held += 1;
                    excused.insert(short(&link.right_id));
                }
                Some(link) if self.stays_out(&row) => {
                    certificate.resting += 1;
                    excused.insert(short(&link.right_id));
                }
                Some(link) => {
                    let digest = compare::digest(self.plan, Side::Left, &row, &refs).unwrap_or(NO_DIGEST);
                    pairs.insert(short(&link.right_id), digest);
                }
                None => unknown.push((row.id, row.member)),
            }
        }
        self.sort_out(Side::Left, unknown, alone, (&mut Vec::new(), came_back), certificate).await
    }

    /// Records that are in no pair seen so far: held, untied, linked since, or alone.
    async fn sort_out(
        &self,
        side: Side,
        ids: Vec<(RemoteId, Membership)>,
        alone: &mut Vec<String>,
        (doubtful, came_back): (&mut Vec<String>, &mut CameBack),
        certificate: &mut Certificate,
    ) -> Result<()> {
        if ids.is_empty() {
            return Ok(());
        }
        let want =
            Want { ids: ids.iter().map(|(id, _)| (side, id.to_string())).collect(), ..Want::default() };
        let loaded = self.load(want).await?;
        let links: HashMap<&str, &LinkRow> = loaded.links.iter().map(|link| (link.id(side), link)).collect();
        let held: HashSet<&str> = loaded
            .unlinked
            .iter()
            .filter(|row| UNLINKED_HELD.contains(&row.state))
            .map(|row| row.id.as_str())
            .collect();
        let erased: HashSet<&str> = loaded
            .unlinked
            .iter()
            .filter(|row| row.state == unlinked_state::ERASED)
            .map(|row| row.id.as_str())
            .collect();
        for (id, member) in &ids {
            match links.get(id.as_str()) {
                Some(link) if link.state == link_state::UNTIED => {
                    came_back.other_is_there(link);
                    count(certificate, "untied");
                }
                Some(link) if HELD.contains(&link.state) => {
                    certificate.held += u64::from(side == Side::Right)
                }
                Some(link) => {
                    certificate.compared += 1;
                    doubtful.push(link.right_id.clone());
                }
                None if erased.contains(id.as_str()) => count(certificate, "erased"),
                None if held.contains(id.as_str()) => certificate.held += 1,
                None if *member == Membership::Outside => count(certificate, "scope"),
                None => alone.push(id.to_string()),
            }
        }
        Ok(())
    }

    /// Pairs whose right record did not come: their ids stand in the store.
    async fn find_missing(
        &self,
        pairs: &HashMap<u128, [u8; 16]>,
        doubtful: &mut Vec<String>,
        certificate: &mut Certificate,
    ) -> Result<()> {
        let mut after = String::new();
        while !pairs.is_empty() {
            let links = self.store.scan_links(self.sync, &after, 1_000).await?;
            let Some(last) = links.last() else { break };
            after = last.left_id.clone();
            let missing = links.iter().filter(|link| pairs.contains_key(&short(&link.right_id)));
            for link in missing {
                certificate.compared += 1;
                doubtful.push(link.right_id.clone());
            }
        }
        Ok(())
    }

    /// Reads the records of these pairs (by right ids) again, and compares them field by field.
    async fn settle_doubts(
        &self,
        doubtful: Vec<String>,
        found: &mut Found,
        certificate: &mut Certificate,
    ) -> Result<()> {
        let batch = self.plan.batch.left.read.min(self.plan.batch.right.read).max(1);
        for ids in doubtful.chunks(batch) {
            let want =
                Want { ids: ids.iter().map(|id| (Side::Right, id.clone())).collect(), ..Want::default() };
            let links = self.load(want).await?.links;
            let ids = Sides::from_fn(|side| {
                links.iter().map(|link| RemoteId::new(link.id(side))).collect::<Vec<_>>()
            });
            let left = self.read(Side::Left, &ids.left, certificate).await?;
            let right = self.read(Side::Right, &ids.right, certificate).await?;
            let mut want = Want::default();
            left.values().for_each(|row| Refs::want(self.plan, Side::Left, row, &mut want));
            right.values().for_each(|row| Refs::want(self.plan, Side::Right, row, &mut want));
            let mut refs = Refs::default();
            refs.take(&self.load(want).await?);
            for link in &links {
                if link.state == link_state::UNTIED {
                    certificate.compared -= 1;
                    count(certificate, "untied");
                    continue;
                }
                let rows = (left.get(link.left_id.as_str()), right.get(link.right_id.as_str()));
                let (Some(left), Some(right)) = rows else {
                    let gone = vec!["(gone)".to_owned()];
                    found.mending.push(of_pair(link, Mending { stay: gone.clone(), ..Mending::default() }));
                    found.different.push((link.left_id.clone(), link.right_id.clone(), gone));
                    continue;
                };
                let body = remembered(link.state, &link.body, self.plan).ok().map(|known| known.body);
                let verdict = compare::compare(self.plan, Sides { left, right }, body.as_ref(), &refs);
                if verdict.different.is_empty() && verdict.left_so.is_empty() {
                    certificate.equal += 1;
                } else if verdict.different.is_empty() {
                    certificate.left_apart += 1;
                    if found.left_apart.len() < SAMPLES {
                        found.left_apart.push((link.left_id.clone(), link.right_id.clone(), verdict.left_so));
                    }
                } else {
                    let mending =
                        compare::mending(self.plan, Sides { left, right }, body, &verdict.different, &refs);
                    found.mending.push(of_pair(link, mending));
                    found.different.push((link.left_id.clone(), link.right_id.clone(), verdict.different));
                }
            }
        }
        Ok(())
    }

    async fn read(
        &self,
        side: Side,
        ids: &[RemoteId],
        certificate: &mut Certificate,
    ) -> Result<HashMap<String, Observation>> {
        let account = self.accounts.get(side);
        let mut rows = HashMap::new();
        for ids in ids.chunks(self.plan.batch.get(side).read.max(1)) {
            let ask = || {
                let projection = Arc::clone(self.plan.projections.get(side));
                account.call(Lane::Verification, Priced::Read, account.connector.read(projection, ids))
            };
            let mut page = again(ask).await.map_err(|error| HubError::of_call(&account.name, &error))?;
            let spent =
                Spent { calls: u64::from(page.meta.requests.max(1)), credits: u64::from(page.meta.credits) };
            spend(certificate, side, spent);
            self.plan.intake.get(side).page(&mut page);
            rows.extend(page.rows.into_iter().map(|row| (row.id.to_string(), row)));
        }
        Ok(rows)
    }
}

fn of_pair(link: &LinkRow, mending: Mending) -> Mending {
    Mending { left_id: Some(link.left_id.clone()), right_id: Some(link.right_id.clone()), ..mending }
}

fn count(certificate: &mut Certificate, reason: &str) {
    *certificate.skipped.entry(reason.to_owned()).or_default() += 1;
}

fn spend(certificate: &mut Certificate, side: Side, spent: Spent) {
    *certificate.calls.get_mut(side) += spent.calls;
    *certificate.credits.get_mut(side) += spent.credits;
}

/// The integration's module syncs with their connections, for what reads both sides.
pub(crate) async fn connections(hub: &Inner, integration: &str) -> Result<(i64, Sides<i64>)> {
    let row = hub.integration(integration).await?;
    Ok((row.id, Sides { left: row.left_connection, right: row.right_connection }))
}
