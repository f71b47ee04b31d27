//! What a person has done from the command line: differences are mended by `musubi verify --repair`, and decisions are carried out by the next run.

#![expect(clippy::unwrap_used, reason = "a test ends at what it did not expect")]

mod program;

use program::Home;
use program::service::{Service, text};
use serde_json::json;

const CONTACTS: &str = "
[[integrations.tokyo-london.modules]]
left = \"Contacts\"
right = \"Contacts\"
match = [\"Email\"]
";
const BOUNDS: [&str; 8] = ["--call-timeout", "3s", "--lateness", "1s", "--list-lag", "1s", "--poll", "500ms"];

#[test]
fn the_mending_is_planned_and_carried_out_only_when_confirmed() {
    let mut home = Home::new();
    let service = Service::start(&home, "empty");
    service.configure(&mut [&mut home], CONTACTS);
    let people = [service.colleague(0), service.colleague(1)];
    let id = people[0].add("Contacts", "Email", &json!({"Last_Name": "Sato", "Email": "sato@example.com"}));
    assert_eq!(home.run(&["apply", "musubi.toml", "--yes"]).code, 0);
    let mut run = vec!["run", "tokyo-london", "--timeout", "40s"];
    run.extend(BOUNDS);
    assert_eq!(home.run(&run).code, 0);
    assert_eq!(
        home.run(&["verify", "tokyo-london", "--repair", "--yes"]).code,
        0,
        "there is nothing to mend"
    );

    people[0].change("Contacts", &id, &json!({"Title": "Buyer"}));
    let alone =
        people[1].add("Contacts", "Email", &json!({"Last_Name": "Bennett", "Email": "bennett@example.com"}));
    let planned = home.run(&["verify", "tokyo-london", "--repair", "--json"]);
    assert_eq!(planned.code, 3, "{}{}", planned.stdout, planned.stderr);
    let report = planned.json();
    assert!(report["repair"].is_null() && report["after"].is_null(), "{report}");
    let mending = report["mending"].as_array().unwrap();
    assert_eq!(mending.len(), 2, "{report}");
    assert_eq!(
        (text(&mending[0], "left_id"), &mending[0]["write_right"]),
        (id, &json!(["Title"])),
        "{report}"
    );
    assert_eq!((text(&mending[1], "right_id"), &mending[1]["create"]), (alone, &json!("left")), "{report}");
    let told = home.run(&["verify", "tokyo-london", "--repair"]);
    assert!(
        told.stdout.contains("To mend it:") && told.stdout.contains("write to the right: Title"),
        "{}",
        told.stdout
    );
    assert!(told.stderr.contains("--yes"), "{}", told.stderr);
    let titles = || people[1].all("Contacts", &["Email", "Title"]);
    assert!(titles().iter().all(|row| row["Title"].is_null()), "a plan was carried out");
    assert_eq!(people[0].all("Contacts", &["Email"]).len(), 1, "a plan was carried out");

    let mut repair = vec!["verify", "tokyo-london", "--repair", "--yes", "--json"];
    repair.extend(BOUNDS);
    let mended = home.run(&repair);
    assert_eq!(mended.code, 0, "{}{}", mended.stdout, mended.stderr);
    let report = mended.json();
    assert_eq!(
        (&report["different"].as_array().unwrap().len(), &report["after"]["equal"]),
        (&1, &json!(2)),
        "{report}"
    );
    assert!(titles().iter().any(|row| row["Title"] == "Buyer"));
    assert_eq!(people[0].all("Contacts", &["Email"]).len(), 2);
    assert_eq!(home.run(&["verify", "tokyo-london"]).code, 0);
}

#[test]
fn a_run_tells_what_became_of_what_waited_for_it() {
    let mut home = Home::new();
    let service = Service::start(&home, "empty");
    service.configure(&mut [&mut home], CONTACTS);
    let id = service.colleague(0).add(
        "Contacts",
        "Email",
        &json!({"Last_Name": "Sato", "Email": "sato@example.com"}),
    );
    assert_eq!(home.run(&["apply", "musubi.toml", "--yes"]).code, 0);
    let mut run = vec!["run", "tokyo-london", "--timeout", "40s", "--json"];
    run.extend(BOUNDS);
    let first = home.run(&run);
    assert_eq!((first.code, &first.json()["decisions"]), (0, &json!([])), "{}", first.stdout);

    let stored = home.run(&["unlink", "tokyo-london", "Contacts", &id]);
    assert!(stored.code == 0 && stored.stdout.contains("stored"), "{}{}", stored.stdout, stored.stderr);
    assert_eq!(home.run(&["link", "tokyo-london", "Contacts", &id, "404"]).code, 0);
    let told = home.run(&run);
    assert_eq!(told.code, 0, "{}{}", told.stdout, told.stderr);
    let report = told.json();
    let codes: Vec<String> =
        report["decisions"].as_array().unwrap().iter().map(|one| text(one, "code")).collect();
    assert_eq!(codes, ["unlink.done", "link.not_seen"], "{report}");
    assert_eq!(home.run(&run).json()["decisions"], json!([]), "it is told once");
}
