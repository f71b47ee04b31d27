//! Turning a value of one side into the form of the other.

use crate::{RemoteId, Side, Value, schema::FieldType, value::UserRef};
use compact_str::{CompactString, ToCompactString};
use serde::{Deserialize, Serialize};

/// Why a value cannot be had on the other side. Names no value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Refusal {
    /// Longer than the target field keeps.
    TooLong {
        /// Characters the field keeps.
        max: u32,
    },
    /// Not one of the target picklist's values.
    NotAnOption,
    /// Text that is not a number, a truth value, a date.
    NotConvertible,
    /// A number with a fraction for a whole-number field.
    NotWhole,
    /// The record it points to has no counterpart yet; it may get one.
    ParentNotLinked {
        /// The record pointed to, on the source side.
        parent: RemoteId,
    },
    /// The record it points to is of a module that is not synced.
    ParentNotSynced,
    /// The user has no counterpart with the same e-mail address.
    UserUnknown,
    /// A text that the map of values does not name.
    NotMapped,
    /// A text that is no telephone number of the country.
    NotAPhone,
    /// The script stopped with a mistake.
    ScriptFailed {
        /// The line of the script.
        line: u32,
    },
    /// The script went beyond what scripts may use.
    ScriptTooLarge {
        /// The line of the script.
        line: u32,
    },
    /// The script gave what is no value of a field.
    ScriptGivesNoValue,
    /// The other side's service refused this very value before.
    ByService {
        /// The code under which that was told.
        code: CompactString,
        /// What was told with it: the service's own words.
        details: Box<str>,
    },
}

impl Refusal {
    /// The stable code of this reason.
    pub fn code(&self) -> &str {
        match self {
            Refusal::ByService { code, .. } => code,
            Refusal::TooLong { .. } => "value.too_long",
            Refusal::NotAnOption => "value.not_an_option",
            Refusal::NotConvertible => "value.not_convertible",
            Refusal::NotWhole => "value.not_whole",
            Refusal::ParentNotLinked { .. } => "lookup.parent_not_linked",
            Refusal::ParentNotSynced => "lookup.parent_not_synced",
            Refusal::UserUnknown => "owner.unknown",
            Refusal::NotMapped => "value.not_mapped",
            Refusal::NotAPhone => "value.not_a_phone",
            Refusal::ScriptFailed { .. } => "script.failed",
            Refusal::ScriptTooLarge { .. } => "script.too_large",
            Refusal::ScriptGivesNoValue => "script.no_value",
        }
    }
}

/// What is known of a record's counterpart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Counterpart {
    /// Its id on the other side.
    Linked(RemoteId),
    /// None yet.
    NotYet,
    /// There never will be one: its module is not synced by this integration.
    NotSynced,
}

/// Ids of one side in terms of the other.
pub trait Translate {
    /// The counterpart of the record that slot `slot` of side `from` points to (I12: never a foreign id).
    fn record(&self, slot: u16, from: Side, id: &RemoteId) -> Counterpart;
    /// The user of the other side who is the same person.
    fn user(&self, from: Side, user: &UserRef) -> Option<UserRef>;
    /// Who stands in, in slot `slot` of the other side, for a person who has no counterpart there. That cannot be turned back: see [`crate::reconcile`].
    fn stand_in(&self, _slot: u16, _from: Side) -> Option<UserRef> {
        None
    }
}

