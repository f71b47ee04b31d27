//! What is said in a word, or in a table that says more.

use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Unexpected, Visitor};
use std::fmt;

/// A setting that is a word, or true and false, or a table: a mistake inside either is told as what it is, and a list is no table.
pub(crate) struct WordOrTable<W, T, R> {
    /// What is expected.
    pub expecting: &'static str,
    /// What a word becomes, where one may stand.
    pub word: Option<fn(W) -> R>,
    /// What a table becomes.
    pub table: fn(T) -> R,
    /// What true and false become, where they may stand.
    pub switch: Option<fn(bool) -> R>,
}

impl<'de, W: Deserialize<'de>, T: Deserialize<'de>, R> WordOrTable<W, T, R> {
    /// Reads it.
    pub(crate) fn read<D: Deserializer<'de>>(self, from: D) -> Result<R, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de, W: Deserialize<'de>, T: Deserialize<'de>, R> Visitor<'de> for WordOrTable<W, T, R> {
    type Value = R;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.expecting)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<R, E> {
        match self.word {
            Some(word) => W::deserialize(StrDeserializer::new(text)).map(word),
            None => Err(E::invalid_type(Unexpected::Str(text), &self)),
        }
    }

    fn visit_bool<E: Error>(self, on: bool) -> Result<R, E> {
        match self.switch {
            Some(switch) => Ok(switch(on)),
            None => Err(E::invalid_type(Unexpected::Bool(on), &self)),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<R, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(self.table)
    }
}

#[cfg(test)]
mod tests {
    use crate::config::Owners;

    #[test]
    fn a_list_is_no_table() {
        let owners = |fallback: &str| serde_json::from_str::<Owners>(&format!("{{\"fallback\":{fallback}}}"));
        assert!(owners("{\"left\":\"a@x.example\"}").is_ok());
        assert!(owners("[\"a@x.example\",null]").unwrap_err().to_string().contains("table of addresses"));
    }
}
