//! Texts that must not be shown.

use std::fmt;
use zeroize::Zeroizing;

/// A secret text: never shown by `Debug`, never serialised by itself, wiped from memory when dropped (I18).
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes a text into keeping.
    pub fn new(text: impl Into<String>) -> Secret {
        Secret(Zeroizing::new(text.into()))
    }

    /// The text itself: for the request that needs it and for encryption, nowhere else.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", Secret::new("1000.abc.def")), "Secret(…)");
        assert_eq!(Secret::new("1000.abc.def").reveal(), "1000.abc.def");
    }
}
