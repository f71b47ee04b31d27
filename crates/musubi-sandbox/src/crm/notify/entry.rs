//! Reads one entry of a watch request.

use serde_json::{Value, json};

use crate::clock::parse_instant;
use crate::http::error::ApiError;
use crate::org::State;

use super::channel::{FieldSelection, Watched};

/// Modules that cannot be watched.
const NOT_WATCHED: [&str; 2] = ["Notes", "Attachments"];
/// Longest token.
const MAX_TOKEN: usize = 50;
/// Longest address.
const MAX_URL: usize = 255;

/// One entry of a request and its place in it.
pub struct Entry<'a> {
    /// The entry.
    pub json: &'a Value,
    /// Its place.
    pub at: usize,
}

type Outcome<T> = Result<T, ApiError>;

impl Entry<'_> {
    fn path(&self, key: &str) -> String {
        format!("$.watch[{}].{key}", self.at)
    }

    fn present(&self, key: &str) -> Option<&Value> {
        self.json.get(key).filter(|value| !value.is_null())
    }

    fn wrong_type(&self, key: &str, expected: &str) -> ApiError {
        ApiError::invalid_body(expected, key, &self.path(key))
    }

    /// The error about a missing key.
    pub fn missing(&self, key: &str) -> ApiError {
        ApiError::mandatory(key, &self.path(key))
    }

    /// The channel's id.
    pub fn channel_id(&self) -> Outcome<Option<String>> {
        let Some(value) = self.present("channel_id") else { return Ok(None) };
        let text = value.as_str().map(str::to_owned).or_else(|| value.as_i64().map(|id| id.to_string()));
        text.filter(|id| id.parse::<i64>().is_ok_and(|id| id > 0))
            .map(Some)
            .ok_or_else(|| self.wrong_type("channel_id", "bigint"))
    }

    /// Where to send.
    pub fn notify_url(&self) -> Outcome<Option<String>> {
        let Some(value) = self.present("notify_url") else { return Ok(None) };
        let url = value.as_str().ok_or_else(|| self.wrong_type("notify_url", "string"))?;
        let readable = url::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
        if url.len() > MAX_URL || !readable {
            let details = json!({"api_name": "notify_url", "json_path": self.path("notify_url")});
            return Err(ApiError::new(400, "INVALID_DATA", "invalid data", details));
        }
        Ok(Some(url.to_owned()))
    }

    /// The token to send back.
    pub fn token(&self) -> Outcome<Option<String>> {
        let Some(value) = self.present("token") else { return Ok(None) };
        let token = value.as_str().ok_or_else(|| self.wrong_type("token", "string"))?;
        if token.chars().count() > MAX_TOKEN {
            let details =
                json!({"api_name": "token", "json_path": self.path("token"), "maximum_length": MAX_TOKEN});
            return Err(ApiError::new(400, "INVALID_DATA", "invalid data", details));
        }
        Ok(Some(token.to_owned()))
    }

    /// The wished end of life, in seconds.
    pub fn expiry(&self) -> Outcome<Option<i64>> {
        let Some(value) = self.present("channel_expiry") else { return Ok(None) };
        let time = value.as_str().and_then(parse_instant);
        time.map(Some).ok_or_else(|| self.wrong_type("channel_expiry", "datetime"))
    }

    /// A true or false.
    pub fn flag(&self, key: &str) -> Outcome<Option<bool>> {
        let Some(value) = self.present(key) else { return Ok(None) };
        value.as_bool().map(Some).ok_or_else(|| self.wrong_type(key, "boolean"))
    }

    /// The events listened to, gathered by module.
    pub fn events(&self, state: &State) -> Outcome<Option<Vec<Watched>>> {
        let Some(value) = self.present("events") else { return Ok(None) };
        let list = value.as_array().ok_or_else(|| self.wrong_type("events", "jsonarray"))?;
        if list.is_empty() {
            return Err(self.missing("events"));
        }
        let mut watched: Vec<Watched> = Vec::new();
        for (place, event) in list.iter().enumerate() {
            let path = self.path(&format!("events[{place}]"));
            let (name, operation) = event
                .as_str()
                .and_then(|text| text.rsplit_once('.'))
                .ok_or_else(|| ApiError::invalid_body("string", "events", &path))?;
            let details = json!({"api_name": "events", "json_path": path});
            let module = state.module_no(name).ok_or_else(|| {
                ApiError::new(
                    400,
                    "INVALID_MODULE",
                    "the module name given seems to be invalid",
                    details.clone(),
                )
            })?;
            if NOT_WATCHED.contains(&name) || state.modules[module].meta.holds_rows() {
                return Err(ApiError::new(
                    400,
                    "NOT_SUPPORTED",
                    "the module does not support notifications",
                    details,
                ));
            }
            let here = match watched.iter().position(|known| known.module == module) {
                Some(at) => at,
                None => {
                    let api_name = name.to_owned();
                    watched.push(Watched { module, api_name, create: false, edit: false, delete: false });
                    watched.len() - 1
                }
            };
            let here = &mut watched[here];
            match operation {
                "create" => here.create = true,
                "edit" => here.edit = true,
                "delete" => here.delete = true,
                "all" => (here.create, here.edit, here.delete) = (true, true, true),
                _ => return Err(ApiError::new(400, "INVALID_DATA", "invalid data", details)),
            }
        }
        Ok(Some(watched))
    }

    /// The conditions on changed fields.
    pub fn conditions(&self, state: &State) -> Outcome<Option<Vec<FieldSelection>>> {
        let Some(value) = self.present("notification_condition") else { return Ok(None) };
        let key = "notification_condition";
        let list = value.as_array().ok_or_else(|| self.wrong_type(key, "jsonarray"))?;
        let one = |condition: &Value| {
            self.condition(condition, state).ok_or_else(|| self.wrong_type(key, "jsonobject"))
        };
        list.iter().map(one).collect::<Outcome<_>>().map(Some)
    }

    fn condition(&self, condition: &Value, state: &State) -> Option<FieldSelection> {
        let module = state.module_no(condition.get("module")?.get("api_name")?.as_str()?)?;
        let selection = condition.get("field_selection")?;
        let group = match selection.get("group") {
            Some(group) => group.as_array()?.as_slice(),
            None => std::slice::from_ref(selection),
        };
        let field = |node: &Value| {
            let name = node.get("field").unwrap_or(node).get("api_name")?.as_str()?;
            state.modules[module].field_no(name)
        };
        let operator = selection.get("group_operator").and_then(Value::as_str).unwrap_or("or");
        Some(FieldSelection {
            module,
            all: operator.eq_ignore_ascii_case("and"),
            fields: group.iter().map(field).collect::<Option<_>>()?,
            shown: condition.clone(),
        })
    }
}
