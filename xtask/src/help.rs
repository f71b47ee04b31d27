//! The help: what there is, and which of it to try first.

use crate::{COMMANDS, say};

/// Prints the whole help.
pub fn show() {
    say::line(&format!("{HEAD}\n{}\n{FOOT}", list()));
}

/// The commands, one line each.
pub fn list() -> String {
    let shown =
        |name: &str, arguments: &str| format!("cargo xtask {name} {arguments}").trim_end().to_string();
    let width = COMMANDS.iter().map(|c| shown(c.name, c.arguments).chars().count()).max().unwrap_or_default();
    COMMANDS
        .iter()
        .map(|c| format!("  {:width$}   {}\n", shown(c.name, c.arguments), c.summary))
        .collect::<String>()
}

const HEAD: &str = "\
Musubi keeps business apps in agreement. These are the tasks of its repository.

New here?     cargo xtask demo      builds the hub and shows two orgs being kept in agreement
Changing it?  cargo xtask tidy      seconds: the rules of the house
              cargo xtask test      everything; starts what it needs by itself
";

const FOOT: &str = "\
Arguments after the task are handed on: `cargo xtask demo --help` is the help of the demo itself.
CONTRIBUTING.md says how to build, what the rules are and where a new thing goes.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_is_listed_with_its_summary() {
        let list = list();
        for command in COMMANDS {
            assert!(list.contains(command.name), "{} is missing", command.name);
            assert!(list.contains(command.summary), "the summary of {} is missing", command.name);
        }
        assert_eq!(list.lines().count(), COMMANDS.len());
    }
}
