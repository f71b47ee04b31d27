//! A second opinion on agreement: both orgs are read with a plain client and compared record by record. It knows nothing of links
//! or mappings, so a mistake there cannot hide from it.

use super::edits::MODULES;
use super::person::Person;
use crate::failure::Failure;
use serde::Serialize;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// What a comparison found. Holds ids and field names, no values.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Opinion {
    /// Records compared, counted once per pair.
    pub compared: usize,
    /// Records of which each org has exactly one, but not with the same values: module, id on the left, fields.
    pub different: Vec<(String, String, Vec<String>)>,
    /// Records only one org has: module and id.
    pub alone: Vec<(String, String)>,
    /// Records an org has twice: module and id of the second one.
    pub double: Vec<(String, String)>,
}

impl Opinion {
    /// How many records do not agree.
    pub fn disagreements(&self) -> usize {
        self.different.len() + self.alone.len() + self.double.len()
    }
}

/// Reads both orgs and compares.
pub async fn ask(left: &mut Person, right: &mut Person) -> Result<Opinion, Failure> {
    let mut opinion = Opinion::default();
    for module in MODULES {
        let mut fields = vec![module.matching];
        fields.extend(module.compared);
        let rows = (left.records(module.name, &fields).await?, right.records(module.name, &fields).await?);
        compare(module.name, module.matching, module.compared, &rows.0, &rows.1, &mut opinion);
    }
    Ok(opinion)
}

fn compare(module: &str, key: &str, fields: &[&str], left: &[Json], right: &[Json], opinion: &mut Opinion) {
    let id = |row: &Json| row["id"].as_str().unwrap_or_default().to_owned();
    let mut index = |rows: &[Json]| {
        let mut by_key: BTreeMap<String, Json> = BTreeMap::new();
        for row in rows {
            let key = row[key].as_str().unwrap_or_default().trim().to_lowercase();
            if by_key.insert(key, row.clone()).is_some() {
                opinion.double.push((module.to_owned(), id(row)));
            }
        }
        by_key
    };
    let left = index(left);
    let mut right = index(right);
    for (key, row) in left {
        let Some(other) = right.remove(&key) else {
            opinion.alone.push((module.to_owned(), id(&row)));
            continue;
        };
        opinion.compared += 1;
        let differing: Vec<String> = fields
            .iter()
            .filter(|field| row[**field] != other[**field])
            .map(|field| (*field).to_owned())
            .collect();
        if !differing.is_empty() {
            opinion.different.push((module.to_owned(), id(&row), differing));
        }
    }
    opinion.alone.extend(right.values().map(|row| (module.to_owned(), id(row))));
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_differs_is_alone_or_is_double_is_found() {
        let row = |id: &str, email: &str, phone: &str| json!({"id": id, "Email": email, "Phone": phone});
        let left = [row("1", "a@x", "1"), row("2", "b@x", "2"), row("3", "c@x", "3")];
        let right =
            [row("11", "A@x", "1"), row("12", "b@x", "9"), row("14", "b@x", "9"), row("15", "d@x", "")];
        let mut opinion = Opinion::default();
        compare("Contacts", "Email", &["Phone"], &left, &right, &mut opinion);
        assert_eq!(opinion.compared, 2);
        assert_eq!(opinion.different, [("Contacts".into(), "2".into(), vec!["Phone".into()])]);
        assert_eq!(opinion.double, [("Contacts".into(), "14".into())]);
        assert_eq!(opinion.alone, [("Contacts".into(), "3".into()), ("Contacts".into(), "15".into())]);
        assert_eq!(opinion.disagreements(), 4);
    }
}
