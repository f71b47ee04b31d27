//! Configuration into the store: the difference is planned, shown, and carried out when it is approved.

use crate::config::{Config, ConnectionConfig, ModuleConfig};
use crate::differences::{in_words, module_differences, table_differences};
use crate::error::{HubError, Result};
use crate::export::{IntegrationSettings, module_config, settings};
use crate::hub::Hub;
use crate::notices;
use crate::prerequisites;
use crate::remembered::{self, Account, Known};
use crate::report::{ApplyReport, Cascade, Change};
use crate::resting::ModuleState;
use crate::retention::Retention;
use musubi_core::{Side, Sides};
use musubi_store::{ConnectionRow, IntegrationRow, IntegrationState, ModuleSyncRow, Store, SyncId};
use serde::Serialize;
use std::collections::BTreeMap;

impl Hub {
    /// Plans the difference between the workspace and this configuration, and carries it out if `approve`.
    ///
    /// What the file does not name stays. A module pair that a named integration no longer has is taken out; what is remembered of it stays (K-22).
    pub async fn apply(&self, config: &Config, approve: bool) -> Result<ApplyReport> {
        self.carry_out(config, approve, IntegrationState::Active).await
    }

    /// Carries it out; integrations that are new begin at once only if `start`.
    pub async fn add(&self, config: &Config, start: bool) -> Result<ApplyReport> {
        let state = if start { IntegrationState::Active } else { IntegrationState::Paused };
        self.carry_out(config, true, state).await
    }

    /// Removes an integration. The records stay, and so does what is remembered of them (K-22): see [`Hub::remembered`].
    pub async fn remove_integration(&self, name: &str) -> Result<()> {
        let inner = &self.inner;
        let row = inner.integration(name).await?;
        for sync in inner.store.module_syncs(row.id).await? {
            remembered::keep(&inner.store, &row, &sync, inner.now()).await?;
        }
        // Whoever drives it cannot store anything any more, and ends by that.
        inner.store.delete_integration(row.id).await?;
        inner.poke.notify_one();
        Ok(())
    }

    async fn carry_out(&self, config: &Config, approve: bool, new: IntegrationState) -> Result<ApplyReport> {
        let inner = &self.inner;
        crate::config_check::check(config)?;
        let config = &self.as_it_stands(config).await?;
        let mut apply = Apply {
            store: &inner.store,
            workspace: inner.workspace,
            now: inner.now(),
            approve,
            new,
            report: ApplyReport::default(),
        };
        apply.check_rings(config).await?;
        apply.report.warnings = prerequisites::check(inner, config).await?;
        apply.report.warnings.extend(inner.check_mappings(config).await?);
        let connections = apply.connections(config).await?;
        apply.integrations(config, &connections).await?;
        self.apply_notices(config, &mut apply.report, approve).await?;
        self.apply_retention(config, &mut apply.report, approve).await?;
        let mut report = apply.report;
        report.applied = approve;
        inner.poke.notify_one();
        Ok(report)
    }

