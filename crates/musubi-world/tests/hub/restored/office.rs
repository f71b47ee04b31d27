//! An org as the people see it who work there: what stands in it, and how it is changed.

use super::fields::{self, Kind, MODULES, Module, form};
use crate::world::Org;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The mapped fields of a record, each in one form.
pub type Record = Map<String, Value>;
/// By id.
pub type Records = BTreeMap<String, Record>;
/// All that a side holds, by the module's number.
pub type Stand = [Records; 3];

pub struct Office {
    org: Org,
    /// The ids of its people, by address.
    people: BTreeMap<String, String>,
}

impl Office {
    /// With the fields that it needs.
    pub async fn open(org: &Org) -> Office {
        fields::add_own(org).await;
        let users = org.call("GET", "users?type=AllUsers", Value::Null).await;
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let users = users["users"].as_array().unwrap().iter();
        let people = users.map(|user| (text(&user["email"]), text(&user["id"]))).collect();
        Office { org: org.clone(), people }
    }

    pub async fn stand(&self) -> Stand {
        let mut stand = Stand::default();
        for (records, module) in stand.iter_mut().zip(&MODULES) {
            *records = self.records(module).await;
        }
        stand
    }

    async fn records(&self, module: &Module) -> Records {
        let names: Vec<&str> =
            std::iter::once("id").chain(module.fields.iter().map(|field| field.name)).collect();
        let rows = self.org.all(module.name, &names).await;
        let record = |row: Vec<Value>| {
            let fields = module.fields.iter().zip(&row[1..]);
            let values = fields.map(|(field, value)| (field.name.to_owned(), form(field.kind, value)));
            let values: Record = values.collect();
            (row[0].as_str().unwrap().to_owned(), values)
        };
        rows.into_iter().map(record).collect()
    }

    /// Which records lead to which, by their ids. Unlike a list, a query goes on naming what was deleted, so it shows whether a lookup was written over.
    pub async fn leads(&self) -> BTreeSet<(String, String)> {
        let mut leads = BTreeSet::new();
        for module in &MODULES {
            let lookups = module.fields.iter().filter(|field| matches!(field.kind, Kind::To(_)));
            let lookups: Vec<&str> = lookups.map(|field| field.name).collect();
            if lookups.is_empty() {
                continue;
            }
            let query = format!(
                "select id, {} from {} where id is not null limit 2000",
                lookups.join(", "),
                module.name
            );
            let answer = self.org.call("POST", "coql", json!({"select_query": query})).await;
            for row in answer["data"].as_array().unwrap_or_else(|| panic!("{answer}")) {
                let led_to = lookups.iter().filter_map(|lookup| row[*lookup]["id"].as_str());
                let id = row["id"].as_str().unwrap();
                leads.extend(led_to.map(|other| (id.to_owned(), other.to_owned())));
            }
        }
        leads
    }

    pub async fn create(&self, module: usize, record: &Record) -> String {
        self.org.create(MODULES[module].name, self.sent(module, record)).await
    }

    pub async fn change(&self, module: usize, id: &str, record: &Record) {
        self.org.update(MODULES[module].name, id, self.sent(module, record)).await;
    }

    pub async fn delete(&self, module: usize, id: &str) {
        self.org.delete(MODULES[module].name, id).await;
    }

    /// As the service takes it.
    fn sent(&self, module: usize, record: &Record) -> Value {
        let mut sent = Map::new();
        for field in MODULES[module].fields {
            let Some(value) = record.get(field.name) else { continue };
            let value = match (field.kind, value) {
                (Kind::To(_), Value::String(id)) => json!({"id": id}),
                (Kind::Owner, Value::String(address)) => json!({"id": self.people[address]}),
                (_, value) => value.clone(),
            };
            sent.insert(field.name.to_owned(), value);
        }
        Value::Object(sent)
    }

    /// Makes these records stand here, as a person with a spreadsheet would. Nobody can give an id back: what is made again has another one, and what led to it is
    /// led there, so parents come first.
    pub async fn bring_about(&self, wanted: &Stand) {
        let present = self.stand().await;
        for module in 0..MODULES.len() {
            for id in present[module].keys().filter(|id| !wanted[module].contains_key(*id)) {
                self.delete(module, id).await;
            }
        }
        let mut anew: BTreeMap<&str, String> = BTreeMap::new();
        for module in 0..MODULES.len() {
            for (id, record) in &wanted[module] {
                let record = led_anew(module, record, &anew);
                match present[module].get(id) {
                    Some(now) if *now == record => {}
                    Some(_) => self.change(module, id, &record).await,
                    None => {
                        let made = self.create(module, &record).await;
                        anew.insert(id, made);
                    }
                }
            }
        }
    }
}

/// A record that leads to what was made again in place of what it led to.
fn led_anew(module: usize, record: &Record, anew: &BTreeMap<&str, String>) -> Record {
    let mut led = record.clone();
    for field in MODULES[module].fields.iter().filter(|field| matches!(field.kind, Kind::To(_))) {
        if let Some(id) = led[field.name].as_str().and_then(|id| anew.get(id)) {
            led[field.name] = json!(id);
        }
    }
    led
}
