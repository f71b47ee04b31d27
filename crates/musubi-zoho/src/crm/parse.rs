//! A page of records to observations: borrowed text, only the projected keys looked at, values read straight from their JSON text.

use super::columns::{Columns, Role};
use super::value;
use crate::time;
use musubi_core::{Instant, Observation, RemoteId, Value};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, de};
use serde_json::value::RawValue;
use std::fmt;

/// A parsed page.
#[derive(Debug)]
pub(crate) struct Parsed {
    pub(crate) rows: Vec<Observation>,
    pub(crate) next: Option<String>,
    pub(crate) more: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Info {
    more_records: Option<bool>,
    next_page_token: Option<String>,
}

/// Reads `{"data":[…],"info":{…}}`. The error says what is wrong with the page, without any of its values.
pub(crate) fn page(body: &[u8], columns: &Columns<'_>) -> Result<Parsed, String> {
    let text = std::str::from_utf8(body).map_err(|_| "it is not UTF-8".to_owned())?;
    let mut reader = Reader { columns, seen: Vec::with_capacity(64) };
    let mut json = serde_json::Deserializer::from_str(text);
    let parsed = json.deserialize_map(PageVisitor(&mut reader)).map_err(|error| describe(&error))?;
    json.end().map_err(|error| describe(&error))?;
    Ok(parsed)
}

/// Where it went wrong; serde's own words could quote a value (I18).
fn describe(error: &serde_json::Error) -> String {
    let what = if error.is_eof() { "it ends too early" } else { "it is not a page of records" };
    format!("{what} (line {}, column {})", error.line(), error.column())
}

/// What stays the same from record to record.
struct Reader<'a, 'p> {
    columns: &'a Columns<'p>,
    /// The keys of the record before, in their order: records of a page have the same keys in the same order, so
    /// one comparison mostly finds the column.
    seen: Vec<(String, Option<usize>)>,
}

impl Reader<'_, '_> {
    fn column(&mut self, index: usize, key: &str) -> Option<usize> {
        if let Some((seen, column)) = self.seen.get(index)
            && seen == key
        {
            return *column;
        }
        let column = self.columns.find(key);
        match self.seen.get_mut(index) {
            Some(entry) => *entry = (key.to_owned(), column),
            None => self.seen.push((key.to_owned(), column)),
        }
        column
    }
}

struct PageVisitor<'r, 'a, 'p>(&'r mut Reader<'a, 'p>);

impl<'de> Visitor<'de> for PageVisitor<'_, '_, '_> {
    type Value = Parsed;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a page of records")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Parsed, A::Error> {
        let (mut rows, mut info) = (None, Info::default());
        while let Some(key) = map.next_key_seed(KeySeed(|key: &str| match key {
            "data" => 1,
            "info" => 2,
            _ => 0,
        }))? {
            match key {
                1 => rows = Some(map.next_value_seed(RowsSeed(&mut *self.0))?),
                2 => info = map.next_value()?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        let rows = rows.ok_or_else(|| de::Error::missing_field("data"))?;
        Ok(Parsed { rows, next: info.next_page_token, more: info.more_records.unwrap_or(false) })
    }
}

/// Looks at a key without keeping it.
struct KeySeed<F>(F);

impl<'de, T, F: FnMut(&str) -> T> DeserializeSeed<'de> for KeySeed<F> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl<T, F: FnMut(&str) -> T> Visitor<'_> for KeySeed<F> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: de::Error>(mut self, key: &str) -> Result<T, E> {
        Ok((self.0)(key))
    }
}

struct RowsSeed<'r, 'a, 'p>(&'r mut Reader<'a, 'p>);

impl<'de> DeserializeSeed<'de> for RowsSeed<'_, '_, '_> {
    type Value = Vec<Observation>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for RowsSeed<'_, '_, '_> {
    type Value = Vec<Observation>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of records")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut rows = Vec::with_capacity(200);
        while let Some(row) = seq.next_element_seed(RowSeed(&mut *self.0))? {
            rows.push(row);
        }
        Ok(rows)
    }
}

struct RowSeed<'r, 'a, 'p>(&'r mut Reader<'a, 'p>);

impl<'de> DeserializeSeed<'de> for RowSeed<'_, '_, '_> {
    type Value = Observation;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Observation, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for RowSeed<'_, '_, '_> {
    type Value = Observation;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a record")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Observation, A::Error> {
        let mut row = Row::new(self.0.columns.slots);
        let mut index = 0;
        while let Some(column) = map.next_key_seed(KeySeed(|key: &str| self.0.column(index, key)))? {
            index += 1;
            match column {
                None => drop(map.next_value::<IgnoredAny>()?),
                Some(column) => {
                    let raw = map.next_value::<&RawValue>()?.get();
                    let column = &self.0.columns.columns[column];
                    row.take(column.role, raw);
                    for &(slot, kind) in &column.slots {
                        row.slots[slot] = value::from_json(kind, raw);
                    }
                }
            }
        }
        row.observation().ok_or_else(|| de::Error::missing_field("id or Modified_Time"))
    }
}

