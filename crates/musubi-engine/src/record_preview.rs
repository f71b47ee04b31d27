//! What a mapping does to real records, before it is saved.

use crate::browse::shown_value;
use crate::compile::Compiled;
use crate::config::IntegrationConfig;
use crate::derived::Derived;
use crate::error::Result;
use crate::history::json;
use crate::hub::Hub;
use crate::matter::explain;
use crate::record_sample::{Row, Sample, Tie};
use crate::references::{References, called};
use crate::value_schema::FieldValue;
use musubi_connector::Projection;
use musubi_core::convert::{Counterpart, Refusal, Translate};
use musubi_core::mapping::Pair;
use musubi_core::policy::Direction;
use musubi_core::schema::{Field, FieldType};
use musubi_core::value::UserRef;
use musubi_core::{FieldName, Observation, RemoteId, Side, Sides, Value};
use serde::Serialize;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// So many are shown.
const SHOWN: usize = 12;

/// Two records that belong together, or one that has no counterpart, and what the mapping makes of them.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PreviewedRecord {
    /// How they belong together.
    pub tie: Tie,
    /// The left one.
    #[schema(required)]
    pub left: Option<PreviewedSide>,
    /// The right one.
    #[schema(required)]
    pub right: Option<PreviewedSide>,
    /// The mapping's pairs, in its order.
    pub fields: Vec<PreviewedField>,
}

/// A record of one side.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PreviewedSide {
    /// Its id.
    pub id: String,
    /// What people call it, where that is known.
    #[schema(required)]
    pub label: Option<String>,
    /// All that it holds, field by field, and what the mapping makes of several of them.
    #[schema(value_type = BTreeMap<String, FieldValue>)]
    pub values: BTreeMap<String, Json>,
}

/// What a pair of fields does.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PreviewedField {
    /// Left field.
    pub left: String,
    /// Right field.
    pub right: String,
    /// A run finds nothing to carry over: what arrives, by the ways that values go, is what stands there already. `null` when there is one record only.
    #[schema(required)]
    pub agrees: Option<bool>,
    /// What the left value would be on the right, if values go that way.
    #[schema(required)]
    pub to_right: Option<Carried>,
    /// What the right value would be on the left.
    #[schema(required)]
    pub to_left: Option<Carried>,
}

/// A value as the other side would hold it.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct Carried {
    /// The value; `null` also when it cannot be carried over.
    #[schema(value_type = FieldValue, required)]
    pub value: Option<Json>,
    /// Why it cannot: a stable code.
    #[schema(required)]
    pub problem: Option<String>,
    /// The same in words.
    #[schema(required)]
    pub what: Option<&'static str>,
    /// What it was after each step; the first that cannot be taken is the last.
    pub steps: Vec<CarriedStep>,
}

/// A value after one step on its way.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CarriedStep {
    /// The value; `null` also when the step cannot be taken.
    #[schema(value_type = FieldValue, required)]
    pub value: Option<Json>,
    /// Why it cannot: a stable code.
    #[schema(required)]
    pub problem: Option<String>,
    /// The same in words.
    #[schema(required)]
    pub what: Option<&'static str>,
}

impl Hub {
    /// What the mapping of one module pair makes of some records. Nothing is written.
    pub async fn preview_records(
        &self,
        config: &IntegrationConfig,
        at: usize,
    ) -> Result<Vec<PreviewedRecord>> {
        let draft = self.draft(config).await?;
        let module = draft.module(at).await?;
        let sample = self.sample(&draft, &module).await?;
        let mut rows: Vec<&Row> = sample.rows.iter().collect();
        // Those that have a counterpart show more.
        rows.sort_by_key(|row| row.tie == Tie::Alone);
        let compiled = module.compiled.as_ref();
        Ok(rows.into_iter().take(SHOWN).map(|row| previewed(&sample, row, compiled)).collect())
    }
}

