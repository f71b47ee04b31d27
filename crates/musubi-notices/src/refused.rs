//! Why a notice did not go out.

use std::fmt;

/// A notice that did not go out. Never holds a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Stable, such as `notices.smtp_refused`.
    pub code: &'static str,
    /// What happened, with the other side's own words where it gave some.
    pub message: String,
    /// What a person can do about it.
    pub hint: &'static str,
}

/// So much of what the other side says is kept.
const LONGEST: usize = 300;

impl Refused {
    pub(crate) fn new(code: &'static str, message: impl Into<String>, hint: &'static str) -> Refused {
        Refused { code, message: message.into(), hint }
    }
}

/// The other side's words in one line, if they are not too many.
pub(crate) fn words(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let line: String = line.chars().filter(|c| !c.is_control()).collect();
    match line.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line,
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Refused {}
