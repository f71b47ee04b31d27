//! One entry of a write's answer.

use crate::{
    crm::validate::ItemError,
    http::{faults::RecordRefusal, json_out},
    org::{Org, State, record::Stamp, zone},
};

/// What was done with one record.
#[derive(Debug)]
pub enum Item {
    /// Made.
    Inserted(Stamp),
    /// Changed.
    Updated(Stamp),
    /// Made by an upsert.
    UpsertedNew(Stamp),
    /// Changed by an upsert, found by this field.
    UpsertedOld(Stamp, Option<String>),
}

/// One result with what is needed to write it.
pub struct Outcome<'a> {
    /// The org.
    pub org: &'a Org,
    /// Its state, for the users' names.
    pub state: &'a State,
    /// The result.
    pub result: &'a Result<Item, ItemError>,
}

impl Outcome<'_> {
    /// Appends the entry.
    pub fn write(&self, out: &mut Vec<u8>) {
        match self.result {
            Ok(Item::Inserted(record)) => self.success(out, record, "", "record added"),
            Ok(Item::Updated(record)) => self.success(out, record, "", "record updated"),
            Ok(Item::UpsertedNew(record)) => {
                self.success(out, record, "\"duplicate_field\":null,\"action\":\"insert\",", "record added");
            }
            Ok(Item::UpsertedOld(record, field)) => {
                let field = serde_json::Value::from(field.clone());
                let extra = format!("\"duplicate_field\":{field},\"action\":\"update\",");
                self.success(out, record, &extra, "record updated");
            }
            Err(error) => write_error(out, error),
        }
    }

    fn success(&self, out: &mut Vec<u8>, record: &Stamp, extra: &str, message: &str) {
        out.extend_from_slice(b"{\"code\":\"SUCCESS\",");
        out.extend_from_slice(extra.as_bytes());
        out.extend_from_slice(b"\"details\":{\"Modified_Time\":\"");
        zone::write_time(out, &self.org.zone, record.modified);
        out.extend_from_slice(b"\",\"Modified_By\":");
        self.user(out, record.modified_by);
        out.extend_from_slice(b",\"Created_Time\":\"");
        zone::write_time(out, &self.org.zone, record.created);
        out.extend_from_slice(b"\",\"id\":");
        json_out::id(out, record.id);
        out.extend_from_slice(b",\"Created_By\":");
        self.user(out, record.created_by);
        // Notes are not approved by anybody.
        let is_note =
            self.state.module("Notes").is_some_and(|notes| notes.table.slot_of(record.id).is_some());
        if !is_note {
            out.extend_from_slice(b",\"$approval_state\":\"approved\"");
        }
        out.extend_from_slice(b"},\"message\":\"");
        out.extend_from_slice(message.as_bytes());
        out.extend_from_slice(b"\",\"status\":\"success\"}");
    }

    fn user(&self, out: &mut Vec<u8>, id: i64) {
        out.extend_from_slice(b"{\"name\":");
        match self.state.user(id) {
            Some(user) => json_out::string(out, &user.full_name()),
            None => out.extend_from_slice(b"\"\""),
        }
        out.extend_from_slice(b",\"id\":");
        json_out::id(out, id);
        out.push(b'}');
    }
}

/// Appends the entry of a refused record.
pub fn write_error(out: &mut Vec<u8>, error: &ItemError) {
    let entry = serde_json::json!({
        "code": error.code, "details": error.details, "message": error.message, "status": "error",
    });
    out.extend_from_slice(entry.to_string().as_bytes());
}

/// The refusal an injected fault asks for.
pub fn injected(refusal: RecordRefusal) -> ItemError {
    ItemError { code: refusal.code(), message: refusal.message(), details: serde_json::json!({}) }
}
