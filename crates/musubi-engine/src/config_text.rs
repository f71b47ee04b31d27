//! A configuration as the text of a file: read with mistakes told so that they can be mended, and written.

use crate::config::{Config, IntegrationConfig};
use crate::error::{HubError, Result};
use musubi_core::schema::Field;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::ops::Range;
use toml::Spanned;

impl Config {
    /// Reads a configuration file's text and checks everything that can be checked without asking a service.
    pub fn parse(text: &str) -> Result<Config> {
        let mut config: Config = toml::from_str(text).map_err(|error| {
            let word = error.span().and_then(|span| {
                let several = several_steps(text, span.clone(), error.message());
                several.or_else(|| wants_a_word(text, span, error.message()))
            });
            let message = word.unwrap_or_else(|| in_plain_words(error.message()));
            let place = error.span().map(|span| line_of(text, span.start));
            let place = place.map_or(String::new(), |line| format!("line {line}: "));
            HubError::new("config.syntax", format!("{place}{message}"), suggestion(&message))
        })?;
        config.integrations.values_mut().for_each(IntegrationConfig::write_out);
        crate::config_check::check(&config).map_err(|error| placed(text, error))?;
        Ok(config)
    }

    /// The file that [`Config::parse`] reads as this configuration.
    pub fn to_toml(&self) -> String {
        toml::to_string_pretty(self).expect("names and texts always make TOML")
    }
}

/// The part of a file that says where its module pairs are.
#[derive(Deserialize)]
struct Written {
    #[serde(default)]
    integrations: BTreeMap<String, WrittenIntegration>,
}

#[derive(Deserialize)]
struct WrittenIntegration {
    #[serde(default)]
    modules: Vec<Spanned<WrittenPair>>,
}

#[derive(Deserialize)]
struct WrittenPair {
    left: String,
    right: String,
}

/// The error with the line at which the module pair begins in this file that it is about, if it is about one.
pub fn placed(text: &str, error: HubError) -> HubError {
    let said = error.message.strip_prefix("integrations.").unwrap_or(&error.message);
    let Ok(written) = toml::from_str::<Written>(text) else { return error };
    let mut pairs = written
        .integrations
        .iter()
        .flat_map(|(name, integration)| integration.modules.iter().map(move |pair| (name, pair)));
    let is_it = |(name, pair): &(&String, &Spanned<WrittenPair>)| {
        let WrittenPair { left, right } = pair.get_ref();
        let rest = said.strip_prefix(&format!("{name}, {left} ↔ {right}"));
        rest.is_some_and(|rest| rest.starts_with([':', ',']))
    };
    match pairs.find(is_it) {
        Some((_, pair)) => {
            let line = line_of(text, pair.span().start);
            HubError { message: format!("line {line}: {}", error.message), ..error }
        }
        None => error,
    }
}

/// What the reader of the file calls by the names of a program's types.
const KINDS: [(&str, &str); 13] = [
    ("u8", "a whole number"),
    ("u16", "a whole number"),
    ("u32", "a whole number"),
    ("u64", "a whole number"),
    ("i32", "a whole number"),
    ("i64", "a whole number"),
    ("usize", "a whole number"),
    ("a map", "a table"),
    ("map", "a table"),
    ("a sequence", "a list"),
    ("sequence", "a list"),
    ("a boolean", "true or false"),
    ("a string", "a text"),
];

/// A message about a value of another kind than the key takes, in the words of the guide.
fn in_plain_words(message: &str) -> String {
    let Some((found, expected)) = message.split_once(", expected ") else { return message.to_owned() };
    let plain = KINDS.iter().find(|(kind, _)| *kind == expected).map_or(expected, |(_, plain)| plain);
    let found = match found.rsplit_once(": ") {
        Some((invalid, kind)) => {
            let plain = KINDS.iter().find(|(name, _)| *name == kind).map_or(kind, |(_, plain)| plain);
            format!("{invalid}: {plain}")
        }
        None => found.to_owned(),
    };
    format!("{found}, expected {plain}")
}

/// What is said of a value that is no word where one of some is wanted: its key, and the words, which the reader itself tells when it is given one that is none of them.
fn wants_a_word(text: &str, span: Range<usize>, message: &str) -> Option<String> {
    if message != "wanted string or table" {
        return None;
    }
    let (before, found, after) = (text.get(..span.start)?, text.get(span.clone())?, text.get(span.end..)?);
    let none_of_them = toml::from_str::<Config>(&[before, "\"?\"", after].concat()).err()?;
    let (_, expected) = none_of_them.message().split_once(", expected ")?;
    let key = before.rsplit(['\n', ',', '{', '[']).next()?.trim().trim_end_matches('=').trim_end();
    Some(format!("{key} = {found}, expected {expected}"))
}

