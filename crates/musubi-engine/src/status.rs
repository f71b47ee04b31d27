//! How everything stands, from the store and from what the processes tell of themselves.

use crate::config::ModuleConfig;
use crate::credentials::credentials;
use crate::error::Result;
use crate::hub::{Hub, Inner};
use crate::keeper;
use crate::live::Live;
use crate::report::{ConnectionStatus, IntegrationStatus, ModuleStatus, StatusReport, SyncPhase};
use crate::resting::Meanwhile;
use crate::scope_config::Conditions;
use crate::stand_by::StandIn;
use crate::sync::{SyncState, unlinked_state};
use crate::views;
use musubi_core::{Side, Sides, mutant::Mutant};
use musubi_store::{Counts, IntegrationState, ModuleSyncRow};
use std::collections::BTreeMap;

impl Hub {
    /// How everything stands. Needs the store only; with processes at work it says what they do.
    pub async fn status(&self) -> Result<StatusReport> {
        status(&self.inner).await
    }
}

pub(crate) async fn status(hub: &Inner) -> Result<StatusReport> {
    let everywhere = keeper::everywhere(hub).await?;
    let accounts: BTreeMap<_, _> = hub.open_accounts().into_iter().collect();
    let channels = hub.store.channels(None).await.unwrap_or_default();
    let now = hub.now();
    let mut connections = Vec::new();
    let mut names = BTreeMap::new();
    for row in hub.store.connections(hub.workspace).await? {
        names.insert(row.id, row.name.clone());
        let kept = credentials(&hub.store, row.id).await;
        let used = accounts.get(&row.id).map(|account| account.throttle.used());
        connections.push(ConnectionStatus {
            id: row.id,
            // One that cannot be read is told when it is used.
            has_credential: kept.as_ref().map_or(true, Option::is_some),
            refused_at: kept.iter().flatten().find_map(|kept| kept.in_use.refused_at),
            stand_ins: kept.iter().flatten().flat_map(|kept| &kept.stand_by).map(StandIn::from).collect(),
            place: row.data_centre.or(row.base_url).unwrap_or_default(),
            name: row.name,
            service: row.service,
            org: row.org,
            credits_used: used.map(|(_, credits)| credits),
            calls_under_way: used.map(|(calls, _)| calls),
            channels: channels
                .iter()
                .filter(|channel| channel.connection == row.id && channel.until > now)
                .count() as u64,
        });
    }
    let mut integrations = Vec::new();
    for row in hub.store.integrations(hub.workspace).await? {
        let mut modules = Vec::new();
        for sync in hub.store.module_syncs(row.id).await? {
            let live = everywhere.get(&sync.id);
            let watched = Sides::from_fn(|side| {
                let (connection, module) = match side {
                    Side::Left => (row.left_connection, &sync.left_module),
                    Side::Right => (row.right_connection, &sync.right_module),
                };
                channels.iter().any(|channel| {
                    channel.connection == connection && channel.module == *module && channel.until > now
                })
            });
            let mut told = module(hub, sync, live, watched).await?;
            if row.state == IntegrationState::Paused {
                told.seconds_left = None;
            }
            modules.push(told);
        }
        let name = |id: i64| names.get(&id).cloned().unwrap_or_default();
        integrations.push(IntegrationStatus {
            left: name(row.left_connection),
            right: name(row.right_connection),
            name: row.name,
            state: row.state.into(),
            modules,
        });
    }
    let alive = hub.store.processes().await?.into_iter().filter(|row| now - row.heartbeat < 6_000);
    let undelivered_notices = crate::notices::in_trouble(hub).await?;
    let processes = alive.map(|row| row.name).collect();
    Ok(StatusReport { integrations, connections, processes, undelivered_notices })
}

