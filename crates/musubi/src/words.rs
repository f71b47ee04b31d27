//! The language of what a person reads at the terminal: what a code means, and what to do about it.

use crate::environment;
use musubi_engine::Problem;
use musubi_engine::meaning::{Language, of_problem, of_record};
use std::borrow::Cow;

/// The language that counts: of the arguments, of `MUSUBI_LANGUAGE`, of the terminal's locale.
pub fn language(argument: Option<&str>) -> Language {
    let told = argument.map(str::to_owned).or_else(|| environment::variable("MUSUBI_LANGUAGE"));
    if let Some(language) = told.as_deref().and_then(Language::parse) {
        return language;
    }
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(environment::variable);
    of_locale(locale.as_deref().unwrap_or_default())
}

/// `ja_JP.UTF-8` is Japanese; a language without sentences of its own is told in English.
fn of_locale(locale: &str) -> Language {
    let language = locale.split(['_', '-', '.', '@']).next().unwrap_or_default();
    Language::parse(language).unwrap_or_default()
}

/// Says things in a language.
#[derive(Clone, Copy, Debug, Default)]
pub struct Words(pub Language);

impl Words {
    /// What the code of a record, a pair or a decision means, as a whole sentence. `what`: the same in English.
    pub fn what(self, code: &str, what: &str) -> String {
        of_record(code, self.0).map_or_else(|| format!("{what}."), |meaning| meaning.what.clone())
    }

    /// What to do about it, likewise; `None`: nothing. `label`: what it is called in English.
    pub fn hint(self, code: &str, label: &str, hint: &str) -> Option<String> {
        if hint.is_empty() || hint == "nothing" {
            return None;
        }
        Some(match of_record(code, self.0) {
            Some(meaning) => format!("対処方法：{}", meaning.hint),
            None => format!("{label}: {hint}."),
        })
    }

    /// What a problem means. In another language than English the sentence of the hub stands behind it: it names what it is about.
    pub fn problem<'a>(self, code: &str, message: &'a str) -> Cow<'a, str> {
        behind(of_problem(code, self.0).map(|meaning| meaning.what.as_str()), message)
    }

    /// What to do about a problem, likewise.
    pub fn problem_hint<'a>(self, code: &str, hint: &'a str) -> Cow<'a, str> {
        behind(of_problem(code, self.0).map(|meaning| meaning.hint.as_str()), hint)
    }

    /// What keeps a module from working, in two lines.
    pub fn problem_of_module(self, problem: &Problem) -> String {
        let Problem { code, message, hint } = problem;
        format!("{} [{code}]\n    {}", self.problem(code, message), self.problem_hint(code, hint))
    }
}

fn behind<'a>(meaning: Option<&'static str>, text: &'a str) -> Cow<'a, str> {
    match meaning {
        None => text.into(),
        Some(meaning) if text.is_empty() => meaning.into(),
        Some(meaning) => format!("{meaning}({text})").into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_says_the_language() {
        for locale in ["ja_JP.UTF-8", "ja", "ja-JP", "ja_JP@calendar=japanese"] {
            assert_eq!(of_locale(locale), Language::Ja, "{locale}");
        }
        for locale in ["", "C", "en_GB.UTF-8", "jam_JM", "de_DE"] {
            assert_eq!(of_locale(locale), Language::En, "{locale}");
        }
    }

    #[test]
    fn what_is_said_in_japanese_keeps_the_names() {
        let words = Words(Language::Ja);
        insta::assert_snapshot!(
            words.problem("integration.unknown", "there is no integration osaka"),
            @"その名前の連携はありません。(there is no integration osaka)"
        );
        assert_eq!(words.problem("no.such_code", "as it is"), "as it is");
        assert_eq!(Words::default().what("write.refused", "it was refused"), "it was refused.");
        assert!(words.what("write.refused", "it was refused").ends_with('。'));
        assert_eq!(words.hint("explain.agrees", "What to do", "nothing"), None);
        let hint = words.hint("write.refused", "What to do", "mend it").unwrap_or_default();
        assert!(hint.starts_with("対処方法：") && hint.ends_with('。'), "{hint}");
    }
}
