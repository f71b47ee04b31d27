//! What people did in both orgs, and whether it is all there in the end: compared over the sandbox's API, without the hub.

use crate::program::service::Person;
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::{SystemTime, UNIX_EPOCH};

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
    /// By field, the last value typed in on either side, and when.
    typed: BTreeMap<&'static str, [Option<(String, i64)>; 2]>,
}

/// What the hub's history says. Every value was typed in once, so a value names its field and its record.
#[derive(Default)]
pub struct Journal {
    /// Every value it speaks of.
    pub values: BTreeSet<String>,
    /// Values written to the left or the right, and between which times, in milliseconds since 1970.
    written: Vec<(usize, String, [i64; 2])>,
}

impl Journal {
    /// From what `musubi history --json` prints.
    pub fn read(history: &Json) -> Journal {
        let mut journal = Journal::default();
        for entry in history.as_array().unwrap() {
            let side = usize::from(entry["side"] == "right");
            let at = entry["at"].as_i64().unwrap();
            // One without an answer is noted with the time of its intent; the service carried it out within the bounds the test sets.
            let late = if entry["kind"] == "sent_unanswered" { LATE } else { 0 };
            for change in entry["changes"].as_array().unwrap() {
                let texts = ["before", "after"].map(|key| change[key].as_str().map(str::to_owned));
                if let Some(after) = &texts[1] {
                    journal.written.push((side, after.clone(), [at - WINDOW, at + late + WINDOW]));
                }
                journal.values.extend(texts.into_iter().flatten());
            }
        }
        journal
    }
}

/// So long, in milliseconds, may lie between an edit and the hub's batch that overwrote it unseen: the reading of the batch's targets,
/// the batch, and what a busy machine puts between them and their times in the history (docs/spec/sync.md, "Writing").
const WINDOW: i64 = 1_000;
/// The longest call and its lateness, as the test bounds them.
const LATE: i64 = 3_000;

/// Module, key and field.
type Place = (usize, String, &'static str);

/// Everything that was done.
#[derive(Default)]
pub struct Ledger {
    pub fates: [BTreeMap<String, Fate>; 2],
    pub edits: usize,
    /// Where every value was typed in: no value is typed in twice.
    places: HashMap<String, Place>,
    /// Edits that fell into the window of a batch.
    pub overtaken: usize,
}

impl Ledger {
    /// A person typed this into a field.
    pub fn typed(&mut self, module: usize, key: &str, side: usize, field: &'static str, value: &str) {
        let fate = self.fates[module].entry(key.to_owned()).or_default();
        fate.typed.entry(field).or_default()[side] = Some((value.to_owned(), now()));
        self.places.insert(value.to_owned(), (module, key.to_owned(), field));
        self.edits += 1;
    }

    /// A person deleted it.
    pub fn deleted(&mut self, module: usize, key: &str) {
        self.fates[module].entry(key.to_owned()).or_default().deleted = true;
    }

    /// Everything that is not as it must be.
    pub fn complaints(&mut self, people: &[Person; 2], journal: &Journal) -> Vec<String> {
        let mut complaints = Vec::new();
        let mut overtaken = 0;
        let mut written: HashMap<(usize, &Place), Vec<[i64; 2]>> = HashMap::new();
        for (side, value, times) in &journal.written {
            if let Some(place) = self.places.get(value) {
                written.entry((*side, place)).or_default().push(*times);
            }
        }
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
                        let written = |side: usize, field: &'static str, typed: i64| {
                            let place = (at, key.clone(), field);
                            let times = written.get(&(side, &place)).cloned().unwrap_or_default();
                            times.iter().any(|[from, until]| (*from..=*until).contains(&typed))
                        };
                        let judged = fate.judge(module, [left, right], journal, &written);
                        overtaken += judged.1;
                        judged.0.into_iter().for_each(complain);
                    }
                    (false, _) => {
                        complain(format!("is lost: left {}, right {}", found.0.is_some(), found.1.is_some()))
                    }
                }
            }
            for (rows, side) in orgs.iter().zip(["left", "right"]) {
                let unknown =
                    rows.keys().map(|key| format!("{} {key}: nobody made it ({side})", module.name));
                complaints.extend(unknown);
            }
        }
        self.overtaken = overtaken;
        complaints
    }
}

#[expect(clippy::disallowed_methods, reason = "the hub's history goes by the real clock")]
fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as i64
}

impl Fate {
    /// Both sides agree; every field holds the last value somebody typed in on one side, and the other side's is in the journal.
    /// Gives what is wrong, and how many edits a batch overtook: `written` tells whether the hub wrote to that field at that time.
    fn judge(
        &self,
        module: &Module,
        [left, right]: [&Json; 2],
        journal: &Journal,
        written: &dyn Fn(usize, &'static str, i64) -> bool,
    ) -> (Vec<String>, usize) {
        let (mut wrong, mut overtaken) = (Vec::new(), 0);
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
            let (Some(typed), Some(now)) = (self.typed.get(field), now.as_str()) else { continue };
            let last = typed.iter().flatten().any(|(value, _)| now == value);
            let over = typed
                .iter()
                .enumerate()
                .any(|(side, typed)| typed.as_ref().is_some_and(|(_, at)| written(side, field, *at)));
            if !last && !over {
                wrong.push(format!("{field} is {now}, and last typed were {typed:?}"));
            }
            for (side, typed) in typed.iter().enumerate() {
                let Some((value, at)) = typed.as_ref().filter(|(value, _)| value != now) else { continue };
                if journal.values.contains(value) {
                    continue;
                }
                if written(side, field, *at) {
                    overtaken += 1;
                    continue;
                }
                wrong.push(format!(
                    "{field}: {value}, typed at {at}, is neither there ({now} is) nor in the history"
                ));
            }
        }
        (wrong, overtaken)
    }
}
