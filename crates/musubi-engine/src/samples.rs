//! What steps would make of the values that are there: a few records of each side, before anything is set up or kept.
//!
//! A pair that goes both ways is tried on what both sides hold, whichever way has steps: what comes back of a value that goes as it is may be another one.

use crate::account::Account;
use crate::compile::Compiled;
use crate::derived;
use crate::error::Result;
use crate::findings::LossyPair;
use crate::history::json;
use crate::matter;
use crate::sync::Intake;
use crate::value_schema::FieldValue;
use musubi_connector::gate::Lane;
use musubi_connector::{ListRequest, Order, Position, Priced, Projection};
use musubi_core::{Side, Sides, Value, lens, mapping::Pair, policy::Direction};
use serde::Serialize;
use serde_json::Value as Json;
use std::sync::Arc;
use utoipa::ToSchema;

/// So many records of a side are shown.
const SHOWN: usize = 5;

/// A value on its way.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = MappingSample)]
pub struct Sample {
    /// The side it is of.
    pub from: Side,
    /// The record.
    pub id: String,
    /// What the field holds.
    #[schema(value_type = FieldValue)]
    pub before: Json,
    /// What the other side would get.
    #[schema(value_type = FieldValue)]
    pub after: Json,
    /// Why it cannot be carried over: a stable code.
    #[schema(required)]
    pub refused: Option<String>,
    /// The same in words.
    #[schema(required)]
    pub why: Option<&'static str>,
    /// What would come back of it, where that is something else.
    #[schema(required, value_type = FieldValue)]
    pub back: Option<Json>,
}

/// What the newest records of each side show.
pub(crate) struct Shown {
    /// Samples of every pair that has steps, by slot.
    pub samples: Vec<Vec<Sample>>,
    /// Pairs that these records show to be lossy, though typical values do not.
    pub lossy: Vec<LossyPair>,
}

/// Looks at one page of each side whose values are changed, on their way or on the way back.
pub(crate) async fn of(compiled: &Compiled, accounts: &Sides<Arc<Account>>) -> Result<Shown> {
    let mapping = &compiled.mapping;
    let mut samples = vec![Vec::new(); mapping.pairs.len()];
    let known = |pair: &Pair| {
        let is = |lossy: &LossyPair| {
            lossy.left == pair.fields.left.name.as_str() && lossy.right == pair.fields.right.name.as_str()
        };
        compiled.findings.lossy.iter().any(is)
    };
    let mut lossy: Vec<Option<LossyPair>> = mapping.pairs.iter().map(|_| None).collect();
    for from in Side::BOTH {
        let changed = |pair: &Pair| !pair.steps.get(from).is_empty() && pair.direction.allows_from(from);
        let tried = |pair: &Pair| pair.has_steps() && pair.direction == Direction::Both;
        if !mapping.pairs.iter().any(|pair| changed(pair) || tried(pair)) {
            continue;
        }
        let (account, module) = (accounts.get(from), mapping.modules.get(from));
        let schema = account.schema(module).await?;
        let mut fields = mapping.pairs.iter().map(|pair| pair.fields.get(from).clone()).collect();
        let made = derived::place(from, compiled.derived.get(from), mapping, &schema, &mut fields);
        let request = ListRequest {
            projection: Arc::new(Projection { module: module.clone(), fields }),
            modified_since: None,
            order: Order::IdDescending,
            position: Position::Start,
        };
        let mut page = account.ask(Lane::Interactive, Priced::List, account.connector.list(request)).await?;
        Intake { mapped: mapping.pairs.len(), made, ..Intake::default() }.page(&mut page);
        for row in page.rows.iter().take(SHOWN) {
            let pairs = mapping.pairs.iter().zip(row.slots.iter());
            for ((pair, value), samples) in pairs.zip(&mut samples).filter(|((pair, _), _)| changed(pair)) {
                samples.extend(value.as_ref().map(|value| sample(pair, from, row.id.to_string(), value)));
            }
        }
        for row in &page.rows {
            let open = mapping.pairs.iter().zip(row.slots.iter()).zip(&mut lossy);
            for ((pair, value), found) in open.filter(|((pair, _), found)| found.is_none() && !known(pair)) {
                let example = lens::broken_by(pair, from, value.clone());
                *found = example.map(|example| LossyPair::of(pair, &example, Some(row.id.to_string())));
            }
        }
    }
    Ok(Shown { samples, lossy: lossy.into_iter().flatten().collect() })
}

fn sample(pair: &Pair, from: Side, id: String, value: &Value) -> Sample {
    let carry = |value: &Value, from: Side| pair.carry(value, 0, from, &lens::Same);
    let there = carry(value, from);
    let back = there.as_ref().ok().filter(|_| pair.direction == Direction::Both);
    let back = back.and_then(|there| carry(there, from.other()).ok()).filter(|back| back != value);
    let refused = there.as_ref().err().map(|refused| refused.code().to_owned());
    Sample {
        from,
        id,
        before: json(value),
        after: there.as_ref().map_or(Json::Null, json),
        why: refused.as_deref().and_then(matter::explain).map(|matter| matter.what),
        refused,
        back: back.as_ref().map(json),
    }
}
