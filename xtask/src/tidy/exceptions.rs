//! The listed exceptions, each with its reason: `xtask/tidy-exceptions.toml`.

use super::tree::Tree;
use super::{Problem, sizes, words};
use std::collections::BTreeMap;

const PATH: &str = "xtask/tidy-exceptions.toml";

/// File → reason, by rule.
#[derive(Default)]
pub struct Exceptions {
    /// Files that may be longer than the limit.
    pub size: BTreeMap<String, String>,
    /// Files that may hold forbidden words.
    pub words: BTreeMap<String, String>,
}

impl Exceptions {
    /// Reads the list; a tree without one has no exceptions.
    pub fn read(tree: &Tree) -> Result<Exceptions, String> {
        let Some(file) = tree.file(PATH) else {
            return Ok(Exceptions::default());
        };
        let table: toml::Table = file.text.parse().map_err(|error| format!("{PATH}: {error}"))?;
        let mut exceptions = Exceptions::default();
        for (rule, entries) in table {
            let list = match rule.as_str() {
                "size" => &mut exceptions.size,
                "words" => &mut exceptions.words,
                other => return Err(format!("{PATH}: there is no rule `{other}`; there are size and words")),
            };
            for (path, reason) in entries.as_table().into_iter().flatten() {
                list.insert(path.clone(), reason.as_str().unwrap_or_default().trim().to_string());
            }
        }
        Ok(exceptions)
    }

    /// An exception must have a reason and must still be needed.
    pub fn check(&self, tree: &Tree) -> Vec<Problem> {
        let mut problems = Vec::new();
        let size = self.size.iter().map(|(path, reason)| (path, reason, sizes::is_over(tree, path)));
        let words = self.words.iter().map(|(path, reason)| {
            (path, reason, tree.file(path).is_some_and(|file| words::holds_any(&file.text)))
        });
        for (path, reason, needed) in size.chain(words) {
            if reason.is_empty() {
                problems.push(Problem::new(PATH, format!("{path} has no reason"), "say why in one sentence"));
            }
            if !needed {
                problems.push(Problem::new(
                    PATH,
                    format!("{path} needs no exception any more"),
                    "remove the line",
                ));
            }
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_list(list: &str, expect: &[&str]) {
        let tree = Tree::of(&[(PATH, list), ("crates/a/src/short.rs", "fn a() {}\n")]);
        let found = Exceptions::read(&tree).unwrap().check(&tree);
        assert_eq!(found.iter().map(|p| p.what.as_str()).collect::<Vec<_>>(), expect);
    }

    #[test]
    fn an_exception_must_be_needed_and_have_a_reason() {
        check_list("[size]\n", &[]);
        check_list(
            "[size]\n\"crates/a/src/short.rs\" = \"\"\n",
            &["crates/a/src/short.rs has no reason", "crates/a/src/short.rs needs no exception any more"],
        );
        check_list("[words]\n\"gone.md\" = \"quotes a path\"\n", &["gone.md needs no exception any more"]);
    }

    #[test]
    fn an_unknown_rule_is_refused() {
        assert!(Exceptions::read(&Tree::of(&[(PATH, "[colour]\n")])).is_err());
    }
}
