//! The doctor's checks.

pub mod connections;
pub mod machine;

use crate::failure::Failure;
use serde::Serialize;

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// As it should be.
    Good,
    /// Works, but somebody should know.
    Warning,
    /// Does not work.
    Failed,
}

impl State {
    /// What stands before the line.
    pub fn mark(self) -> &'static str {
        match self {
            State::Good => "ok",
            State::Warning => "note",
            State::Failed => "WRONG",
        }
    }
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What was checked.
    pub name: String,
    /// How it ended.
    pub state: State,
    /// What was found.
    pub message: String,
    /// What to do about it; empty when there is nothing to do.
    pub hint: String,
}

impl Check {
    /// As it should be.
    pub fn good(name: impl Into<String>, message: impl Into<String>) -> Check {
        Check { name: name.into(), state: State::Good, message: message.into(), hint: String::new() }
    }

    /// Works, but somebody should know.
    pub fn warning(name: impl Into<String>, message: impl Into<String>, hint: impl Into<String>) -> Check {
        Check { name: name.into(), state: State::Warning, message: message.into(), hint: hint.into() }
    }

    /// Does not work.
    pub fn failed(name: impl Into<String>, failure: impl Into<Failure>) -> Check {
        let failure = failure.into();
        let message = format!("{} [{}]", failure.message, failure.code);
        Check { name: name.into(), state: State::Failed, message, hint: failure.hint.into_owned() }
    }
}
