//! Criteria as list views and bulk jobs write them: nested JSON.

use serde_json::Value;

use super::{Comparator, Condition, Criteria, Operand, Setting, period};

/// Why criteria in JSON are refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ViewError {
    /// Neither a condition nor a group, or a key of the wrong type.
    #[error("criteria are a condition or a group")]
    Shape,
    /// An unknown comparator.
    #[error("unknown comparator {0}")]
    Comparator(String),
    /// A group operator other than and, or.
    #[error("unknown group operator {0}")]
    GroupOperator(String),
    /// A value of a kind that cannot be compared here.
    #[error("the value of {field} cannot be compared")]
    Value {
        /// API name of the field.
        field: String,
    },
}

/// Reads criteria in JSON. `${…}` literals take their meaning from `setting`.
pub fn parse_view(json: &Value, setting: &Setting) -> Result<Criteria, ViewError> {
    let object = json.as_object().ok_or(ViewError::Shape)?;
    if let Some(group) = object.get("group") {
        let group = group.as_array().ok_or(ViewError::Shape)?;
        let nodes = group.iter().map(|node| parse_view(node, setting)).collect::<Result<_, _>>()?;
        let operator = object.get("group_operator").and_then(Value::as_str).unwrap_or_default();
        return match operator.to_ascii_lowercase().as_str() {
            "and" => Ok(Criteria::All(nodes)),
            "or" => Ok(Criteria::Any(nodes)),
            _ => Err(ViewError::GroupOperator(operator.to_owned())),
        };
    }
    let field = object
        .get("field")
        .map(|field| field.get("api_name").unwrap_or(field))
        .or_else(|| object.get("api_name"))
        .and_then(Value::as_str)
        .ok_or(ViewError::Shape)?
        .to_owned();
    let name = object.get("comparator").and_then(Value::as_str).ok_or(ViewError::Shape)?;
    let comparator =
        Comparator::from_view_name(name).ok_or_else(|| ViewError::Comparator(name.to_owned()))?;
    let value = object.get("value").unwrap_or(&Value::Null);
    let operands = operands(value, setting).ok_or_else(|| ViewError::Value { field: field.clone() })?;
    let ranged = matches!(comparator, Comparator::Between | Comparator::NotBetween);
    if ranged && operands.len() != 2 {
        return Err(ViewError::Value { field });
    }
    Ok(Criteria::Is(Condition { field, comparator, operands }))
}

fn operands(value: &Value, setting: &Setting) -> Option<Vec<Operand>> {
    match value {
        Value::Array(values) => values.iter().map(|value| operand(value, setting)).collect(),
        one => Some(vec![operand(one, setting)?]),
    }
}

fn operand(value: &Value, setting: &Setting) -> Option<Operand> {
    match value {
        Value::Null => Some(Operand::Empty),
        Value::String(text) => {
            Some(period::literal(text, setting).unwrap_or_else(|| Operand::value(text.as_str(), setting)))
        }
        Value::Number(number) => Some(Operand::value(number.to_string(), setting)),
        Value::Bool(value) => Some(Operand::value(value.to_string(), setting)),
        // A lookup or owner as an object.
        Value::Object(object) => Some(Operand::value(object.get("id")?.as_str()?, setting)),
        Value::Array(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn setting() -> Setting {
        Setting { now: "2026-05-14T10:00:00Z".parse().unwrap(), zone: jiff::tz::TimeZone::UTC, user_id: 77 }
    }

    #[test]
    fn a_group_of_conditions_and_groups() {
        let json = json!({"group_operator": "AND", "group": [
            {"field": {"api_name": "Owner", "id": "1"}, "comparator": "equal", "type": "value", "value": "${CURRENTUSER}"},
            {"group_operator": "or", "group": [
                {"field": {"api_name": "City"}, "comparator": "in", "value": ["Tokyo", "${EMPTY}"]},
                {"field": {"api_name": "Amount"}, "comparator": "between", "value": [1, 2.5]},
            ]},
        ]});
        let Ok(Criteria::All(group)) = parse_view(&json, &setting()) else { panic!("not a group") };
        let Criteria::Is(owner) = &group[0] else { panic!("not a condition") };
        assert_eq!(owner.operands, [Operand::value("77", &setting())]);
        let Criteria::Any(inner) = &group[1] else { panic!("not a group") };
        let Criteria::Is(city) = &inner[0] else { panic!("not a condition") };
        assert_eq!(city.operands[1], Operand::Empty);
    }

    #[test]
    fn wrong_json_says_what_is_wrong() {
        let check = |json: Value, expected: ViewError| {
            assert_eq!(parse_view(&json, &setting()), Err(expected), "{json}");
        };
        check(json!([]), ViewError::Shape);
        check(json!({"comparator": "equal", "value": "x"}), ViewError::Shape);
        check(
            json!({"field": {"api_name": "A"}, "comparator": "near", "value": "x"}),
            ViewError::Comparator("near".into()),
        );
        check(
            json!({"field": {"api_name": "A"}, "comparator": "between", "value": ["x"]}),
            ViewError::Value { field: "A".into() },
        );
        check(json!({"group": [], "group_operator": "xor"}), ViewError::GroupOperator("xor".into()));
    }
}
