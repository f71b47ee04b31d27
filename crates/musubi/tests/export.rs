//! The workspace as a file, and back: nothing changes.

#![expect(clippy::unwrap_used, reason = "a test ends at what it did not expect")]

mod program;

use program::Home;

const FILE: &str = r#"
[connections.tokyo]
service = "crm"
data_centre = "jp"
org = "1"

[connections.london]
service = "crm"
data_centre = "uk"

[integrations.tokyo-london]
left = "tokyo"
right = "london"

[[integrations.tokyo-london.modules]]
left = "Contacts"
right = "Contacts"
match = ["Email"]
initial = "fill_blanks"
master = "right"
field_conflict = { Phone = "left" }

[[integrations.tokyo-london.modules]]
left = "Leads"
right = "Leads"
direction = "left_to_right"
blank = "keep"
fields = [{ left = "Email", right = "Email_Address", conflict = "hold" }]
"#;

#[test]
fn an_exported_workspace_changes_nothing_when_it_is_applied() {
    let home = Home::new();
    std::fs::write(home.path().join("a.toml"), FILE).unwrap();
    assert_eq!(home.run(&["apply", "a.toml", "--yes"]).code, 0);
    let written = home.run(&["export", "b.toml"]);
    assert_eq!(written.code, 0, "{}", written.stderr);
    let printed = home.run(&["export"]).stdout;
    assert_eq!(std::fs::read_to_string(home.path().join("b.toml")).unwrap().trim(), printed.trim());
    assert!(printed.contains("field_conflict") && !printed.contains("secret"), "{printed}");
    let again = home.run(&["apply", "b.toml", "--yes"]);
    assert!(again.stdout.contains("nothing to change"), "{}", again.stdout);
    // Elsewhere it makes the same.
    let other = Home::new();
    std::fs::write(other.path().join("b.toml"), &printed).unwrap();
    assert_eq!(other.run(&["apply", "b.toml", "--yes"]).code, 0);
    assert_eq!(other.run(&["export"]).stdout, printed);
}

#[test]
fn what_is_not_there_is_said() {
    let home = Home::new();
    std::fs::write(home.path().join("a.toml"), FILE).unwrap();
    assert_eq!(home.run(&["apply", "a.toml", "--yes"]).code, 0);
    let told = home.run(&["explain", "tokyo-london", "Contacts", "--left", "7"]);
    assert!(told.stdout.contains("explain.not_read_yet"), "{}", told.stdout);
    let none = home.run(&["decide", "tokyo-london", "1-7", "--left"]);
    assert_eq!((none.code, none.stderr.contains("failure.no_conflict")), (1, true), "{}", none.stderr);
    let undo = |which: &[&str]| home.run(&[&["undo", "tokyo-london"][..], which].concat());
    for (which, code) in [
        (&["--record", "7"][..], "undo.no_record"),
        (&["--module", "Contacts", "--run", "77"][..], "undo.no_run"),
        (&["--module", "Contcts", "--record", "7"][..], "module.unknown"),
    ] {
        let none = undo(which);
        assert_ne!(none.code, 0, "{which:?}: {}", none.stdout);
        assert!(none.stderr.contains(code) && none.stderr.contains("hint: "), "{which:?}: {}", none.stderr);
    }
    let nothing = undo(&["--since", "2026-01-01T00:00:00Z"]);
    assert_eq!(nothing.code, 0, "{}", nothing.stderr);
    assert!(nothing.stdout.contains("Nothing was written there."), "{}", nothing.stdout);
}
