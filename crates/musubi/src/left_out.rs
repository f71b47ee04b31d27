//! Why a field is in no pair, in words.

/// The words for a reason's code.
pub fn why(reason: &str) -> &str {
    match reason {
        "field.not_chosen" => "not in the list",
        "field.no_counterpart" => "the other side has no field of this name",
        "field.not_syncable" => "what they hold is kept in the service itself, such as files and consents",
        "field.other_direction" => "values could only go against the module's direction",
        "field.read_only" => "the service sets them itself, on the side that they would go to",
        "field.types_differ" => "their types differ in the two orgs",
        "lookup.parent_not_synced" => "they point to modules that are not tied in this integration",
        "owner.unknown" => "not every user has the same e-mail address in both orgs",
        other => other,
    }
}
