//! Every statement there is. Running one that is not listed here fails in debug builds; a test prepares all of them on
//! both engines, for one row and for many.

/// The statements of each file.
pub(crate) const ALL: &[(&str, &[&str])] = &[
    ("attention", crate::attention::STATEMENTS),
    ("commit", crate::commit::STATEMENTS),
    ("hint", crate::hint::STATEMENTS),
    ("intent", crate::intent::STATEMENTS),
    ("journal", crate::journal::STATEMENTS),
    ("lease", crate::lease::STATEMENTS),
    ("link", crate::link::STATEMENTS),
    ("match_key", crate::match_key::STATEMENTS),
    ("parked", crate::parked::STATEMENTS),
    ("run", crate::run::STATEMENTS),
    ("unlinked", crate::unlinked::STATEMENTS),
];

/// Fails in debug builds if a statement is not listed.
pub(crate) fn assert_listed(sql: &'static str) {
    debug_assert!(ALL.iter().any(|(_, list)| list.contains(&sql)), "not in a STATEMENTS list: {sql}");
}
