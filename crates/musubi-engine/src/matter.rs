//! What each matter that waits for a person means, and what the person can do: in words for who does not know the program.

/// A kind of matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Matter {
    /// The stable code.
    pub code: &'static str,
    /// What happened.
    pub what: &'static str,
    /// What to do.
    pub hint: &'static str,
}

const fn matter(code: &'static str, what: &'static str, hint: &'static str) -> Matter {
    Matter { code, what, hint }
}

/// Every kind of matter, in the order of their codes.
pub const MATTERS: &[Matter] = &[
    matter(
        "attachment.later",
        "the attachments of this pair could not be looked at or carried over now; the service's own words are in the details",
        "nothing; it is tried again by itself at the time shown, or at once if you retry",
    ),
    matter(
        "attachment.refused",
        "a service refused an attachment, or to show those of the record; its own words are in the details",
        "mend what was refused, then retry; until then the attachment stays where it is",
    ),
    matter(
        "attachment.too_large",
        "a file is larger than the attachments of this module pair may be, so it stays where it is",
        "nothing, or raise `max_mb` of `attachments`; the service takes 20 MB at the most",
    ),
    matter(
        "conflict.held",
        "a field was changed on both sides to different values, or was different when the two first met, and the policy is to hold",
        "decide for one of the two values; or make the field the same on both sides",
    ),
    matter(
        "conflict.skipped",
        "a field was changed on both sides to different values, or was different when the two first met, and the policy is to leave both",
        "nothing, or decide for one of the two values; the next change of the field on one side is carried over",
    ),
    matter(
        "create.later",
        "the other side's service would not make the record now: something is locked, or it could not",
        "nothing; it is tried again by itself at the time shown, or at once if you retry",
    ),
    matter(
        "create.mandatory_missing",
        "the other side demands a field that this record does not fill, so it cannot be created there",
        "fill the field in the record, or map another one to it",
    ),
    matter(
        "create.refused",
        "the other side's service refused to create the record; its own words are in the details",
        "mend the record, or the rule that refused it, then retry",
    ),
    matter(
        "create.unresolved",
        "a create got no answer, and a record that may be what it made was changed or deleted meanwhile",
        "look whether the other side has this record; retry if it has not, and it is created",
    ),
    matter(
        "delete.breaker",
        "more records were deleted at once than may be carried over without asking",
        "retry to delete the counterpart as well; or restore the deleted record and retry then: it is kept",
    ),
    matter(
        "delete.conflict",
        "the record was deleted on one side and changed on the other",
        "retry to delete the changed record as well; or restore the deleted one and retry then: both are kept",
    ),
    matter(
        "delete.restored",
        "the record was deleted since the backup that was restored; its counterpart was left alone",
        "retry to delete the counterpart as well",
    ),
    matter(
        "duplicate.refused",
        "the other side's service refused the record, because another one has the same value in a field that must be unique",
        "merge or delete one of the two records, or change the value, then retry",
    ),
    matter(
        "lead.converted",
        "the record was converted into records of other modules; its counterpart was left as it is",
        "convert the counterpart too, choosing the contact and account that have arrived there, or take the pair apart: then the counterpart stays and is left alone",
    ),
    matter(
        "lookup.parent_held",
        "the record that a lookup points to is not carried over: it waits for a person itself, or takes no part",
        "mend that record, let it take part, or point the lookup to another one; it goes on by itself then",
    ),
    matter(
        "lookup.parent_not_linked",
        "the record that a lookup points to has no counterpart yet",
        "nothing; it goes on by itself when that record is carried over",
    ),
    matter(
        "lookup.parent_not_synced",
        "a lookup points to a module that this integration does not carry over",
        "add that module to the integration, or take the field out of the mapping",
    ),
    matter(
        "mandatory.refused",
        "the other side's service refused the record, because a field that must be filled is not",
        "fill the field in the record, or map another one to it, then retry",
    ),
    matter(
        "match.ambiguous",
        "several records have the same match key, so nobody can tell which belongs to which",
        "link the two that belong together by hand; or merge or delete the duplicates, then retry",
    ),
    matter(
        "match.taken",
        "the record with the same match key already belongs to another one",
        "merge or delete the duplicate, or change its match field, then retry",
    ),
    matter(
        "merge.counterpart",
        "the record was merged into another one of its side, or so it seems; its counterpart is still there",
        "merge the counterpart on its side too or delete it there, or take the pair apart: then both stay",
    ),
    matter(
        "oscillation",
        "two automations undo each other's work through this pair, so writing was stopped",
        "change one of the workflows that rewrite the field, then retry",
    ),
    matter(
        "owner.unknown",
        "the other side has no user with that e-mail address",
        "add the user there, then retry",
    ),
    matter(
        "parameter.refused",
        "the other side's service did not accept how it was asked; its own words are in the details",
        "retry; if it stays so, report it with those words",
    ),
    matter(
        "parameter_missing.refused",
        "the other side's service misses something in how it was asked; its own words are in the details",
        "retry; if it stays so, report it with those words",
    ),
    matter(
        "permission.refused",
        "the user that the hub is connected as may not do this in the other side's org; the service's own words are in the details",
        "give that user the right in the org, or connect the org as a user who has it, then retry",
    ),
    matter(
        "plan.changed",
        "what would be written is not what the approved plan said",
        "look at a new plan, and approve that",
    ),
    matter(
        "record.missing",
        "one of the two records is not shown to us any more, though nobody told that it was deleted",
        "give the connected user the right to see it, or delete it for good",
    ),
    matter(
        "restore.unresolved",
        "after a backup was restored it cannot be told whether this record was copied already",
        "look whether the other side has it; retry if it has not, and it is created",
    ),
    matter(
        "script.failed",
        "the script that changes the field on its way stopped with a mistake at this value",
        "mend the script so that it can deal with the value, or change the value",
    ),
    matter(
        "script.no_value",
        "the script that changes the field on its way gave what no field can hold",
        "let the script give a text, a number, true, false or a list of texts",
    ),
    matter(
        "script.too_large",
        "the script that changes the field on its way went beyond what scripts may use",
        "simplify the script, or shorten the value",
    ),
    matter(
        "undo.overtaken",
        "a value was not taken back, because the field was changed before it could be written",
        "look at the record; the later change counts",
    ),
    matter(
        "value.not_a_phone",
        "the value is no telephone number as the country of the mapping writes them",
        "correct the number, or take the step out of the mapping",
    ),
    matter(
        "value.not_an_option",
        "the value is not among the options of the other side's picklist",
        "add the option there, or choose another value, then retry",
    ),
    matter(
        "value.not_convertible",
        "the value cannot be written into a field of the other side's type",
        "change the value, or map the field to one of a fitting type",
    ),
    matter(
        "value.not_mapped",
        "the mapping names no counterpart for this value",
        "add the value to the map, let the map keep or blank what it does not name, or change the value",
    ),
    matter(
        "value.not_whole",
        "the other side takes whole numbers only",
        "change the number, or map another field",
    ),
    matter(
        "value.refused",
        "the other side's service refused a value: it is not of the field's type, or not one that the field takes",
        "change the value, or map the field to one of a fitting type, then retry",
    ),
    matter(
        "value.too_long",
        "the value is longer than the other side's field",
        "shorten it, or make the field longer",
    ),
    matter(
        "write.later",
        "the other side's service would not change the record now: it is locked, or the service could not",
        "nothing; it is tried again by itself at the time shown, or at once if you retry",
    ),
    matter(
        "write.refused",
        "the other side's service refused the change; its own words are in the details",
        "mend the value, or the rule that refused it, then retry",
    ),
];