fn previewed(sample: &Sample, row: &Row, compiled: Option<&Compiled>) -> PreviewedRecord {
    let shown = |side: Side| {
        let record = row.records.get(side).as_ref()?;
        let derived = compiled.map_or(&[][..], |compiled| compiled.derived.get(side));
        Some(side_of(record, sample.projections.get(side), derived, sample.names.get(side)))
    };
    let fields = compiled.map_or(Vec::new(), |compiled| {
        let pairs = (0..).zip(&compiled.mapping.pairs);
        pairs.map(|(slot, pair)| carry(sample, row, compiled, slot, pair)).collect()
    });
    PreviewedRecord { tie: row.tie, left: shown(Side::Left), right: shown(Side::Right), fields }
}

fn side_of(
    record: &Observation,
    projection: &Projection,
    derived: &[Derived],
    names: &References,
) -> PreviewedSide {
    let known = || projection.fields.iter().zip(record.slots.iter());
    let text = |name: &str| {
        let found = known().find(|(field, _)| field.name.as_str() == name)?;
        found.1.as_ref()?.as_text().map(str::to_owned)
    };
    let value = |(field, value): (&Field, &Option<Value>)| {
        Some((field.name.to_string(), shown_value(names, &field.kind, value.as_ref()?)))
    };
    let made = derived
        .iter()
        .filter_map(|derived| Some((derived.name.to_string(), json(&made(derived, record, projection)?))));
    PreviewedSide {
        id: record.id.to_string(),
        label: called(text),
        values: known().filter_map(value).chain(made).collect(),
    }
}

fn carry(sample: &Sample, row: &Row, compiled: &Compiled, slot: u16, pair: &Pair) -> PreviewedField {
    let values = Sides::from_fn(|side| {
        let (record, field) = (row.records.get(side).as_ref()?, pair.fields.get(side));
        let projection = sample.projections.get(side);
        value_of(record, projection, compiled.derived.get(side), field, sample.names.get(side))
    });
    let over = |from: Side| {
        let value = values.get(from).as_ref()?;
        let goes = pair.direction.allows_from(from);
        let (landed, told) = carried(sample, compiled, slot, pair, from, value);
        Some((goes, (landed, Carried { steps: steps(pair, from, value), ..told })))
    };
    let (there, back) = (over(Side::Left), over(Side::Right));
    // A run compares what arrives, on the ways that values go: whatever the other way would make of it. Where none goes it is told how both stand.
    let neither = pair.direction == Direction::Neither;
    let is = |over: &Option<(bool, (Option<Value>, Carried))>, other: Side| {
        let target = values.get(other).as_ref()?;
        let (_, (value, _)) = over.as_ref().filter(|(goes, _)| *goes || neither)?;
        let same_name = |value: &Value| match (value, target) {
            (Value::Record(_), Value::Record(_)) => {
                let name = |side: Side, value: &Value| {
                    shown_value(sample.names.get(side), &pair.fields.get(side).kind, value)["name"].clone()
                };
                name(other.other(), value) == name(other, target)
            }
            (value, target) => value == target,
        };
        Some(value.as_ref().is_some_and(same_name))
    };
    let agrees = match (is(&there, Side::Right), is(&back, Side::Left)) {
        (None, None) => None,
        (one, other) => Some(one == Some(true) || other == Some(true)),
    };
    let told = |over: Option<(bool, (Option<Value>, Carried))>| {
        over.filter(|(goes, _)| *goes).map(|(_, (_, carried))| carried)
    };
    PreviewedField {
        left: pair.fields.left.name.to_string(),
        right: pair.fields.right.name.to_string(),
        agrees,
        to_right: told(there),
        to_left: told(back),
    }
}