/// `value` of side `from`, slot `slot`, as the field `to` of the other side would hold it.
pub fn convert(
    value: &Value,
    slot: u16,
    from: Side,
    to: &FieldType,
    ids: &dyn Translate,
) -> Result<Value, Refusal> {
    use FieldType as F;
    Ok(match (value, to) {
        (Value::Blank, _) => Value::Blank,
        (Value::Text(text), F::Text { max, .. } | F::Email { max } | F::Phone { max } | F::Url { max }) => {
            if text.len() > *max as usize && text.chars().count() > *max as usize {
                return Err(Refusal::TooLong { max: *max });
            }
            value.clone()
        }
        (Value::Text(text), F::Picklist { options }) => Value::Text(option(text, options)?),
        (Value::Text(text), F::MultiPicklist { options }) => Value::set([option(text, options)?]),
        (Value::Text(text), F::Tags { max }) => Value::set([tag(text, *max)?]),
        (Value::Text(text), F::Integer | F::Decimal { .. }) => {
            let number = text.trim().parse().map_err(|_| Refusal::NotConvertible)?;
            return convert(&Value::Number(number), slot, from, to, ids);
        }
        (Value::Text(text), F::Bool) => match text.as_str() {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            _ => return Err(Refusal::NotConvertible),
        },
        (Value::Number(number), F::Integer) => {
            if !number.fract().is_zero() {
                return Err(Refusal::NotWhole);
            }
            Value::Number(*number)
        }
        // Services round to the field's precision anyway; sending it rounded keeps the reading back equal.
        (Value::Number(number), F::Decimal { scale }) => Value::Number(
            number.round_dp_with_strategy(*scale, rust_decimal::RoundingStrategy::MidpointAwayFromZero),
        ),
        (Value::Number(number), F::Text { .. }) => {
            return convert(&Value::Text(number.normalize().to_compact_string()), slot, from, to, ids);
        }
        (Value::Bool(_), F::Bool) | (Value::Date(_), F::Date) => value.clone(),
        (Value::Bool(flag), F::Text { .. }) => Value::Text(flag.to_compact_string()),
        (Value::Instant(at), F::DateTime) => Value::Instant(at.floor_second()),
        (Value::Set(items), F::MultiPicklist { options }) => {
            Value::set(items.iter().map(|item| option(item, options)).collect::<Result<Vec<_>, _>>()?)
        }
        (Value::Set(items), F::Tags { max }) => {
            Value::set(items.iter().map(|item| tag(item, *max)).collect::<Result<Vec<_>, _>>()?)
        }
        (Value::Set(items), F::Picklist { options }) if items.len() == 1 => {
            Value::Text(option(&items[0], options)?)
        }
        (Value::Record(id), F::Lookup { .. } | F::AnyLookup { .. }) => match ids.record(slot, from, id) {
            Counterpart::Linked(id) => Value::Record(id),
            Counterpart::NotYet => return Err(Refusal::ParentNotLinked { parent: id.clone() }),
            Counterpart::NotSynced => return Err(Refusal::ParentNotSynced),
        },
        (Value::User(user), F::User) => {
            let there = ids.user(from, user).or_else(|| ids.stand_in(slot, from));
            Value::User(Box::new(there.ok_or(Refusal::UserUnknown)?))
        }
        (Value::Rows(rows), F::Rows { columns, links }) => {
            let mut converted = Vec::with_capacity(rows.len());
            for row in rows {
                let cells = row
                    .iter()
                    .zip(columns)
                    .map(|(cell, column)| convert(cell, slot, from, &column.kind, ids));
                converted.push(cells.collect::<Result<Box<[Value]>, _>>()?);
            }
            if *links { Value::links(converted) } else { Value::Rows(converted.into()) }
        }
        _ => return Err(Refusal::NotConvertible),
    })
}

/// The option that `text` means: exactly, or but for case and outer spaces. An empty list of options allows everything.
pub fn option(text: &str, options: &[CompactString]) -> Result<CompactString, Refusal> {
    if options.is_empty() || options.iter().any(|option| option == text) {
        return Ok(CompactString::new(text));
    }
    let folded = text.trim().to_lowercase();
    let found = options.iter().find(|option| option.to_lowercase() == folded);
    found.cloned().ok_or(Refusal::NotAnOption)
}

/// The name of a tag, if it is not too long for one.
fn tag(text: &str, max: u32) -> Result<&str, Refusal> {
    let name = text.trim();
    if name.chars().count() > max as usize { Err(Refusal::TooLong { max }) } else { Ok(name) }
}

/// True when a field of kind `to` can be given the name of what a field of kind `from` points to.
pub fn is_nameable(from: &FieldType, to: &FieldType) -> bool {
    matches!(from, FieldType::Lookup { .. } | FieldType::AnyLookup { .. } | FieldType::User)
        && matches!(to, FieldType::Text { .. })
}

