//! A page of records to observations: one walk over the text, only the projected keys looked at, values read straight from where they stand.

use super::columns::{Columns, Role};
use super::scan::{Fault, Raw, Scan};
use super::value;
use crate::time;
use musubi_core::{Instant, Membership, Observation, RemoteId, Value};
use std::borrow::Cow;

/// A parsed page.
#[derive(Debug)]
pub(crate) struct Parsed {
    pub(crate) rows: Vec<Observation>,
    pub(crate) next: Option<String>,
    pub(crate) more: bool,
}

/// Reads `{"data":[…],"info":{…}}`. The error says what is wrong with the page, without any of its values.
pub(crate) fn page(body: &[u8], columns: &Columns<'_>) -> Result<Parsed, String> {
    let text = std::str::from_utf8(body).map_err(|_| "it is not UTF-8".to_owned())?;
    let mut reader = Reader { scan: Scan::new(text), columns, seen: Vec::with_capacity(64) };
    reader.page().map_err(|fault| {
        let what = match fault {
            Fault::End => "it ends too early",
            Fault::Wrong => "it is not a page of records",
        };
        let (line, column) = reader.scan.place();
        format!("{what} (line {line}, column {column})")
    })
}

struct Reader<'t, 'a, 'p> {
    scan: Scan<'t>,
    columns: &'a Columns<'p>,
    /// The keys of the record before, in their order: records of a page have the same keys in the same order, so
    /// one comparison mostly finds the column.
    seen: Vec<(&'t str, Option<usize>)>,
}

impl<'t> Reader<'t, '_, '_> {
    fn page(&mut self) -> Result<Parsed, Fault> {
        let mut rows = None;
        let (mut more, mut next) = (false, None);
        self.scan.expect(b'{')?;
        let mut first = true;
        while self.scan.more(std::mem::take(&mut first), b'}')? {
            match self.scan.key()? {
                "data" => rows = Some(self.rows()?),
                "info" => (more, next) = self.info()?,
                _ => drop(self.scan.value()?),
            }
        }
        self.scan.end()?;
        Ok(Parsed { rows: rows.ok_or(Fault::Wrong)?, next, more })
    }

    fn info(&mut self) -> Result<(bool, Option<String>), Fault> {
        let (mut more, mut next) = (false, None);
        self.scan.expect(b'{')?;
        let mut first = true;
        while self.scan.more(std::mem::take(&mut first), b'}')? {
            match (self.scan.key()?, self.scan.value()?) {
                ("more_records", value) => more = value == Raw::Json("true"),
                ("next_page_token", Raw::Plain(token)) => next = Some(token.to_owned()),
                ("next_page_token", Raw::Json(raw)) => next = value::string(raw).map(Cow::into_owned),
                _ => {}
            }
        }
        Ok((more, next))
    }

    fn rows(&mut self) -> Result<Vec<Observation>, Fault> {
        let mut rows = Vec::with_capacity(200);
        self.scan.expect(b'[')?;
        let mut first = true;
        while self.scan.more(std::mem::take(&mut first), b']')? {
            rows.extend(self.row()?);
        }
        Ok(rows)
    }

    /// One record; none if it was converted, and so is in no list of its module either.
    fn row(&mut self) -> Result<Option<Observation>, Fault> {
        let columns = self.columns;
        let mut row = Row::new(columns.slots);
        let mut index = 0;
        self.scan.expect(b'{')?;
        while self.scan.more(index == 0, b'}')? {
            let key = self.scan.key()?;
            let column = self.column(index, key);
            index += 1;
            let raw = self.scan.value()?;
            let Some(column) = column.map(|column| &columns.columns[column]) else { continue };
            row.take(column.role, raw);
            for &(slot, kind) in &column.slots {
                row.slots[slot] = match raw {
                    // What a bare text means does not depend on where it stands.
                    Raw::Plain(text) => value::from_text(kind, text),
                    Raw::Json(raw) => value::from_json(kind, raw),
                };
            }
        }
        // Of a record without id or modified time nothing can be said.
        let converted = row.converted;
        let observation = row.observation().ok_or(Fault::Wrong)?;
        Ok((!converted).then_some(observation))
    }

    fn column(&mut self, index: usize, key: &'t str) -> Option<usize> {
        if let Some((seen, column)) = self.seen.get(index)
            && *seen == key
        {
            return *column;
        }
        let column = self.columns.find(key);
        match self.seen.get_mut(index) {
            Some(entry) => *entry = (key, column),
            None => self.seen.push((key, column)),
        }
        column
    }
}

/// A record in the making.
#[derive(Debug)]
pub(crate) struct Row {
    id: Option<RemoteId>,
    modified: Option<Instant>,
    created: Option<Instant>,
    created_by: Option<RemoteId>,
    modified_by: Option<Box<str>>,
    converted: bool,
    pub(crate) slots: Box<[Option<Value>]>,
}

impl Row {
    pub(crate) fn new(slots: usize) -> Row {
        let slots = std::iter::repeat_with(|| None).take(slots).collect();
        Row {
            id: None,
            modified: None,
            created: None,
            created_by: None,
            modified_by: None,
            converted: false,
            slots,
        }
    }

    /// Takes what every record has.
    fn take(&mut self, role: Role, raw: Raw<'_>) {
        match (role, raw) {
            (Role::Field, _) => {}
            (_, Raw::Plain(text)) => self.take_text(role, text),
            (Role::CreatedBy, Raw::Json(raw)) => {
                self.created_by = value::reference(raw).map(|(id, _)| id).filter(|_| raw != "null")
            }
            (Role::ModifiedBy, Raw::Json(raw)) => {
                self.modified_by = value::name(raw);
            }
            (Role::Converted, Raw::Json(raw)) => self.converted = raw == "true",
            (Role::Id | Role::Modified | Role::Created, Raw::Json(raw)) => {
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
            // Bare text is an id, and nobody is called that.
            Role::ModifiedBy => {}
            Role::Converted => self.converted = text == "true",
        }
    }

    /// The observation; `None` for a record without id or modified time, of which nothing can be said.
    pub(crate) fn observation(self) -> Option<Observation> {
        let Row { id, modified, created, created_by, modified_by, slots, .. } = self;
        let member = Membership::default();
        Some(Observation { id: id?, modified: modified?, created, created_by, modified_by, member, slots })
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

    #[test]
    fn a_record_that_was_converted_is_none_of_its_module() {
        let projection = projection();
        let row = |id: u8, converted: bool| {
            format!(r#"{{"id":"{id}","Modified_Time":"2026-05-14T12:53:58+03:00","$converted":{converted}}}"#)
        };
        let body = format!(r#"{{"data":[{},{}]}}"#, row(1, true), row(2, false));
        let ids = |columns: Columns<'_>| -> Vec<String> {
            let rows = page(body.as_bytes(), &columns).unwrap().rows;
            rows.iter().map(|row| row.id.to_string()).collect()
        };
        assert_eq!(ids(Columns::new(&projection).and_conversion()), ["2"]);
        assert_eq!(ids(Columns::new(&projection)), ["1", "2"]);
    }

    const PAGE: &str = r#"{"data":[
        {"id":"1","Last_Name":"結 \"び\"","Amount":1.10,"Modified_Time":"2026-05-14T12:53:58+03:00","Created_By":{"name":"N","id":"9"},"Modified_By":{"name":"鈴木","id":"8"},"$approved":true},
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
                    modified_by: Some("鈴木".into()),
                    member: Membership::Inside,
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
                    modified_by: None,
                    member: Membership::Inside,
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
        assert_eq!(error(&PAGE[..100]), "it ends too early (line 2, column 91)");
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
