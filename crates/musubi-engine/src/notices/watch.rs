//! Sees what holds, in one process at a time, and has it stored with what is told of it (at least once: a notice is never without its way out).

use super::conditions::{Delays, Holds, Kind, Seen, Watcher};
use super::digest::{self, Noted};
use super::told::Matter;
use super::{deliver, settings};
use crate::drift;
use crate::error::Result;
use crate::hub::Inner;
use crate::keeper;
use crate::live::{Live, Problem};
use crate::matter::is_tried_again;
use crate::stand_by::stand_ins;
use crate::sync::RunKind;
use musubi_notices::{Address, Event, Settings};
use musubi_store::{
    Configuration, ConnectionRow, IntegrationRow, IntegrationState, ModuleState, ModuleSyncRow, NoticeRow,
    Store, SyncId, Telling,
};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// Who watches holds this lease, for so many looks.
const LEASE: i64 = 6;
/// Records that fail are told after so many looks.
const GATHERING: i64 = 12;
/// What keeps a module from working counts after so many looks.
const LASTING: i64 = 3;
/// It is over when it was not seen for so many: longer than the longest wait between two tries.
const GONE: i64 = 36;
/// From when on first loads are told.
const SINCE: &str = "notices.since";
/// By these a breaker holds things.
const BREAKERS: [&str; 2] = ["delete.breaker", "oscillation"];
/// These wait for somebody's decision.
const DECISIONS: [&str; 11] = [
    "conflict.held",
    "create.unresolved",
    "delete.conflict",
    "delete.restored",
    "lead.converted",
    "match.ambiguous",
    "match.taken",
    "merge.counterpart",
    "plan.changed",
    "record.missing",
    "restore.unresolved",
];
/// These go on with another record, or somebody wanted them so.
const WANTED_SO: [&str; 4] =
    ["conflict.skipped", "lookup.parent_held", "lookup.parent_not_linked", "undo.overtaken"];

/// Watches and delivers, whenever nobody else does.
pub(crate) async fn keep(hub: Arc<Inner>) {
    // No module sync and no connection has this number.
    let partition = SyncId(i64::MIN + hub.workspace);
    let every = hub.settings.notices_every.max(1);
    while !hub.is_stopping() {
        let now = hub.now();
        match hub.store.acquire(partition, &hub.holder, now, now + LEASE * every).await {
            Ok(Some(epoch)) => {
                lead(&hub, partition, epoch, every).await;
                if let Err(error) = hub.store.release(partition, epoch).await {
                    tracing::debug!(code = error.code, "the watch could not be given up");
                }
            }
            Ok(None) => {}
            Err(error) => tracing::warn!(code = error.code, "notices are not looked after: {error}"),
        }
        pause(every).await;
    }
}

async fn pause(millis: i64) {
    tokio::time::sleep(Duration::from_millis(millis.unsigned_abs())).await;
}

async fn lead(hub: &Arc<Inner>, partition: SyncId, epoch: i64, every: i64) {
    let bell = Notify::new();
    let watch = async {
        let mut watcher = Watcher::new(hub.now());
        loop {
            let until = hub.now() + LEASE * every;
            if !matches!(hub.store.renew(partition, epoch, until).await, Ok(true)) {
                return;
            }
            match look(hub, &mut watcher, (partition, epoch)).await {
                Ok(0) => {}
                Ok(_) => bell.notify_one(),
                Err(error) => tracing::warn!(code = error.code, "notices are not looked after: {error}"),
            }
            pause(every).await;
        }
    };
    let send = async {
        loop {
            if let Err(error) = deliver::due(hub).await {
                tracing::warn!(code = error.code, "notices could not be sent: {error}");
            }
            tokio::select! {
                () = bell.notified() => {}
                () = pause(every) => {}
            }
        }
    };
    tokio::select! {
        () = watch => {}
        () = send => {}
    }
}