/// True when values can go from a field of kind `from` to one of kind `to` at all.
pub fn is_convertible(from: &FieldType, to: &FieldType) -> bool {
    use FieldType as F;
    match (from.plain(), to) {
        (F::Other { .. } | F::Filled, _) | (_, F::Other { .. } | F::Filled) => false,
        (
            F::Text { .. }
            | F::Email { .. }
            | F::Phone { .. }
            | F::Url { .. }
            | F::Picklist { .. }
            | F::NameOf,
            F::Text { .. } | F::Email { .. } | F::Phone { .. } | F::Url { .. } | F::Picklist { .. },
        ) => true,
        (F::Integer | F::Decimal { .. }, F::Integer | F::Decimal { .. } | F::Text { .. }) => true,
        (
            F::Text { .. },
            F::Integer | F::Decimal { .. } | F::Bool | F::MultiPicklist { .. } | F::Tags { .. },
        ) => true,
        (F::Bool, F::Bool | F::Text { .. })
        | (F::Date, F::Date)
        | (F::DateTime, F::DateTime)
        | (F::User, F::User) => true,
        (
            F::MultiPicklist { .. } | F::Tags { .. },
            F::MultiPicklist { .. } | F::Tags { .. } | F::Picklist { .. },
        ) => true,
        (F::Picklist { .. }, F::MultiPicklist { .. } | F::Tags { .. }) => true,
        (F::Lookup { .. }, F::Lookup { .. }) | (F::AnyLookup { .. }, F::AnyLookup { .. }) => true,
        (F::Rows { columns: from, links }, F::Rows { columns: to, links: there }) => {
            links == there
                && from.len() == to.len()
                && from.iter().zip(to).all(|(a, b)| is_convertible(&a.kind, &b.kind))
        }
        _ => false,
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Ids of the right are those of the left with an `R` in front; users are the same.
    pub(crate) struct Prefix;
    impl Translate for Prefix {
        fn record(&self, _slot: u16, from: Side, id: &RemoteId) -> Counterpart {
            match (from, id.as_str().strip_prefix('R')) {
                (Side::Left, None) => Counterpart::Linked(RemoteId::new(format!("R{id}"))),
                (Side::Right, Some(left)) => Counterpart::Linked(left.into()),
                _ => Counterpart::NotYet,
            }
        }
        fn user(&self, _from: Side, user: &UserRef) -> Option<UserRef> {
            Some(user.clone())
        }
    }

    fn kinds() -> Vec<FieldType> {
        let options: Vec<CompactString> = ["Open", "Closed", "保留"].map(CompactString::new).to_vec();
        vec![
            FieldType::Text { max: 12, multiline: false },
            FieldType::Email { max: 100 },
            FieldType::Integer,
            FieldType::Decimal { scale: 2 },
            FieldType::Decimal { scale: 5 },
            FieldType::Bool,
            FieldType::Date,
            FieldType::DateTime,
            FieldType::Picklist { options: options.clone() },
            FieldType::Picklist { options: vec![] },
            FieldType::MultiPicklist { options },
            FieldType::Lookup { module: "Accounts".into() },
            FieldType::User,
            FieldType::Tags { max: 5 },
        ]
    }

    proptest! {
        /// Lens law, stability: what came through once comes through again unchanged, both ways. Without it two sides would never rest (I5).
        #[test]
        fn a_round_trip_changes_nothing_more(
            value in crate::codec::tests::any_value(), a in 0usize..14, b in 0usize..14,
        ) {
            let kinds = kinds();
            let Ok(there) = convert(&value, 0, Side::Left, &kinds[a], &Prefix) else { return Ok(()) };
            let Ok(back) = convert(&there, 0, Side::Right, &kinds[b], &Prefix) else { return Ok(()) };
            let Ok(again) = convert(&back, 0, Side::Left, &kinds[a], &Prefix) else { return Ok(()) };
            let back_again = convert(&again, 0, Side::Right, &kinds[b], &Prefix);
            prop_assert_eq!(&back_again, &Ok(back));
        }

        /// Lens law, identity: between two fields of one kind, what fits comes through and back as it was.
        #[test]
        fn what_fits_comes_back(value in crate::codec::tests::any_value(), kind in 0usize..14) {
            let kind = &kinds()[kind];
            let Ok(fitted) = convert(&value, 0, Side::Left, kind, &Prefix) else { return Ok(()) };
            let back = convert(&fitted, 0, Side::Right, kind, &Prefix);
            let there = back.clone().and_then(|back| convert(&back, 0, Side::Left, kind, &Prefix));
            if back.is_ok() { prop_assert_eq!(there, Ok(fitted)); }
        }
    }

    #[test]
    fn what_does_not_fit_is_refused_with_its_reason() {
        let to = |value: Value, kind: FieldType| convert(&value, 0, Side::Left, &kind, &Prefix);
        let text = FieldType::Text { max: 3, multiline: false };
        assert_eq!(to(Value::text("abcd"), text.clone()), Err(Refusal::TooLong { max: 3 }));
        assert_eq!(to(Value::text("日本語"), text), Ok(Value::text("日本語")));
        let tags = FieldType::Tags { max: 3 };
        assert_eq!(to(Value::set(["VIP", " 顧客 "]), tags.clone()), Ok(Value::set(["VIP", "顧客"])));
        assert_eq!(to(Value::set(["VIP", "long"]), tags), Err(Refusal::TooLong { max: 3 }));
        let list = FieldType::Picklist { options: vec!["Open".into()] };
        assert_eq!(to(Value::text("open "), list.clone()), Ok(Value::text("Open")));
        assert_eq!(to(Value::text("Shut"), list), Err(Refusal::NotAnOption));
        assert_eq!(to(Value::Number("1.5".parse().unwrap()), FieldType::Integer), Err(Refusal::NotWhole));
    }
}
