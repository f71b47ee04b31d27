//! Values as a configuration writes them.

use serde::{Deserialize, Serialize};

/// A value as a configuration writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(untagged, expecting = "a default is a text, a number, true, false or a list of texts")]
pub enum DefaultValue {
    /// A text; also a date or a time.
    Text(String),
    /// Yes or no.
    Bool(bool),
    /// A whole number. A number with a fraction is written as a text, so that nothing is rounded.
    Number(i64),
    /// Several options.
    List(Vec<String>),
}

/// What a condition compares with, as a configuration writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(untagged, expecting = "a value is a text, a number, true, false, or a list of such")]
pub enum Words {
    /// A list.
    List(Vec<Word>),
    /// One.
    One(Word),
}

/// One value of a condition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(untagged, expecting = "a value is a text, a number, true or false")]
pub enum Word {
    /// A text; also a date, a time, a number with a fraction.
    Text(String),
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Number(i64),
}

impl Words {
    /// Each as text.
    pub fn texts(&self) -> Vec<String> {
        let text = |word: &Word| match word {
            Word::Text(text) => text.clone(),
            Word::Bool(flag) => flag.to_string(),
            Word::Number(number) => number.to_string(),
        };
        match self {
            Words::List(words) => words.iter().map(text).collect(),
            Words::One(word) => vec![text(word)],
        }
    }
}