/// One look. Gives how many notices came of it.
async fn look(hub: &Inner, watcher: &mut Watcher, holds: (SyncId, i64)) -> Result<usize> {
    let (now, every) = (hub.now(), hub.settings.notices_every.max(1));
    let settings = settings(hub).await?;
    let known = hub.store.notice_conditions(hub.workspace).await?;
    let is_known = |about: &str, kind: &str| known.iter().any(|row| row.about == about && row.kind == kind);
    let seen = see(hub, &is_known).await?;
    let delays = Delays {
        failed: GATHERING * every,
        stopped: LASTING * every,
        unreachable: i64::from(settings.unreachable_minutes.unwrap_or(15)) * 60_000,
        gone: GONE * every,
    };
    let judged = watcher.judge(&known, &seen, now, delays);
    let (mut put, mut notices) = (judged.put, judged.notices);
    match digest::due(&settings, &known, now) {
        Some((day, noted)) => {
            put.push(digest::row(Some(day), now));
            if noted == Noted::AndTold
                && let Some(body) = digest::body(hub, &known).await?
            {
                notices.push(body.row("", now));
            }
        }
        None if settings.digest.is_some() && !digest::is_noted(&known) => put.push(digest::row(None, now)),
        None => {}
    }
    if put.is_empty() && judged.over.is_empty() && notices.is_empty() {
        return Ok(0);
    }
    let count = notices.len();
    let addressed = |row: NoticeRow| {
        let addresses = receivers(&row, &settings);
        (row, addresses)
    };
    let notices = notices.into_iter().map(addressed).collect();
    hub.store.tell(hub.workspace, holds, now, Telling { put, over: judged.over, notices }).await?;
    Ok(count)
}

/// Who is told; nobody, if it is not among the events of the settings: then only those see it who look for it.
fn receivers(row: &NoticeRow, settings: &Settings) -> Vec<String> {
    let told = Event::named(&row.event).is_some_and(|event| settings.tells(event));
    if told { Address::of(settings).iter().map(Address::to_string).collect() } else { Vec::new() }
}

