//! Nothing is overwritten or deleted without an entry in the journal from which it can be brought back: after random days, both orgs are set back to how people
//! had left them, by a client that has nothing but the journal.
//!
//! Only mapped fields are compared. What a service makes of a write by itself – the probability of a deal, from its stage – was there because of the mapped
//! field, and comes back with it; no hub could write it, and none is asked to.
#![expect(clippy::unwrap_used, reason = "a test ends at what it did not expect")]

mod fields;
mod journal;
mod office;
mod people;

use crate::world::{World, agree, each_engine, pause, until};
use fields::MODULES;
use journal::{Back, contents, journal};
use musubi_engine::report::HistoryEntry;
use musubi_store::Store;
use office::Office;
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::Duration;

const SEEDS: [u64; 2] = [7, 11];
/// The first one is the first load; before each of the others, people are at work while the hub does not look.
const HOURS: usize = 3;
const ACTS: usize = 40;

/// What people do in an hour: anything, and in each module what must not be missing.
async fn an_hour(offices: &[Office; 2], hour: usize, random: &mut SmallRng) {
    for number in 0..ACTS {
        let side = random.random_range(0..2);
        people::act(&offices[side], &format!("{side}-{hour}-{number}"), random).await;
    }
    for module in 0..MODULES.len() {
        people::dispute(offices, module, random).await;
        people::dispute(offices, module, random).await;
    }
    for module in 0..MODULES.len() {
        people::remove(offices, module, random).await;
    }
}

/// What the journal was needed for: the kinds of its entries, and the fields of which it told a value that was there before.
fn needed(entries: &[HistoryEntry]) -> BTreeSet<(String, String)> {
    let mut all = BTreeSet::new();
    for entry in entries {
        all.insert((entry.module.clone(), entry.kind.name().to_owned()));
        let held = entry.changes.iter().filter(|change| change.before.as_ref().is_some_and(|v| !v.is_null()));
        all.extend(held.map(|change| (entry.module.clone(), change.field.clone())));
    }
    all
}

/// Days without deletions, or in which a field was never written over, would show nothing.
fn assert_that_they_were_full_days(needed: &BTreeSet<(String, String)>) {
    for module in &MODULES {
        let fields = module.fields.iter().map(|field| field.name);
        for what in ["created", "updated", "deleted"].into_iter().chain(fields) {
            let is_there = needed.contains(&(module.name.to_owned(), what.to_owned()));
            assert!(is_there, "{} {what} never happened: {needed:#?}", module.name);
        }
    }
}

/// Gives what the journal was needed for.
async fn a_day(store: &Store, seed: u64) -> BTreeSet<(String, String)> {
    let mut random = SmallRng::seed_from_u64(seed);
    let world = World::start().await;
    let offices = [Office::open(&world.orgs[0]).await, Office::open(&world.orgs[1]).await];
    people::begin(&offices, &mut random).await;
    let workspace = world.set_up(store, &fields::config()).await;
    let hub = world.hub(store, workspace, None).await;
    let mut all_needed = BTreeSet::new();
    for hour in 0..HOURS {
        // Before the first one it is paused by its configuration.
        if hour > 0 {
            pause(&hub, "both").await;
            an_hour(&offices, hour, &mut random).await;
        }
        let left_so = [offices[0].stand().await, offices[1].stand().await];
        let since = journal(&hub, 0).await.first().map_or(0, |entry| entry.at + 1);
        // Entries of the same millisecond are of before.
        tokio::time::sleep(Duration::from_millis(5)).await;
        hub.resume("both").await.unwrap();
        agree(&hub, 90).await;
        let now = [offices[0].stand().await, offices[1].stand().await];
        let entries = journal(&hub, since).await;
        all_needed.extend(needed(&entries));
        let back = Back::of(now, &entries);
        for (side, left_so) in left_so.iter().enumerate() {
            let leads = offices[side].leads().await;
            let differ = back.differences(side, left_so, &leads);
            assert!(
                differ.is_empty(),
                "seed {seed}, hour {hour}, side {side}:\n{}\n{entries:#?}",
                differ.join("\n")
            );
        }
        if hour + 1 == HOURS {
            pause(&hub, "both").await;
            for (office, wanted) in offices.iter().zip(&back.sides) {
                office.bring_about(wanted).await;
                let is_as_it_was = async || contents(&office.stand().await) == contents(wanted);
                until(&format!("seed {seed}: it is as it was"), 30, is_as_it_was).await;
            }
        }
    }
    hub.stop().await;
    all_needed
}

// K-20, K-23
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_random_day_everything_is_brought_back_from_the_journal() {
    let needed = Mutex::new(BTreeSet::new());
    for seed in SEEDS {
        each_engine(async |store| {
            let of_the_day = a_day(&store, seed).await;
            needed.lock().unwrap().extend(of_the_day);
        })
        .await;
    }
    assert_that_they_were_full_days(&needed.into_inner().unwrap());
}
