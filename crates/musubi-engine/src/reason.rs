//! Why a record stands as it stands, in words for who does not know the program. What waits for a person has its words in [`crate::matter`].

/// Why a record without counterpart gets none, by the reason that runs, plans and certificates count it under.
pub const SKIPPED: &[(&str, &str)] = &[
    ("counterpart_scope", "the record that it would match is outside of the scope"),
    ("direction", "records of this side are not created on the other one"),
    ("erased", "it was erased on request"),
    ("no_parent", "it hangs on no record that is synced"),
    ("scope", "it is outside of the scope"),
    ("untied", "it was untied from its counterpart"),
    ("window", "it was made before the creation window"),
];

/// Why a pair is left as it is, likewise.
pub(crate) const SKIPPED_PAIRS: &[(&str, &str)] = &[
    ("conflict", "both sides changed a field, and the rule for conflicts leaves both as they are"),
    (
        "first_difference",
        "its values were different when the two were first matched, and the rule leaves them so",
    ),
];

/// The words for a reason to skip, such as `skipped.scope`.
pub(crate) fn skipped(code: &str) -> Option<&'static str> {
    let bare = code.strip_prefix("skipped.").unwrap_or(code);
    let known = SKIPPED.iter().chain(SKIPPED_PAIRS).find(|(known, _)| *known == bare);
    known.map(|(_, what)| *what)
}

/// A reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The stable code.
    pub code: &'static str,
    /// Why.
    pub what: &'static str,
    /// What would change it.
    pub hint: &'static str,
}

const fn reason(code: &'static str, what: &'static str, hint: &'static str) -> Reason {
    Reason { code, what, hint }
}

/// Every reason, in the order of the codes.
pub const REASONS: &[Reason] = &[
    reason("explain.agrees", "the pair agrees, as far as both sides were read", "nothing"),
    reason(
        "explain.attachment_deleted",
        "an attachment was deleted on one of the two records; the same file stays on the other one",
        "nothing, or delete it there as well",
    ),
    reason(
        "explain.attachment_link",
        "an attachment is a link to something that is kept elsewhere; only files are carried over",
        "nothing, or add the link to the other record by hand",
    ),
    reason(
        "explain.being_created",
        "its counterpart is being created",
        "nothing; wait for the answer of the service",
    ),
    reason(
        "explain.being_written",
        "a change is on its way",
        "nothing; it is written as soon as both records were read again",
    ),
    reason(
        "explain.converted",
        "it was converted into records of other modules, and the pair was untied",
        "nothing; what it became is kept in agreement where those modules are synced",
    ),
    reason(
        "explain.counterpart_out_of_scope",
        "the record that it belongs to on the other side is outside of what the module's scope lets in, and no second copy is made of it",
        "widen the scope of the other side, or change the record there so that it fits; then the two are linked",
    ),
    reason(
        "explain.deleted",
        "it was deleted, and the pair was untied",
        "restore it from the recycle bin; that is noticed, and it is kept in agreement again",
    ),
    reason(
        "explain.direction",
        "records of this side are not created on the other one: the module goes the other way",
        "change the direction of the module, or link it to an existing record by hand",
    ),
    reason(
        "explain.erased",
        "it was erased on request: nothing is remembered of it, and it is not copied again",
        "link it to a record of the other side by hand, if it is to be kept in agreement after all",
    ),
    reason(
        "explain.inactive",
        "the module is inactive: nothing is read or written for it",
        "activate it: `musubi activate NAME/MODULE`",
    ),
    reason(
        "explain.kept_linked",
        "one of the two records is outside of what the module's scope lets in; the pair stays linked, and is kept in agreement all the same",
        "nothing; `leaving` in the module's scope says what becomes of pairs that leave",
    ),
    reason(
        "explain.left_apart",
        "a field was left different on the two sides: by a rule for conflicts, or by an undo",
        "change the field on one side, or decide for one of the two values",
    ),
    reason(
        "explain.left_scope",
        "one of the two records left the scope, and the pair was untied",
        "widen the scope, or change the record so that it fits; then the pair is tied again",
    ),
    reason(
        "explain.may_differ",
        "this field is not the same on both sides, and is let be: by its direction or by a policy, such as one for blanks or for differences found at first",
        "change it on the side that it comes from, or the direction or the policy of the field",
    ),
    reason(
        "explain.merged",
        "it was merged into another record, and the pair was untied",
        "nothing; the record that it was merged into is kept in agreement",
    ),
    reason(
        "explain.module_paused",
        "its module is paused: nothing is read or written for it",
        "resume it: `musubi resume NAME/MODULE`",
    ),
    reason(
        "explain.never_seen",
        "no record with this id was ever seen in this module",
        "check the id, and that the connected user may see the record",
    ),
    reason(
        "explain.no_parent",
        "it hangs on no record that is synced, and goes only with one that is",
        "link it to a synced record in the service, add the module of its parent to the integration, or set `only_with_parent = false`",
    ),
    reason(
        "explain.nobody_at_work",
        "something is to be done, or may be, and no process is at work on the integration",
        "start `musubi serve`, or carry it over once: `musubi run NAME`",
    ),
    reason(
        "explain.not_read_yet",
        "the first load has not come to it yet",
        "nothing; wait until both sides are read",
    ),
    reason(
        "explain.only_receives",
        "one of the two records is outside of what the module's scope lets in: nothing of it is carried over, and what the other one tells still arrives",
        "widen the scope, or change the record so that it fits; `leaving` in the module's scope says what becomes of such pairs",
    ),
    reason(
        "explain.other_converted",
        "its counterpart was converted into records of other modules, and the pair was untied",
        "convert this one as well, or leave it: nothing is written to it any more",
    ),
    reason(
        "explain.other_deleted",
        "its counterpart was deleted, and the pair was untied",
        "restore the counterpart from the recycle bin, or link the record to another one by hand",
    ),
    reason(
        "explain.other_merged",
        "its counterpart was merged into another record, and the pair was untied",
        "merge this one as well, or leave it: nothing is written to it any more",
    ),
    reason(
        "explain.out_of_scope",
        "it does not take part: it is outside of what the module's scope lets in",
        "widen the scope, or change the record so that it fits",
    ),
    reason(
        "explain.paused",
        "the integration is paused: nothing is read or written",
        "resume it: `musubi resume NAME`",
    ),
    reason(
        "explain.plan_stopped",
        "the module stopped at something that the approved plan does not say",
        "look at a new plan, and approve that",
    ),
    reason(
        "explain.problem",
        "the module does not work at the moment",
        "`musubi status` and `musubi doctor` say what keeps it",
    ),
    reason(
        "explain.refused",
        "the service refuses the credential of a connection: nothing is carried over",
        "connect again: `musubi connect NAME`; then it goes on by itself",
    ),
    reason(
        "explain.rests",
        "this field is not the same on both sides, because the pair rests: one of the two records is outside of what the module's scope lets in",
        "nothing; what differs is carried over when the record takes part again",
    ),
    reason(
        "explain.undo_pending",
        "a former value is to be written back",
        "nothing; it is written unless somebody changes the field before",
    ),
    reason("explain.unlinked", "a person took the pair apart", "link it by hand: `musubi link`"),
    reason(
        "explain.waits",
        "it waits for a look at the other side, so that no second copy is made of it",
        "nothing; it is decided with the next look",
    ),
    reason(
        "explain.waits_for_parent",
        "it waits for the record that it points to, which has no counterpart yet",
        "nothing; it goes on by itself when that record is carried over, which takes its module to be part of the integration",
    ),
    reason(
        "explain.window",
        "it was made before the creation window of the module's scope, and takes part only once it is changed",
        "change the record in the service, or raise `created_within` in the module's scope",
    ),
    reason(
        "explain.window_always",
        "it was made before the creation window of the module's scope, which applies to changed records too",
        "raise `created_within` in the module's scope, or take `apply_window_to_updates` out of it",
    ),
];