/// All that holds now.
async fn see(hub: &Inner, is_known: &impl Fn(&str, &str) -> bool) -> Result<Seen> {
    let Configuration { connections, integrations, setting } =
        hub.store.configuration(hub.workspace, SINCE).await?;
    let since = since(hub, setting).await?;
    let everywhere = keeper::everywhere(hub).await?;
    let mut seen = Seen::default();
    let syncs = integrations.iter().flat_map(|(_, rows)| rows).map(|row| row.id).collect();
    let open = hub.store.open_matters(syncs).await?;
    for (integration, rows) in integrations {
        seen.integrations.insert(integration.name.clone());
        let about = integration.name.clone();
        seen.holds.push(Holds { about, kind: Kind::There, matters: Vec::new(), old: true });
        let paused = integration.state == IntegrationState::Paused;
        let mut all: BTreeMap<Kind, Vec<Matter>> = BTreeMap::new();
        if paused && (is_known(&integration.name, "paused") || ever_ran(&hub.store, &rows).await?) {
            all.insert(Kind::Paused, Vec::new());
        }
        for row in rows.iter().filter(|row| row.paused) {
            seen.modules.insert((integration.name.clone(), row.left_module.clone()));
            let kind = Kind::ModulePaused(row.left_module.clone());
            // With the whole integration nothing is said of its modules before it goes on.
            let stands = is_known(&integration.name, &kind.text())
                || !paused && ever_ran(&hub.store, std::slice::from_ref(row)).await?;
            if stands {
                all.entry(kind).or_default().push(matter(&integration, row, "paused", 1));
            }
        }
        for row in rows.iter().filter(|row| row.state == ModuleState::Inactive) {
            seen.modules.insert((integration.name.clone(), row.left_module.clone()));
            let kind = Kind::Inactive(row.left_module.clone());
            // One that was set up and never begun was not put to rest by anybody.
            let rests = is_known(&integration.name, &kind.text())
                || ever_ran(&hub.store, std::slice::from_ref(row)).await?;
            if rests {
                all.entry(kind).or_default().push(matter(&integration, row, "inactive", 1));
            }
        }
        for row in rows.iter().filter(|row| row.state == ModuleState::Active) {
            seen.modules.insert((integration.name.clone(), row.left_module.clone()));
            let live = everywhere.get(&row.id).map(|(_, live)| live);
            if paused || !live.is_some_and(tells_of_itself) {
                seen.unclear.insert(integration.name.clone());
            }
            for (kind, matter) in module(&integration, row, of(&open, row), live) {
                all.entry(kind).or_default().extend(matter);
            }
        }
        for (connection, credential) in &connections {
            if [integration.left_connection, integration.right_connection].contains(&connection.id) {
                all.extend(stood_in(&integration, connection, credential.as_deref())?);
            }
        }
        for row in &rows {
            let kind = Kind::Loaded(row.left_module.clone());
            let known = is_known(&integration.name, &kind.text());
            if let Some((old, matters)) =
                loaded(hub, &integration, row, of(&open, row), (since, known)).await?
            {
                seen.holds.push(Holds { about: integration.name.clone(), kind, matters, old });
            }
            if let Some((run, ended, count)) = drift::found(hub, &integration, row).await?
                && count > 0
            {
                let kind = Kind::Drift(format!("{}:{run}", row.left_module));
                let (about, module) = (integration.name.clone(), Some(row.left_module.clone()));
                let matter = Matter { integration: about.clone(), module, code: "drift".to_owned(), count };
                seen.holds.push(Holds { about, kind, matters: vec![matter], old: ended < since });
            }
        }
        let hold = |(kind, matters)| Holds { about: integration.name.clone(), kind, matters, old: false };
        seen.holds.extend(all.into_iter().map(hold));
    }
    Ok(seen)
}

fn tells_of_itself(live: &Live) -> bool {
    live.driven || live.problem.is_some() || live.waits_for.is_some()
}

/// One that was set up and never begun was not paused by anybody.
async fn ever_ran(store: &Store, rows: &[ModuleSyncRow]) -> Result<bool> {
    for row in rows {
        if store.sync_state(row.id).await?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

fn matter(integration: &IntegrationRow, row: &ModuleSyncRow, code: &str, count: u64) -> Matter {
    Matter {
        integration: integration.name.clone(),
        module: Some(row.left_module.clone()),
        code: code.to_owned(),
        count,
    }
}

/// What holds of one module.
fn module(
    integration: &IntegrationRow,
    row: &ModuleSyncRow,
    open: &[(String, i64)],
    live: Option<&Live>,
) -> Vec<(Kind, Option<Matter>)> {
    let matter = |code: &str, count: u64| matter(integration, row, code, count);
    let mut all = Vec::new();
    for (code, count) in open {
        if let Some(kind) = of_matter(code) {
            all.push((kind, Some(matter(code, count.unsigned_abs()))));
        }
    }
    if live.is_some_and(|live| live.views_changed) {
        let code = "scope.views_changed";
        all.push((Kind::Decision(code.to_owned()), Some(matter(code, 1))));
    }
    if let Some(kind) = live.and_then(|live| live.problem.as_ref()).and_then(of_problem) {
        let told = match &kind {
            Kind::Stopped(code) => Some(matter(code, 1)),
            _ => None,
        };
        all.push((kind, told));
    }
    all
}

/// What a matter of this code is told as; nothing, if it goes on without anybody.
fn of_matter(code: &str) -> Option<Kind> {
    if BREAKERS.contains(&code) {
        Some(Kind::Breaker(code.to_owned()))
    } else if DECISIONS.contains(&code) {
        Some(Kind::Decision(code.to_owned()))
    } else if WANTED_SO.contains(&code) || is_tried_again(code) {
        None
    } else {
        Some(Kind::Failed(code.to_owned()))
    }
}

/// What is open of a module, by code.
fn of<'a>(open: &'a BTreeMap<SyncId, Vec<(String, i64)>>, row: &ModuleSyncRow) -> &'a [(String, i64)] {
    open.get(&row.id).map_or(&[], Vec::as_slice)
}