/// True when it is tried again by itself.
pub fn is_tried_again(code: &str) -> bool {
    code.ends_with(".later")
}

/// True when a retry of it deletes a record: a person decides about it.
pub fn lets_delete(code: &str) -> bool {
    ["delete.breaker", "delete.conflict", "delete.restored"].contains(&code)
}

/// True when it was told because of what the hub knows of a service's fields and users: somebody may have mended those.
pub fn is_of_set_up(code: &str) -> bool {
    let codes = [
        "create.mandatory_missing",
        "owner.unknown",
        "value.not_an_option",
        "value.not_convertible",
        "value.not_whole",
        "value.too_long",
    ];
    codes.contains(&code)
}

/// What a code means.
pub fn explain(code: &str) -> Option<&'static Matter> {
    MATTERS.iter().find(|matter| matter.code == code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn the_list_is_in_order_and_each_has_its_line_in_the_documentation() {
        assert!(MATTERS.is_sorted_by_key(|matter| matter.code));
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/errors.md");
        let page = std::fs::read_to_string(page).expect("the page is part of the repository");
        for matter in MATTERS {
            let line = format!("| `{}` | {} | {} |", matter.code, matter.what, matter.hint);
            assert!(page.contains(&line), "docs/errors.md lacks: {line}");
        }
    }

    /// Every code that the machine raises is explained: a new one without words fails here.
    #[test]
    fn every_code_of_the_machine_is_explained() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/sync");
        let mut raised = 0;
        for file in std::fs::read_dir(folder).expect("the folder is there") {
            let text = std::fs::read_to_string(file.expect("it can be listed").path()).expect("it is text");
            for call in ["attention(\"", "attention_about(\"", "hold_deletion(\""] {
                for rest in text.split(call).skip(1) {
                    let code = rest.split('"').next().unwrap_or_default();
                    assert!(explain(code).is_some(), "{code} is not explained");
                    raised += 1;
                }
            }
        }
        assert!(raised > 8, "only {raised} were found: is the search still right?");
    }
}
