//! Where an answer rightly differs from the document, and why.

use super::Finding;

/// One difference.
pub struct Exception {
    /// The method, or `*`.
    pub method: &'static str,
    /// The path; a piece `*` is any piece.
    pub path: &'static str,
    /// The status.
    pub status: u16,
    /// Part of the complaint.
    pub complaint: &'static str,
    /// Why the sandbox is right.
    pub reason: &'static str,
}

impl Exception {
    /// Whether this is about a finding.
    pub fn covers(&self, finding: &Finding) -> bool {
        let pieces = |path: &str| path.split('/').map(str::to_owned).collect::<Vec<_>>();
        let (pattern, path) = (pieces(self.path), pieces(&finding.path));
        (self.method == "*" || self.method == finding.method)
            && pattern.len() == path.len()
            && pattern.iter().zip(&path).all(|(piece, text)| piece == "*" || piece == text)
            && self.status == finding.status
            && finding.complaint.contains(self.complaint)
    }
}

const RECORDED: &str = "recorded answers have the e-mail of the user";
const BARE: &str = "a request that fails as a whole is answered by a bare error, as the SDKs read it; the document has the per-record form alone";
const MIXED: &str = "a write of several records that fails in part is 207; the document forgets it";
const TOO_STRICT: &str = "the document demands keys that only some answers can have";
const CONTRADICTION: &str = "the document contradicts itself here: no answer can fit";
const UPSERT: &str = "recorded upserts say what was done, and by which field";

const fn exception(
    method: &'static str,
    path: &'static str,
    status: u16,
    complaint: &'static str,
    reason: &'static str,
) -> Exception {
    Exception { method, path, status, complaint, reason }
}

/// All of them.
pub const EXCEPTIONS: &[Exception] = &[
    exception(
        "GET",
        "/crm/v8/*/*",
        200,
        "/Created_By: AdditionalProperties { unexpected: [\"email\"] }",
        RECORDED,
    ),
    exception(
        "GET",
        "/crm/v8/*/*",
        200,
        "/Modified_By: AdditionalProperties { unexpected: [\"email\"] }",
        RECORDED,
    ),
    exception(
        "GET",
        "/crm/v8/*",
        200,
        "/info/previous_page_token: null",
        "the first page has none before it",
    ),
    exception("GET", "/crm/v8/*", 400, "unexpected: [\"code\", \"details\", \"message\", \"status\"]", BARE),
    exception(
        "GET",
        "/crm/v8/*/*",
        400,
        "unexpected: [\"code\", \"details\", \"message\", \"status\"]",
        BARE,
    ),
    exception("POST", "/crm/v8/*", 400, "unexpected: [\"code\", \"details\", \"message\", \"status\"]", BARE),
    exception("POST", "/crm/v8/Contacts", 207, "status 207 is not documented", MIXED),
    exception("PUT", "/crm/v8/Contacts", 207, "status 207 is not documented", MIXED),
    exception("POST", "/crm/v8/*/upsert", 200, "unexpected: [\"action\", \"duplicate_field\"]", UPSERT),
    exception(
        "GET",
        "/crm/v8/settings/modules/Nothing",
        400,
        "\"INVALID_MODULE\" Enum",
        "the documentation names this code for a module that is not there",
    ),
    exception(
        "GET",
        "/crm/v8/settings/fields",
        200,
        "_label: MaxLength { limit: 50 }",
        "a standard field of addresses has a longer label",
    ),
    exception(
        "GET",
        "/crm/v8/*/search",
        400,
        "/details: AdditionalProperties { unexpected: [\"api_name\"] }",
        CONTRADICTION,
    ),
    exception(
        "GET",
        "/crm/v8/actions/watch",
        204,
        "status 204 is not documented",
        "nothing subscribed is 204, as every empty list",
    ),
    exception(
        "GET",
        "/crm/bulk/v8/read/*",
        200,
        "/query/criteria/group/#: Required { property: String(\"id\") }",
        TOO_STRICT,
    ),
    exception(
        "GET",
        "/crm/bulk/v8/read/*",
        200,
        "Required { property: String(\"Attachment_Source__s\") }",
        TOO_STRICT,
    ),
    exception("GET", "/crm/bulk/v8/read/*", 200, "Required { property: String(\"File_Id__s\") }", TOO_STRICT),
    exception(
        "POST",
        "/crm/v8/settings/fields",
        400,
        "OneOfMultipleValid",
        "alternatives of the document overlap",
    ),
    exception("POST", "/crm/bulk/v8/read", 400, "OneOfMultipleValid", "alternatives of the document overlap"),
    exception("GET", "/crm/bulk/v8/write/*", 200, "Required { property: String(\"callback\") }", TOO_STRICT),
    exception(
        "POST",
        "/crm/v8/__composite_requests",
        400,
        "OneOfMultipleValid",
        "alternatives of the document overlap",
    ),
    exception(
        "POST",
        "/crm/v8/users",
        400,
        "\"required field not found\" Enum",
        "the document names the code for a missing key, but not the message that goes with it",
    ),
];
