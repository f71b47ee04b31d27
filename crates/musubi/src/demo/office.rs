//! The two people at work: what they know of their org, and what they do to it.

use super::edits::{Deed, Dice, MODULES};
use super::person::Person;
use super::sample::Org;
use crate::failure::Failure;
use crate::store::now;
use serde_json::Value as Json;

/// One org with the person who works in it.
pub struct Office {
    /// The person.
    pub person: Person,
    /// By module: ids and the names people know the records by.
    known: Vec<Vec<(String, String)>>,
}

/// Something a person did and the service confirmed.
#[derive(Clone, Debug)]
pub struct Done {
    /// Index into [`MODULES`].
    pub module: usize,
    /// The record.
    pub id: String,
    /// By what people know it.
    pub record: String,
    /// What was done, in a few words.
    pub what: String,
    /// When it was confirmed, in milliseconds since 1970.
    pub at: i64,
}

impl Office {
    /// An office whose person knows nothing yet.
    pub fn new(base_url: &str, org: Org) -> Result<Office, Failure> {
        Ok(Office { person: Person::new(base_url, org)?, known: vec![Vec::new(); MODULES.len()] })
    }

    /// The person looks at every list.
    pub async fn look_around(&mut self) -> Result<(), Failure> {
        for (module, known) in MODULES.iter().zip(&mut self.known) {
            let mut fields = vec![module.matching];
            fields.extend(module.compared);
            let rows = self.person.records(module.name, &fields).await?;
            *known = rows
                .iter()
                .filter_map(|row| Some((row["id"].as_str()?.to_owned(), name(module.matching, row))))
                .collect();
            // The dice choose by place in the list: the order must be the same every time.
            known.sort();
        }
        Ok(())
    }

    /// The person does the next thing; `None` when the answer to a new record was lost, or there was nothing to change.
    pub async fn work(&mut self, dice: &mut Dice) -> Result<Option<Done>, Failure> {
        let counts: Vec<usize> = self.known.iter().map(Vec::len).collect();
        match dice.deed(&counts) {
            Deed::Change { module, record, field, value } => {
                let (id, record) = self.known[module][record].clone();
                let name = MODULES[module].name;
                // Nobody types in what is there already, and no other org could tell.
                if self.person.value(name, &id, field).await? == value {
                    return Ok(None);
                }
                self.person.change(name, &id, &serde_json::json!({ field: value })).await?;
                let what = format!("{} = {}", field.replace('_', " "), plain(&value));
                Ok(Some(Done { module, id, record, what, at: now() }))
            }
            Deed::Add { module, record } => {
                let Some(id) = self.person.add(MODULES[module].name, &record).await? else { return Ok(None) };
                let name = name(MODULES[module].matching, &record);
                self.known[module].push((id.clone(), name.clone()));
                Ok(Some(Done { module, id, record: name, what: "new".to_owned(), at: now() }))
            }
        }
    }

    /// Changes one field of the n-th record the person knows in a module.
    pub async fn change(&mut self, module: usize, record: usize, fields: &Json) -> Result<(), Failure> {
        match self.known[module].get(record) {
            Some((id, _)) => self.person.change(MODULES[module].name, id, fields).await,
            None => Ok(()),
        }
    }

    /// How many records of a module the person knows.
    pub fn count(&self, module: usize) -> usize {
        self.known[module].len()
    }

    /// By what people know the n-th record of a module.
    pub fn knows(&self, module: usize, record: usize) -> Option<&str> {
        self.known[module].get(record).map(|(_, name)| name.as_str())
    }

    /// The place of the record of this name in what the person knows.
    pub fn place(&self, module: usize, name: &str) -> Option<usize> {
        self.known[module].iter().position(|(_, known)| known == name)
    }
}

/// Family name first in Japanese, last in English; for things, what they are matched by.
fn name(matching: &str, row: &Json) -> String {
    let text = |field: &str| row[field].as_str().unwrap_or_default().to_owned();
    let (first, last) = (text("First_Name"), text("Last_Name"));
    if last.is_empty() {
        return text(matching);
    }
    if last.is_ascii() { format!("{first} {last}") } else { format!("{last} {first}") }
}

fn plain(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_as_people_say_them() {
        assert_eq!(
            name("Email", &json!({"First_Name": "遥香", "Last_Name": "佐藤", "Email": "x@y"})),
            "佐藤 遥香"
        );
        assert_eq!(name("Email", &json!({"First_Name": "Grace", "Last_Name": "Bennett"})), "Grace Bennett");
        assert_eq!(name("Subject", &json!({"Subject": "Call back 3"})), "Call back 3");
    }
}
