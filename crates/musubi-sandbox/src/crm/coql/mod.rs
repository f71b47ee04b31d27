//! `POST /coql`: select queries over one module and up to two lookups away.

mod aggregate;
mod check;
mod condition;
mod error;
pub mod execute;
mod lex;
mod meta;
mod parse;
pub mod plan;
pub mod query;
mod show;

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::clock::instant;
use crate::criteria::{Cell, Criteria, RecordRow, Setting, parse_view};
use crate::crm::context::RequestContext;
use crate::http::answer::Answer;
use crate::http::error::{ApiError, Reply};
use crate::org::State;
use crate::org::kind::Kind;
use crate::org::module::Module;
use crate::org::record::FieldNo;

use self::error::CoqlError;
use self::query::{Expression, Query};
use self::show::{Numbers, write_cell, write_text};

impl From<CoqlError> for ApiError {
    fn from(error: CoqlError) -> ApiError {
        ApiError::new(400, error.code(), error.message(), error.details())
    }
}

/// What literals mean in this call.
pub fn setting(ctx: &RequestContext) -> Setting {
    Setting { now: instant(ctx.now()), zone: ctx.org.zone.clone(), user_id: ctx.user_id }
}

/// Runs a query.
pub fn handle(ctx: &RequestContext) -> Reply {
    ctx.require(&["coql"], "READ")?;
    let (text, wants_fields) = select_query(&ctx.request.body)?;
    let setting = setting(ctx);
    let mut query = parse::parse(&text, &setting)?;
    ctx.charge(query.credits());
    ctx.require(&["modules", &query.module], "READ")?;
    let state = ctx.org.read();
    let module = state.module(&query.module).ok_or_else(|| CoqlError::Module(query.module.clone()))?;
    apply_view(&mut query, module, &setting)?;
    check::check(&query, &state, module)?;
    let mut out = Vec::with_capacity(4096);
    let (count, more) = match query.aggregates() {
        true => write_groups(&mut out, &state, module, &query, &ctx.org.zone),
        false => {
            // Harder: a query is as far behind as a list.
            let past = ctx.read_lag_s.map(|lag| module.table.as_of(ctx.now_ms - lag * 1000));
            let page = execute::page(&state, module, &query, past.as_deref());
            write_records(&mut out, &state, module, &query, &page, &ctx.org.zone)
        }
    };
    if count == 0 {
        return Ok(Answer::no_content());
    }
    out.extend_from_slice(format!("],\"info\":{{\"count\":{count},\"more_records\":{more}}}").as_bytes());
    if wants_fields {
        out.extend_from_slice(b",\"fields\":");
        out.extend_from_slice(meta::fields(ctx, &query, &state, module).to_string().as_bytes());
    }
    out.push(b'}');
    Ok(Answer::json_bytes(200, out))
}

/// The query, and whether the answer describes its columns.
fn select_query(body: &[u8]) -> Result<(String, bool), ApiError> {
    let refuse = |code, message: &str, details: Value| ApiError::new(400, code, message, details);
    let json: Value = serde_json::from_slice(body)
        .map_err(|_| refuse("INVALID_DATA", "body is not a JSON object", json!({})))?;
    let missing =
        || refuse("MANDATORY_NOT_FOUND", "required field not found", json!({"api_name": "select_query"}));
    match json.get("select_query").ok_or_else(missing)? {
        Value::String(text) => Ok((text.clone(), wants_fields(&json)?)),
        _ => {
            let details = json!({"expected_data_type": "string", "api_name": "select_query", "json_path": "$.select_query"});
            Err(refuse("INVALID_DATA", "invalid data", details))
        }
    }
}

