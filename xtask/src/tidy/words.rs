//! Words that must not stand in the repository: places of one machine, and work left for later.

use super::Problem;
use super::exceptions::Exceptions;
use super::source::line_of;
use super::tree::Tree;

/// A forbidden text. The texts are written in pieces, so that this file does not hold them itself.
struct Forbidden {
    text: &'static str,
    form: Form,
    what: &'static str,
    mend: &'static str,
}

/// How a text is looked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Standing alone, in exactly these letters.
    Word,
    /// At the beginning of a path.
    Path,
}

const LATER: &str = "do it now, or leave the feature out; what is planned stands in docs/behaviours.md";
const PLACE: &str =
    "take the folder from an argument or a variable, or use a path from the root of the repository";

const FORBIDDEN: &[Forbidden] = &[
    Forbidden { text: concat!("TO", "DO"), form: Form::Word, what: "work left for later", mend: LATER },
    Forbidden { text: concat!("FIX", "ME"), form: Form::Word, what: "work left for later", mend: LATER },
    Forbidden { text: concat!("HA", "CK"), form: Form::Word, what: "work left for later", mend: LATER },
    Forbidden { text: concat!("X", "XX"), form: Form::Word, what: "work left for later", mend: LATER },
    Forbidden { text: concat!("/wo", "rk/"), form: Form::Path, what: "a place of one machine", mend: PLACE },
    Forbidden { text: concat!("/ro", "ot/"), form: Form::Path, what: "a place of one machine", mend: PLACE },
    Forbidden { text: concat!("/ho", "me/"), form: Form::Path, what: "a place of one machine", mend: PLACE },
    Forbidden { text: concat!("/Us", "ers/"), form: Form::Path, what: "a place of one machine", mend: PLACE },
    Forbidden {
        text: concat!("/tmp/", "tgt"),
        form: Form::Path,
        what: "a place of one machine",
        mend: PLACE,
    },
];

/// Files written by tools.
const GENERATED: &[&str] = &["Cargo.lock", "package-lock.json"];

/// Checks every text file.
pub fn check(tree: &Tree, exceptions: &Exceptions) -> Vec<Problem> {
    let mut problems = Vec::new();
    for file in tree.files.iter().filter(|file| !GENERATED.contains(&file.name())) {
        if exceptions.words.contains_key(&file.path) {
            continue;
        }
        for forbidden in FORBIDDEN {
            for at in places(&file.text, forbidden) {
                problems.push(Problem::new(
                    format!("{}:{}", file.path, line_of(&file.text, at)),
                    format!("`{}`: {}", forbidden.text, forbidden.what),
                    forbidden.mend,
                ));
            }
        }
    }
    problems
}

/// Whether a listed exception is needed.
pub fn holds_any(text: &str) -> bool {
    FORBIDDEN.iter().any(|forbidden| places(text, forbidden).next().is_some())
}

fn places<'a>(text: &'a str, forbidden: &'a Forbidden) -> impl Iterator<Item = usize> + 'a {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.match_indices(forbidden.text).map(|(at, _)| at).filter(move |at| {
        let before = text[..*at].chars().next_back();
        let after = text[at + forbidden.text.len()..].chars().next();
        match forbidden.form {
            Form::Word => !before.is_some_and(word) && !after.is_some_and(word),
            // Part of a longer path or of an address is another place.
            Form::Path => !before.is_some_and(|c| word(c) || matches!(c, '.' | '-' | '/' | '}' | ')')),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_text(text: &str, expect: usize) {
        let tree = Tree::of(&[("docs/a.md", text)]);
        assert_eq!(check(&tree, &Exceptions::default()).len(), expect, "{text}");
    }

    #[test]
    fn work_for_later_is_found_as_a_word() {
        check_text(concat!("// TO", "DO: this"), 1);
        check_text("the Spanish word todo, and TODOS", 0);
    }

    #[test]
    fn places_of_a_machine_are_found() {
        check_text(concat!("see /wo", "rk/main"), 1);
        check_text(concat!("`/ho", "me/me/x` and /ro", "ot/x"), 2);
        check_text("https://example.com/home/index and {base}/work/items", 0);
    }

    #[test]
    fn the_line_is_named() {
        let tree = Tree::of(&[("docs/a.md", concat!("one\ntwo\nTO", "DO\n"))]);
        assert_eq!(check(&tree, &Exceptions::default())[0].place, "docs/a.md:3");
    }
}
