//! The sandbox answers in the shape of recorded answers of the real service: the same keys, the same JSON types.
//!
//! The recordings come from `MUSUBI_ZOHO_RECORDED`; by default they stand beside the workspace.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test stops at the first surprise and says what it saw"
)]

mod differences;
#[path = "../harness/mod.rs"]
mod harness;
mod shape;
mod world;

use std::collections::BTreeMap;

use differences::DIFFERENCES;
use harness::{Harness, vendor};
use musubi_sandbox::Dataset;
use serde_json::Value;
use world::World;

/// One recorded exchange.
struct Recording {
    name: String,
    method: String,
    path: String,
    request: Value,
    status: u16,
    body: Value,
}

fn read(text: &str) -> Vec<Recording> {
    let line = |line: &str| {
        let json: Value = serde_json::from_str(line).unwrap();
        let text = |key: &str| json[key].as_str().unwrap().to_owned();
        Recording {
            name: text("src").rsplit('/').next().unwrap().trim_end_matches(".test.json").to_owned(),
            method: text("method"),
            path: text("path"),
            request: json["request"].clone(),
            status: json["status"].as_u64().unwrap() as u16,
            body: json["response"].clone(),
        }
    };
    text.lines().map(line).filter(|recording| recording.path.starts_with("/crm/")).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_have_the_recorded_shape() {
    let Some(file) = vendor("MUSUBI_ZOHO_RECORDED", "../shared/zoho/recorded/nango_recorded.jsonl") else {
        return;
    };
    let recordings = read(&std::fs::read_to_string(file).unwrap());
    assert!(recordings.len() > 50, "only {} recordings", recordings.len());
    let world = World::fill(Harness::start(Dataset::Empty).await).await;
    let mut findings: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for recording in &recordings {
        let answer = world.replay(recording).await;
        let mut differences = Vec::new();
        if answer.status != recording.status {
            differences
                .push(format!("status {} instead of {}: {}", answer.status, recording.status, answer.body));
        } else if recording.body.is_object() {
            shape::compare(&recording.body, &answer.body, &mut differences);
        }
        for difference in differences {
            findings.entry(difference).or_default().push(recording.name.clone());
        }
    }
    let mut used = vec![false; DIFFERENCES.len()];
    let mut wrong = Vec::new();
    for (difference, names) in &findings {
        match DIFFERENCES.iter().position(|(part, _)| difference.contains(part)) {
            Some(at) => used[at] = true,
            None => wrong.push(format!("{difference}    ({})", names.join(", "))),
        }
    }
    println!("{} recordings, {} known differences", recordings.len(), DIFFERENCES.len());
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
    let unused: Vec<&str> =
        used.iter().zip(DIFFERENCES).filter(|(used, _)| !**used).map(|(_, d)| d.0).collect();
    assert!(unused.is_empty(), "differences that are none any more: {unused:?}");
}
