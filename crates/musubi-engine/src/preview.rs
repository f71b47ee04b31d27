//! What a mapping would be, before anything is set up or changed.

use crate::compile::{LeftOut, Sibling};
use crate::config::{Fields, IntegrationConfig, ModuleConfig, Way};
use crate::draft::{self, DraftModule, MappingProblem, names};
use crate::error::Result;
use crate::findings::LossyPair;
use crate::hub::Hub;
use crate::samples::{self, Sample};
use musubi_core::policy::Direction;
use musubi_core::schema::{Access, Field, FieldType};
use musubi_core::{NamesBySide, Side};
use musubi_store::SyncId;
use serde::Serialize;
use utoipa::ToSchema;

/// What a module pair's mapping would be.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ModulePreview {
    /// Left module.
    pub left: String,
    /// Right module.
    pub right: String,
    /// Fields that would be kept in agreement.
    pub mapped: Vec<MappedField>,
    /// Fields that both sides have and that would not be.
    pub left_out: Vec<LeftOut>,
    /// Fields that a new record of a side needs and that nothing would fill, per side.
    pub required_missing: NamesBySide,
    /// The org's own fields that nothing is mapped to, per side.
    pub custom_unmapped: NamesBySide,
    /// Fields that cannot be kept in agreement both ways, and why; an integration with one of them is refused.
    pub lossy: Vec<LossyPair>,
    /// Fields that are kept in agreement both ways and are of different kinds, so that some values come back changed, or wait; allowed as they are.
    pub inexact: Vec<LossyPair>,
    /// All fields that are in no pair, per side, and why.
    pub unmapped: UnmappedBySide,
    /// What is wrong with the mapping; nothing that is wrong is saved.
    pub problems: Vec<MappingProblem>,
}

/// Fields in no pair.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct UnmappedBySide {
    /// Of the left module.
    pub left: Vec<Unmapped>,
    /// Of the right module.
    pub right: Vec<Unmapped>,
}

/// A field in no pair.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Unmapped {
    /// Its API name.
    pub field: String,
    /// Why: a stable code.
    pub reason: &'static str,
    /// A new record of this side needs it, and nothing would fill it.
    pub blocks: bool,
}

/// Two fields that would hold the same.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MappedField {
    /// Left field.
    pub left: String,
    /// Right field.
    pub right: String,
    /// What people call the left one.
    pub label_left: String,
    /// What people call the right one.
    pub label_right: String,
    /// It identifies records.
    pub matches: bool,
    /// What its steps would make of some values that are there; none where it has no steps.
    pub samples: Vec<Sample>,
    /// Which way its values can go, by what both fields allow; `null` for one that is only looked at.
    #[schema(required)]
    pub direction: Option<Way>,
}

impl Hub {
    /// The mappings of an integration as it is thought out. Asks the services for their fields, and for a few records where values are changed on their way.
    pub async fn preview(&self, config: &IntegrationConfig) -> Result<Vec<ModulePreview>> {
        let draft = self.draft(config).await?;
        let mut previews = Vec::new();
        for at in 0..config.modules.len() {
            let mut module = draft.module(at).await?;
            let samples = match &mut module.compiled {
                Some(compiled) => {
                    let shown = samples::of(compiled, &draft.accounts).await?;
                    module.problems.extend(shown.lossy.iter().map(draft::lossy));
                    compiled.findings.lossy.extend(shown.lossy);
                    shown.samples
                }
                None => Vec::new(),
            };
            previews.push(previewed(&module, samples));
        }
        Ok(previews)
    }
}

fn previewed(module: &DraftModule<'_>, samples: Vec<Vec<Sample>>) -> ModulePreview {
    let compiled = module.compiled.as_ref();
    let pairs = compiled.map_or(&[][..], |compiled| &compiled.mapping.pairs);
    let matches =
        |slot| compiled.is_some_and(|compiled| compiled.mapping.matches.iter().any(|rule| rule.slot == slot));
    let mapped = (0..).zip(pairs).zip(samples).map(|((slot, pair), samples)| MappedField {
        left: pair.fields.left.name.to_string(),
        right: pair.fields.right.name.to_string(),
        label_left: pair.fields.left.label.to_string(),
        label_right: pair.fields.right.label.to_string(),
        matches: matches(slot),
        samples,
        direction: way(pair.direction),
    });
    let findings = compiled.map(|compiled| compiled.findings.clone()).unwrap_or_default();
    ModulePreview {
        left: module.config.left.clone(),
        right: module.config.right.clone(),
        mapped: mapped.collect(),
        left_out: compiled.map_or(Vec::new(), |compiled| compiled.left_out.clone()),
        unmapped: UnmappedBySide {
            left: unmapped(module, Side::Left, &findings.unfilled.left),
            right: unmapped(module, Side::Right, &findings.unfilled.right),
        },
        required_missing: findings.unfilled,
        custom_unmapped: findings.custom,
        lossy: findings.lossy,
        inexact: findings.inexact,
        problems: module.problems.clone(),
    }
}

/// The fields of a side that nothing is carried into or out of. A field that is only matched by is among them if it blocks.
fn unmapped(module: &DraftModule<'_>, side: Side, unfilled: &[String]) -> Vec<Unmapped> {
    let pairs = module.compiled.as_ref().map_or(&[][..], |compiled| &compiled.mapping.pairs);
    let field = |field: &Field| {
        let mapped = pairs.iter().any(|pair| pair.fields.get(side).name == field.name);
        let blocks = unfilled.iter().any(|name| name == field.name.as_str());
        (blocks || !mapped).then(|| Unmapped {
            field: field.name.to_string(),
            reason: reason(module, side, field),
            blocks,
        })
    };
    module.schemas.get(side).fields.iter().filter_map(field).collect()
}

/// Why a field is in no pair.
fn reason(module: &DraftModule<'_>, side: Side, field: &Field) -> &'static str {
    if matches!(field.kind, FieldType::Other { .. }) {
        return "field.not_syncable";
    }
    let other = module.schemas.get(side.other()).field(&field.name);
    if matches!(module.config.fields, Fields::List(_)) {
        // What the services set themselves is nothing that somebody forgot.
        let fixed = |field: &Field| field.access != Access::Writable;
        return if fixed(field) && other.is_none_or(fixed) { "field.read_only" } else { "field.not_chosen" };
    }
    if other.is_none() {
        return "field.no_counterpart";
    }
    // Tags are carried where somebody asks for them.
    if matches!(field.kind, FieldType::Tags { .. }) {
        return "field.not_chosen";
    }
    let left_out = module.compiled.iter().flat_map(|compiled| &compiled.left_out);
    let known = left_out.clone().find(|out| out.field == field.name.as_str());
    known.map_or("field.read_only", |out| out.reason)
}

/// A direction as the configuration says it.
pub(crate) fn way(direction: Direction) -> Option<Way> {
    match direction {
        Direction::Both => Some(Way::Both),
        Direction::LeftToRight => Some(Way::LeftToRight),
        Direction::RightToLeft => Some(Way::RightToLeft),
        Direction::Neither => None,
    }
}

/// The module pairs of an integration that need not be set up yet, for lookups.
pub(crate) fn siblings(config: &IntegrationConfig) -> Vec<Sibling> {
    let sibling =
        |(number, module): (i64, &ModuleConfig)| Sibling { sync: SyncId(number), modules: names(module) };
    (1..).zip(&config.modules).map(sibling).collect()
}