/// Whether somebody stands in for a credential that was refused: it goes on, and is to be mended.
fn stood_in(
    integration: &IntegrationRow,
    connection: &ConnectionRow,
    credential: Option<&[u8]>,
) -> Result<Option<(Kind, Vec<Matter>)>> {
    if !stand_ins(credential)?.iter().any(|other| other.refused_at.is_some()) {
        return Ok(None);
    }
    let matter = Matter {
        integration: integration.name.clone(),
        module: None,
        code: "connection.stood_in".to_owned(),
        count: 1,
    };
    Ok(Some((Kind::StoodIn(connection.name.clone()), vec![matter])))
}

fn of_problem(problem: &Problem) -> Option<Kind> {
    match problem.code.as_str() {
        "connection.refused" | "connection.no_credential" => Some(Kind::Login),
        "connection.unreachable" => Some(Kind::Unreachable),
        // It goes on by itself.
        "connection.throttled" | "connection.cursor_lost" => None,
        code => Some(Kind::Stopped(code.to_owned())),
    }
}

/// Whether the first load of a module is done, with what it led to; and whether that was before anybody was told of anything.
async fn loaded(
    hub: &Inner,
    integration: &IntegrationRow,
    row: &ModuleSyncRow,
    open: &[(String, i64)],
    (since, known): (i64, bool),
) -> Result<Option<(bool, Vec<Matter>)>> {
    if known {
        return Ok(Some((true, Vec::new())));
    }
    let runs = hub.store.runs(row.id, 2, 1).await?;
    let first = runs.first().filter(|run| run.kind == RunKind::FirstLoad.number());
    let Some(ended) = first.and_then(|run| run.ended_at) else { return Ok(None) };
    if ended < since {
        return Ok(Some((true, Vec::new())));
    }
    let matter = |code: &str, count: i64| Matter {
        integration: integration.name.clone(),
        module: Some(row.left_module.clone()),
        code: code.to_owned(),
        count: count.unsigned_abs(),
    };
    let mut matters = vec![matter("pairs", hub.store.count_links(row.id).await?)];
    matters.extend(open.iter().map(|(code, count)| matter(code, *count)));
    Ok(Some((false, matters)))
}

/// From when on first loads are told: since somebody watches at all.
async fn since(hub: &Inner, known: Option<String>) -> Result<i64> {
    if let Some(known) = known.and_then(|text| text.parse().ok()) {
        return Ok(known);
    }
    let now = hub.now();
    hub.store.set_setting(hub.workspace, SINCE, &now.to_string()).await?;
    Ok(now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matter::{MATTERS, lets_delete};

    #[test]
    fn what_is_tried_again_by_itself_has_not_failed_and_every_other_matter_is_told() {
        for matter in MATTERS {
            let silent = is_tried_again(matter.code) || WANTED_SO.contains(&matter.code);
            assert_eq!(of_matter(matter.code).is_none(), silent, "{}", matter.code);
            let decided = matches!(of_matter(matter.code), Some(Kind::Breaker(_) | Kind::Decision(_)));
            assert!(decided || !lets_delete(matter.code), "{}: a person decides about it", matter.code);
        }
        for code in [&BREAKERS[..], &DECISIONS, &WANTED_SO].concat() {
            assert!(MATTERS.iter().any(|matter| matter.code == code), "{code} is no matter any more");
        }
        assert_eq!(of_matter("attachment.later"), None);
        assert_eq!(of_matter("attachment.refused"), Some(Kind::Failed("attachment.refused".into())));
    }
}
