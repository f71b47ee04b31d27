//! A broken promise.

/// An invariant that did not hold, in one sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Such as `I4`.
    pub invariant: &'static str,
    /// What was seen.
    pub what: String,
}

impl Violation {
    /// Of this invariant.
    pub fn new(invariant: &'static str, what: impl Into<String>) -> Violation {
        Violation { invariant, what: what.into() }
    }
}

impl std::fmt::Display for Violation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.invariant, self.what)
    }
}
