//! Two people who never rest: they add, change and delete records in both orgs until they are told to stop.

use crate::ledger::{Ledger, MODULES};
use crate::program::service::{Person, Service};
use rand::rngs::SmallRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::Duration;

/// Records in the left org before the hub ever starts: of each module, and those that will be deleted.
const BEFORE: [usize; 2] = [20, 150];
const DOOMED: usize = 25;
/// Records of the same key in both orgs, made before the hub ever starts: later ones are two pairs when people make them at the same
/// time (docs/spec/sync.md), and no test could tell which way it goes.
const TWINS: usize = 20;

/// The office.
pub struct Office {
    pub people: [Person; 2],
    pub ledger: Ledger,
    dice: SmallRng,
    number: u64,
    /// By module and side: keys and ids of records that stay.
    known: [[BTreeMap<String, String>; 2]; 2],
    /// Ids on the left of records that will be deleted, and when they were made as a number of deeds.
    doomed: Vec<(u64, usize, usize, String, String)>,
    deeds: u64,
}

impl Office {
    /// People in both orgs, and the records of the left one.
    pub fn open(service: &Service, seed: u64) -> Office {
        let mut office = Office {
            people: [service.colleague(0), service.colleague(1)],
            ledger: Ledger::default(),
            dice: SmallRng::seed_from_u64(seed),
            number: 0,
            known: Default::default(),
            doomed: Vec::new(),
            deeds: 0,
        };
        for (module, count) in BEFORE.into_iter().enumerate() {
            (0..count).for_each(|_| office.add(module, 0));
        }
        (0..TWINS).for_each(|_| office.twins());
        for at in 0..DOOMED {
            // One after the other while the hub is killed.
            let due = at as u64 * 30 + 40;
            office.add_doomed(0, due);
        }
        office
    }

    /// Works until told to stop; at the end nothing is left half done.
    pub fn work(&mut self, stop: &AtomicBool) {
        while !stop.load(Ordering::Acquire) {
            self.deed();
            let rest = self.dice.random_range(5..60);
            sleep(Duration::from_millis(rest));
        }
        while let Some((_, module, side, key, id)) = self.doomed.pop() {
            self.people[side].delete(MODULES[module].name, &id);
            self.ledger.deleted(module, &key);
        }
    }

    fn deed(&mut self) {
        self.deeds += 1;
        if let Some(at) = self.doomed.iter().position(|(due, ..)| *due <= self.deeds) {
            let (_, module, side, key, id) = self.doomed.swap_remove(at);
            self.people[side].delete(MODULES[module].name, &id);
            self.ledger.deleted(module, &key);
        }
        if self.deeds.is_multiple_of(60) {
            self.look_around();
        }
        let side = self.dice.random_range(0..2);
        let module = usize::from(self.dice.random_range(0..10) < 8);
        match self.dice.random_range(0..100) {
            0..10 => self.add(module, side),
            // It lives for a few deeds only.
            10..14 => self.add_doomed(side, self.deeds + self.number % 60),
            // Both change the same field of the same record.
            14..28 => {
                let Some(key) = self.any(module, side) else { return };
                let field = *MODULES[module].fields.choose(&mut self.dice).unwrap();
                self.change(module, side, &key, &[field]);
                self.change(module, 1 - side, &key, &[field]);
            }
            28..50 => {
                let Some(key) = self.any(module, side) else { return };
                let fields: Vec<_> =
                    MODULES[module].fields.choose_multiple(&mut self.dice, 2).copied().collect();
                self.change(module, side, &key, &fields);
            }
            _ => {
                let Some(key) = self.any(module, side) else { return };
                let field = *MODULES[module].fields.choose(&mut self.dice).unwrap();
                self.change(module, side, &key, &[field]);
            }
        }
    }

    fn any(&mut self, module: usize, side: usize) -> Option<String> {
        let known = &self.known[module][side];
        if known.is_empty() {
            return None;
        }
        known.keys().nth(self.dice.random_range(0..known.len())).cloned()
    }

    fn change(&mut self, module: usize, side: usize, key: &str, fields: &[&'static str]) {
        let Some(id) = self.known[module][side].get(key).cloned() else { return };
        let mut record = Map::new();
        for field in fields {
            let value = self.value();
            self.ledger.typed(module, key, side, field, &value);
            record.insert((*field).to_owned(), value.into());
        }
        self.people[side].change(MODULES[module].name, &id, &Json::Object(record));
    }

    fn add(&mut self, module: usize, side: usize) {
        let (key, record) = self.newcomer(module, side, "p");
        let id = self.people[side].add(MODULES[module].name, MODULES[module].key, &record);
        self.known[module][side].insert(key, id);
    }

    fn add_doomed(&mut self, side: usize, due: u64) {
        let (key, record) = self.newcomer(1, side, "doomed");
        let id = self.people[side].add(MODULES[1].name, MODULES[1].key, &record);
        self.doomed.push((due, 1, side, key, id));
    }

    fn twins(&mut self) {
        let (key, record) = self.newcomer(1, 0, "twin");
        let mut other = json!({"Last_Name": record["Last_Name"], "Email": record["Email"]});
        for field in MODULES[1].fields {
            let value = self.value();
            self.ledger.typed(1, &key, 1, field, &value);
            other[*field] = value.into();
        }
        for (side, record) in [record, other].iter().enumerate() {
            let id = self.people[side].add("Contacts", "Email", record);
            self.known[1][side].insert(key.clone(), id);
        }
    }

    /// A new record, noted in the ledger. A contact belongs to an account of the same org.
    fn newcomer(&mut self, module: usize, side: usize, kind: &str) -> (String, Json) {
        self.number += 1;
        let n = self.number;
        let (key, mut record) = match MODULES[module].name {
            "Accounts" => (format!("company {n}"), json!({"Account_Name": format!("Company {n}")})),
            _ => {
                let key = format!("{kind}{n}@example.com");
                let mut record = json!({"Last_Name": format!("Person {n}"), "Email": key});
                if let Some(account) = self.any(0, side).filter(|_| kind != "twin") {
                    record["Account_Name"] = json!({"id": self.known[0][side][&account]});
                }
                (key, record)
            }
        };
        for field in MODULES[module].fields {
            let value = self.value();
            self.ledger.typed(module, &key, side, field, &value);
            record[*field] = value.into();
        }
        (key, record)
    }

    /// People see what arrived from the other side, and work with it too.
    fn look_around(&mut self) {
        for (at, module) in MODULES.iter().enumerate() {
            for side in 0..2 {
                for row in self.people[side].all(module.name, &[module.key]) {
                    let key = row[module.key].as_str().unwrap_or_default().to_lowercase();
                    let stays = self.ledger.fates[at].contains_key(&key) && !key.starts_with("doomed");
                    if let (true, Some(id)) = (stays, row["id"].as_str()) {
                        self.known[at][side].entry(key).or_insert_with(|| id.to_owned());
                    }
                }
            }
        }
    }

    /// A value nobody ever typed before; digits alone would do for a phone number, but this is text everywhere.
    fn value(&mut self) -> String {
        self.number += 1;
        format!("v{}", self.number)
    }
}
