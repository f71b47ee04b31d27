//! Reads one record of a write: types, lengths, picklists, lookups, normalisation.

use compact_str::CompactString;
use jiff::civil::Date;
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::{Value as Json, json};

use super::{consent, file_fields, rows};
use crate::{
    clock,
    http::json_in::Node,
    org::{
        State,
        field::{Field, Source},
        kind::Kind,
        record::FieldNo,
        tag::{self, Tag},
        value::Value,
    },
};

/// Why one record of a write was refused.
#[derive(Debug, Clone)]
pub struct ItemError {
    /// The service's code.
    pub code: &'static str,
    /// A sentence.
    pub message: &'static str,
    /// What exactly.
    pub details: Json,
}

/// What a client wants a record to hold.
#[derive(Debug, Default)]
pub struct Draft {
    /// Fields to set or, with `None`, to clear.
    pub sets: Vec<(FieldNo, Option<Value>)>,
    /// The new owner.
    pub owner: Option<i64>,
    /// Names of the tags it shall have.
    pub tags: Option<Vec<String>>,
    /// Rows of subforms and of linking modules.
    pub rows: Vec<(FieldNo, rows::Wish)>,
}

/// Where in the body a record stands, for error details.
#[derive(Debug, Clone, Copy)]
pub struct Place(pub usize);

impl Place {
    /// The path of one of its fields.
    pub fn path(self, api_name: &str) -> String {
        format!("$.data[{}].{api_name}", self.0)
    }
}

/// Reads a record. Unknown keys, `$` keys and read-only fields are ignored, as the service ignores them.
pub fn draft(state: &State, module: usize, node: &Node<'_>, place: Place) -> Result<Draft, ItemError> {
    let Node::Object(entries) = node else {
        return Err(ItemError {
            code: "INVALID_DATA",
            message: "invalid data",
            details: json!({"expected_data_type": "jsonobject", "json_path": format!("$.data[{}]", place.0)}),
        });
    };
    let target = &state.modules[module];
    let append = node.get("$append_values");
    let mut draft = Draft { sets: Vec::with_capacity(entries.len()), ..Draft::default() };
    for (key, value) in entries {
        let Some(no) = target.field_no(key) else { continue };
        let field = &target.meta.fields[no as usize];
        match field.source {
            Source::Owner => draft.owner = Some(user(state, field, value, place)?),
            Source::Tag => draft.tags = Some(tag_names(&target.meta.tags, field, value, place)?),
            Source::Rows | Source::Links(_) => draft.rows.push((no, rows::read(state, field, value, place)?)),
            Source::Cell if !field.read_only => {
                let mut read = read(state, field, value, node, place)?;
                if append.and_then(|a| a.get(key)) == Some(&Node::Bool(true)) {
                    // The earlier values are joined in by the writer, which knows the record.
                    read = read.map(mark_append);
                }
                if read.is_none() && (field.mandatory || target.required().contains(&no)) {
                    return Err(mandatory(field, place));
                }
                draft.sets.push((no, read));
            }
            _ => {}
        }
    }
    Ok(draft)
}

/// The refusal of a record without a mandatory field.
pub fn mandatory(field: &Field, place: Place) -> ItemError {
    if field.api_name == "Parent_Id" {
        return expected(&["Parent_Id"], "required field not found", place);
    }
    ItemError {
        code: "MANDATORY_NOT_FOUND",
        message: "required field not found",
        details: json!({"api_name": field.api_name, "json_path": place.path(&field.api_name)}),
    }
}

/// The refusal of a record that has none of some fields, as the documents of notes have it.
pub fn expected(api_names: &[&str], message: &'static str, place: Place) -> ItemError {
    let fields: Vec<Json> =
        api_names.iter().map(|name| json!({"api_name": name, "json_path": place.path(name)})).collect();
    ItemError { code: "EXPECTED_FIELD_MISSING", message, details: json!({"expected_fields": fields}) }
}

/// Marks values that are to be added to those a record has, by an empty first value.
fn mark_append(value: Value) -> Value {
    match value {
        Value::Many(values) => Value::Many(std::iter::once(CompactString::default()).chain(values).collect()),
        other => other,
    }
}

fn wrong_type(field: &Field, place: Place) -> ItemError {
    let expected = match field.kind {
        Kind::Integer => "integer",
        Kind::BigInt => "bigint",
        Kind::Email => "email",
        Kind::Date => "date",
        Kind::DateTime => "datetime",
        kind => match kind.json_type() {
            "string" => "text",
            other => other,
        },
    };
    ItemError {
        code: "INVALID_DATA",
        message: "invalid data",
        details: json!({"expected_data_type": expected, "api_name": field.api_name, "json_path": place.path(&field.api_name)}),
    }
}

fn bad_reference(field: &Field, place: Place) -> ItemError {
    ItemError {
        code: "INVALID_DATA",
        message: "the related id given seems to be invalid",
        details: json!({"api_name": field.api_name, "json_path": place.path(&field.api_name)}),
    }
}

