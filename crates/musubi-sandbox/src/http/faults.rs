//! Faults that tests inject: which calls they hit, how often, and what they do.

use rand::{Rng, SeedableRng, rngs::SmallRng};
use serde::{Deserialize, Serialize};

/// What a fault does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FaultKind {
    /// Answers this status without doing anything; `code` is the service's error code.
    Status {
        /// The HTTP status.
        status: u16,
        /// The error code; a fitting one when absent.
        #[serde(default)]
        code: Option<String>,
    },
    /// Waits before doing the work.
    DelayMs {
        /// Milliseconds of real time.
        #[serde(alias = "delay_ms")]
        ms: u64,
    },
    /// Does the work, then drops the connection instead of answering.
    LostResponse,
    /// Drops the connection without doing the work.
    LostRequest,
    /// Does not deliver a notification.
    DropWebhook,
    /// Delivers a notification twice.
    DuplicateWebhook,
    /// Delivers a notification late.
    DelayWebhook {
        /// Milliseconds of real time.
        #[serde(alias = "delay_ms")]
        ms: u64,
    },
    /// Lists and searches show the state of some seconds ago.
    ReadLagS {
        /// Seconds by the sandbox's clock.
        #[serde(alias = "read_lag_s")]
        seconds: i64,
    },
    /// 429.
    Throttle,
    /// Does the work, then answers 200 with bytes that are not JSON.
    GarbageBody,
    /// Every n-th record of a write fails with this code.
    ItemError {
        /// The error code.
        code: RecordRefusal,
        /// Which records: every n-th, 1 is all.
        #[serde(default = "one")]
        every: u64,
    },
}

/// A code that a single record is refused with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RecordRefusal(&'static (&'static str, &'static str));

/// The codes there are, each with what the service says along with it.
const RECORD_REFUSALS: &[(&str, &str)] = &[
    ("INVALID_DATA", "invalid data"),
    ("DUPLICATE_DATA", "duplicate data"),
    ("MANDATORY_NOT_FOUND", "required field not found"),
    ("RECORD_NOT_FOUND", "record not found"),
    ("RECORD_LOCKED", "The record is locked"),
    ("RECORD_IN_BLUEPRINT", "The record is in blue print"),
    ("NOT_APPROVED", "The record is not approved"),
    ("NO_PERMISSION", "permission denied"),
    ("INTERNAL_ERROR", "Internal server error occurred."),
];

impl RecordRefusal {
    /// The service's code.
    pub fn code(self) -> &'static str {
        self.0.0
    }

    /// The service's sentence.
    pub fn message(self) -> &'static str {
        self.0.1
    }
}

impl TryFrom<String> for RecordRefusal {
    type Error = String;

    fn try_from(code: String) -> Result<RecordRefusal, String> {
        let known = RECORD_REFUSALS.iter().find(|(known, _)| *known == code);
        known.map(RecordRefusal).ok_or_else(|| {
            let codes: Vec<&str> = RECORD_REFUSALS.iter().map(|(code, _)| *code).collect();
            format!("the code {code} of an item_error is not one of {}", codes.join(", "))
        })
    }
}

impl From<RecordRefusal> for String {
    fn from(refusal: RecordRefusal) -> String {
        refusal.code().to_owned()
    }
}

fn one() -> u64 {
    1
}

fn any() -> String {
    "*".to_owned()
}

/// A fault and where it applies.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Fault {
    /// Its number.
    #[serde(default)]
    pub id: u64,
    /// The service; `*` is any.
    #[serde(default = "any")]
    pub service: String,
    /// `METHOD /path`, either part may hold `*`; the path may also be given without method.
    #[serde(default = "any")]
    pub endpoint: String,
    /// The org's id; absent is any.
    #[serde(default, alias = "org_id")]
    pub org: Option<String>,
    /// How many calls it hits; absent is without end.
    #[serde(default)]
    pub count: Option<u64>,
    /// The first calls that match and are spared.
    #[serde(default)]
    pub skip: u64,
    /// The share of matching calls it hits.
    #[serde(default)]
    pub probability: Option<f64>,
    /// Seed of the dice for `probability`.
    #[serde(default)]
    pub seed: u64,
    /// What it does.
    #[serde(flatten)]
    pub kind: FaultKind,
    /// How many calls it has hit.
    #[serde(default)]
    pub hits: u64,
    #[serde(skip)]
    dice: Option<SmallRng>,
}

