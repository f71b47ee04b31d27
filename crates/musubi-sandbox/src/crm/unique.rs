//! Unique fields and the duplicate check of upsert.

use serde_json::json;

use super::{
    linked_rows,
    validate::{self, ItemError, Place},
};
use crate::{
    http::{error::ApiError, json_in::Node},
    org::{
        State,
        module::Module,
        record::{FieldNo, Record},
        table::index_key,
        value::Value,
    },
};

/// Refuses a record whose unique fields another record already has, and a link of what is linked.
pub fn check(module: &Module, record: &Record, place: Place) -> Result<(), ItemError> {
    for (no, field) in module.fields().filter(|(_, field)| field.unique.is_some()) {
        let Some(value) = record.get(no) else { continue };
        let sensitive = field.unique.is_some_and(|unique| unique.0);
        let other = holders(module, no, value, sensitive).find(|id| *id != record.id);
        if let Some(id) = other {
            return Err(ItemError {
                code: "DUPLICATE_DATA",
                message: "duplicate data",
                details: json!({
                    "api_name": field.api_name,
                    "json_path": format!("$.data[{}].{}", place.0, field.api_name),
                    "id": id.to_string(),
                    "duplicate_record": {"id": id.to_string(), "module": {"api_name": module.meta.api_name, "id": module.meta.id.to_string()}},
                }),
            });
        }
    }
    linked_rows::check_alone(module, record, place)
}

/// The ids of the live records that hold this value.
pub fn holders<'a>(
    module: &'a Module,
    no: FieldNo,
    value: &'a Value,
    case_sensitive: bool,
) -> impl Iterator<Item = i64> + 'a {
    let candidates = index_key(value).and_then(|key| module.table.candidates(no, key));
    candidates
        .into_iter()
        .flatten()
        .filter(move |record| {
            record.get(no).is_some_and(|held| match (held, value) {
                (Value::Text(a), Value::Text(b)) if !case_sensitive => same_text(a, b),
                (a, b) => a == b,
            })
        })
        .map(|record| record.id)
}

fn same_text(a: &str, b: &str) -> bool {
    if a.is_ascii() && b.is_ascii() {
        a.eq_ignore_ascii_case(b)
    } else {
        a.to_lowercase() == b.to_lowercase()
    }
}

/// The fields an upsert looks for duplicates by: the named ones, or the system's, then the unique ones.
pub fn check_fields(module: &Module, named: Option<&[String]>) -> Result<Vec<FieldNo>, ApiError> {
    if let Some(named) = named.filter(|names| !names.is_empty()) {
        return named
            .iter()
            .enumerate()
            .map(|(at, name)| {
                let field = module.field(name).filter(|field| field.duplicate_check || field.unique.is_some());
                field.and_then(|_| module.field_no(name)).ok_or_else(|| {
                    ApiError::new(
                        400, "INVALID_DATA", "invalid data",
                        json!({"api_name": "duplicate_check_fields", "json_path": format!("$.duplicate_check_fields[{at}]")}),
                    )
                })
            })
            .collect();
    }
    let system = module.fields().filter(|(_, f)| f.duplicate_check).map(|(no, _)| no);
    let unique = module.fields().filter(|(_, f)| !f.duplicate_check && f.unique.is_some()).map(|(no, _)| no);
    Ok(system.chain(unique).collect())
}

/// The record an upsert would change, and the field it was found by.
pub fn find_duplicate(
    state: &State,
    module: usize,
    keys: &[FieldNo],
    node: &Node<'_>,
    place: Place,
) -> Result<Option<(i64, Option<FieldNo>)>, ItemError> {
    let target = &state.modules[module];
    for &no in keys {
        let field = &target.meta.fields[no as usize];
        let Some(sent) = node.get(&field.api_name) else { continue };
        let Some(value) = validate::read(state, field, sent, node, place)? else { continue };
        let sensitive = field.unique.is_some_and(|unique| unique.0);
        let found: Vec<i64> = holders(target, no, &value, sensitive).take(2).collect();
        match found.as_slice() {
            [] => {}
            [one] => return Ok(Some((*one, Some(no)))),
            [first, ..] => {
                return Err(ItemError {
                    code: "DUPLICATE_DATA",
                    message: "duplicate data",
                    details: json!({
                        "api_name": field.api_name,
                        "json_path": format!("$.data[{}].{}", place.0, field.api_name),
                        "id": first.to_string(),
                        "duplicate_record": {"id": first.to_string(), "module": {"api_name": target.meta.api_name, "id": target.meta.id.to_string()}},
                    }),
                });
            }
        }
    }
    Ok(None)
}