/// A record in the making.
#[derive(Debug)]
pub(crate) struct Row {
    id: Option<RemoteId>,
    modified: Option<Instant>,
    created: Option<Instant>,
    created_by: Option<RemoteId>,
    pub(crate) slots: Box<[Option<Value>]>,
}

impl Row {
    pub(crate) fn new(slots: usize) -> Row {
        let slots = std::iter::repeat_with(|| None).take(slots).collect();
        Row { id: None, modified: None, created: None, created_by: None, slots }
    }

    /// Takes what every record has from its JSON text.
    fn take(&mut self, role: Role, raw: &str) {
        match role {
            Role::Field => {}
            Role::CreatedBy => {
                self.created_by = value::reference(raw).map(|(id, _)| id).filter(|_| raw != "null")
            }
            Role::Id | Role::Modified | Role::Created => {
                let text = if raw.starts_with('"') { value::string(raw) } else { Some(raw.into()) };
                self.take_text(role, &text.unwrap_or_default());
            }
        }
    }

    /// Takes what every record has from bare text.
    pub(crate) fn take_text(&mut self, role: Role, text: &str) {
        match role {
            Role::Field => {}
            Role::Id => self.id = (!text.is_empty() && text != "null").then(|| RemoteId::new(text)),
            Role::Modified => self.modified = time::parse(text),
            Role::Created => self.created = time::parse(text),
            Role::CreatedBy => self.created_by = (!text.is_empty()).then(|| RemoteId::new(text)),
        }
    }

    /// The observation; `None` for a record without id or modified time, of which nothing can be said.
    pub(crate) fn observation(self) -> Option<Observation> {
        let Row { id, modified, created, created_by, slots } = self;
        Some(Observation { id: id?, modified: modified?, created, created_by, slots })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crm::field::tests::field;
    use musubi_connector::Projection;
    use musubi_core::schema::FieldType;
    use proptest::prelude::*;

    fn projection() -> Projection {
        Projection {
            module: "Contacts".into(),
            fields: vec![
                field("Last_Name", FieldType::Text { max: 80, multiline: false }),
                field("Amount", FieldType::Decimal { scale: 2 }),
                field("Modified_Time", FieldType::DateTime),
            ],
        }
    }

    const PAGE: &str = r#"{"data":[
        {"id":"1","Last_Name":"結 \"び\"","Amount":1.10,"Modified_Time":"2026-05-14T12:53:58+03:00","Created_By":{"name":"N","id":"9"},"$approved":true},
        {"Modified_Time":"2026-05-14T12:53:59+03:00","Amount":null,"id":"2","Created_Time":"2026-05-14T12:00:00+03:00","Created_By":null}
    ],"info":{"per_page":200,"more_records":true,"next_page_token":"t","page":1,"call":null}}"#;

    #[test]
    fn a_page_is_read() {
        let projection = projection();
        let parsed = page(PAGE.as_bytes(), &Columns::new(&projection)).unwrap();
        assert_eq!((parsed.next.as_deref(), parsed.more), (Some("t"), true));
        let at = |text: &str| Instant::parse(text).unwrap();
        assert_eq!(
            parsed.rows,
            vec![
                Observation {
                    id: "1".into(),
                    modified: at("2026-05-14T09:53:58Z"),
                    created: None,
                    created_by: Some("9".into()),
                    slots: vec![
                        Some(Value::text("結 \"び\"")),
                        Some(Value::Number("1.1".parse().unwrap())),
                        Some(Value::Instant(at("2026-05-14T09:53:58Z"))),
                    ]
                    .into(),
                },
                Observation {
                    id: "2".into(),
                    modified: at("2026-05-14T09:53:59Z"),
                    created: Some(at("2026-05-14T09:00:00Z")),
                    created_by: None,
                    slots: vec![None, Some(Value::Blank), Some(Value::Instant(at("2026-05-14T09:53:59Z")))]
                        .into(),
                },
            ]
        );
    }

    #[test]
    fn a_page_of_garbage_says_where_and_quotes_nothing() {
        let projection = projection();
        let error = |body: &str| page(body.as_bytes(), &Columns::new(&projection)).unwrap_err();
        assert_eq!(error(&PAGE[..100]), "it ends too early (line 2, column 90)");
        for body in [
            "",
            "null",
            "{}",
            "<html>",
            "{\"data\":{}}",
            "{\"data\":[{\"id\":\"1\"}]}",
            "{\"data\":[]}x",
            "{\"data\":[\"secret\"]}",
        ] {
            assert!(!error(body).contains("secret"), "{body}");
        }
    }

    proptest! {
        #[test]
        fn no_cut_or_changed_page_is_a_panic(at in 0..PAGE.len(), byte in any::<u8>(), cut in any::<bool>()) {
            let projection = projection();
            let mut body = PAGE.as_bytes().to_vec();
            if cut { body.truncate(at) } else { body[at] = byte }
            let _ = page(&body, &Columns::new(&projection));
        }
    }
}
