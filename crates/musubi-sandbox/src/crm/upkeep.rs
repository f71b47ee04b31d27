//! What the service fills in by itself: defaults, auto-numbers, what follows from other fields.

use rust_decimal::Decimal;
use serde_json::json;

use super::{
    pipelines,
    validate::{self, ItemError, Place},
};
use crate::{
    http::json_in::Node,
    org::{State, module::Module, record::Record, value::Value},
};

/// Fills the defaults of a new record and checks that nothing mandatory is missing.
pub fn complete(
    state: &mut State,
    module: usize,
    record: &mut Record,
    place: Place,
) -> Result<(), ItemError> {
    let target = &mut state.modules[module];
    for (no, field) in target.meta.fields.iter_mut().enumerate().filter(|(_, f)| !f.removed) {
        let no = no as u16;
        if let Some(count) = &mut field.auto_number {
            record
                .set(no, Some(Value::Text(format!("{}{}{}", count.prefix, count.next, count.suffix).into())));
            count.next += 1;
        }
    }
    let target = &state.modules[module];
    let needs = |(_, field): &(u16, &crate::org::field::Field)| field.default.is_some() || field.mandatory;
    for (no, field) in target.fields().filter(needs) {
        if record.get(no).is_some() {
            continue;
        }
        if let Some(default) = &field.default {
            let value = validate::read(state, field, &Node::from_json(default), &Node::Null, place)?;
            record.set(no, value);
        } else if field.mandatory && !field.read_only {
            return Err(validate::mandatory(field, place));
        }
    }
    required_by_layout(target, record, place)?;
    check(target, record, place)
}

/// Checks what the fields of a record say together.
pub fn check(module: &Module, record: &Record, place: Place) -> Result<(), ItemError> {
    match module.meta.api_name.as_str() {
        "Deals" => pipelines::check(module, record, place),
        "Events" => ends_after_start(module, record, place),
        "Notes" => says_something(module, record, place),
        _ => Ok(()),
    }
}

fn ends_after_start(module: &Module, record: &Record, place: Place) -> Result<(), ItemError> {
    let at = |name: &str| module.field_no(name).and_then(|no| record.get(no));
    match (at("Start_DateTime"), at("End_DateTime")) {
        (Some(Value::Instant(start)), Some(Value::Instant(end))) if end < start => Err(ItemError {
            code: "INVALID_DATA",
            message: "invalid data",
            details: json!({"api_name": "End_DateTime", "json_path": place.path("End_DateTime")}),
        }),
        _ => Ok(()),
    }
}

/// A note has a title or a content.
fn says_something(module: &Module, record: &Record, place: Place) -> Result<(), ItemError> {
    let names = ["Note_Content", "Note_Title"];
    match names.iter().all(|name| module.text(record, name).is_empty()) {
        true => Err(validate::expected(&names, "should contain either content or title", place)),
        false => Ok(()),
    }
}

/// What the page requires is required of clients too.
fn required_by_layout(module: &Module, record: &Record, place: Place) -> Result<(), ItemError> {
    for no in module.required() {
        if record.get(*no).is_none() {
            return Err(validate::mandatory(&module.meta.fields[usize::from(*no)], place));
        }
    }
    Ok(())
}

/// Updates what follows from other fields, after every write.
pub fn derive(module: &Module, record: &mut Record, now: i64) {
    match module.meta.api_name.as_str() {
        "Deals" => derive_deal(module, record),
        "Tasks" => {
            let done = module.text(record, "Status") == "Completed";
            if let Some(no) = module.field_no("Closed_Time")
                && done != record.get(no).is_some()
            {
                record.set(no, done.then_some(Value::Instant(now)));
            }
        }
        "Calls" => derive_call(module, record),
        _ => {}
    }
}

fn derive_deal(module: &Module, record: &mut Record) {
    let (Some(probability), Some(revenue), Some(amount)) =
        (module.field_no("Probability"), module.field_no("Expected_Revenue"), module.field_no("Amount"))
    else {
        return;
    };
    let share = match module.text(record, "Stage") {
        "Qualification" => 10,
        "Needs Analysis" => 20,
        "Value Proposition" => 40,
        "Identify Decision Makers" | "Id. Decision Makers" => 60,
        "Proposal/Price Quote" => 75,
        "Negotiation/Review" => 90,
        "Closed Won" => 100,
        _ => 0,
    };
    if record.get(probability).is_none() || share == 0 || share == 100 {
        record.set(probability, Some(Value::Decimal(Decimal::from(share))));
    }
    if let (Some(Value::Decimal(amount)), Some(Value::Decimal(share))) =
        (record.get(amount), record.get(probability))
    {
        let expected = (amount * share / Decimal::ONE_HUNDRED).round_dp(2).normalize();
        record.set(revenue, Some(Value::Decimal(expected)));
    }
}

/// `Call_Duration` is minutes and seconds; the seconds alone follow from it, or it from them.
fn derive_call(module: &Module, record: &mut Record) {
    let (Some(text_no), Some(seconds_no)) =
        (module.field_no("Call_Duration"), module.field_no("Call_Duration_in_seconds"))
    else {
        return;
    };
    let parsed = record.get(text_no).and_then(Value::as_text).and_then(|text| {
        let (minutes, seconds) = text.split_once(':')?;
        Some(minutes.parse::<i64>().ok()? * 60 + seconds.parse::<i64>().ok()?)
    });
    match (parsed, record.get(seconds_no)) {
        (Some(seconds), _) => {
            record.set(seconds_no, Some(Value::Int(seconds)));
        }
        (None, Some(Value::Int(seconds))) => {
            let text = format!("{:02}:{:02}", seconds / 60, seconds % 60);
            record.set(text_no, Some(Value::Text(text.into())));
        }
        _ => {}
    }
}
