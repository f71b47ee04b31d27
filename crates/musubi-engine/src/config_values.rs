//! Values as a configuration writes them.

use musubi_core::Side;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A value as a configuration writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(untagged, expecting = "a default is a text, a number, true, false or a list of texts")]
pub enum DefaultValue {
    /// A text; also a date or a time.
    Text(String),
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Number(i64),
    /// A number with a fraction. One of more than fifteen digits is written as a text, so that nothing is rounded.
    Fraction(Fraction),
    /// Several options.
    List(Vec<String>),
}

/// What a new record is given where the other record's field is blank.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(
    untagged,
    expecting = "a default is a text, a number, true, false or a list of texts, or a table of such for each side: { left = …, right = … }"
)]
pub enum PairDefault {
    /// The same on whichever side the record is made.
    Both(DefaultValue),
    /// Another one on each side.
    Each(DefaultBySide),
}

/// What a new record of each side is given; nothing on a side that is not named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DefaultBySide {
    /// A new record on the left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<DefaultValue>,
    /// A new record on the right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub right: Option<DefaultValue>,
}

impl PairDefault {
    /// What a new record of that side is given.
    pub fn of(&self, side: Side) -> Option<&DefaultValue> {
        match (self, side) {
            (PairDefault::Both(value), _) => Some(value),
            (PairDefault::Each(each), Side::Left) => each.left.as_ref(),
            (PairDefault::Each(each), Side::Right) => each.right.as_ref(),
        }
    }
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
    /// A text; also a date, a time, a number of many digits.
    Text(String),
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Number(i64),
    /// A number with a fraction.
    Fraction(Fraction),
}

/// A number with a fraction: the shortest decimal that is read as it, which is how it was written unless that had more digits than such numbers keep.
#[derive(Clone, Debug, PartialEq, Eq, utoipa::ToSchema)]
#[schema(value_type = f64)]
pub struct Fraction(String);

impl Fraction {
    /// As text.
    pub fn text(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Fraction {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Fraction, D::Error> {
        let number = f64::deserialize(from)?;
        if !number.is_finite() {
            return Err(D::Error::custom("a number is wanted"));
        }
        Ok(Fraction(number.to_string()))
    }
}

impl Serialize for Fraction {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_f64(self.0.parse().unwrap_or_default())
    }
}

impl Words {
    /// Each as text.
    pub fn texts(&self) -> Vec<String> {
        let text = |word: &Word| match word {
            Word::Text(text) => text.clone(),
            Word::Bool(flag) => flag.to_string(),
            Word::Number(number) => number.to_string(),
            Word::Fraction(fraction) => fraction.text().to_owned(),
        };
        match self {
            Words::List(words) => words.iter().map(text).collect(),
            Words::One(word) => vec![text(word)],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize, Deserialize)]
    struct Said {
        value: Words,
    }

    #[test]
    fn a_number_with_a_fraction_is_a_number() {
        for (written, texts) in
            [("50.5", vec!["50.5"]), ("[0.1, -2.50]", vec!["0.1", "-2.5"]), ("[1, 2.0]", vec!["1", "2"])]
        {
            let said: Said = toml::from_str(&format!("value = {written}")).unwrap();
            assert_eq!(said.value.texts(), texts);
            let again: Said = toml::from_str(&toml::to_string(&said).unwrap()).unwrap();
            assert_eq!(again.value, said.value);
            let stored: Words = serde_json::from_str(&serde_json::to_string(&said.value).unwrap()).unwrap();
            assert_eq!(stored, said.value);
        }
        assert!(toml::from_str::<Said>("value = inf").is_err());
    }
}
