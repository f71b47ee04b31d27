//! What a service refused for now: tried again at once a few times, then told, and tried again by itself after longer and longer times.

use super::{
    Sync,
    desk::{Draft, Job},
};
use foldhash::HashMap;
use musubi_connector::ServiceError;
use musubi_core::{RemoteId, Side};

/// So often it is tried again at once, before anybody is told.
const AT_ONCE: u32 = 3;
/// The service's codes for a record that it will let go of.
const LOCKED: [&str; 4] = ["RECORD_LOCKED", "LOCKED", "RESOURCE_LOCKED", "INTERNAL_ERROR"];

/// How often records were tried.
#[derive(Debug, Default)]
pub(super) struct Tries {
    at_once: HashMap<(Side, RemoteId), u32>,
    /// As it stands in what was told: it is being tried again.
    told: HashMap<(Side, RemoteId), i64>,
}

/// What is done about a refusal that may pass.
pub(super) enum Later {
    /// It is tried again in so many milliseconds.
    Soon(i64),
    /// It is told, as tried so often, and due then.
    Told(Due),
}

/// When something is tried again by itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Due {
    pub tries: i64,
    pub at: i64,
}

impl Due {
    /// Never: only a person has it tried again.
    pub const NEVER: Due = Due { tries: 1, at: i64::MAX };
}

/// True for a refusal that may pass: the record is locked, or the service could not. What it says of the record itself never does.
pub(super) fn may_pass(error: &ServiceError) -> bool {
    matches!(error.status, 408 | 409 | 429 | 500..) || LOCKED.contains(&error.code.as_str())
}

/// The code under which a refusal is told: what the service means by it.
pub(super) fn refusal(error: &ServiceError, otherwise: &'static str) -> &'static str {
    match (error.code.as_str(), &error.field) {
        ("DUPLICATE_DATA", _) => "duplicate.refused",
        ("MANDATORY_NOT_FOUND", _) => "mandatory.refused",
        ("NO_PERMISSION" | "AUTHORIZATION_FAILED", _) => "permission.refused",
        ("REQUIRED_PARAM_MISSING" | "EXPECTED_PARAM_MISSING", _) => "parameter_missing.refused",
        ("INVALID_DATA" | "LICENSE_LIMIT_EXCEEDED", Some(_)) => "value.refused",
        ("INVALID_DATA" | "INVALID_REQUEST" | "INVALID_PARAMETER" | "NOT_SUPPORTED", _) => {
            "parameter.refused"
        }
        _ => otherwise,
    }
}

impl Sync {
    /// What is done about it.
    pub(super) fn later(&mut self, side: Side, id: &RemoteId) -> Later {
        let key = (side, id.clone());
        if let Some(tries) = self.tries.told.remove(&key) {
            return Later::Told(self.due(tries + 1));
        }
        let tried = self.tries.at_once.entry(key.clone()).or_default();
        *tried += 1;
        if *tried <= AT_ONCE {
            return Later::Soon(5_000 << (*tried - 1));
        }
        self.tries.at_once.remove(&key);
        Later::Told(self.due(1))
    }

    /// After so many tries.
    fn due(&self, tries: i64) -> Due {
        let wait = usize::try_from(tries - 1).ok().and_then(|at| self.plan.settings.retries.get(at));
        Due { tries, at: wait.map_or(i64::MAX, |wait| self.now + wait) }
    }

    /// It was carried out, or refused for good.
    pub(super) fn forget_tries(&mut self, side: Side, id: &RemoteId) {
        let key = (side, id.clone());
        self.tries.at_once.remove(&key);
        self.tries.told.remove(&key);
    }

    /// These are due: each with how often it was tried.
    pub(super) fn retry(&mut self, due: Vec<(Side, RemoteId, i64)>) {
        let mut ids = Vec::with_capacity(due.len());
        for (side, id, tries) in due {
            self.tries.told.insert((side, id.clone()), tries);
            ids.push((side, id));
        }
        self.jobs.push_back(Job::Again { ids, asked: false });
    }

    /// Tells that the record waits, and until when.
    pub(super) fn tell_later(
        &mut self,
        code: &str,
        ids: musubi_core::Sides<Option<&RemoteId>>,
        due: Due,
        details: &str,
        draft: &mut Draft,
    ) {
        self.attention_due(code, ids, -1, details, due, draft);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(code: &str, field: Option<&str>, status: u16) -> ServiceError {
        let field = field.map(str::to_owned);
        ServiceError { code: code.into(), field, status, ..ServiceError::default() }
    }

    #[test]
    fn what_may_pass_is_told_from_what_cannot() {
        for status in [408, 409, 429, 500, 503, 504] {
            assert!(may_pass(&error("ANYTHING", None, status)), "{status}");
        }
        assert!(may_pass(&error("RECORD_LOCKED", None, 207)));
        assert!(!may_pass(&error("INVALID_DATA", Some("Email"), 400)));
        assert!(!may_pass(&error("DUPLICATE_DATA", Some("Email"), 207)));
    }

    // S1-88, S1-89, S1-90, S1-91, S1-92
    #[test]
    fn each_refusal_has_a_code_by_its_meaning() {
        let code = |code: &str, field| refusal(&error(code, field, 400), "write.refused");
        assert_eq!(code("DUPLICATE_DATA", Some("Email")), "duplicate.refused");
        assert_eq!(code("INVALID_DATA", Some("Employees")), "value.refused");
        assert_eq!(code("LICENSE_LIMIT_EXCEEDED", Some("Tag")), "value.refused");
        assert_eq!(code("MANDATORY_NOT_FOUND", Some("Last_Name")), "mandatory.refused");
        assert_eq!(code("REQUIRED_PARAM_MISSING", Some("ids")), "parameter_missing.refused");
        assert_eq!(code("INVALID_REQUEST", None), "parameter.refused");
        assert_eq!(code("NO_PERMISSION", None), "permission.refused");
        assert_eq!(code("AUTHORIZATION_FAILED", Some("Email")), "permission.refused");
        assert_eq!(code("NOT_APPROVED", None), "write.refused");
    }
}
