//! Modules that rest, and integrations that are removed, by commands.

#![expect(clippy::unwrap_used, reason = "a test ends at what it did not expect")]

mod program;

use program::Home;

const FILE: &str = r#"
[connections.tokyo]
service = "crm"
base_url = "http://127.0.0.1:1"

[connections.london]
service = "crm"
base_url = "http://127.0.0.1:1"

[integrations.tokyo-london]
left = "tokyo"
right = "london"

[[integrations.tokyo-london.modules]]
left = "Contacts"
right = "Contacts"
"#;

fn home() -> Home {
    let home = Home::new();
    std::fs::write(home.path().join("a.toml"), FILE).unwrap();
    assert_eq!(home.run(&["apply", "a.toml", "--yes"]).code, 0);
    home
}

// S2-47, S2-51, S2-52, S2-54
#[test]
fn a_module_is_deactivated_and_activated_by_its_name() {
    let home = home();
    let ended = home.run(&["deactivate", "tokyo-london/Contacts"]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert!(ended.stdout.contains("nothing was deleted"), "{}", ended.stdout);
    assert!(home.run(&["status"]).stdout.contains("Contacts  inactive"));
    assert!(home.run(&["export"]).stdout.contains("state = \"inactive\""));
    // A file that says nothing of it changes nothing about it.
    assert!(home.run(&["apply", "a.toml", "--yes"]).stdout.contains("nothing to change"));
    let ended = home.run(&["activate", "tokyo-london/Contacts", "--conflict", "left", "--json"]);
    assert_eq!(ended.json()["meanwhile"], "left", "{}", ended.stderr);
    let status = home.run(&["status", "--json"]).json();
    let module = &status["integrations"][0]["modules"][0];
    assert_eq!((&module["state"], &module["meanwhile"]), (&"active".into(), &"left".into()), "{module}");
    for (argument, code) in [("tokyo-london/Leads", 4), ("tokyo-london", 2), ("paris/Contacts", 4)] {
        let ended = home.run(&["deactivate", argument, "--json"]);
        assert_eq!(ended.code, code, "{argument}: {}", ended.stdout);
    }
}

// S1-98
#[test]
fn a_module_is_paused_and_resumed_by_its_name() {
    let home = home();
    let ended = home.run(&["pause", "tokyo-london/Contacts", "--json"]);
    assert_eq!((ended.code, &ended.json()["module"]), (0, &"Contacts".into()), "{}", ended.stderr);
    assert!(home.run(&["status"]).stdout.contains("Contacts  paused"));
    assert!(home.run(&["export"]).stdout.contains("paused = true"));
    // A file that says nothing of it changes nothing about it, and neither does a pause of the integration.
    assert!(home.run(&["apply", "a.toml", "--yes"]).stdout.contains("nothing to change"));
    assert_eq!(home.run(&["pause", "tokyo-london"]).code, 0);
    assert_eq!(home.run(&["resume", "tokyo-london"]).code, 0);
    assert!(home.run(&["status"]).stdout.contains("Contacts  paused"));
    let ended = home.run(&["resume", "tokyo-london/Contacts"]);
    assert!(ended.stdout.starts_with("Resumed Contacts of tokyo-london"), "{}", ended.stdout);
    assert!(!home.run(&["status"]).stdout.contains("Contacts  paused"));
    for (argument, code) in [("tokyo-london/Leads", 4), ("tokyo-london/", 2), ("paris/Contacts", 4)] {
        let ended = home.run(&["pause", argument, "--json"]);
        assert_eq!(ended.code, code, "{argument}: {}", ended.stdout);
    }
}

// S2-61, S2-64, S1-107
#[test]
fn an_integration_is_removed_only_when_that_is_meant() {
    let home = home();
    let ended = home.run(&["remove", "tokyo-london"]);
    assert_eq!(ended.code, 2, "nobody is there to be asked: {}", ended.stderr);
    assert!(home.run(&["status"]).stdout.contains("tokyo-london"));
    let ended = home.run(&["remove", "tokyo-london", "--yes", "--json"]);
    assert_eq!(ended.json()["removed"], true, "{}", ended.stdout);
    assert!(!home.run(&["status"]).stdout.contains("tokyo-london ("));
    assert_eq!(home.run(&["remove", "tokyo-london", "--yes"]).code, 4);
}

// S1-107
#[test]
fn a_connection_is_removed_when_nothing_needs_it_and_that_is_meant() {
    let home = home();
    let remove = |more: &[&str]| home.run(&[&["remove", "tokyo", "--json"], more].concat());
    let ended = remove(&["--connection", "--yes"]);
    assert_eq!((ended.code, &ended.json()["error"]["code"]), (4, &"connection.in_use".into()));
    assert!(ended.json()["error"]["message"].as_str().unwrap().contains("tokyo-london"), "{}", ended.stdout);
    assert_eq!(home.run(&["remove", "tokyo-london", "--yes"]).code, 0);
    // A name alone is that of an integration.
    let ended = remove(&["--yes"]);
    assert_eq!((ended.code, &ended.json()["error"]["code"]), (4, &"integration.unknown".into()));
    assert!(ended.json()["error"]["hint"].as_str().unwrap().contains("--connection"), "{}", ended.stdout);
    assert_eq!(remove(&["--connection"]).code, 2, "nobody is there to be asked");
    assert_eq!(remove(&["--connection", "--yes"]).json()["removed"], true);
    let left = home.run(&["export"]).stdout;
    assert!(!left.contains("connections.tokyo") && left.contains("connections.london"), "{left}");
    assert_eq!(remove(&["--connection", "--yes"]).code, 4);
}

// K-22
#[test]
fn what_was_taken_out_is_taken_up_again_or_forgotten_when_that_is_meant() {
    let home = home();
    assert!(home.run(&["forget"]).stdout.contains("Nothing was taken out"));
    home.run(&["remove", "tokyo-london", "--yes"]);
    let listed = home.run(&["forget", "--json"]).json();
    let number = listed[0]["number"].to_string();
    assert_eq!(listed[0]["integration"], "tokyo-london", "{listed}");
    let ended = home.run(&["apply", "a.toml"]);
    assert!(ended.stderr.contains("pairs are known from before (as tokyo-london)"), "{}", ended.stderr);
    assert_eq!(home.run(&["forget", &number]).code, 2, "nobody is there to be asked");
    let ended = home.run(&["forget", &number, "--yes", "--json"]);
    assert_eq!(ended.json()["forgotten"], true, "{}", ended.stdout);
    assert_eq!(home.run(&["forget", &number, "--yes"]).code, 4);
    let afresh = home.run(&["apply", "a.toml"]).stderr;
    assert!(afresh.contains("tokyo-london") && !afresh.contains("known from before"), "{afresh}");
}
