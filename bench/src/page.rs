//! One page of the source: read without building a document, kept as what is to be stored and what is to be sent.

use crate::{Failure, mapping};
use serde::Deserialize;
use serde::de::{Error, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;
use xxhash_rust::xxh3::xxh3_64;

/// Eight bytes per mapped field: what a row remembers of the values.
pub const HASH_BYTES: usize = mapping::COUNT * 8;

/// The remembered values of a record.
pub type Hashes = [u8; HASH_BYTES];

/// One record, mapped.
pub struct Record {
    /// The id in the source.
    pub id: i64,
    /// A hash per field of the mapped values.
    pub hashes: Hashes,
    /// The mapped values that are not blank, as the inside of a JSON object.
    pub body: Vec<u8>,
}

/// The records of a page's body.
pub fn read(body: &[u8]) -> Result<Vec<Record>, Failure> {
    let page: Page<'_> =
        serde_json::from_slice(body).map_err(|error| Failure::at("a page cannot be read", error))?;
    Ok(page.data.iter().map(map).collect())
}

/// The token of the next page; nothing on the last one.
///
/// Found from the end without reading the records, so that the next page can be asked for before this one is mapped.
/// A quotation mark inside a value is escaped, so no value can look like this key.
pub fn next_token(body: &[u8]) -> Option<&str> {
    const KEY: &[u8] = b"\"next_page_token\":";
    let at = body.windows(KEY.len()).rposition(|window| window == KEY)? + KEY.len();
    let rest = std::str::from_utf8(body.get(at..)?).ok()?.trim_start().strip_prefix('"')?;
    rest.split('"').next()
}

#[derive(Deserialize)]
struct Page<'a> {
    #[serde(borrow)]
    data: Vec<Raw<'a>>,
}

/// A record as the page has it: pieces of the page's own text.
struct Raw<'a> {
    id: i64,
    values: [Option<&'a RawValue>; mapping::COUNT],
}

impl<'de: 'a, 'a> Deserialize<'de> for Raw<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a record")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Raw<'de>, A::Error> {
        let mut record = Raw { id: 0, values: [None; mapping::COUNT] };
        let mut expected = 0;
        while let Some(key) = map.next_key::<&str>()? {
            if key == "id" {
                record.id = map.next_value::<&str>()?.parse().map_err(A::Error::custom)?;
            } else if let Some(at) = mapping::position(key, expected) {
                record.values[at] = Some(map.next_value()?);
                expected = at + 1;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(record)
    }
}

fn map(raw: &Raw<'_>) -> Record {
    let mut record = Record { id: raw.id, hashes: [0; HASH_BYTES], body: Vec::with_capacity(640) };
    for (at, value) in raw.values.iter().enumerate() {
        let text = value.map_or_else(|| "null".into(), |value| mapping::convert(at, value));
        record.hashes[at * 8..][..8].copy_from_slice(&xxh3_64(text.as_bytes()).to_le_bytes());
        if text != "null" {
            let comma = if record.body.is_empty() { "\"" } else { ",\"" };
            for part in [comma, mapping::name(at), "\":", &text] {
                record.body.extend_from_slice(part.as_bytes());
            }
        }
    }
    record
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"{"data":[{"First_Name":"Yui","Owner":{"id":"9","name":"x"},"Email":"A@b.jp","Fax":null,"id":"42"}],
        "info":{"per_page":200,"next_page_token":"abc-1","more_records":true}}"#;

    #[test]
    fn a_record_is_mapped() {
        let records = read(PAGE.as_bytes()).unwrap();
        assert_eq!(records.len(), 1);
        assert_eq!(records[0].id, 42);
        assert_eq!(String::from_utf8_lossy(&records[0].body), r#""First_Name":"Yui","Email":"a@b.jp""#);
    }

    #[test]
    fn blank_and_absent_are_the_same_and_a_change_shows_in_its_field() {
        let one =
            |text: &str| read(format!(r#"{{"data":[{{"id":"1",{text}}}]}}"#).as_bytes()).unwrap().remove(0);
        assert_eq!(one(r#""Fax":null"#).hashes, one(r#""Owner":1"#).hashes);
        let (a, b) = (one(r#""Fax":"1""#), one(r#""Fax":"2""#));
        let differ = (0..mapping::COUNT).filter(|at| a.hashes[at * 8..][..8] != b.hashes[at * 8..][..8]);
        assert_eq!(differ.map(mapping::name).collect::<Vec<_>>(), ["Fax"]);
    }

    #[test]
    fn the_next_token_is_found_from_the_end() {
        assert_eq!(next_token(PAGE.as_bytes()), Some("abc-1"));
        assert_eq!(next_token(br#"{"data":[],"info":{"next_page_token":null}}"#), None);
        assert_eq!(next_token(br#"{"data":[{"a":"\"next_page_token\":\"x\""}],"info":{}}"#), None);
        assert_eq!(next_token(b""), None);
    }

    #[test]
    fn a_broken_page_is_an_error() {
        assert!(read(br#"{"data":[{"id":"x"}]}"#).is_err());
        assert!(read(b"{").is_err());
    }
}
