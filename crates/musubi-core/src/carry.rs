//! A value on its way to the other side: first what the mapping does to it, then the form of the field it goes to.

use crate::{
    Instant, Side, Value,
    convert::{Refusal, Translate, convert},
    mapping::Pair,
    mutant::Mutant,
    reconcile::Rules,
    schema::FieldType,
    transform::text_of,
};

impl Pair {
    /// Whether values are changed on their way, whichever way it is.
    pub fn has_steps(&self) -> bool {
        !self.steps.left.is_empty() || !self.steps.right.is_empty()
    }

    /// `value` of side `from` as the field of the other side would hold it.
    pub fn carry(&self, value: &Value, slot: u16, from: Side, ids: &dyn Translate) -> Result<Value, Refusal> {
        let to = &self.fields.get(from.other()).kind;
        let steps = self.steps.get(from);
        if steps.is_empty() {
            return convert(value, slot, from, to, ids);
        }
        land(&steps.take(value)?, slot, from, to, ids)
    }

    /// Whether a value of side `from` is a blank for the other side: it is one, or its steps make one of it.
    pub fn is_blank_from(&self, value: &Value, from: Side) -> bool {
        let steps = self.steps.get(from);
        if steps.is_empty() {
            value.is_blank()
        } else {
            steps.take(value).is_ok_and(|value| value.is_blank())
        }
    }
}

impl Rules {
    /// The same for the pair in this slot.
    pub fn carry(&self, value: &Value, slot: u16, from: Side, ids: &dyn Translate) -> Result<Value, Refusal> {
        let pair = &self.mapping.pairs[usize::from(slot)];
        if self.mutant.is(Mutant::ForeignLookup) && matches!(value, Value::Record(_)) {
            return Ok(value.clone());
        }
        if self.mutant.is(Mutant::SkipSteps) {
            return convert(value, slot, from, &pair.fields.get(from.other()).kind, ids);
        }
        pair.carry(value, slot, from, ids)
    }
}

/// What steps gave, in the form of the field. Steps give texts that mean dates, and dates that are wanted as texts; plain pairs of fields do not.
fn land(value: &Value, slot: u16, from: Side, to: &FieldType, ids: &dyn Translate) -> Result<Value, Refusal> {
    let read = match (value, to) {
        (Value::Text(text), FieldType::Date) => text.trim().parse().ok().map(Value::Date),
        (Value::Text(text), FieldType::DateTime) => {
            Instant::parse(text.trim()).map(|at| Value::Instant(at.floor_second()))
        }
        (Value::Number(_) | Value::Bool(_) | Value::Date(_) | Value::Instant(_), to) if is_written(to) => {
            text_of(value).map(Value::Text)
        }
        _ => return convert(value, slot, from, to, ids),
    };
    convert(&read.ok_or(Refusal::NotConvertible)?, slot, from, to, ids)
}

/// A field that holds texts.
fn is_written(kind: &FieldType) -> bool {
    matches!(
        kind,
        FieldType::Text { .. }
            | FieldType::Email { .. }
            | FieldType::Phone { .. }
            | FieldType::Url { .. }
            | FieldType::Picklist { .. }
            | FieldType::MultiPicklist { .. }
            | FieldType::Tags { .. }
    )
}
