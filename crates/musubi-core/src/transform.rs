//! What is done to a value on its way to the other side, step by step.
//!
//! Steps are data: they stand in the configuration and with the versions of a mapping. Compiled once for a mapping, they are total and deterministic: a value
//! comes out, or a [`Refusal`] that names no value.

mod called;
mod date;
mod map;
mod script;
mod text;

pub use map::{Unknown, ValueMap};
pub use text::{Case, Split};

use crate::{
    Value,
    convert::{Refusal, is_convertible},
    phone::{Region, e164},
    schema::FieldType,
};
use compact_str::{CompactString, ToCompactString};
use date::Moment;
use jiff::tz::TimeZone;
use script::Script;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// One thing that is done to a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = TransformStep))]
pub enum Step {
    /// Spaces before and behind the text are dropped.
    Trim,
    /// The text in capitals, in small letters, or each word with a capital.
    Case(Case),
    /// A telephone number in the form that is valid world-wide (E.164), read as it is written in this country, such as `JP`.
    Phone(String),
    /// Texts that stand for others, such as the options of a picklist.
    Map(ValueMap),
    /// The number with so many digits after the point; a half is rounded away from zero.
    Round(u32),
    /// The date that a point in time has in this time zone, such as `Asia/Tokyo`.
    DateOf(String),
    /// The point in time at which the clock shows this on the date.
    TimeOf(TimeOf),
    /// One part of the text.
    Split(Split),
    /// This, whatever the value was, also where there was none.
    Constant(String),
    /// What a script makes of `value`.
    Script(String),
}

/// A time of day in a zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct TimeOf {
    /// The time zone, such as `Asia/Tokyo`.
    pub zone: String,
    /// The time of day, such as `09:00`.
    #[serde(default = "midnight")]
    pub at: String,
}

fn midnight() -> String {
    "00:00".to_owned()
}

/// Why steps cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StepError {
    /// A country whose numbers are not known.
    #[error("no telephone numbers are known of {0:?}; known are {known}", known = Region::names().collect::<Vec<_>>().join(", "))]
    NoSuchRegion(String),
    /// A time zone that does not exist.
    #[error("there is no time zone {0:?}")]
    NoSuchZone(String),
    /// A time of day that does not exist.
    #[error("{0:?} is no time of day")]
    NoSuchTime(String),
    /// More digits after the point than numbers have.
    #[error("numbers are rounded to at most {most} digits after the point, not to {0}", most = MOST_DIGITS)]
    TooManyDigits(u32),
    /// A split that gives nothing.
    #[error("a split needs a text to split at, and a part that is not 0")]
    NothingToSplit,
    /// A script that is none.
    #[error("the script cannot be read: {0}")]
    Script(String),
    /// A step that takes other values than the step before gives.
    #[error("the step {step} takes no {kind}")]
    TakesNo {
        /// The step's name.
        step: &'static str,
        /// What it would be given.
        kind: &'static str,
    },
}

/// Beyond these a decimal holds nothing.
const MOST_DIGITS: u32 = 28;

/// Steps, ready to be taken.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(try_from = "Vec<Step>", into = "Vec<Step>")]
pub struct Steps {
    written: Vec<Step>,
    ready: Arc<[Ready]>,
}

/// A step with everything found that it names.
#[derive(Debug)]
enum Ready {
    Trim,
    Case(Case),
    Phone(&'static Region),
    Map(ValueMap),
    Round(u32),
    DateOf(TimeZone),
    TimeOf(Moment),
    Split(Split),
    Constant(Value),
    Script(Script),
}

impl PartialEq for Steps {
    fn eq(&self, other: &Steps) -> bool {
        self.written == other.written
    }
}
impl Eq for Steps {}

impl std::fmt::Debug for Steps {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.written.fmt(out)
    }
}

impl From<Steps> for Vec<Step> {
    fn from(steps: Steps) -> Vec<Step> {
        steps.written
    }
}

impl TryFrom<Vec<Step>> for Steps {
    type Error = StepError;
    fn try_from(written: Vec<Step>) -> Result<Steps, StepError> {
        let ready = written.iter().map(Ready::new).collect::<Result<_, _>>()?;
        Ok(Steps { written, ready })
    }
}

impl Steps {
    /// No steps at all: a value goes as it is.
    pub fn is_empty(&self) -> bool {
        self.ready.is_empty()
    }

    /// As they were written.
    pub fn written(&self) -> &[Step] {
        &self.written
    }

