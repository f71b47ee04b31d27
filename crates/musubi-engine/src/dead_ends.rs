//! Module pairs whose new records demand one another's: none can be made before the other, which is told before they begin.

use crate::both::connections_of;
use crate::circles::{self, Lead};
use crate::config::{IntegrationConfig, ModuleConfig};
use crate::error::Result;
use crate::hub::Inner;
use crate::leads::Family;
use musubi_core::Side;
use musubi_store::{ConnectionRow, SyncId};
use std::collections::BTreeSet;

impl Inner {
    /// What is told of these module pairs of an integration that need not be set up yet.
    pub(crate) async fn dead_ends(
        &self,
        integration: &IntegrationConfig,
        modules: &[&ModuleConfig],
        rows: &[ConnectionRow],
    ) -> Result<Vec<String>> {
        let accounts = self.accounts(&connections_of(integration, rows)?).await?;
        let pairs = (1..).map(SyncId).zip(integration.modules.iter().cloned()).collect();
        let family = Family { pairs, accounts, owners: integration.owners.clone() };
        let mut own = Vec::new();
        for (sync, _) in family.pairs.iter().filter(|(_, pair)| modules.contains(&pair)) {
            own.extend(family.leads(*sync).await?);
        }
        let leads = family.with_parents(own).await?;
        let name = |sync: SyncId| {
            let pair = family.pairs.iter().find(|(pair, _)| *pair == sync);
            pair.map_or_else(String::new, |(_, config)| config.left.clone())
        };
        Ok(Side::BOTH.into_iter().filter_map(|from| told(&leads, from, name)).collect())
    }
}

fn told(leads: &[Lead], from: Side, name: impl Fn(SyncId) -> String) -> Option<String> {
    let demanded = circles::demanded_circles(leads, from);
    // In a fixed order, each once.
    let fields: BTreeSet<String> =
        demanded.iter().map(|lead| format!("{} of {}", lead.field, name(lead.child))).collect();
    let fields: Vec<String> = fields.into_iter().collect();
    (!fields.is_empty()).then(|| {
        format!(
            "no record can be made on the {} side before the one that it leads to, and they lead round in a circle: {} must be filled there. Let one of them be blank \
             on that side, or make the first records by hand on both sides",
            from.other().name(),
            fields.join(" and ")
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circles::Need;
    use musubi_core::{Sides, policy::Direction};

    #[test]
    fn a_circle_that_nothing_can_be_made_in_is_told_for_the_side_that_demands_it() {
        let lead = |child, parent, field: &str, right| Lead {
            child: SyncId(child),
            slot: 0,
            parent: SyncId(parent),
            field: field.into(),
            direction: Direction::Both,
            need: Sides { left: right, right: Need::Standard },
        };
        let name = |sync: SyncId| ["Accounts", "Contacts"][usize::from(sync.0 == 2)].to_owned();
        let second = lead(2, 1, "Account_Name", Need::Demanded);
        let both = [lead(1, 2, "Main_Person", Need::Demanded), second.clone()];
        assert_eq!(
            told(&both, Side::Left, name).as_deref(),
            Some(
                "no record can be made on the right side before the one that it leads to, and they lead round in a circle: Account_Name of Contacts and \
                 Main_Person of Accounts must be filled there. Let one of them be blank on that side, or make the first records by hand on both sides"
            )
        );
        assert_eq!(told(&both, Side::Right, name), None);
        assert_eq!(told(&[lead(1, 2, "Main_Person", Need::Custom), second], Side::Left, name), None);
    }
}
