//! Fields that a service does not have: made of other fields of the same record when it is read. They can be a source, and never a target.

use crate::{Value, schema::FieldType, transform::text_of};
use serde::{Deserialize, Serialize};

/// How such a field is made of the others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recipe {
    /// The texts of all that are not blank, one behind the other, with this between them.
    Join(String),
    /// The first one that is not blank.
    FirstNonBlank,
}

impl Recipe {
    /// What the field holds when its sources hold these; `None` as long as one that matters is not known.
    pub fn of<'a>(&self, mut sources: impl Iterator<Item = Option<&'a Value>>) -> Option<Value> {
        match self {
            Recipe::Join(between) => {
                let mut all = String::new();
                for source in sources {
                    let text = text(source?);
                    if !all.is_empty() && !text.is_empty() {
                        all.push_str(between);
                    }
                    all.push_str(&text);
                }
                Some(Value::text(all))
            }
            Recipe::FirstNonBlank => sources
                .find_map(|source| match source {
                    Some(value) if value.is_blank() => None,
                    known => Some(known.cloned()),
                })
                .unwrap_or(Some(Value::Blank)),
        }
    }

    /// How the field's values behave when those of its sources behave so; `None` when they cannot be put together.
    pub fn kind(&self, sources: &[&FieldType]) -> Option<FieldType> {
        let text = FieldType::Text { max: u32::MAX, multiline: true };
        let (first, others) = sources.split_first()?;
        match self {
            Recipe::Join(_) => sources.iter().all(|kind| is_scalar(kind) || is_set(kind)).then_some(text),
            Recipe::FirstNonBlank if sources.iter().all(|kind| is_text(kind)) => Some(text),
            Recipe::FirstNonBlank => {
                let same =
                    |kind: &&&FieldType| std::mem::discriminant(**kind) == std::mem::discriminant(*first);
                (is_scalar(first) && others.iter().all(|kind| same(&kind))).then(|| (*first).clone())
            }
        }
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Set(items) => items.join(", "),
        value => text_of(value).unwrap_or_default().trim().to_owned(),
    }
}

fn is_text(kind: &FieldType) -> bool {
    matches!(
        kind,
        FieldType::Text { .. }
            | FieldType::Email { .. }
            | FieldType::Phone { .. }
            | FieldType::Url { .. }
            | FieldType::Picklist { .. }
            | FieldType::NameOf
    )
}

fn is_set(kind: &FieldType) -> bool {
    matches!(kind, FieldType::MultiPicklist { .. } | FieldType::Tags { .. })
}

fn is_scalar(kind: &FieldType) -> bool {
    is_text(kind)
        || matches!(
            kind,
            FieldType::Integer
                | FieldType::Decimal { .. }
                | FieldType::Bool
                | FieldType::Date
                | FieldType::DateTime
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(recipe: &Recipe, sources: &[Option<&str>]) -> Option<Value> {
        let values: Vec<Option<Value>> = sources.iter().map(|text| text.map(Value::text)).collect();
        recipe.of(values.iter().map(Option::as_ref))
    }

    #[test]
    fn what_is_blank_is_passed_over_and_what_is_not_known_is_not_guessed() {
        let join = Recipe::Join(" ".into());
        assert_eq!(of(&join, &[Some("山田"), Some(""), Some("太郎")]), Some(Value::text("山田 太郎")));
        assert_eq!(of(&join, &[Some(""), Some("")]), Some(Value::Blank));
        assert_eq!(of(&join, &[Some("山田"), None]), None);
        let first = Recipe::FirstNonBlank;
        assert_eq!(of(&first, &[Some(""), Some("03"), None]), Some(Value::text("03")));
        assert_eq!(of(&first, &[Some(""), None, Some("03")]), None);
        assert_eq!(of(&first, &[Some("")]), Some(Value::Blank));
    }

    #[test]
    fn only_what_can_be_put_together_is() {
        let (phone, date) = (FieldType::Phone { max: 30 }, FieldType::Date);
        let lookup = FieldType::Lookup { module: "Accounts".into() };
        let join = Recipe::Join(String::new());
        assert!(matches!(join.kind(&[&phone, &date]), Some(FieldType::Text { .. })));
        assert_eq!(join.kind(&[&phone, &lookup]), None);
        assert_eq!(Recipe::FirstNonBlank.kind(&[&date, &date]), Some(FieldType::Date));
        assert_eq!(Recipe::FirstNonBlank.kind(&[&date, &phone]), None);
        assert_eq!(Recipe::FirstNonBlank.kind(&[&lookup, &lookup]), None);
        assert_eq!(join.kind(&[]), None);
    }
}