async fn module(
    hub: &Inner,
    sync: ModuleSyncRow,
    live: Option<&(String, Live)>,
    watched: Sides<bool>,
) -> Result<ModuleStatus> {
    let counts = hub.store.counts(sync.id).await?;
    let state = hub.store.sync_state(sync.id).await?.map(|bytes| SyncState::decode(&bytes));
    let (held, failed) = held_and_failed(&counts);
    let of_state = |wanted: i64| {
        counts.links.iter().filter(|(state, _)| *state == wanted).map(|(_, count)| count).sum::<i64>()
    };
    let waiting: i64 = counts
        .unlinked
        .iter()
        .filter(|(_, state, _)| *state == unlinked_state::WAITING)
        .map(|(.., count)| count)
        .sum();
    let unlinked = Sides::from_fn(|side| {
        counts.unlinked.iter().filter(|(at, ..)| *at == side).map(|(.., count)| *count as u64).sum()
    });
    let driven = live.filter(|(_, live)| live.driven);
    let (process, live) = match live {
        Some((_, live)) => (driven.map(|(name, _)| name.clone()), live.clone()),
        None => (None, Live::default()),
    };
    let seen_until =
        Sides::from_fn(|side| state.as_ref().map_or(0, |state| state.sides.get(side).settled.millis()));
    // Who drives it knows; otherwise it is what the last one found, as long as the configuration asks.
    let config = crate::export::module_config(&sync);
    let views_changed = match &process {
        Some(_) => live.views_changed,
        None => config.as_ref().is_ok_and(asks_about_views) && views::noted(hub, sync.id).await?,
    };
    Ok(ModuleStatus {
        state: sync.state.into(),
        paused: sync.paused,
        meanwhile: sync.meanwhile.as_deref().and_then(Meanwhile::named),
        waits_for: live.waits_for,
        direction: config.map(|config| config.direction).unwrap_or_default(),
        left: sync.left_module,
        right: sync.right_module,
        phase: state.as_ref().map_or(SyncPhase::New, |state| state.phase.into()),
        process,
        agreed_since: live.quiet_since,
        links: (counts.all_links() - of_state(2)) as u64,
        unlinked,
        open: (of_state(1) + waiting + counts.intents + counts.hints) as u64,
        held,
        failed,
        scanned: state
            .as_ref()
            .map_or_else(Sides::default, |state| Sides::from_fn(|side| state.sides.get(side).scanned)),
        expected: state.as_ref().map_or_else(Sides::default, |state| {
            Sides::from_fn(|side| state.sides.get(side).expected.unwrap_or(0))
        }),
        // What was told of a load that stands still says nothing.
        seconds_left: live.seconds_left.filter(|_| !sync.paused && live.problem.is_none()),
        seen_until,
        watched,
        outcomes: live.outcomes,
        seen: live.seen,
        calls: live.calls,
        credits: live.credits,
        problem: live.problem,
        views_changed,
    })
}

/// Whether it is a person who says that the new conditions of a list view count.
fn asks_about_views(config: &ModuleConfig) -> bool {
    config.scope.as_ref().is_some_and(|scope| {
        scope.names_views() && scope.view_changes.count(Mutant::None) == Conditions::Former
    })
}

/// What waits for a person or a parent, and what the services refuse, by code.
pub(crate) fn held_and_failed(counts: &Counts) -> (BTreeMap<String, u64>, BTreeMap<String, u64>) {
    let (mut held, mut failed): (BTreeMap<String, u64>, BTreeMap<String, u64>) = Default::default();
    for (_, code, count) in &counts.attention {
        // A conflict that was left undecided on purpose, and a file that is larger than was asked for, are told, but nothing waits for anybody.
        let of = match code.as_str() {
            "conflict.skipped" | "attachment.too_large" => continue,
            code if code.ends_with(".refused") => &mut failed,
            _ => &mut held,
        };
        *of.entry(code.clone()).or_default() += *count as u64;
    }
    // Of those that wait for their parent some are told by themselves.
    let told = held.get("lookup.parent_held").copied().unwrap_or(0);
    let parked = (counts.parked as u64).saturating_sub(told);
    if parked > 0 {
        *held.entry("lookup.parent_not_linked".to_owned()).or_default() += parked;
    }
    (held, failed)
}
