//! Measures a first load through the whole hub: `cargo run --release -p musubi-world --example first_load -- [records] [delay_ms] [--stay]`.
//!
//! Sandbox and hub share the process and its cores; the printed rate is that of everything together.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a program that measures"
)]

use musubi_store::{Keyring, Store};
use musubi_world as world;
use serde_json::json;
use std::time::{Duration, Instant};

const MODULES: &str = r#"
[[integrations.both.modules]]
left = "Contacts"
right = "Contacts"
direction = "left_to_right"
match = ["Email"]
fields = [{ left = "Last_Name", right = "Last_Name" }, { left = "First_Name", right = "First_Name" }, { left = "Email", right = "Email" },
  { left = "Phone", right = "Phone" }, { left = "Mobile", right = "Mobile" }, { left = "Title", right = "Title" },
  { left = "Department", right = "Department" }, { left = "Home_Phone", right = "Home_Phone" }, { left = "Fax", right = "Fax" },
  { left = "Date_of_Birth", right = "Date_of_Birth" }, { left = "Assistant", right = "Assistant" },
  { left = "Secondary_Email", right = "Secondary_Email" }, { left = "Mailing_Street", right = "Mailing_Street" },
  { left = "Mailing_City", right = "Mailing_City" }, { left = "Mailing_State", right = "Mailing_State" },
  { left = "Mailing_Zip", right = "Mailing_Zip" }, { left = "Mailing_Country", right = "Mailing_Country" },
  { left = "Lead_Source", right = "Lead_Source" }, { left = "Email_Opt_Out", right = "Email_Opt_Out" },
  { left = "Description", right = "Description" }]
"#;

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let records = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(20_000);
    let delay: u64 = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(0);
    let world = world::World::start().await;
    world.generate(0, "Contacts", records, 1).await;
    // The records are old when the hub first sees them.
    world.control("clock", json!({"advance_s": 900})).await;
    if delay > 0 {
        world.control("faults", json!({"endpoint": "* /crm/*", "kind": "delay_ms", "ms": delay})).await;
    }
    let folder = tempfile::tempdir().unwrap();
    let store = match std::env::var("MUSUBI_BENCH_DATABASE") {
        Ok(url) => Store::open(&url).await.unwrap(),
        Err(_) => Store::open_file(&folder.path().join("musubi.db")).unwrap(),
    };
    let store = store.unlock(Keyring::new(&[1; 32])).await.unwrap();
    let workspace = world.set_up(&store, MODULES).await;
    let settings = musubi_engine::sync::Settings::default();
    let began = Instant::now();
    let hub = world.hub_with(&store, workspace, None, settings).await;
    let mut stage = None;
    let mut progress = |now: &musubi_engine::Progress| {
        if stage != Some(now.stage) {
            stage = Some(now.stage);
            println!(
                "{:>6} ms {} seen {} added {}",
                began.elapsed().as_millis(),
                now.stage.name(),
                now.seen,
                now.added
            );
        }
    };
    let report = hub.run_until_agreed("both", Duration::from_secs(600), &mut progress).await.unwrap();
    let took = began.elapsed();
    println!(
        "{records} records in {:.2} s: {:.0}/s; calls {:?} credits {:?} agreed {} links {} seen {}",
        took.as_secs_f64(),
        records as f64 / took.as_secs_f64(),
        report.calls_by_side,
        report.credits_by_side,
        report.agreed,
        report.links,
        report.seen,
    );
    let began = Instant::now();
    let certificate = hub.verify("both", false, &mut |_| {}).await.unwrap();
    println!(
        "verified {} of {} in {:.2} s",
        certificate.equal,
        certificate.compared,
        began.elapsed().as_secs_f64()
    );
    hub.stop().await;
}
