//! A short name for each kind of matter, as the console calls it.

use musubi_notices::Language;
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::LazyLock;

/// By code, in every language.
static NAMES: LazyLock<HashMap<String, Name>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../../texts/names.json")).expect("it is read by a test")
});

#[derive(Deserialize)]
struct Name {
    en: String,
    ja: String,
}

/// What it is called; its code, where it has no name.
pub(super) fn of(code: &str, language: Language) -> &str {
    NAMES.get(code).map_or(code, |name| match language {
        Language::En => &name.en,
        Language::Ja => &name.ja,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matter::MATTERS;

    #[test]
    fn every_matter_has_a_name() {
        for matter in MATTERS {
            assert_ne!(of(matter.code, Language::Ja), matter.code);
            assert_ne!(of(matter.code, Language::En), matter.code);
        }
        assert_eq!(of("mapping.lossy", Language::Ja), "mapping.lossy");
    }
}
