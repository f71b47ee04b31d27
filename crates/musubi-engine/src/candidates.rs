//! Who may belong together: the records that have the same match key, side by side, for a person to choose.

use crate::called::Called;
use crate::error::{HubError, Result};
use crate::hub::Hub;
use crate::pairs::Names;
use crate::references;
use crate::sync::{UnlinkedRecord, link_state};
use crate::value_schema::FieldValue;
use musubi_core::{LinkBody, Side, Sides, Value};
use musubi_store::{ModuleSyncRow, Want};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;

/// The records of both sides that have the same match key.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Candidates {
    /// The left module.
    pub module: String,
    /// Of the left side; at most twenty.
    pub left: Vec<Candidate>,
    /// Of the right side; at most twenty.
    pub right: Vec<Candidate>,
}

/// One of them, as it was last read. No call is made.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Candidate {
    /// Its id.
    pub id: String,
    /// What people call it, where that is known.
    #[schema(required)]
    pub label: Option<String>,
    /// The record of the other side that it is tied to, if it is.
    #[schema(required)]
    pub linked_to: Option<String>,
    /// What it holds.
    pub fields: Vec<CandidateField>,
}

/// A field of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CandidateField {
    /// The left field.
    pub left: String,
    /// The right field.
    pub right: String,
    /// What it holds.
    #[schema(value_type = FieldValue)]
    pub value: Json,
}

/// What the machine keeps with the matter.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Kept {
    left: Vec<String>,
    right: Vec<String>,
}

impl Hub {
    /// The records that a matter of matching is about.
    pub async fn candidates(&self, integration: &str, id: &str) -> Result<Candidates> {
        let unknown = || {
            HubError::new(
                "failure.no_candidates",
                format!("{id:?} is no open question of which records belong together"),
                "`musubi failures NAME --code match.ambiguous` lists them with their ids",
            )
        };
        let (of, number) = crate::attention::number(id)?;
        let syncs = crate::history::syncs(&self.inner, integration).await?;
        let sync = syncs.into_iter().find(|sync| sync.id == of).ok_or_else(unknown)?;
        let items = self.inner.store.open_attention(of, number - 1, 1).await?;
        let item = items.into_iter().find(|item| item.id == number && item.code.starts_with("match."));
        let kept: Kept = serde_json::from_slice(&item.ok_or_else(unknown)?.body).unwrap_or_default();
        let left = self.shown_side(&sync, Side::Left, &kept.left).await?;
        let right = self.shown_side(&sync, Side::Right, &kept.right).await?;
        Ok(Candidates { module: sync.left_module, left, right })
    }

    async fn shown_side(&self, sync: &ModuleSyncRow, side: Side, ids: &[String]) -> Result<Vec<Candidate>> {
        let want = Want { ids: ids.iter().map(|id| (side, id.clone())).collect(), ..Want::default() };
        let loaded = self.inner.store.load(sync.id, want).await?;
        let mut names = Names::new(&self.inner, sync);
        let mut called = Called::new(&self.inner, sync.integration);
        let mut found = Vec::new();
        for id in ids {
            let link = loaded.links.iter().find(|link| link.id(side) == id);
            let unlinked = loaded.unlinked.iter().find(|row| row.id == *id);
            let (version, values, linked_to) = match (link, unlinked) {
                (Some(link), _) => {
                    let body = LinkBody::decode(&link.body).map_err(|_| HubError::damaged_pair())?;
                    let memory = body.side(side);
                    let slots = 0..memory.base.len() as u16;
                    let values = slots.filter_map(|slot| Some((slot, memory.current(slot)?.clone())));
                    let other =
                        Some(link.id(side.other()).to_owned()).filter(|_| link.state != link_state::UNTIED);
                    (body.mapping, values.collect::<Vec<_>>(), other)
                }
                (None, Some(row)) => {
                    let record = UnlinkedRecord::decode(&row.body).map_err(|_| HubError::damaged_pair())?;
                    (record.version, record.values, None)
                }
                // Deleted meanwhile.
                (None, None) => continue,
            };
            called.want(values.iter().map(|(_, value)| (side, value)));
            called.learn().await?;
            found.push(candidate((side, id), &values, names.slots(version).await?, linked_to, &called));
        }
        Ok(found)
    }
}

fn candidate(
    (side, id): (Side, &str),
    values: &[(u16, Value)],
    slots: &[crate::slots::Slot],
    linked_to: Option<String>,
    called: &Called<'_>,
) -> Candidate {
    let label = references::called(|name| {
        let is_named = |slot: &crate::slots::Slot| {
            Sides { left: &slot.left, right: &slot.right }.get(side).as_str() == name
        };
        let at = u16::try_from(slots.iter().position(is_named)?).ok()?;
        values.iter().find(|(slot, _)| *slot == at)?.1.as_text().map(str::to_owned)
    });
    let field = |(slot, value): &(u16, Value)| {
        let names = slots.get(usize::from(*slot))?;
        Some(CandidateField {
            left: names.left.to_string(),
            right: names.right.to_string(),
            value: called.shown(side, value),
        })
    };
    Candidate { id: id.to_owned(), label, linked_to, fields: values.iter().filter_map(field).collect() }
}
