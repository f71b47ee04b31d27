//! List views: their names, and their filters as conditions.

use super::Crm;
use crate::session::Call;
use musubi_connector::{CallError, View, ViewFilter};
use musubi_core::scope::{Comparator, Condition, Criteria, Literal};
use musubi_core::{FieldName, ModuleName};
use serde::Deserialize;
use serde_json::Value as Json;

#[derive(Deserialize)]
struct Views {
    custom_views: Vec<ViewJson>,
    info: Option<Info>,
}

#[derive(Deserialize)]
struct Info {
    more_records: Option<bool>,
}

#[derive(Deserialize)]
struct ViewJson {
    id: String,
    name: Option<String>,
    display_value: Option<String>,
    system_name: Option<String>,
    criteria: Option<Json>,
    cross_filters: Option<Json>,
}

impl Crm {
    /// The views of a module, without their filters: those are told of one view at a time.
    pub(super) async fn list_views(&self, module: &ModuleName) -> Result<Vec<View>, CallError> {
        let mut views = Vec::new();
        for page in 1_u32.. {
            let call = Call::get([super::BASE, super::VERSION, "settings", "custom_views"])
                .query("module", module.as_str())
                .query("per_page", "200")
                .query("page", page.to_string());
            let Some(answer) = self.metadata::<Views>(call).await? else { break };
            views.extend(answer.custom_views.into_iter().map(|json| view(json).0));
            if answer.info.and_then(|info| info.more_records) != Some(true) {
                break;
            }
        }
        Ok(views)
    }

    /// The filter of one view; `None` when there is no such view any more.
    pub(super) async fn view_filter(
        &self,
        module: &ModuleName,
        id: &str,
    ) -> Result<Option<ViewFilter>, CallError> {
        let call = Call::get([super::BASE, super::VERSION, "settings", "custom_views", id])
            .query("module", module.as_str());
        let answer = self.metadata::<Views>(call).await?;
        Ok(answer.and_then(|answer| answer.custom_views.into_iter().next()).map(|json| view(json).1))
    }
}

fn view(json: ViewJson) -> (View, ViewFilter) {
    let name = json.display_value.or(json.name).unwrap_or_default();
    let filter = match (&json.criteria, &json.cross_filters) {
        (_, Some(filters)) if filters.as_array().is_some_and(|filters| !filters.is_empty()) => {
            ViewFilter::Unreadable("it filters by records of other modules".to_owned())
        }
        (None | Some(Json::Null), _) => ViewFilter::Everything,
        (Some(criteria), _) => match parse(criteria) {
            Ok(criteria) => ViewFilter::These(criteria),
            Err(why) => ViewFilter::Unreadable(why),
        },
    };
    (View { id: json.id, name, system_name: json.system_name }, filter)
}

/// A condition, or a group of them, as list views write it. The error says what cannot be read.
fn parse(json: &Json) -> Result<Criteria, String> {
    if let Some(group) = json.get("group").and_then(Json::as_array) {
        let parts = group.iter().map(parse).collect::<Result<Vec<_>, _>>()?;
        let operator = json.get("group_operator").and_then(Json::as_str).unwrap_or_default();
        return match operator.to_ascii_lowercase().as_str() {
            "and" => Ok(Criteria::All { all: parts }),
            "or" => Ok(Criteria::Any { any: parts }),
            _ => Err(format!("its conditions are joined by {operator:?}")),
        };
    }
    let field = json.get("field").and_then(|field| field.get("api_name").unwrap_or(field).as_str());
    let (Some(field), Some(name)) = (field, json.get("comparator").and_then(Json::as_str)) else {
        return Err("a condition has no field or no comparator".to_owned());
    };
    let comparator = Comparator::parse(name).ok_or_else(|| format!("{field} is compared by {name:?}"))?;
    match json.get("type").and_then(Json::as_str) {
        None | Some("value" | "pre_defined") => {}
        Some(other) => return Err(format!("{field} is compared with a {other}, not with a value")),
    }
    let operands = match json.get("value").unwrap_or(&Json::Null) {
        Json::Array(values) => values.iter().map(|value| literal(field, value)).collect::<Result<_, _>>()?,
        one => vec![literal(field, one)?],
    };
    Ok(Criteria::Is(Condition { field: FieldName::new(field), comparator, operands }))
}

fn literal(field: &str, value: &Json) -> Result<Literal, String> {
    let text = match value {
        Json::Null => return Ok(Literal::Empty),
        Json::String(text) => text.clone(),
        Json::Number(number) => number.to_string(),
        Json::Bool(flag) => flag.to_string(),
        // A record or a user.
        Json::Object(object) => match object.get("id").and_then(Json::as_str) {
            Some(id) => id.to_owned(),
            None => return Err(format!("{field} is compared with something that has no id")),
        },
        Json::Array(_) => return Err(format!("{field} is compared with a list in a list")),
    };
    // What the value says is for its owner; the name of a literal is not.
    Literal::parse(&text).ok_or_else(|| format!("{field} is compared with {text}, which is not known here"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn is(field: &str, comparator: Comparator, operands: Vec<Literal>) -> Criteria {
        Criteria::Is(Condition { field: field.into(), comparator, operands })
    }

    #[test]
    fn groups_and_literals_are_read() {
        let json = json!({"group_operator": "AND", "group": [
            {"field": {"api_name": "Owner", "id": "1"}, "comparator": "equal", "type": "value", "value": "${CURRENTUSER}"},
            {"group_operator": "or", "group": [
                {"field": {"api_name": "City"}, "comparator": "in", "value": ["Tokyo", "${EMPTY}"]},
                {"field": {"api_name": "Account_Name"}, "comparator": "equal", "value": {"name": "Acme", "id": "77"}},
            ]},
        ]});
        let inner = vec![
            is("City", Comparator::In, vec![Literal::Text("Tokyo".into()), Literal::Empty]),
            is("Account_Name", Comparator::Equal, vec![Literal::Text("77".into())]),
        ];
        let all =
            vec![is("Owner", Comparator::Equal, vec![Literal::CurrentUser]), Criteria::Any { any: inner }];
        assert_eq!(parse(&json), Ok(Criteria::All { all }));
    }

    #[test]
    fn what_only_the_service_can_judge_is_said() {
        let why = |json: Json| parse(&json).unwrap_err();
        let near = json!({"field": {"api_name": "City"}, "comparator": "near", "value": "Tokyo"});
        assert_eq!(why(near), "City is compared by \"near\"");
        let field = json!({"field": {"api_name": "A"}, "comparator": "equal", "type": "field", "value": {"api_name": "B"}});
        assert_eq!(why(field), "A is compared with a field, not with a value");
        let soon = json!({"field": {"api_name": "A"}, "comparator": "equal", "value": "${SOON}"});
        assert_eq!(why(soon), "A is compared with ${SOON}, which is not known here");
    }

    #[test]
    fn a_view_over_other_modules_is_not_taken_for_one_of_everything() {
        let json = json!({"id": "1", "name": "V", "criteria": null, "cross_filters": [{"subject": "Deals"}]});
        assert!(matches!(view(serde_json::from_value(json).unwrap()).1, ViewFilter::Unreadable(_)));
        let json = json!({"id": "1", "name": "V", "criteria": null, "cross_filters": []});
        assert_eq!(view(serde_json::from_value(json).unwrap()).1, ViewFilter::Everything);
    }
}
