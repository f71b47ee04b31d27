//! Where tests and code cite a behaviour by its number.
//!
//! A citation is the number as it stands in the list (`S0-2`, `K-20`), in a comment or a string, or in a name with
//! small letters and underscores (`s0_2_a_created_record_arrives`).

use super::source::{Source, line_of};
use super::tree::{File, Tree};

/// One mention of a number.
#[derive(Debug)]
pub struct Citation {
    /// The number as the list writes it.
    pub number: String,
    /// File and line.
    pub place: String,
    /// Whether a test mentions it.
    pub by_test: bool,
}

/// Every mention in the product's code. The tasks are left out: their own tests invent numbers.
pub fn all(tree: &Tree) -> Vec<Citation> {
    let code = tree.files.iter().filter(|file| is_code(file) && !file.path.starts_with("xtask/"));
    code.flat_map(of_file).collect()
}

fn is_code(file: &File) -> bool {
    file.is_rust()
        || file.is_typescript()
        || [".py", ".js", ".mjs", ".cjs"].iter().any(|ending| file.path.ends_with(ending))
}

fn of_file(file: &File) -> Vec<Citation> {
    let source = file.is_rust().then(|| Source::of(&file.text));
    let in_test = |at| file.is_test() || source.as_ref().is_some_and(|source| source.is_test(at));
    numbers(&file.text)
        .into_iter()
        .map(|(at, number)| Citation {
            number,
            place: format!("{}:{}", file.path, line_of(&file.text, at)),
            by_test: in_test(at),
        })
        .collect()
}

/// The numbers in a text with their positions: `S` and one digit, or `K`, or `AMB`, a joint, and digits.
fn numbers(text: &str) -> Vec<(usize, String)> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    for at in 0..bytes.len() {
        let alone = at.checked_sub(1).is_none_or(|before| !is_word(bytes[before]));
        if let Some(number) = alone.then(|| number_at(&bytes[at..])).flatten() {
            found.push((at, number));
        }
    }
    found
}

fn number_at(rest: &[u8]) -> Option<String> {
    let (family, joint) = match rest {
        [b'S', digit @ b'0'..=b'9', b'-', ..] => (format!("S{}", char::from(*digit)), 2),
        [b's', digit @ b'0'..=b'9', b'_', ..] => (format!("S{}", char::from(*digit)), 2),
        [b'K', b'-', ..] | [b'k', b'_', ..] => ("K".to_string(), 1),
        [b'A', b'M', b'B', b'-', ..] | [b'a', b'm', b'b', b'_', ..] => ("AMB".to_string(), 3),
        _ => return None,
    };
    let digits: String =
        rest[joint + 1..].iter().take_while(|b| b.is_ascii_digit()).map(|b| char::from(*b)).collect();
    let after = rest.get(joint + 1 + digits.len());
    let named = rest[joint] == b'_';
    // In a name the number goes on with an underscore or ends; `S0-2a` is no number at all.
    let ends = after.is_none_or(|byte| !is_word(*byte) || (named && *byte == b'_'));
    (!digits.is_empty() && ends).then(|| format!("{family}-{digits}"))
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_text(text: &str, expect: &[&str]) {
        let found: Vec<String> = numbers(text).into_iter().map(|(_, number)| number).collect();
        assert_eq!(found, expect, "{text}");
    }

    #[test]
    fn numbers_are_found_in_comments_and_names() {
        check_text("// S0-2, S0-3 and K-20.", &["S0-2", "S0-3", "K-20"]);
        check_text("fn s0_2_a_record_arrives() {} fn k_21() {}", &["S0-2", "K-21"]);
        check_text("// AMB-7; fn amb_11() {} fn amb_x() {}", &["AMB-7", "AMB-11"]);
        check_text("TLS1-2 S0-2a SK-20 s0_x is0_2 S0- K-x", &[]);
    }

    #[test]
    fn a_test_is_told_from_code() {
        let tree = Tree::of(&[
            ("crates/a/src/a.rs", "// S0-2\n#[cfg(test)]\nmod tests {\n    // S0-3\n}\n"),
            ("crates/a/tests/a.rs", "// S0-4\n"),
            ("console/src/home.test.ts", "// S0-7\n"),
            ("xtask/src/a.rs", "// S0-9\n"),
            ("docs/a.md", "S0-8\n"),
        ]);
        let found: Vec<_> = all(&tree).into_iter().map(|c| (c.number, c.place, c.by_test)).collect();
        assert_eq!(
            found,
            [
                ("S0-2".into(), "crates/a/src/a.rs:1".into(), false),
                ("S0-3".into(), "crates/a/src/a.rs:4".into(), true),
                ("S0-4".into(), "crates/a/tests/a.rs:1".into(), true),
                ("S0-7".into(), "console/src/home.test.ts:1".to_string(), true),
            ]
        );
    }
}
