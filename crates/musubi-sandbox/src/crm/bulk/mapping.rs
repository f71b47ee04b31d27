//! Reads the body of a bulk write: which column becomes which field.

use serde_json::{Value, json};

use crate::http::error::ApiError;
use crate::org::State;
use crate::org::kind::Kind;
use crate::org::record::FieldNo;

/// What a job does with its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// Makes records.
    Insert,
    /// Changes records.
    Update,
    /// Changes those it finds, makes the others.
    Upsert,
}

/// One column.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its place in the file; `None` for a default value alone.
    pub index: Option<usize>,
    /// API name of the field.
    pub api_name: String,
    /// The field; `None` for the id.
    pub field: Option<FieldNo>,
    /// Taken when the cell is empty.
    pub default: Option<String>,
    /// For a lookup: the field of the other record that the cell holds; the id otherwise.
    pub find_by: Option<String>,
}

/// A whole request.
#[derive(Debug, Clone)]
pub struct WriteQuery {
    /// What to do.
    pub operation: Operation,
    /// The module's number.
    pub module: usize,
    /// The uploaded file.
    pub file_id: String,
    /// The field records are found by; `id` or an API name.
    pub find_by: Option<String>,
    /// Empty cells leave a field as it is rather than clear it.
    pub ignore_empty: bool,
    /// The columns; `None` takes the file's first row as API names.
    pub columns: Option<Vec<Column>>,
    /// Where to tell when the job is done.
    pub callback: Option<String>,
}

/// Modules without bulk write.
const NOT_WRITTEN: [&str; 4] = ["Attachments", "Notes", "Events", "Calls"];
/// Columns at most, of a file as of a mapping.
pub const MAX_COLUMNS: usize = 200;

fn refuse(code: &'static str, message: &str, details: Value) -> ApiError {
    ApiError::new(400, code, message, details)
}

fn missing(key: &str) -> ApiError {
    refuse("MANDATORY_NOT_FOUND", &format!("Required key {key} is not available"), json!({}))
}

/// Reads a request's body.
pub fn read(body: &[u8], state: &State) -> Result<WriteQuery, ApiError> {
    let unreadable = || refuse("REQUEST_BODY_NOT_SUPPORTED", "The request body is not supported", json!({}));
    let json: Value = serde_json::from_slice(body).map_err(|_| unreadable())?;
    let operation = match json.get("operation").and_then(Value::as_str) {
        Some("insert") => Operation::Insert,
        Some("update") => Operation::Update,
        Some("upsert") => Operation::Upsert,
        Some(_) => return Err(refuse("INVALID_DATA", "The operation is invalid", json!({}))),
        None => return Err(refuse("MISSING_REQUIRED_KEY", "operation", json!({"json_path": "$.operation"}))),
    };
    let callback = super::query::callback(&json)?;
    let resource = json
        .get("resource")
        .and_then(Value::as_array)
        .and_then(|all| all.first())
        .ok_or_else(|| refuse("MISSING_REQUIRED_KEY", "resource", json!({"json_path": "$.resource"})))?;
    let name = resource.get("module").and_then(|module| module.get("api_name").unwrap_or(module).as_str());
    let name = name.ok_or_else(|| {
        refuse("MISSING_REQUIRED_KEY", "module", json!({"json_path": "$.resource[0].module"}))
    })?;
    let number = state
        .module_no(name)
        .filter(|no| !NOT_WRITTEN.contains(&name) && state.modules[*no].meta.parent.is_none());
    let number = number.ok_or_else(|| {
        refuse("MODULE_NOT_AVAILABLE", "The module is not available", json!({"module": name}))
    })?;
    let file_id = resource.get("file_id").and_then(Value::as_str).ok_or_else(|| {
        refuse("MISSING_REQUIRED_KEY", "file_id", json!({"json_path": "$.resource[0].file_id"}))
    })?;
    let find_by = resource.get("find_by").and_then(Value::as_str).map(str::to_owned);
    if operation != Operation::Insert && find_by.is_none() {
        return Err(missing("find_by"));
    }
    let columns = match resource.get("field_mappings").filter(|mappings| !mappings.is_null()) {
        None => None,
        Some(mappings) => Some(columns(mappings, state, number)?),
    };
    if let (Operation::Insert, Some(columns)) = (operation, &columns) {
        let mapped = |no: FieldNo| columns.iter().any(|column| column.field == Some(no));
        let unmapped: Vec<&str> = state.modules[number]
            .fields()
            .filter(|(no, field)| field.mandatory && field.writable() && !mapped(*no))
            .map(|(_, field)| field.api_name.as_str())
            .collect();
        if !unmapped.is_empty() {
            return Err(refuse(
                "MANDATORY_FIELDS_NOT_MAPPED",
                "Mandatory fields are not mapped",
                json!({"fields": unmapped}),
            ));
        }
    }
    let ignore_empty =
        [resource.get("ignore_empty"), json.get("ignore_empty")].into_iter().flatten().any(|v| v == true);
    Ok(WriteQuery {
        operation,
        module: number,
        file_id: file_id.to_owned(),
        find_by,
        ignore_empty,
        columns,
        callback,
    })
}

