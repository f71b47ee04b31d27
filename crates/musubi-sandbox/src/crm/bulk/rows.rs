//! One row of a bulk write becomes a record as a client would send it.

use std::borrow::Cow;

use crate::crm::unique::holders;
use crate::http::json_in::Node;
use crate::org::State;
use crate::org::field::Field;
use crate::org::kind::Kind;
use crate::org::value::Value;

use super::mapping::{Column, WriteQuery};

/// A row as a JSON object; `Err` names the column whose lookup leads nowhere.
pub fn node<'r>(
    row: &'r csv::StringRecord,
    columns: &'r [Column],
    query: &WriteQuery,
    state: &State,
) -> Result<Node<'r>, String> {
    let mut entries: Vec<(Cow<'r, str>, Node<'r>)> = Vec::with_capacity(columns.len());
    for column in columns {
        let cell = column.index.and_then(|index| row.get(index)).unwrap_or_default().trim();
        let text = match (cell, &column.default) {
            ("", Some(default)) => default.as_str(),
            (cell, _) => cell,
        };
        let key = Cow::Borrowed(column.api_name.as_str());
        let Some(no) = column.field else {
            if !text.is_empty() {
                entries.push((Cow::Borrowed("id"), Node::Text(Cow::Borrowed(text))));
            }
            continue;
        };
        if text.is_empty() {
            if !query.ignore_empty {
                entries.push((key, Node::Null));
            }
            continue;
        }
        let field = &state.modules[query.module].meta.fields[usize::from(no)];
        let value = match &column.find_by {
            Some(find_by) => found(state, field, find_by, text).ok_or_else(|| column.api_name.clone())?,
            None => value(field.kind, text),
        };
        entries.push((key, value));
    }
    Ok(Node::Object(entries))
}

/// The other record of a lookup, found by one of its fields.
fn found<'r>(state: &State, field: &Field, find_by: &str, text: &str) -> Option<Node<'r>> {
    let target = state.module(field.targets.first()?)?;
    let no = target.field_no(find_by)?;
    let id = holders(target, no, &Value::Text(text.into()), false).next()?;
    Some(Node::Object(vec![(Cow::Borrowed("id"), Node::Text(Cow::Owned(id.to_string())))]))
}

/// A cell as the JSON its field's type takes; what cannot be read stays text, and is refused later.
fn value(kind: Kind, text: &str) -> Node<'_> {
    let as_text = Node::Text(Cow::Borrowed(text));
    match kind {
        Kind::Integer => text.parse().map_or(as_text, Node::Int),
        Kind::Double | Kind::Currency | Kind::Percent => text.parse().map_or(as_text, Node::Float),
        Kind::Boolean => match text.to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" => Node::Bool(true),
            "false" | "0" | "no" => Node::Bool(false),
            _ => as_text,
        },
        Kind::MultiPicklist => {
            Node::List(text.split(';').map(|part| Node::Text(Cow::Borrowed(part.trim()))).collect())
        }
        Kind::Lookup | Kind::OwnerLookup | Kind::UserLookup => {
            Node::Object(vec![(Cow::Borrowed("id"), Node::Text(Cow::Borrowed(text)))])
        }
        _ => as_text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_take_the_type_of_their_field() {
        assert_eq!(value(Kind::Integer, "7"), Node::Int(7));
        assert_eq!(value(Kind::Integer, "seven"), Node::Text("seven".into()));
        assert_eq!(value(Kind::Boolean, "TRUE"), Node::Bool(true));
        assert_eq!(
            value(Kind::MultiPicklist, "a; b"),
            Node::List(vec![Node::Text("a".into()), Node::Text("b".into())])
        );
        assert_eq!(value(Kind::Lookup, "5"), Node::Object(vec![("id".into(), Node::Text("5".into()))]));
    }
}