    async fn apply_notices(&self, config: &Config, report: &mut ApplyReport, approve: bool) -> Result<()> {
        let before = self.notice_settings().await?.settings;
        match &config.notices {
            None if before != notices::Settings::default() => report.kept.push("notices".to_owned()),
            Some(wanted) if before != *wanted => {
                let (action, what, name) = ("update", "settings", "notices".to_owned());
                let details = table_differences(&before, wanted);
                report.changes.push(Change { action, what, name, details });
                if approve {
                    self.set_notice_settings(wanted).await?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    async fn apply_retention(&self, config: &Config, report: &mut ApplyReport, approve: bool) -> Result<()> {
        let before = self.retention().await?;
        match config.retention {
            None if before != Retention::default() => report.kept.push("retention".to_owned()),
            Some(wanted) if before != wanted => {
                let (action, what, name) = ("update", "settings", "retention".to_owned());
                let details = table_differences(&before, &wanted);
                report.changes.push(Change { action, what, name, details });
                if approve {
                    self.set_retention(wanted).await?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// The configuration with what it says nothing of, as it is: the state of each pair, whether it is paused, and the org of a connection that stays where it is.
    async fn as_it_stands(&self, config: &Config) -> Result<Config> {
        let stored = self.export().await?;
        let mut config = config.clone();
        for (name, connection) in &mut config.connections {
            let Some(before) = stored.connections.get(name).filter(|_| connection.org.is_none()) else {
                continue;
            };
            let kept = ConnectionConfig { org: before.org.clone(), ..connection.clone() };
            if kept == *before {
                *connection = kept;
            }
        }
        for (name, integration) in &mut config.integrations {
            let before = stored.integrations.get(name).map_or(&[][..], |before| before.modules.as_slice());
            for module in &mut integration.modules {
                let old = before.iter().find(|old| old.is_pair(module));
                module.set_state(module.state.or(old.and_then(|old| old.state)).unwrap_or_default());
                module.set_paused(module.paused.or(old.and_then(|old| old.paused)).unwrap_or_default());
            }
        }
        Ok(config)
    }
}

fn as_state(paused: bool) -> IntegrationState {
    if paused { IntegrationState::Paused } else { IntegrationState::Active }
}

struct Apply<'a> {
    store: &'a Store,
    workspace: i64,
    now: i64,
    approve: bool,
    /// How integrations begin.
    new: IntegrationState,
    report: ApplyReport,
}

impl Apply<'_> {
    /// Together with the integrations that the file does not name there must be no ring either.
    async fn check_rings(&self, config: &Config) -> Result<()> {
        let store = self.store.clone();
        let stored = Hub::offline(store, self.workspace).export().await?;
        let mut all = stored.integrations;
        all.extend(config.integrations.clone());
        crate::config_check::no_rings(all.iter())
    }

    /// Gives every connection by its name; the number of one that is not stored yet is 0.
    async fn connections(&mut self, config: &Config) -> Result<BTreeMap<String, ConnectionRow>> {
        let stored = self.store.connections(self.workspace).await?;
        let mut all: BTreeMap<String, ConnectionRow> =
            stored.iter().map(|row| (row.name.clone(), row.clone())).collect();
        for row in &stored {
            if !config.connections.contains_key(&row.name) {
                self.report.kept.push(format!("connection {}", row.name));
            }
        }
        for (name, wanted) in &config.connections {
            let mut row = ConnectionRow {
                id: all.get(name).map_or(0, |row| row.id),
                workspace: self.workspace,
                name: name.clone(),
                service: wanted.service.name().to_owned(),
                data_centre: wanted.data_centre.clone(),
                base_url: wanted.base_url.clone(),
                org: wanted.org.clone().unwrap_or_default(),
                org_named: wanted.org.is_some(),
            };
            let old = stored.iter().find(|old| old.name == *name);
            if let Some(old) = old.filter(|old| wanted.org.is_none() && is_same_place(old, &row)) {
                // It is connected to that one, though no file names it.
                row.org.clone_from(&old.org);
            }
            match old {
                None => {
                    self.change("create", "connection", name.clone(), Vec::new());
                    if self.approve {
                        row.id = self.store.insert_connection(&row, self.now).await?;
                    }
                }
                Some(old) if *old != row => {
                    self.change("update", "connection", name.clone(), connection_differences(old, &row));
                    if self.approve {
                        self.store.update_connection(&row).await?;
                    }
                }
                Some(_) => {}
            }
            all.insert(name.clone(), row);
        }
        Ok(all)
    }

    async fn integrations(
        &mut self,
        config: &Config,
        connections: &BTreeMap<String, ConnectionRow>,
    ) -> Result<()> {
        let stored = self.store.integrations(self.workspace).await?;
        for row in &stored {
            if !config.integrations.contains_key(&row.name) {
                self.report.kept.push(format!("integration {}", row.name));
            }
        }
        for (name, wanted) in &config.integrations {
            let connection = |name: &String| connections.get(name).map_or(0, |row| row.id);
            let mut row = IntegrationRow {
                id: 0,
                workspace: self.workspace,
                name: name.clone(),
                left_connection: connection(&wanted.left),
                right_connection: connection(&wanted.right),
                state: wanted.paused.map_or(self.new, as_state),
                config: serde_json::to_string(&IntegrationSettings {
                    owners: wanted.owners.clone(),
                    compare_every: wanted.compare_every,
                })
                .expect("names and choices always serialise"),
            };
            match stored.iter().find(|old| old.name == *name) {
                None => {
                    self.change("create", "integration", name.clone(), Vec::new());
                    if self.approve {
                        row.id = self.store.insert_integration(&row, self.now).await?;
                    }
                }
                Some(old) => {
                    row = IntegrationRow {
                        id: old.id,
                        state: wanted.paused.map_or(old.state, as_state),
                        ..row
                    };
                    let sides = |row: &IntegrationRow| (row.left_connection, row.right_connection);
                    if sides(old) != sides(&row) {
                        return Err(HubError::new(
                            "config.sides_changed",
                            format!("integrations.{name} joins two other connections than before"),
                            "what is remembered belongs to the old pair: give the new integration another name",
                        ));
                    }
                    let before = settings(old)?;
                    let owners = table_differences(&before.owners, &wanted.owners);
                    let owners = owners.into_iter().map(|line| format!("owners.{line}"));
                    let compare = differs("compare_every", &before.compare_every, &wanted.compare_every);
                    let is_paused = |row: &IntegrationRow| row.state == IntegrationState::Paused;
                    let paused = differs("paused", &is_paused(old), &is_paused(&row));
                    let details: Vec<String> = owners.chain(compare).chain(paused).collect();
                    if !details.is_empty() {
                        self.change("update", "integration", name.clone(), details);
                        if self.approve {
                            self.store.update_integration(&row).await?;
                            self.store.set_integration_state(row.id, row.state).await?;
                        }
                    }
                }
            }
            let account = |name: &String| connections.get(name).map(Account::of).unwrap_or_default();
            let accounts = Sides { left: account(&wanted.left), right: account(&wanted.right) };
            self.modules(&row, &accounts, &wanted.modules).await?;
        }
        Ok(())
    }

    async fn modules(
        &mut self,
        parent: &IntegrationRow,
        accounts: &Sides<Account>,
        wanted: &[ModuleConfig],
    ) -> Result<()> {
        let (integration, id) = (parent.name.as_str(), parent.id);
        let stored = if id == 0 { Vec::new() } else { self.store.module_syncs(id).await? };
        let name = |left: &str, right: &str| format!("{integration}: {left} ↔ {right}");
        for old in &stored {
            if !wanted.iter().any(|new| new.left == old.left_module && new.right == old.right_module) {
                let links = self.store.count_links(old.id).await?;
                let kept = vec![format!("the records stay, and its {links} pairs stay known")];
                self.change("delete", "module", name(&old.left_module, &old.right_module), kept);
                if self.approve {
                    remembered::keep(self.store, parent, old, self.now).await?;
                }
            }
        }
        for (position, new) in wanted.iter().enumerate() {
            let text =
                serde_json::to_string(&new.without_state()).expect("names and choices always serialise");
            let old = stored.iter().find(|old| new.left == old.left_module && new.right == old.right_module);
            let mut row = ModuleSyncRow {
                id: SyncId(0),
                workspace: self.workspace,
                integration: id,
                position: position as i64,
                left_module: new.left.clone(),
                right_module: new.right.clone(),
                config: text,
                mapping_version: 0,
                restored_at: None,
                state: match new.state {
                    Some(ModuleState::Inactive) => musubi_store::ModuleState::Inactive,
                    _ => musubi_store::ModuleState::Active,
                },
                meanwhile: None,
                activated_at: 0,
                paused: new.paused == Some(true),
            };
            let Some(old) = old else {
                let known = remembered::find(self.store, self.workspace, accounts, new).await?;
                let details = known.iter().map(Known::told).collect();
                self.change("create", "module", name(&new.left, &new.right), details);
                self.cascades(integration, None, new, known.as_ref().map_or(0, Known::taken_up));
                match known {
                    _ if !self.approve => {}
                    Some(Known::Before { sync, .. }) => {
                        row.id = sync;
                        self.store.take_up_remembered(&row, self.now).await?;
                    }
                    Some(Known::Reversed { .. }) | None => {
                        self.store.insert_module_sync(&row, self.now).await?;
                    }
                }
                continue;
            };
            row = ModuleSyncRow {
                id: old.id,
                mapping_version: old.mapping_version,
                restored_at: old.restored_at,
                meanwhile: old.meanwhile.clone(),
                activated_at: old.activated_at,
                ..row
            };
            let before = module_config(old)?;
            if before != *new {
                let links = self.store.count_links(old.id).await?;
                self.cascades(integration, Some(&before), new, links);
                self.change(
                    "update",
                    "module",
                    name(&new.left, &new.right),
                    module_differences(&before, new),
                );
            }
            if *old != row && self.approve {
                self.store.update_module_sync(&row).await?;
            }
            match (old.state, row.state) {
                (was, is) if was == is || !self.approve => {}
                (_, musubi_store::ModuleState::Inactive) => self.store.let_rest(row.id).await?,
                (_, musubi_store::ModuleState::Active) => self.store.take_up(row.id, None, self.now).await?,
            }
            match (old.paused, row.paused) {
                (was, is) if was == is || !self.approve => {}
                (_, true) => self.store.pause_module_sync(row.id).await?,
                (_, false) => self.store.resume_module_sync(row.id).await?,
            }
        }
        Ok(())
    }

    /// The ways in which deletions would carry over with all that hangs on a record, and did not before.
    fn cascades(&mut self, integration: &str, before: Option<&ModuleConfig>, new: &ModuleConfig, links: i64) {
        let had = |side: Side| before.is_some_and(|before| before.deletion.cascades().any(|at| at == side));
        for side in new.deletion.cascades().filter(|side| !had(*side)) {
            self.report.cascades.push(Cascade {
                integration: integration.to_owned(),
                left: new.left.clone(),
                right: new.right.clone(),
                deleted_on: side,
                records: u64::try_from(links).unwrap_or(0),
                looked_at: 0,
                with_related: 0,
                related: 0,
            });
        }
    }

    fn change(&mut self, action: &'static str, what: &'static str, name: String, details: Vec<String>) {
        self.report.changes.push(Change { action, what, name, details });
    }
}

fn differs<T: PartialEq + Serialize>(name: &str, old: &T, new: &T) -> Option<String> {
    (old != new).then(|| format!("{name}: {} → {}", in_words(old), in_words(new)))
}

fn is_same_place(old: &ConnectionRow, new: &ConnectionRow) -> bool {
    old.service == new.service && old.data_centre == new.data_centre && old.base_url == new.base_url
}

fn connection_differences(old: &ConnectionRow, new: &ConnectionRow) -> Vec<String> {
    let all = [
        differs("service", &old.service, &new.service),
        differs("data_centre", &old.data_centre, &new.data_centre),
        differs("base_url", &old.base_url, &new.base_url),
        differs("org", &named_org(old), &named_org(new)),
    ];
    all.into_iter().flatten().collect()
}

fn named_org(row: &ConnectionRow) -> Option<&str> {
    Some(row.org.as_str()).filter(|org| row.org_named && !org.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "[connections.a]\nservice = \"crm\"\ndata_centre = \"eu\"\norg = \"1\"\n\
        [connections.b]\nservice = \"crm\"\ndata_centre = \"jp\"\norg = \"2\"\n\
        [integrations.i]\nleft = \"a\"\nright = \"b\"\n\
        [[integrations.i.modules]]\nleft = \"Leads\"\nright = \"Leads\"\nmatch = [\"Email\"]\n\
        [[integrations.i.modules]]\nleft = \"Contacts\"\nright = \"Contacts\"\n";

    fn hub() -> Hub {
        Hub::offline(Store::in_memory().unwrap(), 1)
    }

    fn told(report: &ApplyReport) -> Vec<(&str, &str)> {
        report.changes.iter().map(|change| (change.action, change.name.as_str())).collect()
    }

    #[tokio::test]
    async fn a_plan_changes_nothing_and_an_approved_one_once() {
        let (hub, config) = (hub(), Config::parse(FILE).unwrap());
        let planned = hub.apply(&config, false).await.unwrap();
        assert!(!planned.applied);
        assert_eq!(hub.export().await.unwrap(), Config::default());
        let done = hub.apply(&config, true).await.unwrap();
        assert_eq!(done.changes, planned.changes);
        assert_eq!(
            told(&done),
            [
                ("create", "a"),
                ("create", "b"),
                ("create", "i"),
                ("create", "i: Leads ↔ Leads"),
                ("create", "i: Contacts ↔ Contacts")
            ]
        );
        assert_eq!(hub.export().await.unwrap(), config);
        assert!(hub.apply(&config, true).await.unwrap().changes.is_empty());
    }

    #[tokio::test]
    async fn a_change_is_told_and_a_removed_module_says_what_stays() {
        let hub = hub();
        hub.apply(&Config::parse(FILE).unwrap(), true).await.unwrap();
        let other = FILE
            .replace("left = \"Contacts\"\nright = \"Contacts\"\n", "left = \"Deals\"\nright = \"Deals\"\n");
        let other = other.replace("\"jp\"", "\"us\"").replace("match = [\"Email\"]", "match = [\"Phone\"]");
        let report = hub.apply(&Config::parse(&other).unwrap(), true).await.unwrap();
        assert_eq!(
            told(&report),
            [
                ("update", "b"),
                ("delete", "i: Contacts ↔ Contacts"),
                ("update", "i: Leads ↔ Leads"),
                ("create", "i: Deals ↔ Deals")
            ]
        );
        assert_eq!(report.changes[0].details, ["data_centre: jp → us"]);
        assert_eq!(report.changes[1].details, ["the records stay, and its 0 pairs stay known"]);
    }

    #[tokio::test]
    async fn owners_are_told_key_by_key() {
        let hub = hub();
        let owners = |said: &str| {
            let text =
                FILE.replace("right = \"b\"\n[[", &format!("right = \"b\"\nowners = {{ {said} }}\n[["));
            Config::parse(&text).unwrap()
        };
        hub.apply(&owners("fallback = \"none\""), true).await.unwrap();
        let said = "fallback = { right = \"b@x.example\" }, table = [{ left = \"a@x.example\", right = \"c@x.example\" }]";
        let report = hub.apply(&owners(said), true).await.unwrap();
        assert_eq!(
            report.changes[0].details,
            [
                "owners.fallback: none → { right = \"b@x.example\" }",
                "owners.table: (default) → [{ left = \"a@x.example\", right = \"c@x.example\" }]",
            ]
        );
    }

    #[tokio::test]
    async fn whether_a_module_takes_part_stays_as_it_is_unless_the_file_says_otherwise() {
        let (hub, config) = (hub(), Config::parse(FILE).unwrap());
        hub.apply(&config, true).await.unwrap();
        let rests = FILE.replace("match = [\"Email\"]", "match = [\"Email\"]\nstate = \"inactive\"");
        let report = hub.apply(&Config::parse(&rests).unwrap(), true).await.unwrap();
        assert_eq!(told(&report), [("update", "i: Leads ↔ Leads")]);
        assert_eq!(report.changes[0].details, ["state: active → inactive"]);
        assert_eq!(hub.export().await.unwrap(), Config::parse(&rests).unwrap());
        assert!(hub.apply(&config, true).await.unwrap().changes.is_empty());
        let report =
            hub.apply(&Config::parse(&rests.replace("inactive", "active")).unwrap(), true).await.unwrap();
        assert_eq!(report.changes[0].details, ["state: inactive → active"]);
        assert_eq!(hub.export().await.unwrap(), config, "that it takes part goes without saying");
    }

    #[tokio::test]
    async fn the_org_of_a_connection_stays_while_it_is_in_the_same_place() {
        let (hub, config) = (hub(), Config::parse(FILE).unwrap());
        hub.apply(&config, true).await.unwrap();
        let without = FILE.replace("org = \"2\"\n", "");
        assert!(hub.apply(&Config::parse(&without).unwrap(), true).await.unwrap().changes.is_empty());
        assert_eq!(hub.export().await.unwrap(), config);
        let elsewhere = Config::parse(&without.replace("\"jp\"", "\"us\"")).unwrap();
        hub.apply(&elsewhere, true).await.unwrap();
        assert_eq!(
            hub.export().await.unwrap().connections["b"].org,
            None,
            "that was the org of another place"
        );
    }

    #[tokio::test]
    async fn an_org_that_no_file_named_stands_in_no_export_and_is_kept() {
        let hub = hub();
        let config = Config::parse(&FILE.replace("org = \"2\"\n", "")).unwrap();
        hub.apply(&config, true).await.unwrap();
        // It is connected.
        let store = hub.store();
        let row = store.connections(1).await.unwrap().into_iter().find(|row| row.name == "b").unwrap();
        let connected = ConnectionRow { org: "2".into(), ..row };
        store.update_connection(&connected).await.unwrap();
        assert_eq!(hub.export().await.unwrap(), config, "the file is good for another org");
        assert!(hub.apply(&config, true).await.unwrap().changes.is_empty());
        assert_eq!(store.connection(connected.id).await.unwrap(), Some(connected.clone()));
        // Whoever names it sees that, and finds it in the export.
        let report = hub.apply(&Config::parse(FILE).unwrap(), true).await.unwrap();
        assert_eq!(told(&report), [("update", "b")]);
        assert_eq!(report.changes[0].details, ["org: (default) → 2"]);
        assert_eq!(hub.export().await.unwrap(), Config::parse(FILE).unwrap());
        // In another place it is another org.
        let elsewhere =
            Config::parse(&FILE.replace("org = \"1\"\n", "").replace("\"eu\"", "\"us\"")).unwrap();
        hub.apply(&elsewhere, true).await.unwrap();
        assert_eq!(hub.export().await.unwrap().connections["a"].org, None);
    }

    #[tokio::test]
    async fn an_integration_keeps_its_two_sides() {
        let hub = hub();
        hub.apply(&Config::parse(FILE).unwrap(), true).await.unwrap();
        let swapped = FILE.replace("left = \"a\"\nright = \"b\"", "left = \"b\"\nright = \"a\"");
        let error = hub.apply(&Config::parse(&swapped).unwrap(), true).await.unwrap_err();
        assert_eq!(error.code, "config.sides_changed");
    }
}
