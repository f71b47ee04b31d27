//! An independent reader of both orgs: plain calls of the service's API, nothing of the program under test but its list of open matters.

use crate::world::Org;
use musubi_engine::{FailureFilter, Hub, report::Failure};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What must agree, beside the lookups.
pub const FIELDS: [&str; 24] = [
    "Name", "Mail", "Kana", "Memo", "Story", "Page", "Tel", "Web", "Grade", "Colours", "Flag", "Heads",
    "Big", "Ratio", "Budget", "Share", "Day", "Moment", "Code", "Must", "Basis", "Ref", "Alt", "Count",
];

/// A record as it was read.
#[derive(Clone, Debug)]
pub struct Seen {
    pub id: String,
    pub values: BTreeMap<String, Value>,
}

/// All records of a module by their `Ref`.
pub async fn read(org: &Org) -> HashMap<String, Vec<Seen>> {
    let sites = org.all("Sites", &["id", "Name"]).await;
    let site: HashMap<&str, &Value> = sites.iter().map(|row| (row[0].as_str().unwrap(), &row[1])).collect();
    let mut fields = FIELDS.to_vec();
    fields.extend(["id", "Site", "Inspector"]);
    let mut lines = lines(org).await;
    let mut all: HashMap<String, Vec<Seen>> = HashMap::new();
    for row in org.all("Projects", &fields).await {
        let mut values: BTreeMap<String, Value> =
            fields.iter().zip(row).map(|(field, value)| ((*field).to_owned(), form(field, value))).collect();
        let id = values.remove("id").unwrap().as_str().unwrap().to_owned();
        let known = values["Site"]["id"].as_str().and_then(|id| site.get(id)).copied();
        values.insert("Site".into(), known.cloned().unwrap_or_default());
        let inspector = values["Inspector"]["email"].clone();
        values.insert("Inspector".into(), inspector);
        values.insert("Lines".into(), lines.remove(&id).map_or(Value::Null, Value::Array));
        let name = values["Ref"].as_str().unwrap_or_default().to_owned();
        all.entry(name).or_default().push(Seen { id, values });
    }
    all
}

/// The rows of all records, by the record.
async fn lines(org: &Org) -> HashMap<String, Vec<Value>> {
    let mut found: HashMap<String, Vec<Value>> = HashMap::new();
    let mut rows = org.all("Lines", &["id", "Parent_Id", "Item", "Pieces", "Price"]).await;
    rows.sort_by_key(|row| row[0].as_str().map(|id| (id.len(), id.to_owned())));
    for row in rows {
        let parent = row[1]["id"].as_str().unwrap_or_default().to_owned();
        found.entry(parent).or_default().push(Value::Array(row[2..].to_vec()));
    }
    found
}

/// Equal values in one form: several options have no order, and what has four digits behind the point here has two there.
fn form(field: &str, value: Value) -> Value {
    match (field, value) {
        ("Colours", Value::Array(mut list)) => {
            list.sort_by_key(Value::to_string);
            Value::Array(list)
        }
        ("Ratio", Value::Number(number)) => {
            Value::from((number.as_f64().unwrap() * 100.0 + 1e-6).round() as i64)
        }
        ("Moment", Value::String(text)) => Value::from(text.parse::<jiff::Timestamp>().unwrap().as_second()),
        ("Flag", Value::Null) => Value::from(false),
        (_, value) => value,
    }
}

/// Names of the fields in which two records differ.
pub fn different(left: &Seen, right: &Seen) -> Vec<String> {
    left.values
        .iter()
        .filter(|(field, value)| right.values[*field] != **value)
        .map(|(field, _)| field.clone())
        .collect()
}

/// All leads of the org that is only written to, by the number of the project they were made from.
pub async fn leads(org: &Org) -> HashMap<String, Vec<BTreeMap<String, Value>>> {
    let fields = ["Skype_ID", "Last_Name", "Company", "Email", "Phone", "No_of_Employees"];
    let mut all: HashMap<String, Vec<BTreeMap<String, Value>>> = HashMap::new();
    for row in org.all("Leads", &fields).await {
        let name = row[0].as_str().unwrap_or_default().to_owned();
        let values = fields.iter().zip(row).map(|(field, value)| ((*field).to_owned(), value));
        all.entry(name).or_default().push(values.collect());
    }
    all
}

/// The open matters of an integration.
pub async fn matters(hub: &Hub, integration: &str) -> Vec<Failure> {
    hub.failures(integration, &FailureFilter::default()).await.unwrap()
}

/// What is open about one record.
pub fn about<'a>(matters: &'a [Failure], id: &str) -> BTreeSet<(&'a str, Option<&'a str>)> {
    let of =
        |matter: &&Failure| [&matter.left_id, &matter.right_id].into_iter().flatten().any(|own| own == id);
    matters.iter().filter(of).map(|matter| (matter.code.as_str(), matter.field.as_deref())).collect()
}

/// Puts records into a module, in the order given; gives their ids.
pub async fn put(org: &Org, module: &str, records: Vec<Map<String, Value>>) -> Vec<String> {
    let mut ids = Vec::with_capacity(records.len());
    for some in records.chunks(100) {
        let answer = org.call("POST", module, serde_json::json!({"data": some, "trigger": []})).await;
        for entry in answer["data"].as_array().unwrap_or_else(|| panic!("{answer}")) {
            ids.push(entry["details"]["id"].as_str().unwrap_or_else(|| panic!("{entry}")).to_owned());
        }
    }
    ids
}