fn columns(mappings: &Value, state: &State, module: usize) -> Result<Vec<Column>, ApiError> {
    let mappings =
        mappings.as_array().ok_or_else(|| refuse("INVALID_DATA", "field_mappings is invalid", json!({})))?;
    if mappings.len() > MAX_COLUMNS {
        return Err(refuse("INVALID_REQUEST", "too many columns", json!({"limit": MAX_COLUMNS})));
    }
    mappings.iter().map(|mapping| column(mapping, state, module)).collect()
}

/// Whether a bulk write may fill a field: not what the service keeps, and no files.
fn is_written(state: &State, module: usize, no: FieldNo) -> bool {
    let field = &state.modules[module].meta.fields[usize::from(no)];
    field.writable()
        && !matches!(field.kind, Kind::FileUpload | Kind::ImageUpload | Kind::Subform)
        && !field.kind.is_linking()
}

fn column(mapping: &Value, state: &State, module: usize) -> Result<Column, ApiError> {
    let api_name = mapping.get("api_name").and_then(Value::as_str).ok_or_else(|| missing("api_name"))?;
    let field = match api_name {
        "id" => None,
        name => {
            let no = state.modules[module].field_no(name).filter(|no| is_written(state, module, *no));
            Some(no.ok_or_else(|| refuse("INVALID_DATA", "The field is invalid", json!({"api_name": name})))?)
        }
    };
    let default = mapping.get("default_value").and_then(|value| value.get("value")).and_then(Value::as_str);
    let index = mapping.get("index").and_then(Value::as_u64);
    if index.is_none() && default.is_none() {
        return Err(missing("index"));
    }
    Ok(Column {
        index: index.map(|index| index as usize),
        api_name: api_name.to_owned(),
        field,
        default: default.map(str::to_owned),
        find_by: mapping
            .get("find_by")
            .and_then(Value::as_str)
            .filter(|name| *name != "id")
            .map(str::to_owned),
    })
}

/// The columns that a file's first row names; names that are no fields are left out.
pub fn from_header<'a>(header: impl Iterator<Item = &'a str>, state: &State, module: usize) -> Vec<Column> {
    let column = |(index, name): (usize, &str)| {
        let name = name.trim().trim_start_matches('\u{feff}');
        let field = state.modules[module].field_no(name).filter(|no| is_written(state, module, *no));
        let is_id = name.eq_ignore_ascii_case("id");
        (is_id || field.is_some()).then(|| Column {
            index: Some(index),
            api_name: name.to_owned(),
            field: field.filter(|_| !is_id),
            default: None,
            find_by: None,
        })
    };
    header.enumerate().filter_map(column).collect()
}
