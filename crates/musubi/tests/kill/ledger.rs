//! What people did in both orgs, and whether it is all there in the end: compared over the sandbox's API, without the hub.

use crate::program::service::Person;
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};

/// A module people work in.
pub struct Module {
    pub name: &'static str,
    pub key: &'static str,
    /// What people edit.
    pub fields: &'static [&'static str],
    /// What must be the same besides, where a record of another module is pointed to: its name.
    pub pointer: Option<&'static str>,
}

pub const MODULES: [Module; 2] = [
    Module {
        name: "Accounts",
        key: "Account_Name",
        fields: &["Phone", "Billing_City", "Description"],
        pointer: None,
    },
    Module {
        name: "Contacts",
        key: "Email",
        fields: &["Title", "Department", "Mailing_City", "Description"],
        pointer: Some("Account_Name"),
    },
];

/// What is known of a record, by its key.
#[derive(Default)]
pub struct Fate {
    /// Somebody deleted it: it must be in neither org.
    pub deleted: bool,
    /// By field, the last value typed in on either side.
    typed: BTreeMap<&'static str, [Option<String>; 2]>,
}

/// Everything that was done.
#[derive(Default)]
pub struct Ledger {
    pub fates: [BTreeMap<String, Fate>; 2],
    pub edits: usize,
}

impl Ledger {
    /// A person typed this into a field.
    pub fn typed(&mut self, module: usize, key: &str, side: usize, field: &'static str, value: &str) {
        let fate = self.fates[module].entry(key.to_owned()).or_default();
        fate.typed.entry(field).or_default()[side] = Some(value.to_owned());
        self.edits += 1;
    }

    /// A person deleted it.
    pub fn deleted(&mut self, module: usize, key: &str) {
        self.fates[module].entry(key.to_owned()).or_default().deleted = true;
    }

    /// Everything that is not as it must be; `journal` holds every value the hub's history speaks of.
    pub fn complaints(&self, people: &[Person; 2], journal: &BTreeSet<String>) -> Vec<String> {
        let mut complaints = Vec::new();
        for (at, module) in MODULES.iter().enumerate() {
            let mut orgs = Vec::new();
            for (person, side) in people.iter().zip(["left", "right"]) {
                let mut fields = vec![module.key];
                fields.extend(module.fields);
                fields.extend(module.pointer);
                let mut rows = BTreeMap::new();
                for row in person.all(module.name, &fields) {
                    let key = row[module.key].as_str().unwrap_or_default().to_lowercase();
                    if rows.insert(key.clone(), row).is_some() {
                        complaints.push(format!("{}: {key} is there twice on the {side}", module.name));
                    }
                }
                orgs.push(rows);
            }
            for (key, fate) in &self.fates[at] {
                let found = (orgs[0].remove(key), orgs[1].remove(key));
                let mut complain = |what: String| complaints.push(format!("{} {key}: {what}", module.name));
                match (fate.deleted, &found) {
                    (true, (None, None)) => {}
                    (true, _) => complain(format!(
                        "was deleted, and is there: left {}, right {}",
                        found.0.is_some(),
                        found.1.is_some()
                    )),
                    (false, (Some(left), Some(right))) => {
                        fate.judge(module, left, right, journal).into_iter().for_each(complain);
                    }
                    (false, _) => complain(format!(
                        "is lost: left {}, right {}",
                        found.0.is_some(),
                        found.1.is_some()
                    )),
                }
            }
            for (rows, side) in orgs.iter().zip(["left", "right"]) {
                let unknown = rows.keys().map(|key| format!("{} {key}: nobody made it ({side})", module.name));
                complaints.extend(unknown);
            }
        }
        complaints
    }
}

impl Fate {
    /// Both sides agree; every field holds the last value somebody typed in on one side, and the other side's is in the journal.
    fn judge(&self, module: &Module, left: &Json, right: &Json, journal: &BTreeSet<String>) -> Vec<String> {
        let mut wrong = Vec::new();
        if let Some(pointer) = module.pointer
            && left[pointer]["name"] != right[pointer]["name"]
        {
            wrong.push(format!("{pointer} differs: {} and {}", left[pointer], right[pointer]));
        }
        for field in module.fields {
            let (now, other) = (&left[*field], &right[*field]);
            if now != other {
                wrong.push(format!("{field} differs: {now} and {other}; typed {:?}", self.typed.get(field)));
                continue;
            }
            let Some(typed) = self.typed.get(field) else { continue };
            let typed: Vec<&String> = typed.iter().flatten().collect();
            if !typed.iter().any(|value| now.as_str() == Some(value)) {
                wrong.push(format!("{field} is {now}, and last typed were {typed:?}"));
            }
            let lost = typed.iter().filter(|value| now.as_str() != Some(value) && !journal.contains(**value));
            wrong.extend(lost.map(|value| format!("{field}: {value} is neither there nor in the history")));
        }
        wrong
    }
}
