//! Which fields of the other side a field can be mapped to, and why not to the rest.

use crate::config::{IntegrationConfig, Way};
use crate::derived;
use crate::draft::{Draft, DraftModule};
use crate::error::{HubError, Result};
use crate::hub::Hub;
use crate::owners::{self, Everybody};
use crate::preview::way;
use musubi_core::policy::Direction;
use musubi_core::schema::{Field, FieldType};
use musubi_core::{FieldName, Side, Sides, suggest};
use serde::Serialize;
use utoipa::ToSchema;

/// A field of the other side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Fit {
    /// Its API name.
    pub field: String,
    /// Which way values could go; `null` when they cannot.
    #[schema(required)]
    pub direction: Option<Way>,
    /// Why they cannot, or what becomes of some of them: a stable code.
    #[schema(required)]
    pub reason: Option<&'static str>,
}

impl Hub {
    /// Every field of the other side, with what speaks against it for `field` of `side`.
    pub async fn fits(
        &self,
        config: &IntegrationConfig,
        at: usize,
        side: Side,
        field: &str,
    ) -> Result<Vec<Fit>> {
        let draft = self.draft(config).await?;
        let module = draft.module(at).await?;
        // Fields that are made of others are mapped like any other.
        let schemas = Sides { left: &*module.schemas.left, right: &*module.schemas.right };
        let (schemas, _) = derived::add(module.config, schemas)?;
        let everybody = owners::everybody(&draft.accounts, &config.owners).await?;
        let own = schemas.get(side).field(&FieldName::new(field)).ok_or_else(|| {
            let what = format!("{} has no field {field}", module.names.get(side));
            HubError::new("field.unknown", what, "take a field from the module's list")
        })?;
        let fit = |other: &Field| {
            let (left, right) = if side == Side::Left { (own, other) } else { (other, own) };
            match fit(&draft, &module, left, right) {
                Ok(direction) => {
                    let reason = held(left, everybody).then_some("owner.unknown");
                    Fit { field: other.name.to_string(), direction: way(direction), reason }
                }
                Err(reason) => Fit { field: other.name.to_string(), direction: None, reason: Some(reason) },
            }
        };
        Ok(schemas.get(side.other()).fields.iter().map(fit).collect())
    }
}

/// Values of the field are people, and records of some of them would be held.
fn held(field: &Field, everybody: Everybody) -> bool {
    let stands_in = everybody == Everybody::StoodInFor && owners::is_owner(&field.name);
    field.kind == FieldType::User && everybody != Everybody::Matched && !stands_in
}

/// Which way values can go between two fields of a module pair, or why they cannot.
pub(crate) fn fit(
    draft: &Draft<'_>,
    module: &DraftModule<'_>,
    left: &Field,
    right: &Field,
) -> std::result::Result<Direction, &'static str> {
    if [left, right].iter().any(|field| matches!(field.kind, FieldType::Other { .. })) {
        return Err("field.not_syncable");
    }
    if let (FieldType::Lookup { module: left }, FieldType::Lookup { module: right }) =
        (&left.kind, &right.kind)
        && !draft.has_pair(left, right)
    {
        return Err("lookup.parent_not_synced");
    }
    let leads = |field: &Field| match &field.kind {
        FieldType::AnyLookup { .. } => true,
        FieldType::Rows { columns, links: true } => columns.iter().any(|one| one.kind != FieldType::User),
        _ => false,
    };
    if leads(left) && leads(right) && !draft.has_parent(&left.kind, &right.kind) {
        return Err("lookup.parent_not_synced");
    }
    let Some(direction) = suggest::ways(left, right) else {
        let convertible = musubi_core::convert::is_convertible(&left.kind, &right.kind)
            || musubi_core::convert::is_convertible(&right.kind, &left.kind);
        return Err(if convertible { "field.read_only" } else { "field.types_differ" });
    };
    match direction.and(module.config.direction.into()) {
        Direction::Neither => Err("field.other_direction"),
        direction => Ok(direction),
    }
}
