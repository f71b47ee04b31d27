//! What code must not reach for: arguments and environment outside the binary, the outside world inside the core.

use super::Problem;
use super::source::{Source, line_of};
use super::tree::{File, Tree};

/// Calls that read the command line or the environment.
const AMBIENT: &[&str] = &["env::args", "env::var", "env::vars", "env::home_dir", "env::current_dir"];

/// Paths that would let the outside world into the core.
const OUTSIDE: &[&str] =
    &["std::fs", "std::net", "std::process", "std::thread", "std::time", "std::env", "println!", "eprintln!"];

/// Checks every Rust file that is not a test.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for file in tree.files.iter().filter(|file| file.is_rust() && !file.is_test()) {
        if may_not_read_settings(&file.path) {
            problems.extend(find(
                file,
                AMBIENT,
                "only the binary `musubi` does: take the value as an argument",
            ));
        }
        if file.path.starts_with("crates/musubi-core/src/") {
            problems.extend(find(file, OUTSIDE, "the core is a calculation: take the value as an argument"));
        }
    }
    problems
}

/// The product's library crates. The binary, its examples and the developers' tools read what they need.
fn may_not_read_settings(path: &str) -> bool {
    path.starts_with("crates/")
        && !path.starts_with("crates/musubi/")
        && !path.starts_with("crates/musubi-testkit/")
        && !path.starts_with("crates/musubi-world/")
        && !path.contains("/examples/")
}

fn find(file: &File, words: &[&str], mend: &str) -> Vec<Problem> {
    let source = Source::of(&file.text);
    let mut problems = Vec::new();
    for word in words {
        for (at, _) in source.code.match_indices(word) {
            let next = source.code[at + word.len()..].chars().next();
            let whole = !next.is_some_and(|c| c.is_alphanumeric());
            if whole && !source.is_test(at) {
                let place = format!("{}:{}", file.path, line_of(&file.text, at));
                problems.push(Problem::new(place, format!("this reaches for {word}"), mend));
            }
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_file(path: &str, text: &str, expect: &[&str]) {
        let found = check(&Tree::of(&[(path, text)]));
        assert_eq!(found.iter().map(|p| p.place.as_str()).collect::<Vec<_>>(), expect, "{found:?}");
    }

    #[test]
    fn only_the_binary_reads_settings() {
        let text = "fn f() {\n    let a = std::env::var(\"A\");\n}\n";
        check_file("crates/musubi-engine/src/a.rs", text, &["crates/musubi-engine/src/a.rs:2"]);
        check_file("crates/musubi/src/main.rs", text, &[]);
        check_file("crates/musubi-engine/tests/a.rs", text, &[]);
        check_file("crates/musubi-sandbox/examples/serve.rs", text, &[]);
        check_file(
            "crates/musubi-store/src/a.rs",
            "fn f() { std::env::var_os(\"A\"); }",
            &["crates/musubi-store/src/a.rs:1"],
        );
        check_file("crates/musubi-store/src/a.rs", "const V: &str = env!(\"CARGO_PKG_VERSION\");", &[]);
        check_file("crates/musubi-store/src/a.rs", "// std::env::var is the binary's\n", &[]);
        check_file(
            "crates/musubi-store/src/a.rs",
            "#[cfg(test)]\nmod tests {\n  fn f() { std::env::var(\"A\"); }\n}\n",
            &[],
        );
    }

    #[test]
    fn the_core_knows_no_world() {
        check_file("crates/musubi-core/src/a.rs", "use std::fs;\n", &["crates/musubi-core/src/a.rs:1"]);
        check_file("crates/musubi-core/src/a.rs", "use std::fmt;\n", &[]);
        check_file("crates/musubi-store/src/a.rs", "use std::fs;\n", &[]);
    }
}
