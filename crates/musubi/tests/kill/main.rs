//! `kill -9` at random moments: hubs as programs of their own, over a sandbox as a program of its own, while people work on both
//! sides and the service misbehaves. In the end nothing is lost, nothing doubled, and both sides agree (S0: DESIGN §2.7, I1–I5, I9).
//!
//! `MUSUBI_KILLS` and `MUSUBI_SEED` change how often and when; the seed is printed.

#![expect(clippy::unwrap_used, reason = "a test ends at what it did not expect")]

mod ledger;
mod office;
#[path = "../program/mod.rs"]
mod program;

use ledger::Journal;
use office::Office;
use program::database::Database;
use program::service::Service;
use program::{Ended, Home, Running};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use serde_json::{Value as Json, json};
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

const KEY: &str = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

/// The sandbox is near and never late, and a lease is to run out within the test.
const BOUNDS: [&str; 8] = ["--call-timeout", "2s", "--lateness", "1s", "--list-lag", "1s", "--poll", "1s"];

const CONFIGURATION: &str = "
[[integrations.tokyo-london.modules]]
left = \"Accounts\"
right = \"Accounts\"
match = [\"Account_Name\"]
[[integrations.tokyo-london.modules]]
left = \"Contacts\"
right = \"Contacts\"
match = [\"Email\"]
deletion = \"delete\"
";

/// One hub and where it lives. Its webhooks come to the same port every time.
struct Hub {
    home: Home,
    port: u16,
    log: PathBuf,
    running: Option<Running>,
    /// When it is started again.
    due: Instant,
}

impl Hub {
    fn new(home: Home) -> Hub {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let log = home.path().join("hub.log");
        Hub { home, port, log, running: None, due: now() }
    }

    fn start(&mut self, public: u16) {
        let listen = format!("127.0.0.1:{}", self.port);
        let public = format!("http://127.0.0.1:{public}");
        let mut arguments = vec!["serve", "--listen", &listen, "--public-url", &public, "--log", "info"];
        arguments.extend(BOUNDS);
        self.running = Some(self.home.spawn_logging(&arguments, &self.log));
    }
}

#[expect(clippy::disallowed_methods, reason = "the test works against the real clock")]
fn now() -> Instant {
    Instant::now()
}

#[expect(clippy::disallowed_methods, reason = "variables say how often and when")]
fn number(variable: &str, usual: u64) -> u64 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

#[test]
fn fifty_kills_on_sqlite() {
    let home = Home::new();
    let service = Service::start(&home, "empty");
    survive(&service, vec![home], number("MUSUBI_SEED", 1));
}

#[test]
fn fifty_kills_of_two_hubs_on_one_postgresql() {
    let Some(database) = Database::make() else { return };
    let mut homes = vec![Home::new(), Home::new()];
    for home in &mut homes {
        home.set("MUSUBI_DATABASE", &database.url);
        home.set("MUSUBI_KEY", KEY);
    }
    let service = Service::start(&homes[0], "empty");
    survive(&service, homes, number("MUSUBI_SEED", 2));
}

#[expect(clippy::print_stderr, reason = "what the run was like is told, the seed above all")]
fn survive(service: &Service, mut homes: Vec<Home>, seed: u64) {
    let kills = number("MUSUBI_KILLS", 50);
    eprintln!("seed {seed}, {kills} kills, {} hubs", homes.len());
    service.configure(&mut homes.iter_mut().collect::<Vec<_>>(), CONFIGURATION);
    let mut office = Office::open(service, seed);
    let applied = homes[0].run(&["apply", "musubi.toml", "--yes"]);
    assert_eq!(applied.code, 0, "{}", applied.stderr);
    service.control("faults", &faults(seed));

    let began = now();
    let stop = AtomicBool::new(false);
    let mut hubs: Vec<Hub> = homes.into_iter().map(Hub::new).collect();
    std::thread::scope(|scope| {
        let people = scope.spawn(|| office.work(&stop));
        kill_again_and_again(&mut hubs, kills, &mut SmallRng::seed_from_u64(seed));
        stop.store(true, Ordering::Release);
        people.join().unwrap();
    });
    let killed = began.elapsed();
    service.clear_faults();
    let public = hubs[0].port;
    hubs.iter_mut().filter(|hub| hub.running.is_none()).for_each(|hub| hub.start(public));

    let mut arguments = vec!["run", "tokyo-london", "--timeout", "60s", "--json"];
    arguments.extend(BOUNDS);
    let home = &hubs[0].home;
    let run = home.run(&arguments);
    eprintln!(
        "{kills} kills in {killed:?}, {} edits; agreed after {:?}",
        office.ledger.edits,
        began.elapsed()
    );
    let told = |ended: &Ended| format!("{}{}", ended.stdout, ended.stderr);
    let failures = told(&home.run(&["failures", "tokyo-london", "--json"]));
    let history = home.run(&["history", "tokyo-london", "--limit", "1000000", "--json"]).json();
    let complaints = office.ledger.complaints(&office.people, &Journal::read(&history));
    eprintln!(
        "{} edits were overtaken by a batch that had read their records just before",
        office.ledger.overtaken
    );
    if !complaints.is_empty() || run.code != 0 || failures.trim() != "[]" {
        let kept = std::env::temp_dir().join(format!("musubi-kill-{}-{seed}", std::process::id()));
        keep(&hubs, &kept);
        panic!(
            "seed {seed}: {}\n{}held: {failures}logs and databases: {}",
            complaints.join("\n"),
            told(&run),
            kept.display()
        );
    }

    // I5: with nobody at work nothing is written any more.
    let before = service.writes();
    sleep(Duration::from_secs(3));
    assert_eq!(service.writes(), before, "something is written while nobody works");
    for hub in hubs {
        assert_eq!(hub.running.unwrap().interrupt(), 0);
    }
}

/// A share of the hub's calls fails, in every way there is.
fn faults(seed: u64) -> Json {
    let share = |kind: Json, probability: f64, at: u64| {
        let mut fault =
            json!({"endpoint": "* /crm/v8/*", "probability": probability, "seed": seed * 100 + at});
        fault.as_object_mut().unwrap().extend(kind.as_object().unwrap().clone());
        fault
    };
    json!([
        share(json!({"kind": "lost_response"}), 0.04, 1),
        share(json!({"kind": "lost_request"}), 0.02, 2),
        share(json!({"kind": "status", "status": 500}), 0.02, 3),
        share(json!({"kind": "status", "status": 503}), 0.02, 4),
        share(json!({"kind": "throttle"}), 0.01, 5),
        share(json!({"kind": "delay_ms", "ms": 120}), 0.05, 6),
        share(json!({"kind": "drop_webhook"}), 0.1, 7),
        share(json!({"kind": "duplicate_webhook"}), 0.1, 8),
        share(json!({"kind": "delay_webhook", "ms": 400}), 0.1, 9),
    ])
}

/// Most kills come soon after the start before; some let it come to work.
fn kill_again_and_again(hubs: &mut [Hub], kills: u64, dice: &mut SmallRng) {
    let public = hubs[0].port;
    for _ in 0..kills {
        let wait = if dice.random_bool(0.75) {
            dice.random_range(50..1_500)
        } else {
            dice.random_range(2_500..6_000)
        };
        let until = now() + Duration::from_millis(wait);
        loop {
            hubs.iter_mut()
                .filter(|hub| hub.running.is_none() && hub.due <= now())
                .for_each(|hub| hub.start(public));
            // Somebody must be there to be killed.
            if now() >= until && hubs.iter().any(|hub| hub.running.is_some()) {
                break;
            }
            sleep(Duration::from_millis(5));
        }
        let alive: Vec<usize> = (0..hubs.len()).filter(|at| hubs[*at].running.is_some()).collect();
        let hub = &mut hubs[alive[dice.random_range(0..alive.len())]];
        hub.running.take().unwrap().kill();
        // A hub that shares the work stays away now and then for longer than its leases last.
        let away = if alive.len() > 1 && dice.random_bool(0.2) { 8_000 } else { dice.random_range(0..200) };
        hub.due = now() + Duration::from_millis(away);
        if alive.len() > 1 && dice.random_bool(0.2) {
            // On another machine it has another name, and nobody gives its leases up.
            let _ = std::fs::remove_dir_all(hub.home.path().join("data/processes"));
        }
    }
}

fn keep(hubs: &[Hub], folder: &PathBuf) {
    std::fs::create_dir_all(folder).unwrap();
    for (at, hub) in hubs.iter().enumerate() {
        let _ = std::fs::copy(&hub.log, folder.join(format!("hub{at}.log")));
        for file in ["musubi.db", "musubi.db-wal", "musubi.key"] {
            let _ = std::fs::copy(hub.home.path().join("data").join(file), folder.join(file));
        }
    }
}
