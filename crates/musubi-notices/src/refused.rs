//! Why a notice did not go out.

use std::fmt;
use std::time::Duration;

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

    /// The receiver did not come to an end within this time.
    pub fn too_slow(within: Duration) -> Refused {
        Refused::new(
            "notices.too_slow",
            format!("the receiver needed more than {} s", within.as_secs()),
            "look into the receiver; it is tried again",
        )
    }

    /// It is one of the oldest of more than may wait.
    pub fn too_many() -> Refused {
        Refused::new(
            "notices.too_many",
            "too many notices waited for this receiver: the oldest were given up",
            "look into the receiver; what is unresolved is shown in the console",
        )
    }

    /// It was stored by another version of the program.
    pub fn not_by_this_version() -> Refused {
        Refused::new(
            "notices.version",
            "this version of the program cannot send the notice",
            "run the newest version in every process",
        )
    }

    /// Nobody answered at all, so nobody will answer for another message either.
    pub fn is_silence(&self) -> bool {
        matches!(
            self.code,
            "notices.smtp_unreachable"
                | "notices.smtp_tls"
                | "notices.webhook_unreachable"
                | "notices.webhook_unanswered"
                | "notices.too_slow"
        )
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