/// What is said of a step that is a table of several: which one, and how it is written as several steps.
fn several_steps(text: &str, span: Range<usize>, message: &str) -> Option<String> {
    if message != "wanted exactly 1 element, more than 1 element" {
        return None;
    }
    let said = text.get(span)?;
    let read: toml::Table = toml::from_str(&format!("step = {said}")).ok()?;
    let step = read.get("step")?.as_table()?;
    // As they stand in the file: steps are taken one after the other.
    let mut keys: Vec<(&String, &toml::Value)> = step.iter().collect();
    keys.sort_by_key(|(key, _)| said.find(key.as_str()));
    let each: Vec<String> = keys.iter().map(|(key, value)| format!("{{ {key} = {value} }}")).collect();
    Some(format!(
        "the step {said} says {} things, and each step is a table of one: write {}",
        keys.len(),
        each.join(", ")
    ))
}

fn line_of(text: &str, at: usize) -> usize {
    text.as_bytes()[..at.min(text.len())].iter().filter(|byte| **byte == b'\n').count() + 1
}

/// `did you mean` for a word that is none of the expected ones.
fn suggestion(message: &str) -> String {
    let mut quoted = message.split('`').skip(1).step_by(2);
    let unknown = message.starts_with("unknown");
    let (Some(word), true) = (quoted.next(), unknown) else {
        return "see docs/guide/configuration.md for the grammar".to_owned();
    };
    let expected: Vec<&str> = quoted.collect();
    match nearest(word, expected.iter().copied()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("known here: {}", expected.join(", ")),
    }
}

/// The word that is most like `word`, if any is like it at all.
pub(crate) fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let folded = word.to_lowercase();
    known
        .map(|other| (distance(&folded, &other.to_lowercase()), other))
        .filter(|(far, other)| *far <= 1 + other.len().min(word.len()) / 3)
        .min()
        .map(|(_, other)| other)
}

/// The error about a field that is not there, with the one that was probably meant.
pub(crate) fn meaning<'a>(error: HubError, name: &str, known: impl Iterator<Item = &'a Field>) -> HubError {
    match nearest(name, known.map(|field| field.name.as_str())) {
        Some(meant) => HubError { hint: format!("did you mean {meant}?"), ..error },
        None => error,
    }
}

/// How many letters must be changed, added or left out.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, a) in a.chars().enumerate() {
        let mut before = row[0];
        row[0] = i + 1;
        for (j, b) in b.iter().enumerate() {
            let changed = before + usize::from(a != *b);
            before = row[j + 1];
            row[j + 1] = changed.min(before + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::tests::EXAMPLE;

    fn error(from: &str, to: &str) -> HubError {
        Config::parse(&EXAMPLE.replace(from, to)).unwrap_err()
    }

    #[test]
    fn a_misspelt_key_says_where_and_what_was_meant() {
        let error = error("match = [", "macth = [");
        assert_eq!(error.code, "config.syntax");
        assert!(error.message.starts_with("line 20: unknown field `macth`"), "{}", error.message);
        assert_eq!(error.hint, "did you mean `match`?");
    }

    #[test]
    fn what_is_wrong_with_a_module_pair_is_told_with_the_line_at_which_it_begins() {
        let pair =
            |left: &str| format!("[[integrations.i.modules]]\nleft = \"{left}\"\nright = \"Leads\"\n\n");
        let text = format!("# one\n\n{}{}", pair("Contacts"), pair("Leads"));
        let told = |message: &str| placed(&text, HubError::new("mapping.invalid", message, "")).message;
        assert_eq!(told("i, Leads ↔ Leads: no"), "line 7: i, Leads ↔ Leads: no");
        assert_eq!(
            told("integrations.i, Contacts ↔ Leads, City: no"),
            "line 3: integrations.i, Contacts ↔ Leads, City: no"
        );
        assert_eq!(told("i, Deals ↔ Leads: no"), "i, Deals ↔ Leads: no");
        let derived = error("match = [\"Email\"]", "derived = [{ side = \"left\", name = \"Both\" }]");
        assert_eq!(derived.code, "mapping.derived");
        assert!(derived.message.starts_with("line "), "{}", derived.message);
    }

    #[test]
    fn a_step_of_several_is_told_as_the_steps_it_should_be() {
        let pair = "fields = [\n  { left = \"A\", right = \"B\", to_right = [\"trim\", {round = 2, case = \"upper\"}] },\n]";
        let error = error("fields = \"same_name\"", pair);
        assert_eq!(error.code, "config.syntax");
        assert!(error.message.starts_with("line "), "{}", error.message);
        let wanted = "the step {round = 2, case = \"upper\"} says 2 things, and each step is a table of one: \
            write { round = 2 }, { case = \"upper\" }";
        assert!(error.message.ends_with(wanted), "{}", error.message);
    }

    #[test]
    fn a_misspelt_value_says_what_was_meant() {
        assert_eq!(error("\"latest\"", "\"lastest\"").hint, "did you mean `latest`?");
        let word = error("\"latest\"", "true").message;
        assert!(word.contains("conflict = true, expected one of `latest`, `left`"), "{word}");
        let same = error("\"same_name\"", "\"same\"").message;
        assert!(same.contains("expected \"same_name\" or a list"), "{same}");
    }
}