    /// What becomes of a value.
    pub fn take(&self, value: &Value) -> Result<Value, Refusal> {
        self.ready.iter().try_fold(value.clone(), |value, step| step.take(value))
    }

    /// What becomes of a value, step by step. The last one is what comes out, or why nothing does.
    pub fn trace(&self, value: &Value) -> Vec<Result<Value, Refusal>> {
        let mut taken: Vec<Result<Value, Refusal>> = Vec::with_capacity(self.ready.len());
        for step in self.ready.iter() {
            let given = match taken.last() {
                None => value,
                Some(Ok(value)) => value,
                Some(Err(_)) => break,
            };
            let next = step.take(given.clone());
            taken.push(next);
        }
        taken
    }

    /// The steps that undo these, where one follows from the other: a map that is one to one.
    pub fn inverse(&self) -> Option<Steps> {
        let [Step::Map(map)] = self.written.as_slice() else { return None };
        Steps::try_from(vec![Step::Map(map.inverse()?)]).ok()
    }

    /// How the values that come out behave, when values of this kind go in. Nothing is known of what a script gives.
    pub fn gives(&self, kind: &FieldType) -> Result<Option<FieldType>, StepError> {
        let mut kind = Some(kind.clone());
        for step in &self.written {
            kind = step.gives(kind.as_ref())?;
        }
        Ok(kind)
    }

    /// Whether what comes out of values of the kind `from` can be kept by a field of the kind `to` at all.
    pub fn lead(&self, from: &FieldType, to: &FieldType) -> Result<bool, StepError> {
        if self.is_empty() {
            return Ok(is_convertible(from, to));
        }
        let to_plain = !matches!(
            to,
            FieldType::Lookup { .. }
                | FieldType::AnyLookup { .. }
                | FieldType::User
                | FieldType::Rows { .. }
                | FieldType::NameOf
                | FieldType::Filled
                | FieldType::Through { .. }
                | FieldType::Other { .. }
        );
        let fits = match self.gives(from)? {
            None | Some(FieldType::Text { .. }) => true,
            Some(gives) => is_convertible(&gives, to) || is_scalar(&gives) && is_text(to),
        };
        Ok(to_plain && fits)
    }
}

impl Step {
    /// Its name in the configuration.
    fn name(&self) -> &'static str {
        match self {
            Step::Trim => "trim",
            Step::Case(_) => "case",
            Step::Phone(_) => "phone",
            Step::Map(_) => "map",
            Step::Round(_) => "round",
            Step::DateOf(_) => "date_of",
            Step::TimeOf(_) => "time_of",
            Step::Split(_) => "split",
            Step::Constant(_) => "constant",
            Step::Script(_) => "script",
        }
    }

    fn gives(&self, kind: Option<&FieldType>) -> Result<Option<FieldType>, StepError> {
        let text = Some(FieldType::Text { max: u32::MAX, multiline: true });
        let Some(kind) = kind else {
            return Ok(match self {
                // A map makes several texts of several texts.
                Step::Script(_) | Step::Map(_) => None,
                Step::Round(digits) => Some(FieldType::Decimal { scale: *digits }),
                Step::DateOf(_) => Some(FieldType::Date),
                Step::TimeOf(_) => Some(FieldType::DateTime),
                _ => text,
            });
        };
        let kind = kind.plain();
        let takes_no = || StepError::TakesNo { step: self.name(), kind: noun(kind) };
        match (self, kind) {
            (Step::Constant(_), _) => Ok(text),
            (
                _,
                FieldType::Lookup { .. }
                | FieldType::AnyLookup { .. }
                | FieldType::User
                | FieldType::Rows { .. }
                | FieldType::Filled
                | FieldType::Other { .. },
            ) => Err(takes_no()),
            (Step::Trim | Step::Case(_) | Step::Phone(_) | Step::Split(_), kind) if is_text(kind) => Ok(text),
            (Step::Map(_), FieldType::MultiPicklist { .. } | FieldType::Tags { .. }) => {
                Ok(Some(FieldType::MultiPicklist { options: Vec::new() }))
            }
            (Step::Map(_), kind) if is_scalar(kind) => Ok(text),
            (Step::Round(digits), FieldType::Integer | FieldType::Decimal { .. }) => {
                Ok(Some(FieldType::Decimal { scale: *digits }))
            }
            (Step::Round(digits), kind) if is_text(kind) => Ok(Some(FieldType::Decimal { scale: *digits })),
            (Step::DateOf(_), FieldType::DateTime | FieldType::Date) => Ok(Some(FieldType::Date)),
            (Step::TimeOf(_), FieldType::Date) => Ok(Some(FieldType::DateTime)),
            (Step::Script(_), _) => Ok(None),
            _ => Err(takes_no()),
        }
    }
}