/// A value as the other side would hold it. Where there is no record yet, a blank becomes the field's default.
fn carried(
    sample: &Sample,
    compiled: &Compiled,
    slot: u16,
    pair: &Pair,
    from: Side,
    value: &Value,
) -> (Option<Value>, Carried) {
    let to = pair.fields.get(from.other());
    let ids = Ids { compiled };
    match pair.carry(value, slot, from, &ids) {
        Ok(Value::Blank) if pair.policy.default.get(from.other()).is_some() => {
            let default = pair.policy.default.get(from.other()).clone();
            let shown = default.as_ref().map(json);
            (Some(Value::Blank), Carried { value: shown, ..Carried::default() })
        }
        Ok(Value::Record(id)) => {
            // The counterpart bears the same name; its id is nothing that people look at.
            let shown =
                shown_value(sample.names.get(from), &pair.fields.get(from).kind, &Value::Record(id.clone()));
            (Some(Value::Record(id)), Carried { value: Some(shown), ..Carried::default() })
        }
        Ok(value) => {
            let shown = shown_value(sample.names.get(from.other()), &to.kind, &value);
            (Some(value), Carried { value: Some(shown), ..Carried::default() })
        }
        Err(refusal) => (None, refused(&refusal)),
    }
}

fn refused(refusal: &Refusal) -> Carried {
    let code = refusal.code();
    let what = explain(code).map(|matter| matter.what);
    Carried { problem: Some(code.to_owned()), what, ..Carried::default() }
}

/// The value after each step.
fn steps(pair: &Pair, from: Side, value: &Value) -> Vec<CarriedStep> {
    let told = |taken: std::result::Result<Value, Refusal>| match taken {
        Ok(value) => CarriedStep { value: Some(json(&value)), problem: None, what: None },
        Err(refusal) => {
            let Carried { problem, what, .. } = refused(&refusal);
            CarriedStep { value: None, problem, what }
        }
    };
    pair.steps.get(from).trace(value).into_iter().map(told).collect()
}

/// What a field that is made of others holds.
fn made(derived: &Derived, record: &Observation, projection: &Projection) -> Option<Value> {
    let place = |name: &FieldName| projection.fields.iter().position(|known| known.name == *name);
    let held = |name: &FieldName| record.slots.get(place(name)?)?.as_ref();
    derived.recipe.of(derived.sources.iter().map(held))
}

/// A field's value of a record that was read whole; rows with the columns of the mapping alone.
fn value_of(
    record: &Observation,
    projection: &Projection,
    all: &[Derived],
    field: &Field,
    names: &References,
) -> Option<Value> {
    if let Some(derived) = all.iter().find(|derived| derived.name == field.name) {
        return made(derived, record, projection);
    }
    let at = projection.fields.iter().position(|known| known.name == field.name)?;
    let value = record.slots.get(at)?.clone()?;
    if field.kind == FieldType::NameOf && !value.is_blank() {
        return shown_value(names, &projection.fields[at].kind, &value)["name"].as_str().map(Value::text);
    }
    let (Value::Rows(rows), FieldType::Rows { columns: all, .. }, FieldType::Rows { columns: wanted, .. }) =
        (&value, &projection.fields[at].kind, &field.kind)
    else {
        return Some(value);
    };
    let places: Vec<usize> =
        wanted.iter().filter_map(|want| all.iter().position(|one| one.name == want.name)).collect();
    let row = |cells: &[Value]| -> Box<[Value]> {
        places.iter().filter_map(|place| cells.get(*place).cloned()).collect()
    };
    Some(Value::Rows(rows.iter().map(|cells| row(cells)).collect()))
}

/// People are known by their addresses; of records that are pointed to, only the name is shown.
struct Ids<'a> {
    compiled: &'a Compiled,
}

impl Translate for Ids<'_> {
    fn record(&self, slot: u16, _from: Side, id: &RemoteId) -> Counterpart {
        match self.compiled.parents.get(usize::from(slot)) {
            Some(parents) if !parents.is_empty() => Counterpart::Linked(id.clone()),
            _ => Counterpart::NotSynced,
        }
    }

    fn user(&self, from: Side, user: &UserRef) -> Option<UserRef> {
        self.compiled.people.pairs.get(from).get(&user.id).cloned()
    }
}
