//! What the pages of a module demand: `/settings/layouts`. An administrator can make a field required there of which the list of fields says nothing.

use super::Crm;
use crate::session::Call;
use musubi_connector::{CallError, CallErrorKind};
use serde::{Deserialize, Deserializer};
use serde_json::Value as Json;

#[derive(Deserialize)]
struct Layouts {
    layouts: Vec<Layout>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Layout {
    /// `inactive` of one that nobody is given.
    status: Json,
    #[serde(deserialize_with = "or_none")]
    sections: Vec<Section>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Section {
    r#type: Option<String>,
    /// Its fields are those of the rows, not of the record.
    #[serde(rename = "isSubformSection")]
    of_rows: Option<bool>,
    #[serde(deserialize_with = "or_none")]
    fields: Vec<Placed>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Placed {
    api_name: Option<String>,
    required: Option<bool>,
    r#type: Option<String>,
    default_value: Json,
}

/// `null` where there is no list.
fn or_none<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    Option::<Vec<T>>::deserialize(deserializer).map(Option::unwrap_or_default)
}

impl Crm {
    /// The fields that every page for new records demands. None if the service does not show the pages: without the permission, or of a module that has none, what
    /// they demand is found out by being refused.
    pub(super) async fn demanded(&self, module: &str) -> Result<Vec<String>, CallError> {
        let call = Call::get([super::BASE, super::VERSION, "settings", "layouts"]).query("module", module);
        match self.metadata::<Layouts>(call).await {
            Ok(answer) => Ok(answer.map_or_else(Vec::new, |answer| by_all(&answer.layouts))),
            Err(error) if is_not_shown(&error) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }
}

/// The service keeps the pages to itself, or shows them as nobody knows them; what passes is not among it.
fn is_not_shown(error: &CallError) -> bool {
    match error.kind {
        CallErrorKind::Refused | CallErrorKind::SchemaChanged => true,
        CallErrorKind::Auth => error.service.code == "OAUTH_SCOPE_MISMATCH",
        _ => error.service.code == "UNREADABLE_ANSWER" && error.service.status < 300,
    }
}

/// What each layout in use requires.
fn by_all(layouts: &[Layout]) -> Vec<String> {
    let mut used = layouts.iter().filter(|layout| layout.status.as_str() != Some("inactive"));
    let mut all: Vec<String> =
        used.next().into_iter().flat_map(Layout::required).map(str::to_owned).collect();
    for layout in used {
        all.retain(|name| layout.required().any(|required| required == name));
    }
    all
}

impl Layout {
    fn required(&self) -> impl Iterator<Item = &str> {
        let is_used = |kind: &Option<String>| kind.as_deref() != Some("unused");
        let sections = self.sections.iter();
        let sections =
            sections.filter(move |section| is_used(&section.r#type) && section.of_rows != Some(true));
        let required = move |field: &&Placed| {
            is_used(&field.r#type) && field.required == Some(true) && !is_given(&field.default_value)
        };
        sections
            .flat_map(|section| &section.fields)
            .filter(required)
            .filter_map(|field| field.api_name.as_deref())
    }
}

/// The page fills it by itself.
fn is_given(default: &Json) -> bool {
    match default {
        Json::Null => false,
        Json::String(text) => !text.is_empty() && text != "-None-",
        Json::Array(list) => !list.is_empty(),
        Json::Object(keys) => !keys.is_empty(),
        Json::Bool(_) | Json::Number(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn demanded(layouts: Json) -> Vec<String> {
        by_all(&serde_json::from_value::<Layouts>(json!({ "layouts": layouts })).unwrap().layouts)
    }

    fn layout(status: &str, fields: Json) -> Json {
        json!({"id": "1", "status": status, "sections": [{"type": "used", "isSubformSection": false, "fields": fields}]})
    }

    fn required(name: &str) -> Json {
        json!({"api_name": name, "required": true, "default_value": null})
    }

    #[test]
    fn what_every_layout_in_use_requires_is_demanded() {
        let optional = json!({"api_name": "City", "required": false});
        let first = layout("active", json!([required("Rank"), required("Area"), optional]));
        assert_eq!(demanded(json!([first])), ["Rank", "Area"]);
        let second = layout("active", json!([required("Area"), required("City")]));
        assert_eq!(demanded(json!([first, second])), ["Area"]);
        let unused = layout("inactive", json!([]));
        assert_eq!(demanded(json!([unused, first])), ["Rank", "Area"]);
        assert_eq!(demanded(json!([])), [""; 0]);
        // An older answer tells the status by a number, and may have no sections.
        assert_eq!(demanded(json!([{"status": 0, "sections": null}])), [""; 0]);
    }

    #[test]
    fn what_the_page_fills_or_does_not_show_is_not_demanded() {
        let with = |default: Json| json!({"api_name": "Stage", "required": true, "default_value": default});
        for (default, expect) in [
            (json!("Open"), false),
            (json!(false), false),
            (json!(["a"]), false),
            (json!("-None-"), true),
            (json!(""), true),
            (json!(null), true),
        ] {
            assert_eq!(
                demanded(json!([layout("active", json!([with(default.clone())]))])).len() == 1,
                expect,
                "{default}"
            );
        }
        let rows = json!({"isSubformSection": true, "fields": [required("Pieces")]});
        let unused = json!({"type": "unused", "fields": [required("Old")]});
        assert_eq!(demanded(json!([{"status": "active", "sections": [rows, unused]}])), [""; 0]);
    }

    #[test]
    fn a_refusal_is_taken_for_nothing_and_what_passes_is_not() {
        let error = |kind, code: &str| is_not_shown(&CallError::new(kind, code, "x"));
        assert!(error(CallErrorKind::Refused, "NO_PERMISSION"));
        assert!(error(CallErrorKind::Auth, "OAUTH_SCOPE_MISMATCH"));
        assert!(error(CallErrorKind::SchemaChanged, "INVALID_MODULE"));
        assert!(!error(CallErrorKind::Auth, "INVALID_TOKEN"));
        assert!(!error(CallErrorKind::Throttled, "TOO_MANY_REQUESTS"));
        assert!(!error(CallErrorKind::Unknown, "TIMEOUT"));
    }
}
