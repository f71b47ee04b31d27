//! `docs/cli.md` is what the program says of itself.

#![expect(clippy::unwrap_used, reason = "a test ends at what it did not expect")]

mod program;

use program::Home;

const INTRODUCTION: &str = "\
# Commands

This page is what `musubi --help` and `musubi COMMAND --help` print. To bring it up to date after a change:
`MUSUBI_BLESS=1 cargo test -p musubi --test document`.

With `--json` every command prints one JSON document to standard output, errors included; without, results go to standard
output, everything else to standard error. [errors.md](errors.md) lists exit codes and error codes,
[configuration.md](guide/configuration.md) the file that `musubi apply` reads.
";

/// Every command, in the order in which the program names them.
fn commands(help: &str) -> Vec<&str> {
    let (_, listed) = help.split_once("Commands:\n").unwrap();
    let lines = listed.lines().take_while(|line| !line.is_empty());
    let names = lines.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    names.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help").collect()
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a variable says whether to write the page or to check it")]
fn the_page_is_what_the_program_says() {
    let home = Home::new();
    let general = home.run(&["--help"]).stdout;
    let mut page = format!("{INTRODUCTION}\n```text\n{general}```\n");
    for command in commands(&general) {
        let help = home.run(&[command, "--help"]).stdout;
        // The arguments that go with every command stand at the top of the page.
        let (before, after) = help.split_once("Everywhere:\n").unwrap();
        let examples =
            after.split_once("Examples:\n").map_or(String::new(), |(_, rest)| format!("Examples:\n{rest}"));
        page += &format!("\n## musubi {command}\n\n```text\n{before}{examples}```\n");
    }
    let page: String = page.lines().map(|line| format!("{}\n", line.trim_end())).collect();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/cli.md");
    if std::env::var("MUSUBI_BLESS").is_ok() {
        std::fs::write(path, &page).unwrap();
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        kept == page,
        "docs/cli.md is not what the program says: MUSUBI_BLESS=1 cargo test -p musubi --test document"
    );
}
