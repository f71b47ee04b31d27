//! Where the sandbox rightly differs from the recordings: part of the difference, and why.

const CONVERSION: &str = "v8 answers a conversion with one result per lead, v2 with bare ids";

/// All of them.
pub const DIFFERENCES: &[(&str, &str)] = &[
    ("$.data.#.Accounts (text)", CONVERSION),
    ("$.data.#.Contacts (text)", CONVERSION),
    ("$.data.#.Deals (text)", CONVERSION),
    ("$.data.#.code", CONVERSION),
    ("$.data.#.details.$approval_state", "v8 answers a write with it"),
    ("$.data.#.details", CONVERSION),
    ("$.data.#.message", CONVERSION),
    ("$.data.#.status", CONVERSION),
    (
        "$.data.#.Data_Processing_Basis",
        "the recorded org has its privacy settings off, where the field is hidden",
    ),
    ("$.data.#.Outgoing_Call_Status", "v8 has the field beside Call_Status"),
    ("$.users.#.number_separator", "v8 shows it"),
    (
        "status 400 instead of 200: {\"data\":[{\"code\":\"INVALID_DATA\",\"details\":{\"api_name\":\"Stage\"",
        "v2 took picklist values that are not in the list; the sandbox refuses them, which is harder for a client",
    ),
];
