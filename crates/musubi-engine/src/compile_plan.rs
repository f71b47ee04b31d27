//! The plan that the machine of a module sync works by: the compiled mapping, the policies, and what both services can do.

use crate::account::Account;
use crate::compile::{Compiled, holds_owner};
use crate::error::Result;
use crate::export::module_config;
use crate::resting::Meanwhile;
use crate::sync::{BatchSizes, Intake, Plan, Settings};
use crate::versions::Versions;
use musubi_connector::Projection;
use musubi_core::{
    Side, Sides,
    mapping::Pair,
    mutant::Mutant,
    policy::{Direction, Policy},
    reconcile::Rules,
    schema::{Field, FieldType},
};
use musubi_store::ModuleSyncRow;
use std::sync::Arc;

/// The plan of a module sync.
pub(crate) fn plan(
    row: &ModuleSyncRow,
    compiled: Compiled,
    later: Sides<Vec<u16>>,
    versions: Versions,
    intake: Sides<(Intake, Vec<Field>)>,
    accounts: &Sides<Arc<Account>>,
    settings: Settings,
) -> Result<Plan> {
    let config = &module_config(row)?;
    let Compiled { mapping, parents, people, .. } = compiled;
    let meanwhile = row.meanwhile.as_deref().and_then(Meanwhile::named);
    let Versions { present, earlier, narrower, rejudged, found_by, counting, .. } = versions;
    let direction = Direction::from(config.direction);
    let (left, right) = (intake.left, intake.right);
    let projection = |side: Side, fields: Vec<Field>| {
        Arc::new(Projection { module: mapping.modules.get(side).clone(), fields })
    };
    let projections = Sides { left: projection(Side::Left, left.1), right: projection(Side::Right, right.1) };
    let intake = Sides { left: left.0, right: right.0 };
    let mandatory = Sides::from_fn(|side: Side| {
        let slots = 0..u16::try_from(mapping.pairs.len()).unwrap_or(u16::MAX);
        slots
            .filter(|slot| {
                let pair = &mapping.pairs[usize::from(*slot)];
                pair.fields.get(side).mandatory && pair.direction.allows_from(side.other())
            })
            .collect()
    });
    let batch = Sides::from_fn(|side| {
        let limits = accounts.get(side).connector.limits();
        BatchSizes {
            page: limits.page,
            read: limits.read_batch,
            write: limits.write_batch,
            conditional: limits.conditional_update,
        }
    });
    let bulk = Sides::from_fn(|side| {
        config.bulk.decide(accounts.get(side).connector.bulk_from(projections.get(side)))
    });
    let tells_merged =
        Sides::from_fn(|side| accounts.get(side).connector.tells_merged(mapping.modules.get(side)));
    let policy = Policy {
        conflict: config.conflict,
        meanwhile: meanwhile.map(Into::into),
        initial: config.initial,
        master: config.master,
        blank: config.blank,
        deletion: config.deletion.sides(),
        delete_conflict: config.delete_conflict,
        converted: config.converted,
        automations: config.automations,
        leaving: counting.config.leaving,
    };
    let owner_slots = (0..).zip(&mapping.pairs).filter(|(_, pair)| holds_owner(pair)).map(|(slot, _)| slot);
    let owner_slots = owner_slots.collect();
    let deletion_limit = config.deletion_limit.unwrap_or_default().into();
    let rules = Rules { mapping, version: present, policy, mutant: Mutant::None };
    let window = counting.window()?;
    let is_any = |(_, pair): &(u16, &Pair)| matches!(pair.fields.left.kind, FieldType::AnyLookup { .. });
    let any_lookups = (0..).zip(&rules.mapping.pairs).filter(is_any).map(|(slot, _)| slot);
    let any_lookups: Vec<u16> = any_lookups.collect();
    let lookups = any_lookups.iter().map(|slot| rules.mapping.field(Side::Left, *slot).name.as_str());
    let only_with_parent = config.goes_with_parents(lookups);
    Ok(Plan {
        sync: row.id,
        rules,
        direction,
        projections,
        intake,
        window,
        parents,
        later,
        any_lookups,
        only_with_parent,
        mandatory,
        tells_merged,
        deletion_limit,
        people,
        owner_slots,
        earlier,
        narrower,
        rejudged,
        found_by,
        settings,
        batch,
        bulk,
    })
}
