//! What a module that is told of changes asks of its two orgs when nothing happens or next to nothing: call by call, in virtual time, with the settings that ship.

use super::Sim;
use crate::{
    act::Act,
    scenario::{NAME, Scenario},
    weather::Weather,
};
use musubi_core::{Side, Sides, mutant::Mutant};
use musubi_engine::sync::{Call, CallId, Effect, Event, Settings};
use musubi_store::{Store, SyncId};
use std::{collections::HashSet, sync::Arc};
use tokio::runtime::{Builder, Runtime};

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

/// A call: when, of whom, what for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Asked {
    at: i64,
    side: Side,
    what: &'static str,
}

/// Three pairs, fair weather, every webhook arrives.
fn scenario() -> Scenario {
    let create = |person| (0, Act::Create { side: Side::Left, person, with_email: true });
    let acts = (1..4).map(create).collect();
    Scenario { lone_updates: 3, skew: Sides::default(), ..Scenario::plain(acts, Weather::FAIR) }
}

/// Lets the world come to rest, and long enough so for the looks to be as rare as they become.
fn rested<'a>(scenario: &'a Scenario, runtime: &'a Runtime) -> Sim<'a> {
    let store = Store::in_memory().expect("a store in memory can always be had");
    let mut sim = Sim::new(scenario, Mutant::None, store, SyncId(1), runtime, false);
    let plan = Arc::get_mut(&mut sim.plan).expect("nobody else has it yet");
    plan.settings = Settings { call_timeout: plan.settings.call_timeout, ..Settings::default() };
    sim.start_worker().expect("a worker starts");
    sim.until_rest().expect("it comes to rest");
    let until = sim.now + 2 * 60 * MINUTE;
    sim.until(until).expect("it rests");
    sim
}

/// Everything that is asked until then.
fn asked(sim: &mut Sim<'_>, until: i64) -> Vec<Asked> {
    let (mut known, mut all) = (HashSet::<CallId>::new(), Vec::new());
    while sim.now < until {
        sim.step().expect("nothing is broken");
        let effects = sim.worker.iter().flat_map(|worker| &worker.effects);
        for effect in effects {
            let Effect::Call { id, side, call, .. } = effect else { continue };
            if known.insert(*id) {
                let what = match call {
                    Call::List { .. } => "list",
                    Call::Read(_) => "read",
                    Call::Deleted { .. } => "deleted",
                    Call::Write { .. } => "write",
                    _ => "other",
                };
                all.push(Asked { at: sim.now, side: *side, what });
            }
        }
    }
    all
}

fn count(all: &[Asked], side: Side, what: &str) -> usize {
    all.iter().filter(|asked| asked.side == side && asked.what == what).count()
}

/// The times between one look at a side and the next, in seconds.
fn gaps(all: &[Asked], side: Side) -> Vec<i64> {
    let looks: Vec<i64> =
        all.iter().filter(|asked| asked.side == side && asked.what == "list").map(|asked| asked.at).collect();
    looks.windows(2).map(|pair| (pair[1] - pair[0] + 500) / 1_000).collect()
}

fn edit(sim: &mut Sim<'_>, value: usize) {
    sim.act(Act::Edit { side: Side::Left, nth: 0, slot: NAME, value }).expect("there is a record");
}

fn hear(sim: &mut Sim<'_>, watched: Option<i64>) {
    sim.tell(Event::Watched(Side::Left, watched)).expect("nothing is broken");
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().expect("a runtime for one thread can always be had")
}

/// What a list, a read by id and a write cost, and a question for deletions: the vendor's prices.
const PRICES: [(&str, usize); 4] = [("list", 1), ("read", 1), ("write", 1), ("deleted", 2)];

// K-20, S0-4
#[test]
fn ten_modules_at_rest_cost_less_than_1500_credits_a_day() {
    let (scenario, runtime) = (scenario(), runtime());
    let mut sim = rested(&scenario, &runtime);
    // Both channels are renewed twice a day: a look more or less, never a series of them.
    let mut all = Vec::new();
    for half in 1..=2 {
        for side in Side::BOTH {
            sim.tell(Event::Watched(side, Some(sim.now + half * DAY))).expect("nothing is broken");
        }
        let until = sim.now + DAY / 2;
        all.extend(asked(&mut sim, until));
    }
    for side in Side::BOTH {
        assert_eq!([count(&all, side, "list"), count(&all, side, "deleted")], [36, 36]);
        let calls = all.iter().filter(|asked| asked.side == side).count();
        assert_eq!(calls, 72, "nothing else is asked");
        let credits: usize = PRICES.iter().map(|(what, price)| count(&all, side, what) * price).sum();
        let renewals = 2;
        assert!(10 * (credits + renewals) < 1_500, "{credits} credits for each of ten modules");
    }
}

/// A change of which a webhook told says that they work: it makes no look earlier, and costs what it needs.
#[test]
fn a_lone_edit_costs_a_read_a_write_and_the_reading_back() {
    let (scenario, runtime) = (scenario(), runtime());
    let mut sim = rested(&scenario, &runtime);
    edit(&mut sim, 7);
    let until = sim.now + DAY;
    let all = asked(&mut sim, until);
    let of = |side| ["list", "deleted", "read", "write"].map(|what| count(&all, side, what));
    assert_eq!(of(Side::Left), [36, 36, 1, 0]);
    assert_eq!(of(Side::Right), [36, 36, 1, 1]);
}

/// A look that finds what no webhook told makes the looks frequent again, and then rarer step by step.
#[test]
fn a_missed_webhook_makes_looks_frequent_again() {
    let (scenario, runtime) = (scenario(), runtime());
    let mut sim = rested(&scenario, &runtime);
    edit(&mut sim, 7);
    sim.services.left.changed.clear();
    let (edited, until) = (sim.now, sim.now + DAY / 4);
    let all = asked(&mut sim, until);
    let found =
        all.iter().find(|asked| asked.what == "list" && asked.side == Side::Left).expect("it is found");
    assert!(found.at - edited <= 40 * MINUTE);
    assert_eq!(gaps(&all, Side::Left)[..11], [5, 10, 20, 40, 80, 160, 320, 640, 1_280, 2_400, 2_400]);
    assert_eq!(count(&all, Side::Right, "write"), 1);
}

// K-25
/// Without its channel a side is looked at each minute; when that is open again, rarer step by step, and after a renewal once.
#[test]
fn a_channel_that_is_lost_opened_or_renewed_brings_looks() {
    let (scenario, runtime) = (scenario(), runtime());
    let mut sim = rested(&scenario, &runtime);
    let next = |sim: &mut Sim<'_>, minutes: i64| {
        let until = sim.now + minutes * MINUTE;
        asked(sim, until)
    };
    hear(&mut sim, None);
    assert_eq!(gaps(&next(&mut sim, 10), Side::Left), [60; 9]);
    let opened = sim.now + DAY;
    hear(&mut sim, Some(opened));
    assert_eq!(gaps(&next(&mut sim, 140), Side::Left), [120, 240, 480, 960, 1_920, 2_400]);
    hear(&mut sim, Some(opened + DAY));
    let (renewed, all) = (sim.now, next(&mut sim, 130));
    let first = all.iter().find(|asked| asked.what == "list" && asked.side == Side::Left).expect("it looks");
    assert!(first.at - renewed <= MINUTE, "{first:?}");
    assert_eq!(gaps(&all, Side::Left), [2_400; 3]);
}