/// Reads one field's value; `None` clears.
pub fn read(
    state: &State,
    field: &Field,
    node: &Node<'_>,
    record: &Node<'_>,
    place: Place,
) -> Result<Option<Value>, ItemError> {
    let wrong = || wrong_type(field, place);
    if *node == Node::Null {
        return Ok(None);
    }
    Ok(match field.kind {
        Kind::Picklist => {
            let text = node.as_str().ok_or_else(wrong)?;
            if text.is_empty() || text == "-None-" {
                None
            } else {
                Some(Value::Text(pick(field, text, place)?))
            }
        }
        Kind::MultiPicklist => {
            let items = node.as_list().ok_or_else(wrong)?;
            let mut values: Vec<CompactString> = Vec::with_capacity(items.len());
            for item in items {
                let value = pick(field, item.as_str().ok_or_else(wrong)?, place)?;
                if !values.contains(&value) {
                    values.push(value);
                }
            }
            (!values.is_empty()).then(|| Value::Many(values.into_boxed_slice()))
        }
        Kind::Boolean => match node {
            Node::Bool(value) => Some(Value::Bool(*value)),
            _ => return Err(wrong()),
        },
        Kind::Integer | Kind::BigInt => {
            let number = match node {
                Node::Int(number) => *number,
                Node::Text(text) if field.kind == Kind::BigInt => text.parse().map_err(|_| wrong())?,
                _ => return Err(wrong()),
            };
            if number.unsigned_abs() >= 10u64.saturating_pow(field.length.min(18)) {
                return Err(too_long(field, place));
            }
            Some(Value::Int(number))
        }
        kind if kind.is_decimal() => {
            let number: Decimal = match node {
                Node::Int(number) => Decimal::from(*number),
                Node::Float(number) => number.to_string().parse().map_err(|_| wrong())?,
                _ => return Err(wrong()),
            };
            if number.trunc().abs() >= Decimal::from(10i64.pow(field.length.min(16))) {
                return Err(too_long(field, place));
            }
            let places = field.decimal_place;
            Some(Value::Decimal(
                number.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero).normalize(),
            ))
        }
        Kind::Date => Some(Value::Date(parse_date(node.as_str().ok_or_else(wrong)?).ok_or_else(wrong)?)),
        Kind::DateTime => {
            Some(Value::Instant(clock::parse_instant(node.as_str().ok_or_else(wrong)?).ok_or_else(wrong)?))
        }
        Kind::Lookup => reference(node, field, place)?
            .map(|id| {
                let there =
                    state.module(&field.targets[0]).is_some_and(|target| target.table.get(id).is_some());
                if there { Ok(Value::Lookup(id)) } else { Err(bad_reference(field, place)) }
            })
            .transpose()?,
        Kind::MultiModuleLookup => match reference(node, field, place)? {
            Some(id) => Some(module_reference(state, field, node, record, id, place)?),
            None => None,
        },
        Kind::UserLookup | Kind::OwnerLookup => Some(Value::User(user(state, field, node, place)?)),
        Kind::FileUpload | Kind::ImageUpload => {
            let sent = node.as_list().ok_or_else(wrong)?;
            let sent: Vec<Json> = sent.iter().map(Node::to_json).collect();
            if !sent.iter().all(|entry| file_fields::is_entry(state, entry)) {
                return Err(bad_reference(field, place));
            }
            (!sent.is_empty()).then(|| Value::Json(Box::new(Json::Array(sent))))
        }
        Kind::Subform
        | Kind::MultiSelectLookup
        | Kind::MultiUserLookup
        | Kind::MultiReminder
        | Kind::BigJson => match node.as_list() {
            Some([]) => None,
            Some(_) => Some(Value::Json(Box::new(node.to_json()))),
            None => return Err(wrong()),
        },
        Kind::Rrule | Kind::Alarm => match node {
            Node::Object(_) => Some(Value::Json(Box::new(node.to_json()))),
            _ => return Err(wrong()),
        },
        Kind::ConsentLookup => match node {
            Node::Object(_) => Some(Value::Json(Box::new(consent::read(field, &node.to_json(), place)?))),
            _ => return Err(wrong()),
        },
        _ => text(field, node.as_str().ok_or_else(wrong)?, place)?,
    })
}

/// Text is trimmed; blank text clears.
fn text(field: &Field, raw: &str, place: Place) -> Result<Option<Value>, ItemError> {
    let text = raw.trim();
    if text.is_empty() {
        return Ok(None);
    }
    if text.len() > field.length as usize && text.chars().count() > field.length as usize {
        return Err(too_long(field, place));
    }
    if field.kind == Kind::Email && !is_email(text) {
        return Err(wrong_type(field, place));
    }
    Ok(Some(Value::Text(text.into())))
}

fn too_long(field: &Field, place: Place) -> ItemError {
    ItemError {
        code: "INVALID_DATA",
        message: "invalid data",
        details: json!({"maximum_length": field.length, "api_name": field.api_name, "json_path": place.path(&field.api_name)}),
    }
}

