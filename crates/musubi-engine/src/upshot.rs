//! What became of a person's decision, in words for who does not know the program.

/// What a decision can come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meaning {
    /// The stable code.
    pub code: &'static str,
    /// It was carried out, or will be.
    pub done: Done,
    /// What happened.
    pub what: &'static str,
    /// What to do.
    pub hint: &'static str,
}

/// Whether a decision was obeyed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// It was.
    Yes,
    /// Nothing was done.
    No,
}

const fn yes(code: &'static str, what: &'static str, hint: &'static str) -> Meaning {
    Meaning { code, done: Done::Yes, what, hint }
}

const fn no(code: &'static str, what: &'static str, hint: &'static str) -> Meaning {
    Meaning { code, done: Done::No, what, hint }
}

/// Everything that a decision can come to, in the order of the codes.
pub const MEANINGS: &[Meaning] = &[
    yes(
        "decision.already",
        "both sides hold the value chosen already: a rule or somebody came first",
        "nothing",
    ),
    no(
        "decision.changed_since",
        "nothing was done: the values are not those that were decided about any more",
        "look at both values again, and decide about those",
    ),
    yes("decision.done", "the value chosen is carried to the other side", "nothing"),
    yes(
        "decision.left_apart",
        "both sides stay as they are: the direction of the field does not let the value chosen be written to the other side",
        "nothing; the next change goes through where the direction allows it",
    ),
    no(
        "decision.no_field",
        "nothing was done: the field is not mapped any more",
        "look at the mapping of the module",
    ),
    no(
        "decision.no_pair",
        "nothing was done: the two records are no pair any more",
        "look at the record; link it by hand if it belongs to another one",
    ),
    no(
        "decision.out_of_scope",
        "nothing was done: the pair is outside of the scope, and nothing is written to it",
        "widen the scope, or edit the record by hand",
    ),
    yes(
        "erase.done",
        "everything remembered of the record was erased; it is not copied again",
        "link it by hand if it is to be kept in agreement after all",
    ),
    no("link.already", "nothing was done: the two records are a pair already", "nothing"),
    no(
        "link.deleted",
        "nothing was done: one of the two records was deleted",
        "restore it from the recycle bin first",
    ),
    yes("link.done", "the two records are a pair; both are read and then kept in agreement", "nothing"),
    no(
        "link.not_seen",
        "nothing was done: one of the two records was never seen, or is not shown to us",
        "check the ids and that the connected user may see the records",
    ),
    no(
        "link.taken",
        "nothing was done: one of the two records belongs to another one",
        "unlink that pair first",
    ),
    yes("undo.accepted", "the former value is written back, if nobody changes it before that", "nothing"),
    no(
        "undo.attached",
        "not taken back: a file that was hung on the record stays",
        "delete it there if it is not wanted",
    ),
    no(
        "undo.changed_since",
        "not taken back: the field was changed since, on one side or the other",
        "look at the record; the later change counts",
    ),
    no(
        "undo.created",
        "not taken back: the record was made by the hub",
        "delete it in the service if it shall go; what that does to the other one is the module's rule for deletions",
    ),
    no(
        "undo.deleted",
        "not taken back: the record was deleted by the hub",
        "restore it from the service's recycle bin",
    ),
    no(
        "undo.direction",
        "not taken back: the field may not be written on that side any more",
        "change the direction of the field or of the module, or edit the record by hand",
    ),
    no("undo.is_back", "nothing to do: the field holds the former value", "nothing"),
    no(
        "undo.no_field",
        "not taken back: the field is not mapped any more",
        "map it again, or edit the record by hand",
    ),
    no(
        "undo.no_pair",
        "not taken back: the two records are no pair any more, or one of them was deleted",
        "restore the record, or link the two by hand",
    ),
    no("undo.nothing", "nothing of it can be taken back; each field says why", "nothing"),
    no(
        "undo.out_of_scope",
        "not taken back: the pair is outside of the scope, and nothing is written to it",
        "widen the scope, or edit the record by hand",
    ),
    yes("undo.ready", "the former value can be written back", "nothing"),
    yes(
        "unlink.done",
        "the two records are no pair any more; both stay, and neither is copied",
        "link one of them by hand if it belongs to another record",
    ),
];

/// What a code means.
pub fn meaning(code: &str) -> Option<&'static Meaning> {
    MEANINGS.iter().find(|meaning| meaning.code == code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn the_list_is_in_order_and_each_has_its_line_in_the_documentation() {
        assert!(MEANINGS.is_sorted_by_key(|meaning| meaning.code));
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/errors.md");
        let page = std::fs::read_to_string(page).expect("the page is part of the repository");
        for meaning in MEANINGS {
            let line = format!("| `{}` | {} | {} |", meaning.code, meaning.what, meaning.hint);
            assert!(page.contains(&line), "docs/errors.md lacks: {line}");
        }
    }

    /// Every code that the machine answers with is explained.
    #[test]
    fn every_answer_of_the_machine_is_explained() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/sync");
        for file in ["decided.rs", "by_hand.rs", "erased.rs", "undo.rs"] {
            let text = std::fs::read_to_string(folder.join(file)).expect("the file is there");
            let quoted = text.split('"').skip(1).step_by(2);
            let codes = quoted.filter(|word| {
                ["decision.", "erase.", "link.", "unlink.", "undo."]
                    .iter()
                    .any(|start| word.starts_with(start))
            });
            let codes: Vec<&str> = codes.filter(|code| *code != "undo.overtaken").collect();
            assert!(!codes.is_empty(), "{file}");
            codes.iter().for_each(|code| assert!(meaning(code).is_some(), "{code} is not explained"));
        }
    }
}