impl Ready {
    fn new(step: &Step) -> Result<Ready, StepError> {
        Ok(match step {
            Step::Trim => Ready::Trim,
            Step::Case(case) => Ready::Case(*case),
            Step::Phone(region) => {
                Ready::Phone(Region::named(region).ok_or_else(|| StepError::NoSuchRegion(region.clone()))?)
            }
            Step::Map(map) => Ready::Map(map.clone()),
            Step::Round(digits) if *digits > MOST_DIGITS => return Err(StepError::TooManyDigits(*digits)),
            Step::Round(digits) => Ready::Round(*digits),
            Step::DateOf(zone) => Ready::DateOf(date::zone(zone)?),
            Step::TimeOf(TimeOf { zone, at }) => Ready::TimeOf(Moment::new(zone, at)?),
            Step::Split(split) if split.at.is_empty() || split.part == 0 => {
                return Err(StepError::NothingToSplit);
            }
            Step::Split(split) => Ready::Split(split.clone()),
            Step::Constant(text) => Ready::Constant(Value::text(text)),
            Step::Script(text) => Ready::Script(Script::new(text)?),
        })
    }

    fn take(&self, value: Value) -> Result<Value, Refusal> {
        // There is nothing in a blank to work on; only a constant stands in its place.
        if value.is_blank() && !matches!(self, Ready::Constant(_)) {
            return Ok(value);
        }
        Ok(match (self, value) {
            (Ready::Constant(constant), _) => constant.clone(),
            (Ready::Script(script), value) => script.run(&value)?,
            (Ready::Map(map), value) => map.take(&value)?,
            (Ready::Trim, Value::Text(text)) => Value::text(text.trim()),
            (Ready::Case(case), Value::Text(text)) => Value::text(case.of(&text)),
            (Ready::Split(split), Value::Text(text)) => Value::text(split.of(&text)),
            (Ready::Phone(region), Value::Text(text)) => {
                Value::text(e164(&text, region).ok_or(Refusal::NotAPhone)?)
            }
            (Ready::Round(digits), Value::Number(number)) => Value::Number(rounded(number, *digits)),
            (Ready::Round(digits), Value::Text(text)) => {
                let number = text.trim().parse().map_err(|_| Refusal::NotConvertible)?;
                Value::Number(rounded(number, *digits))
            }
            (Ready::DateOf(zone), Value::Instant(at)) => date::date_of(at, zone)?,
            (Ready::DateOf(_), Value::Date(date)) => Value::Date(date),
            (Ready::TimeOf(moment), Value::Date(date)) => moment.on(date)?,
            _ => return Err(Refusal::NotConvertible),
        })
    }
}

fn rounded(number: rust_decimal::Decimal, digits: u32) -> rust_decimal::Decimal {
    number.round_dp_with_strategy(digits, rust_decimal::RoundingStrategy::MidpointAwayFromZero)
}

/// The text that stands for a value of one part; `None` for what is no text.
pub(crate) fn text_of(value: &Value) -> Option<CompactString> {
    Some(match value {
        Value::Text(text) => text.clone(),
        Value::Number(number) => number.normalize().to_compact_string(),
        Value::Bool(flag) => flag.to_compact_string(),
        Value::Date(date) => date.to_compact_string(),
        Value::Instant(at) => at.to_compact_string(),
        _ => return None,
    })
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

/// What people call values of this kind.
fn noun(kind: &FieldType) -> &'static str {
    match kind {
        FieldType::Text { .. } => "text",
        FieldType::NameOf => "name",
        FieldType::Email { .. } => "e-mail address",
        FieldType::Phone { .. } => "telephone number",
        FieldType::Url { .. } => "web address",
        FieldType::Integer | FieldType::Decimal { .. } => "number",
        FieldType::Bool => "check box",
        FieldType::Date => "date",
        FieldType::DateTime => "point in time",
        FieldType::Picklist { .. } => "option",
        FieldType::MultiPicklist { .. } => "list of options",
        FieldType::Tags { .. } => "list of tags",
        FieldType::Lookup { .. } | FieldType::AnyLookup { .. } => "lookup",
        FieldType::User => "user",
        FieldType::Rows { links: true, .. } => "multi-select lookup",
        FieldType::Rows { .. } => "subform",
        FieldType::Through { holds, .. } => noun(holds),
        FieldType::Filled | FieldType::Other { .. } => "value of this type",
    }
}

#[cfg(test)]
mod tests;
