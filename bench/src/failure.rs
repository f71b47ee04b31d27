//! Why a measurement could not be made.

use std::fmt;

/// A sentence for the person who runs the benchmark; nobody branches on it.
#[derive(Debug)]
pub struct Failure(pub String);

impl Failure {
    /// A failure while doing something, with what was said about it.
    pub fn at(doing: impl fmt::Display, error: impl fmt::Display) -> Failure {
        Failure(format!("{doing}: {error}"))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}