fn wants_fields(json: &Value) -> Result<bool, ApiError> {
    let Some(wanted) = json.get("include_meta").filter(|wanted| !wanted.is_null()) else { return Ok(false) };
    let known = wanted.as_array().is_some_and(|all| all.iter().all(|name| name == "fields"));
    match known {
        true => Ok(wanted.as_array().is_some_and(|all| !all.is_empty())),
        false => {
            let details = json!({"api_name": "include_meta", "json_path": "$.include_meta", "supported_values": ["fields"]});
            Err(ApiError::new(400, "INVALID_DATA", "invalid data", details))
        }
    }
}

/// Adds the criteria of the list view named after the module.
fn apply_view(query: &mut Query, module: &Module, setting: &Setting) -> Result<(), CoqlError> {
    let Some(id) = &query.view else { return Ok(()) };
    let view = module.meta.views.iter().find(|view| view.id.to_string() == *id);
    let view = view.ok_or_else(|| CoqlError::View(id.clone()))?;
    if let Some(criteria) = &view.criteria {
        let criteria = parse_view(criteria, setting).map_err(|_| CoqlError::View(id.clone()))?;
        let filter = std::mem::replace(&mut query.filter, Criteria::All(Vec::new()));
        query.filter = Criteria::All(vec![filter, criteria]);
    }
    Ok(())
}

fn numbers(path: &str, state: &State, module: &Module) -> Numbers {
    match check::field_at(path, state, module) {
        Some(field) if field.api_name == "id" || field.kind == Kind::BigInt => Numbers::Quoted,
        _ => Numbers::Plain,
    }
}

fn write_key(out: &mut Vec<u8>, key: &str, first: bool) {
    if !first {
        out.push(b',');
    }
    write_text(out, key);
    out.push(b':');
}

/// A column as it is written.
struct Column<'a> {
    /// What stands before each value.
    key: Vec<u8>,
    path: &'a str,
    /// The field, if it is one of the record itself.
    no: Option<FieldNo>,
    numbers: Numbers,
}

fn write_records(
    out: &mut Vec<u8>,
    state: &State,
    module: &Module,
    query: &Query,
    page: &execute::Page<'_>,
    zone: &TimeZone,
) -> (usize, bool) {
    let columns: Vec<Column<'_>> = query
        .columns
        .iter()
        .enumerate()
        .filter_map(|(place, column)| match &column.expression {
            Expression::Field(path) => {
                let mut key = Vec::new();
                write_key(&mut key, &column.key, place == 0);
                Some(Column { key, path, no: module.field_no(path), numbers: numbers(path, state, module) })
            }
            Expression::Aggregate(..) => None,
        })
        .collect();
    let has_id = query.columns.iter().any(|column| column.key == "id");
    out.extend_from_slice(b"{\"data\":[");
    for (at, record) in page.records.iter().enumerate() {
        let row = RecordRow { state, module, record };
        out.extend_from_slice(if at == 0 { b"{" } else { b",{" });
        for Column { key, path, no, numbers } in &columns {
            out.extend_from_slice(key);
            let cell = no.map_or_else(|| row.resolve(path).unwrap_or(Cell::Null), |no| row.plain_cell_at(no));
            write_cell(out, &cell, *numbers, zone);
        }
        // The id is in every row, asked for or not.
        if !has_id {
            write_key(out, "id", columns.is_empty());
            write_cell(out, &Cell::Integer(record.id), Numbers::Quoted, zone);
        }
        out.push(b'}');
    }
    (page.records.len(), page.more)
}

fn write_groups(
    out: &mut Vec<u8>,
    state: &State,
    module: &Module,
    query: &Query,
    zone: &TimeZone,
) -> (usize, bool) {
    let (rows, more) = aggregate::rows(state, module, query);
    out.extend_from_slice(b"{\"data\":[");
    for (at, row) in rows.iter().enumerate() {
        out.extend_from_slice(if at == 0 { b"{" } else { b",{" });
        for (place, (column, cell)) in query.columns.iter().zip(row).enumerate() {
            write_key(out, &column.key, place == 0);
            write_cell(out, cell, Numbers::Plain, zone);
        }
        out.push(b'}');
    }
    (rows.len(), more)
}
