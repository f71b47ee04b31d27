//! A table that stands where something else could stand as well, such as a word.

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use std::fmt;
use std::marker::PhantomData;

/// Reads a table, and nothing that only looks like one: serde would take a list for its values in their order.
pub(crate) fn table<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_map(Table(PhantomData))
}

struct Table<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Table<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map))
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
