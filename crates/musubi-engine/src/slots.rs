//! What identifies the slots of a mapping from one version of it to the next.

use crate::derived::Derived;
use musubi_core::{
    FieldName, Side, Sides,
    mapping::{Mapping, Pair},
    schema::FieldType,
    transform::Steps,
};
use serde::{Deserialize, Serialize};

/// The kind of a slot that is a lookup to several modules.
pub(crate) const ANY_LOOKUP: &str = "any_lookup";

/// What identifies a slot from one mapping version to the next. A base of another kind of field means nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Slot {
    pub left: FieldName,
    pub right: FieldName,
    pub kinds: Sides<String>,
    /// What is done to values on their way; nothing where there are no steps, also not in what is stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub steps: Option<Sides<Steps>>,
    /// How the field is made, where it is made of others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub derived: Option<Sides<Option<Derived>>>,
}

/// The identity of every slot.
pub(crate) fn slots(mapping: &Mapping, derived: &Sides<Vec<Derived>>) -> Vec<Slot> {
    let made = |pair: &Pair| {
        let of = |side: Side| {
            derived.get(side).iter().find(|derived| derived.name == pair.fields.get(side).name).cloned()
        };
        let made = Sides::from_fn(of);
        (made.left.is_some() || made.right.is_some()).then_some(made)
    };
    mapping
        .pairs
        .iter()
        .map(|pair| Slot {
            left: pair.fields.left.name.clone(),
            right: pair.fields.right.name.clone(),
            kinds: Sides::from_fn(|side| kind_name(&pair.fields.get(side).kind)),
            steps: pair.has_steps().then(|| pair.steps.clone()),
            derived: made(pair),
        })
        .collect()
}

/// What a slot's values are, as far as a base of another kind means nothing.
fn kind_name(kind: &FieldType) -> String {
    match kind {
        // What the one column is called says nothing about its values.
        FieldType::Rows { columns, links: true } => {
            format!("links({})", columns.first().map(|column| kind_name(&column.kind)).unwrap_or_default())
        }
        FieldType::Rows { columns, .. } => {
            let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
            format!("rows({})", names.join(","))
        }
        FieldType::Lookup { module } => format!("lookup({module})"),
        FieldType::AnyLookup { .. } => ANY_LOOKUP.to_owned(),
        FieldType::Through { module, holds, .. } => format!("through({module},{})", kind_name(holds)),
        other => serde_json::to_value(other)
            .ok()
            .and_then(|value| value["kind"].as_str().map(str::to_owned))
            .unwrap_or_default(),
    }
}

/// A kind whose values have the keys that values of a kind of this name have: of all kinds only telephone numbers have keys of their own.
pub(crate) fn kind_of_keys(name: &str) -> FieldType {
    match name {
        "phone" => FieldType::Phone { max: 0 },
        _ => FieldType::Text { max: 0, multiline: false },
    }
}

/// Where each present slot stood in an earlier version.
pub(crate) fn earlier(present: &[Slot], then: &[Slot]) -> Vec<Option<u16>> {
    let place = |slot: &Slot| then.iter().position(|was| was == slot).and_then(|at| u16::try_from(at).ok());
    present.iter().map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use musubi_core::mapping::{Wanted, WantedPair};
    use musubi_core::policy::Direction;
    use musubi_core::schema::{Access, Field, ModuleSchema};

    #[test]
    fn a_slot_is_found_again_in_an_earlier_version_unless_its_kind_changed() {
        let field = |name: &str| Field {
            name: name.into(),
            label: name.into(),
            kind: FieldType::Text { max: 80, multiline: false },
            access: Access::Writable,
            mandatory: false,
            unique: false,
            custom: false,
        };
        let fields = vec![field("Last_Name"), field("Title")];
        let schema = ModuleSchema {
            module: "Contacts".into(),
            label: "Contacts".into(),
            fields,
            demanded: Vec::new(),
        };
        let sides = Sides { left: &schema, right: &schema };
        let pairs = ["Last_Name", "Title"].map(|name| WantedPair::new(name, name));
        let wanted = Wanted::Pairs(pairs.into());
        let mapping = Mapping::compile(sides, &wanted, Direction::Both, &[]).unwrap();
        let present = slots(&mapping, &Sides::default());
        let mut then: Vec<Slot> = present.iter().rev().cloned().collect();
        assert_eq!(earlier(&present, &then), [Some(1), Some(0)]);
        then[0].kinds.left = "number".into();
        assert_eq!(earlier(&present, &then), [Some(1), None]);
    }
}
