//! How long files are. Small files are read whole; a long one needs a reason.

use super::Problem;
use super::exceptions::Exceptions;
use super::source::Source;
use super::tree::{File, Tree};

/// More non-test lines than this need an entry in the list of exceptions.
const LIMIT: usize = 500;

/// Checks every source file against the limit.
pub fn check(tree: &Tree, exceptions: &Exceptions) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, lines) in counted(tree) {
        if lines > LIMIT && !exceptions.size.contains_key(path) {
            problems.push(Problem::new(
                path,
                format!("{lines} lines without its tests; the limit is {LIMIT}"),
                "split it: one idea, one file; or list it with its reason in xtask/tidy-exceptions.toml under [size]",
            ));
        }
    }
    problems
}

/// The spread of sizes in words.
pub fn figures(tree: &Tree) -> String {
    let mut lines: Vec<usize> = counted(tree).into_iter().map(|(_, lines)| lines).collect();
    lines.sort_unstable();
    format!(
        "{} source files, median {} lines without tests, nine in ten within {}",
        lines.len(),
        share(&lines, 50),
        share(&lines, 90)
    )
}

/// Whether a listed exception is needed.
pub fn is_over(tree: &Tree, path: &str) -> bool {
    tree.file(path).is_some_and(|file| lines(file) > LIMIT)
}

fn counted(tree: &Tree) -> Vec<(&str, usize)> {
    let sources =
        tree.files.iter().filter(|file| (file.is_rust() || file.is_typescript()) && !file.is_test());
    sources.map(|file| (file.path.as_str(), lines(file))).collect()
}

fn lines(file: &File) -> usize {
    if file.is_rust() { Source::of(&file.text).lines_outside_tests() } else { file.text.lines().count() }
}

/// The smallest size that so many in a hundred do not exceed.
fn share(sorted: &[usize], percent: usize) -> usize {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn long() -> String {
        "fn a() {}\n".repeat(LIMIT + 1)
    }

    #[test]
    fn a_long_file_needs_a_reason() {
        let text = long();
        let tree = Tree::of(&[("crates/a/src/long.rs", &text), ("crates/a/tests/long.rs", &text)]);
        let mut exceptions = Exceptions::default();
        let found = check(&tree, &exceptions);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].place, "crates/a/src/long.rs");
        exceptions.size = BTreeMap::from([("crates/a/src/long.rs".into(), "one table".into())]);
        assert!(check(&tree, &exceptions).is_empty());
    }

    #[test]
    fn tests_inside_a_file_do_not_count() {
        let text = format!("fn a() {{}}\n#[cfg(test)]\nmod tests {{\n{}}}\n", long());
        assert!(check(&Tree::of(&[("crates/a/src/a.rs", &text)]), &Exceptions::default()).is_empty());
    }

    #[test]
    fn the_spread_is_by_rank() {
        let sizes: Vec<usize> = (1..=10).collect();
        assert_eq!((share(&sizes, 50), share(&sizes, 90), share(&[], 50)), (5, 9, 0));
    }
}