/// Harder: v2 took values that are not in the list; here every version refuses them.
fn pick(field: &Field, text: &str, place: Place) -> Result<CompactString, ItemError> {
    match field.picks.iter().any(|pick| pick.used && pick.value == text) {
        true => Ok(text.into()),
        false => Err(ItemError {
            code: "INVALID_DATA",
            message: "invalid data",
            details: json!({
                "api_name": field.api_name, "json_path": place.path(&field.api_name),
                "supported_values": field.picks.iter().filter(|p| p.used).map(|p| p.value.as_str()).collect::<Vec<_>>(),
            }),
        }),
    }
}

/// An id given as `{"id": …}` or bare; `None` for an object whose id is null.
fn reference(node: &Node<'_>, field: &Field, place: Place) -> Result<Option<i64>, ItemError> {
    let id = match node {
        Node::Object(_) => match node.get("id") {
            Some(Node::Null) => return Ok(None),
            Some(id) => id.as_id(),
            None => return Err(wrong_type(field, place)),
        },
        // Harder: an empty string is not an id, it does not clear.
        other => other.as_id(),
    };
    id.map(Some).ok_or_else(|| bad_reference(field, place))
}

fn module_reference(
    state: &State,
    field: &Field,
    node: &Node<'_>,
    record: &Node<'_>,
    id: i64,
    place: Place,
) -> Result<Value, ItemError> {
    let named = node
        .get("module")
        .and_then(|module| module.get("api_name").or(Some(module)))
        .or_else(|| {
            if field.api_name == "Who_Id" {
                None
            } else {
                record.get("$se_module").or_else(|| record.get("se_module"))
            }
        })
        .and_then(Node::as_str);
    let allowed = |name: &str| field.targets.iter().any(|target| target == "*" || target == name);
    let found = match named {
        Some(name) if allowed(name) => state.module_no(name),
        Some(_) => None,
        // Without a module a contact is looked for first, then a lead; a related record must name its module.
        None if field.api_name == "Who_Id" => field
            .targets
            .iter()
            .filter_map(|name| state.module_no(name))
            .find(|no| state.modules[*no].table.get(id).is_some()),
        None => {
            return Err(ItemError {
                code: "MANDATORY_NOT_FOUND",
                message: "required field not found",
                details: json!({"api_name": "$se_module", "json_path": place.path("$se_module")}),
            });
        }
    };
    match found {
        Some(no) if state.modules[no].table.get(id).is_some() => Ok(Value::ModuleLookup(no as u16, id)),
        _ => Err(bad_reference(field, place)),
    }
}

fn user(state: &State, field: &Field, node: &Node<'_>, place: Place) -> Result<i64, ItemError> {
    let id = match node {
        Node::Object(_) => node.get("id").and_then(Node::as_id),
        other => other.as_id(),
    };
    id.filter(|id| state.user(*id).is_some_and(|user| user.active)).ok_or_else(|| bad_reference(field, place))
}

/// The names of the tags a record shall have. Those that the module does not know are made, up to its limit.
fn tag_names(known: &[Tag], field: &Field, node: &Node<'_>, place: Place) -> Result<Vec<String>, ItemError> {
    let name = |tag: &Node<'_>| {
        tag.get("name").or(Some(tag)).and_then(Node::as_str).map(|text| text.trim().to_owned())
    };
    let names: Vec<String> = match node {
        Node::Null => Vec::new(),
        Node::List(items) => items
            .iter()
            .map(|tag| name(tag).ok_or_else(|| wrong_type(field, place)))
            .collect::<Result<_, _>>()?,
        _ => return Err(wrong_type(field, place)),
    };
    let path = place.path(&field.api_name);
    if names.iter().any(|name| name.chars().count() > tag::LONGEST) {
        let details = json!({"maximum_length": tag::LONGEST, "api_name": field.api_name, "json_path": path});
        return Err(ItemError { code: "INVALID_DATA", message: "invalid data", details });
    }
    let mut new: Vec<String> = names.iter().map(|name| name.to_ascii_lowercase()).collect();
    new.sort();
    new.dedup();
    new.retain(|name| !name.is_empty() && known.iter().all(|tag| tag.name.to_ascii_lowercase() != *name));
    if known.len() + new.len() > tag::MOST {
        let details = json!({"limit": tag::MOST, "api_name": field.api_name, "json_path": path});
        return Err(ItemError {
            code: "LICENSE_LIMIT_EXCEEDED",
            message: "tags edition limit exceeded",
            details,
        });
    }
    Ok(names)
}

fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    !local.is_empty()
        && !domain.starts_with('.')
        && domain.rsplit_once('.').is_some_and(|(host, top)| !host.is_empty() && top.len() >= 2)
        && !text.contains(char::is_whitespace)
}

fn parse_date(text: &str) -> Option<Date> {
    (text.len() == 10).then(|| text.parse().ok()).flatten()
}
