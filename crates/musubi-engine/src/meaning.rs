//! What stable codes mean in Japanese. The English sentences stand where the codes are made; the Japanese ones are kept once, for the console as well.

pub use musubi_notices::Language;
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::LazyLock;

/// What a code means, in whole sentences.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Meaning {
    /// What happened.
    pub what: String,
    /// What to do about it.
    pub hint: String,
}

type Meanings = HashMap<String, Meaning>;

/// What waits for a person, what became of a decision, why a record stands as it stands or is skipped.
static RECORDS: LazyLock<Meanings> = LazyLock::new(|| {
    read(&[
        include_str!("../../../texts/ja/matters.json"),
        include_str!("../../../texts/ja/reasons.json"),
        include_str!("../../../texts/ja/skipped.json"),
    ])
});

/// What went wrong with something that was asked for.
static PROBLEMS: LazyLock<Meanings> = LazyLock::new(|| {
    read(&[
        include_str!("../../../texts/ja/problems/access.json"),
        include_str!("../../../texts/ja/problems/general.json"),
        include_str!("../../../texts/ja/problems/mapping.json"),
        include_str!("../../../texts/ja/problems/settings.json"),
    ])
});

fn read(texts: &[&str]) -> Meanings {
    let one = |text: &&str| serde_json::from_str::<Meanings>(text).expect("each text is read by a test");
    texts.iter().flat_map(one).collect()
}

/// What the code of a record, a pair or a decision means in a language other than English.
pub fn of_record(code: &str, language: Language) -> Option<&'static Meaning> {
    of(&RECORDS, code, language)
}

/// What the code of a problem means in a language other than English.
pub fn of_problem(code: &str, language: Language) -> Option<&'static Meaning> {
    of(&PROBLEMS, code, language)
}

fn of(known: &'static LazyLock<Meanings>, code: &str, language: Language) -> Option<&'static Meaning> {
    match language {
        Language::En => None,
        Language::Ja => known.get(code),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matter::MATTERS;
    use crate::reason::{REASONS, SKIPPED, SKIPPED_PAIRS};

    #[test]
    fn whatever_is_told_of_a_record_has_its_japanese() {
        let codes = MATTERS.iter().map(|matter| matter.code).chain(REASONS.iter().map(|reason| reason.code));
        let skipped = SKIPPED.iter().chain(SKIPPED_PAIRS).map(|(bare, _)| format!("skipped.{bare}"));
        for code in codes.map(str::to_owned).chain(skipped) {
            let meaning = of_record(&code, Language::Ja).unwrap_or_else(|| panic!("{code} has no Japanese"));
            assert!(meaning.what.ends_with('。') && meaning.hint.ends_with('。'), "{code}");
        }
        assert_eq!(of_record("write.refused", Language::En), None);
        assert!(of_problem("integration.unknown", Language::Ja).is_some());
    }
}
