//! Fields that probably belong together, by their names and by what a sample of records holds in them.

use crate::browse::shown_value;
use crate::config::{IntegrationConfig, Way};
use crate::error::Result;
use crate::fitting::fit;
use crate::hub::Hub;
use crate::preview::way;
use crate::record_sample::{Sample, Tie};
use musubi_core::policy::Direction;
use musubi_core::schema::Field;
use musubi_core::suggest::{Overlap, Reason, Rows, overlap, ranked};
use musubi_core::{Side, Value};
use serde::Serialize;
use utoipa::ToSchema;

/// So many are offered for one field.
const OFFERED: usize = 3;
/// Fewer pairs than this say less than the values of all records together.
const FEW: usize = 5;

/// A field that is in no pair, and what it could be mapped to.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Suggestion {
    /// The left field.
    pub left: String,
    /// Right fields, the best first.
    pub candidates: Vec<Candidate>,
}

/// A field that it could be mapped to.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SuggestedField)]
pub struct Candidate {
    /// The right field.
    pub right: String,
    /// How much speaks for it, 0 to 100.
    pub score: u32,
    /// Which way values could go.
    pub direction: Way,
    /// What speaks for it, the weightiest first.
    pub reasons: Vec<SuggestionReason>,
}

/// Something that speaks for two fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SuggestionReason {
    /// `same_name`, `similar_name`, `same_label`, `similar_label`, `same_meaning`, `same_type` or `same_values`.
    pub code: &'static str,
    /// For `same_values`: how many were compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compared: Option<usize>,
    /// For `same_values`: how many of them are the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub same: Option<usize>,
}

impl Hub {
    /// What the fields of a module pair that are in no pair could be mapped to. Nothing is mapped: somebody accepts it, or does not.
    pub async fn suggestions(&self, config: &IntegrationConfig, at: usize) -> Result<Vec<Suggestion>> {
        let draft = self.draft(config).await?;
        let module = draft.module(at).await?;
        let sample = self.sample(&draft, &module).await?;
        let pairs = module.compiled.as_ref().map_or(&[][..], |compiled| &compiled.mapping.pairs);
        let free = |side: Side| -> Vec<&Field> {
            let mapped = |field: &Field| {
                pairs.iter().any(|pair| {
                    pair.direction != Direction::Neither && pair.fields.get(side).name == field.name
                })
            };
            module.schemas.get(side).fields.iter().filter(|field| !mapped(field)).collect()
        };
        let (left, right) = (free(Side::Left), free(Side::Right));
        let columns: Vec<_> = right.iter().map(|field| Columns::of(&sample, Side::Right, field)).collect();
        let mut suggestions = Vec::new();
        for field in left {
            let own = Columns::of(&sample, Side::Left, field);
            let others = right.iter().zip(&columns).filter_map(|(other, column)| {
                fit(&draft, &module, field, other).ok()?;
                Some((*other, own.overlap(field, column, other)))
            });
            let candidates: Vec<Candidate> = ranked(field, Side::Left, others)
                .into_iter()
                .take(OFFERED)
                .filter_map(|(other, proposal)| {
                    let direction = proposal.direction.and(module.config.direction.into());
                    Some(Candidate {
                        right: other.name.to_string(),
                        score: proposal.score,
                        direction: way(direction)?,
                        reasons: proposal.reasons.into_iter().map(reason).collect(),
                    })
                })
                .collect();
            if !candidates.is_empty() {
                suggestions.push(Suggestion { left: field.name.to_string(), candidates });
            }
        }
        suggestions.sort_by_key(|one| std::cmp::Reverse(one.candidates[0].score));
        Ok(suggestions)
    }
}

/// What a sample holds in one field: of the records that belong together, and of all.
struct Columns {
    paired: Vec<Option<Value>>,
    all: Vec<Option<Value>>,
}

impl Columns {
    fn of(sample: &Sample, side: Side, field: &Field) -> Columns {
        let projection = sample.projections.get(side);
        let at = projection.fields.iter().position(|known| known.name == field.name);
        let (mut paired, mut all) = (Vec::new(), Vec::new());
        for row in &sample.rows {
            let record = row.records.get(side).as_ref();
            let value = record.and_then(|record| record.slots.get(at?)?.as_ref());
            // A record that is pointed to has another id in each org; its name is what can be compared.
            let value = value.map(|value| match value {
                Value::Record(_) => {
                    let shown = shown_value(sample.names.get(side), &field.kind, value);
                    Value::text(shown["name"].as_str().unwrap_or_default())
                }
                value => value.clone(),
            });
            if row.tie != Tie::Alone {
                paired.push(value.clone());
            }
            all.push(value);
        }
        Columns { paired, all }
    }

    fn overlap(&self, field: &Field, other: &Columns, other_field: &Field) -> Overlap {
        let (ours, theirs, rows) = if self.paired.len() >= FEW {
            (&self.paired, &other.paired, Rows::Paired)
        } else {
            (&self.all, &other.all, Rows::Apart)
        };
        overlap((field, ours), (other_field, theirs), rows)
    }
}

fn reason(reason: Reason) -> SuggestionReason {
    let plain = |code| SuggestionReason { code, compared: None, same: None };
    match reason {
        Reason::SameName => plain("same_name"),
        Reason::SimilarName => plain("similar_name"),
        Reason::SameLabel => plain("same_label"),
        Reason::SimilarLabel => plain("similar_label"),
        Reason::SameMeaning => plain("same_meaning"),
        Reason::SameType => plain("same_type"),
        Reason::SameValues(Overlap { compared, same, .. }) => {
            SuggestionReason { code: "same_values", compared: Some(compared), same: Some(same) }
        }
    }
}