/// What a code means.
pub fn explain(code: &str) -> Option<&'static Reason> {
    REASONS.iter().find(|reason| reason.code == code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn the_list_is_in_order_and_each_has_its_line_in_the_documentation() {
        assert!(REASONS.is_sorted_by_key(|reason| reason.code));
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/errors.md");
        let page = std::fs::read_to_string(page).expect("the page is part of the repository");
        for reason in REASONS {
            let line = format!("| `{}` | {} | {} |", reason.code, reason.what, reason.hint);
            assert!(page.contains(&line), "docs/errors.md lacks: {line}");
        }
    }

    /// What a decision counts as skipped is told in words.
    #[test]
    fn every_reason_to_skip_is_explained() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/sync");
        // These are counted beside the records.
        let beside = ["skipped.stale", "skipped."];
        let mut seen = 0;
        for file in std::fs::read_dir(folder).expect("the folder is there").flatten() {
            let text = std::fs::read_to_string(file.path()).unwrap_or_default();
            let quoted = text.split('"').skip(1).step_by(2);
            for code in quoted.filter(|word| word.starts_with("skipped.") && !beside.contains(word)) {
                assert!(skipped(code).is_some(), "{code} has no words");
                seen += 1;
            }
        }
        assert!(seen > 8, "{seen}");
    }

    /// Of every reason a hub at work shows when it is given.
    #[test]
    fn every_reason_is_shown_by_a_test() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../musubi-world/tests/hub");
        let files = std::fs::read_dir(folder).expect("the folder is there");
        let paths = files.map(|file| file.expect("it can be listed").path());
        let text = |path| std::fs::read_to_string(path).expect("it is text");
        let shown: String = paths.filter(|path| path.is_file()).map(text).collect();
        for reason in REASONS {
            assert!(shown.contains(&format!("\"{}\"", reason.code)), "no test shows {}", reason.code);
        }
    }

    /// Every reason that is given has its words, and none has words without being given.
    #[test]
    fn every_reason_that_is_given_is_explained() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/explain.rs");
        let text = std::fs::read_to_string(file).expect("the file is there");
        let quoted = text.split('"').skip(1).step_by(2);
        let mut given: Vec<&str> = quoted.filter(|word| word.starts_with("explain.")).collect();
        given.sort_unstable();
        given.dedup();
        let known: Vec<&str> = REASONS.iter().map(|reason| reason.code).collect();
        assert_eq!(given, known);
    }
}
