//! What holds for the rows of a linking module: no two link the same, and each lives as long as what it links.

use std::collections::HashSet;

use serde_json::json;

use super::{
    related::RelatedList,
    validate::{ItemError, Place},
};
use crate::org::{
    State,
    field::Field,
    kind::Kind,
    module::Module,
    record::{FieldNo, Record},
    value::Value,
};

/// The most users of one multi-user lookup, by the vendor's help pages.
const MOST_USERS: usize = 10;

/// Refuses a change of a record's rows that would link it with the same record or user twice. `stay` are the rows it
/// has and keeps, `puts` the new and changed ones, `places` where each of those stands in the field's list.
pub fn check<'a>(
    linking: &Module,
    field: &Field,
    stay: impl Iterator<Item = &'a i64>,
    puts: &[(Record, Vec<FieldNo>)],
    places: &[usize],
    place: Place,
) -> Result<(), ItemError> {
    let Some(links) = field.links() else { return Ok(()) };
    let Some(other) = linking.field_no(&links.other) else { return Ok(()) };
    let linked = |row: &Record| row.get(other).and_then(Value::as_reference);
    let untouched = stay.filter(|id| !puts.iter().any(|(row, _)| row.id == **id));
    let mut seen: HashSet<i64> =
        untouched.filter_map(|id| linking.table.get(*id)).filter_map(linked).collect();
    for ((row, _), at) in puts.iter().zip(places) {
        if linked(row).is_some_and(|id| !seen.insert(id)) {
            // Harder: what is linked already is not taken for granted.
            let path = place.path(&format!("{}[{at}].{}", field.api_name, links.other));
            return Err(ItemError {
                code: "DUPLICATE_DATA",
                message: "duplicate data",
                details: json!({"api_name": field.api_name, "json_path": path}),
            });
        }
    }
    if field.kind == Kind::MultiUserLookup && seen.len() > MOST_USERS {
        return Err(ItemError {
            code: "INVALID_DATA",
            message: "invalid data",
            details: json!({"limit": MOST_USERS, "api_name": field.api_name, "json_path": place.path(&field.api_name)}),
        });
    }
    Ok(())
}

/// Refuses a row that was written by itself and links what another one links already.
pub fn check_alone(linking: &Module, row: &Record, place: Place) -> Result<(), ItemError> {
    let Some([(first, name), (second, _)]) = ends(linking) else { return Ok(()) };
    let (Some(from), Some(to)) = (row.get(first), row.get(second)) else { return Ok(()) };
    let same = from
        .as_reference()
        .and_then(|id| linking.table.candidates(first, id))
        .into_iter()
        .flatten()
        .find(|other| other.id != row.id && other.get(second) == Some(to));
    let Some(same) = same else { return Ok(()) };
    let id = same.id.to_string();
    Err(ItemError {
        code: "DUPLICATE_DATA",
        message: "duplicate data",
        details: json!({
            "api_name": name, "json_path": place.path(name), "id": id,
            "duplicate_record": {"id": id, "module": {"api_name": linking.meta.api_name, "id": linking.meta.id.to_string()}},
        }),
    })
}

/// The two fields of a linking module that point at what its rows link: number and API name.
fn ends(linking: &Module) -> Option<[(FieldNo, &str); 2]> {
    let names = linking.meta.linking.as_ref()?;
    let end = |name| Some((linking.field_no(name)?, name));
    Some([end(names.first.as_str())?, end(names.second.as_str())?])
}

/// The fields of a linking module that point at records of this module: two when the module is linked with itself.
pub fn pointing_at<'a>(linking: &'a Module, module: &'a str) -> impl Iterator<Item = FieldNo> + 'a {
    let points = move |no: &FieldNo| {
        let field = &linking.meta.fields[usize::from(*no)];
        field.kind == Kind::Lookup && field.targets.first().is_some_and(|target| target == module)
    };
    ends(linking).into_iter().flatten().map(|(no, _)| no).filter(points)
}

/// The API name of the module on the other side of a related list of links; `None` for users and for other lists.
pub fn connected<'a>(state: &'a State, list: &RelatedList) -> Option<&'a str> {
    let linking = &state.modules[list.module];
    let other = ends(linking)?.into_iter().map(|(no, _)| no).find(|no| *no != list.field)?;
    linking.meta.fields[usize::from(other)].targets.first().map(String::as_str)
}

/// Whether everything that a record in the bin links is there. Records of other modules link nothing.
pub fn ends_are_there(state: &State, module: &Module, record: &Record) -> bool {
    ends(module).into_iter().flatten().all(|(no, _)| {
        let field = &module.meta.fields[usize::from(no)];
        match (record.get(no), field.targets.first()) {
            (Some(Value::Lookup(id)), Some(target)) => {
                state.module(target).is_some_and(|target| target.table.get(*id).is_some())
            }
            _ => true,
        }
    })
}

/// Whether a field is one of the two that make a linking module what it is.
pub fn is_end(module: &Module, api_name: &str) -> bool {
    module.meta.linking.as_ref().is_some_and(|names| names.first == api_name || names.second == api_name)
}
