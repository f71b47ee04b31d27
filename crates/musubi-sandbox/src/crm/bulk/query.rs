//! Reads the body of a bulk read.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::criteria::{Criteria, Setting, ViewError, parse_view};
use crate::http::error::ApiError;
use crate::org::State;
use crate::org::kind::Kind;
use crate::org::module::Module;
use crate::org::record::FieldNo;

/// Records on one page.
pub const PER_PAGE: usize = 200_000;
/// Pages that can be asked for by number.
const MAX_PAGE: usize = 500;
/// Columns at most.
const MAX_FIELDS: usize = 200;
/// Conditions at most.
const MAX_CONDITIONS: usize = 25;
/// Modules without bulk read.
const NOT_READ: [&str; 1] = ["Attachments"];

/// What a job reads.
#[derive(Debug, Clone)]
pub struct ReadQuery {
    /// The module's number.
    pub module: usize,
    /// Columns besides the id.
    pub fields: Vec<FieldNo>,
    /// Which records.
    pub filter: Criteria,
    /// 1-based page.
    pub page: usize,
    /// Only ids above this one, from a page token.
    pub after: i64,
    /// As the job's details show it.
    pub shown: Value,
    /// Where to tell when the job is done.
    pub callback: Option<String>,
}

fn refuse(code: &'static str, message: &str, details: Value) -> ApiError {
    ApiError::new(400, code, message, details)
}

/// Reads a request's body.
pub fn read(body: &[u8], state: &State, setting: &Setting) -> Result<ReadQuery, ApiError> {
    if body.is_empty() {
        return Err(refuse("REQUEST_BODY_IS_EMPTY", "Request body is empty.", json!({})));
    }
    let json: Value = serde_json::from_slice(body)
        .map_err(|_| refuse("REQUEST_BODY_NOT_READABLE", "Request body is not readable.", json!({})))?;
    let unsupported = |what: &str| refuse("REQUEST_BODY_NOT_SUPPORTED", what, json!({}));
    if let Some(kind) = json.get("file_type").filter(|kind| kind.as_str() != Some("csv")) {
        let details = json!({"api_name": "file_type", "supported_values": ["ics", "csv"]});
        let known = kind.as_str() == Some("ics");
        return Err(if known {
            unsupported("Only csv is supported for this module.")
        } else {
            refuse("INVALID_DATA", "invalid data", details)
        });
    }
    let callback = callback(&json)?;
    let query = json.get("query").ok_or_else(|| unsupported("The key query is missing."))?;
    let name = query
        .get("module")
        .and_then(|module| module.get("api_name").unwrap_or(module).as_str())
        .ok_or_else(|| unsupported("The key module is missing."))?;
    let number = state.module_no(name).ok_or_else(|| {
        refuse(
            "MODULE_NOT_AVAILABLE",
            "The module is not available.",
            json!({"api_name": "module", "module": name}),
        )
    })?;
    if NOT_READ.contains(&name) {
        return Err(refuse("MODULE_NOT_SUPPORTED", "The module is not supported.", json!({})));
    }
    let module = &state.modules[number];
    let fields = match query.get("fields").filter(|fields| !fields.is_null()) {
        Some(fields) => {
            let names = fields.as_array().ok_or_else(|| unsupported("The key fields must be an array."))?;
            let find = |name: &Value| {
                let name = name.as_str()?;
                if name.eq_ignore_ascii_case("id") { Some(None) } else { module.field_no(name).map(Some) }
            };
            let found: Option<Vec<Option<FieldNo>>> = names.iter().map(find).collect();
            found.ok_or_else(|| refuse("FIELD_NOT_AVAILABLE", "The field is not available.", json!({})))?
        }
        None => module
            .fields()
            .filter(|(_, field)| readable(field.kind) && field.api_name != "id")
            .map(|(no, _)| Some(no))
            .collect(),
    };
    if fields.len() > MAX_FIELDS {
        return Err(refuse("INVALID_REQUEST", "too many fields", json!({})));
    }
    let filter = filter(query, state, number, setting)?;
    let (page, after) = place(query)?;
    let mut shown = json!({"module": {"api_name": name, "id": module.meta.id.to_string()}, "page": page});
    for key in ["fields", "cvid", "criteria"] {
        if let Some(value) = query.get(key).filter(|value| !value.is_null()) {
            shown[key] = value.clone();
            if key == "criteria" {
                name_fields(&mut shown[key], module);
            }
        }
    }
    Ok(ReadQuery {
        module: number,
        fields: fields.into_iter().flatten().collect(),
        filter,
        page,
        after,
        shown,
        callback,
    })
}

/// Adds the ids of the fields to criteria, as the job's details show them.
fn name_fields(criteria: &mut Value, module: &Module) {
    if let Some(group) = criteria.get_mut("group").and_then(Value::as_array_mut) {
        group.iter_mut().for_each(|node| name_fields(node, module));
    }
    let name = criteria.pointer("/field/api_name").and_then(Value::as_str);
    if let Some(id) = name.and_then(|name| module.field(name)).map(|field| field.id.to_string()) {
        criteria["field"]["id"] = json!(id);
    }
}

fn readable(kind: Kind) -> bool {
    !matches!(kind, Kind::Subform | Kind::FileUpload | Kind::ImageUpload | Kind::ProfileImage)
        && !kind.is_linking()
}

