//! `musubi erase`: the plan, the erasing, the list, and a backup that is restored afterwards.

#![expect(clippy::unwrap_used, reason = "a test ends at what it did not expect")]

mod program;

use program::service::Service;
use program::{Ended, Home};
use serde_json::json;
use std::path::Path;

const CONTACTS: &str = "
[[integrations.tokyo-london.modules]]
left = \"Contacts\"
right = \"Contacts\"
match = [\"Email\"]
";
const BOUNDS: [&str; 8] = ["--call-timeout", "3s", "--lateness", "1s", "--list-lag", "1s", "--poll", "500ms"];
const ADDRESS: &str = "hanako.mori@private.example";

/// Files in the folder that hold what is personal.
fn holding(folder: &Path) -> Vec<String> {
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let holds = |file: &std::path::PathBuf| {
        let bytes = std::fs::read(file).unwrap();
        [ADDRESS, "Moriyama"].iter().any(|text| bytes.windows(text.len()).any(|part| part == text.as_bytes()))
    };
    files.filter(|file| file.is_file()).filter(holds).map(|file| file.display().to_string()).collect()
}

fn run(home: &Home) -> Ended {
    let mut run = vec!["run", "tokyo-london", "--timeout", "60s", "--json"];
    run.extend(BOUNDS);
    let ended = home.run(&run);
    assert_eq!(ended.code, 0, "{}{}", ended.stdout, ended.stderr);
    ended
}

#[test]
fn a_person_is_erased_and_stays_so_when_an_old_backup_comes_back() {
    let mut home = Home::new();
    let service = Service::start(&home, "empty");
    service.configure(&mut [&mut home], CONTACTS);
    let people = [service.colleague(0), service.colleague(1)];
    let id = people[0].add("Contacts", "Email", &json!({"Last_Name": "Moriyama", "Email": ADDRESS}));
    people[0].add("Contacts", "Email", &json!({"Last_Name": "Sato", "Email": "sato@example.com"}));
    assert_eq!(home.run(&["apply", "musubi.toml", "--yes"]).code, 0);
    run(&home);
    let data = home.path().join("data");
    assert!(!holding(&data).is_empty());
    assert_eq!(home.run(&["backup", "before.backup"]).code, 0);

    let planned = home.run(&["erase", "--email", ADDRESS, "--json"]);
    let plan = planned.json();
    assert_eq!((&plan["counts"]["pairs"], &plan["records"][0]["left_id"]), (&json!(1), &json!(id)), "{plan}");
    assert!(!planned.stdout.contains(ADDRESS), "{}", planned.stdout);
    let asked = home.run(&["erase", "tokyo-london", "Contacts", "--left", &id]);
    assert_eq!(asked.code, 2, "nobody is there to be asked: {}", asked.stderr);
    assert!(asked.stderr.contains("Pairs: 1"), "{}", asked.stderr);
    for wrong in [vec!["erase", "tokyo-london", "--left", "1"], vec!["erase"], vec!["erase", "--left", "1"]] {
        assert_eq!(home.run(&wrong).code, 2, "{wrong:?}");
    }

    let erased = home.run(&["erase", "--email", ADDRESS, "--yes", "--json"]);
    assert!(erased.json()["done_at"].is_number(), "{}{}", erased.stdout, erased.stderr);
    assert_eq!(holding(&data), [""; 0]);
    let nothing = home.run(&["erase", "--email", ADDRESS, "--yes"]);
    assert!(nothing.stdout.contains("Nothing is remembered"), "{}", nothing.stdout);

    people[0].change("Contacts", &id, &json!({"Title": "Moriyama's title"}));
    let report = run(&home).json();
    assert_eq!(report["links"], 1, "{report}");
    assert_eq!(holding(&data), [""; 0]);
    let explained = home.run(&["explain", "tokyo-london", "Contacts", "--left", &id, "--json"]).json();
    assert_eq!(explained["reasons"][0]["code"], "explain.erased", "{explained}");
    assert_eq!(home.run(&["verify", "tokyo-london"]).code, 0);
    let history = home.run(&["history", "tokyo-london", "--record", &id]);
    assert!(history.stdout.contains("erased on request"), "{}", history.stdout);

    // An old memory comes back, and what was erased does not.
    let restored = home.run(&["restore", "before.backup", "--yes"]);
    assert_eq!(restored.code, 0, "{}{}", restored.stdout, restored.stderr);
    assert_eq!(holding(&data), [""; 0]);
    let listed = home.run(&["erase", "--list", "--json"]).json();
    assert_eq!((&listed[0]["kind"], listed[0]["done_at"].is_number()), (&json!("email"), true), "{listed}");
    let report = run(&home).json();
    assert_eq!(report["links"], 1, "{report}");
    assert_eq!(holding(&data), [""; 0]);
    assert_eq!(people[1].all("Contacts", &["Email"]).len(), 2, "nothing was made or deleted");
}