/// A call or delivery that faults may hit.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// The service's name.
    pub service: &'a str,
    /// The method.
    pub method: &'a str,
    /// The path.
    pub path: &'a str,
    /// The org's id, when the call has one.
    pub org: Option<&'a str>,
}

/// All faults in force.
#[derive(Debug, Default)]
pub struct Faults {
    list: Vec<Fault>,
    last_id: u64,
}

impl Faults {
    /// Adds a fault; gives its number.
    pub fn add(&mut self, mut fault: Fault) -> u64 {
        self.last_id += 1;
        fault.id = self.last_id;
        fault.dice = Some(SmallRng::seed_from_u64(fault.seed));
        self.list.push(fault);
        self.last_id
    }

    /// The faults in force.
    pub fn list(&self) -> &[Fault] {
        &self.list
    }

    /// Takes all faults away.
    pub fn clear(&mut self) {
        self.list.clear();
    }

    /// Takes one fault away, if there is one of this id.
    pub fn remove(&mut self, id: u64) -> bool {
        let before = self.list.len();
        self.list.retain(|fault| fault.id != id);
        self.list.len() < before
    }

    /// The faults of the wanted kinds that hit this call; each is counted as used.
    pub fn hit(&mut self, target: Target<'_>, wanted: fn(&FaultKind) -> bool) -> Vec<FaultKind> {
        let mut hits = Vec::new();
        for fault in &mut self.list {
            if wanted(&fault.kind) && fault.matches(target) && fault.roll() {
                hits.push(fault.kind.clone());
            }
        }
        self.list.retain(|fault| fault.count != Some(0));
        hits
    }

    /// Whether any fault makes reads lag.
    pub fn any_read_lag(&self) -> bool {
        self.list.iter().any(|fault| matches!(fault.kind, FaultKind::ReadLagS { .. }))
    }
}

impl Fault {
    fn matches(&self, target: Target<'_>) -> bool {
        let (method, path) = self.endpoint.split_once(' ').unwrap_or(("*", &self.endpoint));
        glob(&self.service, target.service)
            && glob(method, target.method)
            && glob(path, target.path)
            && self.org.as_deref().is_none_or(|org| target.org == Some(org))
    }

    fn roll(&mut self) -> bool {
        if self.skip > 0 {
            self.skip -= 1;
            return false;
        }
        if let (Some(probability), Some(dice)) = (self.probability, self.dice.as_mut())
            && dice.random::<f64>() >= probability
        {
            return false;
        }
        if let Some(count) = &mut self.count {
            if *count == 0 {
                return false;
            }
            *count -= 1;
        }
        self.hits += 1;
        true
    }
}

/// Whether a text fits a pattern in which `*` is anything.
fn glob(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((start, rest)) => {
            let Some(mut left) = text.strip_prefix(start) else { return false };
            loop {
                if glob(rest, left) {
                    return true;
                }
                let Some(next) = left.chars().next() else { return false };
                left = &left[next.len_utf8()..];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hits_what_it_says_as_often_as_it_says() {
        let mut faults = Faults::default();
        let fault = serde_json::from_value(serde_json::json!({
            "service": "crm", "endpoint": "GET /crm/v8/*", "count": 2, "skip": 1, "kind": "status", "status": 503
        }));
        faults.add(fault.unwrap());
        let call = Target { service: "crm", method: "GET", path: "/crm/v8/Contacts", org: None };
        let other = Target { path: "/oauth/v2/token", ..call };
        let hits: Vec<usize> = (0..5).map(|_| faults.hit(call, |_| true).len()).collect();
        assert_eq!(hits, [0, 1, 1, 0, 0]);
        assert!(faults.hit(other, |_| true).is_empty());
        assert!(faults.list().is_empty());
    }

    #[test]
    fn patterns() {
        assert!(glob("*", "anything"));
        assert!(glob("/crm/*/Contacts", "/crm/v8/Contacts"));
        assert!(!glob("/crm/*/Contacts", "/crm/v8/Contacts/1"));
        assert!(glob("/crm/*/Contacts*", "/crm/v8/Contacts/1"));
    }
}