/// The address in `callback`, as bulk reads and bulk writes have it.
pub fn callback(json: &Value) -> Result<Option<String>, ApiError> {
    let Some(callback) = json.get("callback").filter(|callback| !callback.is_null()) else { return Ok(None) };
    if callback.get("method").and_then(Value::as_str) != Some("post") {
        let details = json!({"supported_callback_methods": ["post"]});
        return Err(refuse("INVALID_CALLBACK_METHOD", "The callback method is invalid.", details));
    }
    let url = callback.get("url").and_then(Value::as_str).unwrap_or_default();
    if !url::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https")) {
        return Err(refuse("INVALID_CALLBACK_URL", "The callback URL is invalid.", json!({})));
    }
    Ok(Some(url.to_owned()))
}

fn filter(query: &Value, state: &State, module: usize, setting: &Setting) -> Result<Criteria, ApiError> {
    let mut nodes = Vec::new();
    if let Some(id) = query.get("cvid").filter(|id| !id.is_null()) {
        let id = id.as_str().and_then(|id| id.parse::<i64>().ok());
        let view = state.modules[module].meta.views.iter().find(|view| Some(view.id) == id);
        let view =
            view.ok_or_else(|| refuse("CVID_NOT_SUPPORTED", "The cvid is not supported.", json!({})))?;
        if let Some(criteria) = &view.criteria {
            nodes.push(parse_view(criteria, setting).map_err(|error| criteria_error(&error))?);
        }
    }
    if let Some(criteria) = query.get("criteria").filter(|criteria| !criteria.is_null()) {
        let criteria = parse_view(criteria, setting).map_err(|error| criteria_error(&error))?;
        let (mut count, mut known) = (0, true);
        criteria.each_condition(&mut |condition| {
            count += 1;
            known &= state.modules[module].field(&condition.field).is_some();
        });
        if !known {
            return Err(refuse(
                "FIELD_IN_CRITERIA_NOT_AVAILABLE",
                "The field in the criteria is not available.",
                json!({}),
            ));
        }
        if count > MAX_CONDITIONS {
            return Err(refuse(
                "CRITERIA_LIMIT_EXCEEDED",
                "The criteria limit is exceeded.",
                json!({"max_limit": MAX_CONDITIONS}),
            ));
        }
        nodes.push(criteria);
    }
    Ok(Criteria::All(nodes))
}

fn criteria_error(error: &ViewError) -> ApiError {
    match error {
        ViewError::GroupOperator(_) => {
            let details = json!({"supported": ["and", "or"]});
            refuse("GROUP_OPERATOR_NOT_SUPPORTED", "The group operator is not supported.", details)
        }
        ViewError::Shape => refuse("CRITERIA_NOT_SUPPORTED", "The criteria is not supported.", json!({})),
        ViewError::Comparator(_) => refuse(
            "FIELD_AND_COMPARATOR_IN_CRITERIA_NOT_COMPATIBLE",
            "The comparator is not compatible.",
            json!({}),
        ),
        ViewError::Value { .. } => {
            refuse("FIELD_AND_VALUE_IN_CRITERIA_NOT_COMPATIBLE", "The value is not compatible.", json!({}))
        }
    }
}

/// The page, and the id to go on after.
fn place(query: &Value) -> Result<(usize, i64), ApiError> {
    if let Some(token) = query.get("page_token").filter(|token| !token.is_null()) {
        let place = token.as_str().and_then(read_token);
        return place.ok_or_else(|| refuse("EXPIRED_VALUE", "The page token has expired.", json!({})));
    }
    let Some(page) = query.get("page").filter(|page| !page.is_null()) else { return Ok((1, 0)) };
    let page = page.as_u64().filter(|page| *page > 0);
    let page =
        page.ok_or_else(|| refuse("PAGE_NOT_SUPPORTED", "The page is not supported.", json!({})))? as usize;
    if page > MAX_PAGE {
        return Err(refuse(
            "PAGE_RANGE_EXCEEDED",
            "The page range is exceeded.",
            json!({"max_limit": MAX_PAGE}),
        ));
    }
    Ok((page, 0))
}

/// The token of the page after the one that ends with an id.
pub fn token(page: usize, last_id: i64) -> String {
    URL_SAFE_NO_PAD.encode(format!("bulk.{}.{last_id}", page + 1))
}

fn read_token(token: &str) -> Option<(usize, i64)> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
    let (page, id) = text.strip_prefix("bulk.")?.split_once('.')?;
    Some((page.parse().ok()?, id.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_names_the_next_page() {
        assert_eq!(read_token(&token(1, 77)), Some((2, 77)));
        assert_eq!(read_token("nonsense"), None);
    }

    #[test]
    fn callbacks_must_be_posts_to_an_address() {
        let code = |json: Value| callback(&json).map_err(|error| error.code);
        assert_eq!(code(json!({})), Ok(None));
        assert_eq!(
            code(json!({"callback": {"url": "http://h/", "method": "post"}})),
            Ok(Some("http://h/".into()))
        );
        assert_eq!(
            code(json!({"callback": {"url": "http://h/", "method": "get"}})),
            Err("INVALID_CALLBACK_METHOD")
        );
        assert_eq!(code(json!({"callback": {"url": "h", "method": "post"}})), Err("INVALID_CALLBACK_URL"));
    }
}
