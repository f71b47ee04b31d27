//! Configuration as code: the connections and integrations of a workspace in one TOML file.
//!
//! The grammar is held stable: later capabilities add keys, none of these changes. Secrets never stand here.

pub use crate::config_attachments::{AttachmentChoice, AttachmentLimits};
pub use crate::config_compare::CompareEvery;
pub use crate::config_deletion::{Deletion, DeletionLimitConfig};
pub use crate::config_fields::{FieldPair, Fields, Naming};
pub use crate::config_matching::MatchEntry;
pub use crate::config_owners::Owners;
pub(crate) use crate::config_text::{meaning, nearest};
pub use crate::config_values::{DefaultBySide, DefaultValue, PairDefault, Word, Words};
use crate::derived::DerivedField;
use crate::reading::BulkChoice;
use crate::resting::ModuleState;
use crate::scope_config::ScopeConfig;
use musubi_core::Side;
use musubi_core::policy::{
    AutomationPolicy, BlankPolicy, ConflictPolicy, ConvertedPolicy, DeleteConflictPolicy, Direction,
    InitialPolicy,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The whole file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub struct Config {
    /// Accounts by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub connections: BTreeMap<String, ConnectionConfig>,
    /// Integrations by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub integrations: BTreeMap<String, IntegrationConfig>,
    /// Who is told of what; as it is, if nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notices: Option<crate::notices::Settings>,
    /// How long what is over is remembered; as it is, if nothing is said.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::retention::Retention::read"
    )]
    pub retention: Option<crate::retention::Retention>,
}

/// One account in one service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub struct ConnectionConfig {
    /// Which service.
    pub service: Service,
    /// The data centre, such as `jp`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_centre: Option<String>,
    /// The address of a sandbox, in place of a data centre.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_url: Option<String>,
    /// The org's id; a credential of another org is refused. Not checked when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub org: Option<String>,
}

/// The services that can be named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Service {
    /// Zoho CRM.
    Crm,
    /// Zoho Desk.
    Desk,
    /// Bigin.
    Bigin,
    /// Zoho Campaigns.
    Campaigns,
}

impl Service {
    /// Its name in the configuration.
    pub fn name(self) -> &'static str {
        match self {
            Service::Crm => "crm",
            Service::Desk => "desk",
            Service::Bigin => "bigin",
            Service::Campaigns => "campaigns",
        }
    }
}

/// Two connections kept in agreement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub struct IntegrationConfig {
    /// The left connection's name.
    pub left: String,
    /// The right connection's name.
    pub right: String,
    /// Whose records become whose.
    #[serde(default, skip_serializing_if = "is_default")]
    pub owners: Owners,
    /// Everything is compared again after so many days, and what was found is told; only when somebody asks, if nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compare_every: Option<CompareEvery>,
    /// It waits until a person resumes it, or goes on; as it stands, if nothing is said. A new one begins at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused: Option<bool>,
    /// The notes of synced records too, by themselves. A short form: it is read as the module pair it stands for.
    #[serde(default, skip_serializing_if = "is_default")]
    pub notes: bool,
    /// The tasks, events and calls of synced records too, likewise.
    #[serde(default, skip_serializing_if = "is_default")]
    pub activities: bool,
    /// The module pairs.
    #[serde(default)]
    pub modules: Vec<ModuleConfig>,
}

impl IntegrationConfig {
    /// One that is only thought out: its module pairs, and whose records become whose.
    pub fn thought_out(
        left: String,
        right: String,
        owners: Owners,
        modules: Vec<ModuleConfig>,
    ) -> IntegrationConfig {
        IntegrationConfig {
            left,
            right,
            owners,
            compare_every: None,
            paused: None,
            notes: false,
            activities: false,
            modules,
        }
    }
}

/// One module pair.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = ModulePair)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub struct ModuleConfig {
    /// The left module's API name.
    #[schema(min_length = 1, max_length = 100)]
    pub left: String,
    /// The right module's API name.
    #[schema(min_length = 1, max_length = 100)]
    pub right: String,
    /// Whether it takes part in the work; as it is, if nothing is said. A new pair is active.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<ModuleState>,
    /// It waits until a person resumes it, whatever its integration does; as it is, if nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused: Option<bool>,
    /// Which way.
    #[serde(default)]
    pub direction: Way,
    /// What identifies a record, in the order it is tried: left field names, or tables that say more. If nothing is said, what the services take for it themselves: the e-mail
    /// address of contacts and leads, the name of accounts and products. An empty list means that nothing does.
    #[serde(default, rename = "match", skip_serializing_if = "Option::is_none")]
    pub match_fields: Option<Vec<MatchEntry>>,
    /// Who wins when both sides changed a field.
    #[serde(default)]
    pub conflict: ConflictPolicy,
    /// What is done with two different values that meet for the first time; as `conflict` says, if nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub initial: Option<InitialPolicy>,
    /// The side that wins ties, and whose blanks count under `blank = "clear_from_master"`.
    #[serde(default = "left", skip_serializing_if = "is_left")]
    pub master: Side,
    /// What a value that was emptied on one side does to the other.
    #[serde(default, skip_serializing_if = "is_clear")]
    pub blank: BlankPolicy,
    /// What a deletion does to the other record.
    #[serde(default)]
    pub deletion: Deletion,
    /// Who wins when one record was deleted and the other changed.
    #[serde(default, skip_serializing_if = "is_edit")]
    pub delete_conflict: DeleteConflictPolicy,
    /// What is done when one of the two was converted, as a lead is; the other one is never deleted because of that.
    #[serde(default, skip_serializing_if = "is_default")]
    pub converted: ConvertedPolicy,
    /// How many deletions are carried over before a person is asked; 100 records if nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deletion_limit: Option<DeletionLimitConfig>,
    /// Whether what is written runs the automations of the service it is written to.
    #[serde(default, skip_serializing_if = "is_after_load")]
    pub automations: AutomationPolicy,
    /// Whether the first reading of a side may be a bulk read; where that costs less, if nothing is said.
    #[serde(default, skip_serializing_if = "BulkChoice::is_auto")]
    pub bulk: BulkChoice,
    /// Which records take part; all of them, if nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<ScopeConfig>,
    /// Of records that hang on others by a lookup to several modules only those whose parent is synced take part: notes and activities do so if nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only_with_parent: Option<bool>,
    /// The records' tags too, by their names: so if nothing else is said of them. A list of fields may name them as well.
    #[serde(default, skip_serializing_if = "is_default")]
    pub tags: bool,
    /// The files that hang on the records too, the way the module goes: `true`, or a table with limits.
    #[serde(default, skip_serializing_if = "is_default")]
    pub attachments: AttachmentChoice,
    /// Fields that are made of others, to be named among the fields.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub derived: Vec<DerivedField>,
    /// Which fields.
    #[serde(default)]
    pub fields: Fields,
    /// Who wins in single fields, by their left names, where the fields are found by their names; in a list each pair says it itself.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub field_conflict: BTreeMap<String, ConflictPolicy>,
}

impl ModuleConfig {
    /// Says whether it takes part; that it does goes without saying.
    pub fn set_state(&mut self, state: ModuleState) {
        self.state = (state == ModuleState::Inactive).then_some(state);
    }

    /// Says whether it is paused; that it is not goes without saying.
    pub fn set_paused(&mut self, paused: bool) {
        self.paused = paused.then_some(true);
    }

    /// The same, whether it takes part or not, and whether it is paused or not.
    #[must_use]
    pub fn without_state(&self) -> ModuleConfig {
        ModuleConfig { state: None, paused: None, ..self.clone() }
    }

    /// From now on this side's value counts when both sides changed the field.
    pub fn decide_conflicts(&mut self, left_field: &str, winner: Side) {
        let policy = match winner {
            Side::Left => ConflictPolicy::Left,
            Side::Right => ConflictPolicy::Right,
        };
        match &mut self.fields {
            Fields::Named(_) => drop(self.field_conflict.insert(left_field.to_owned(), policy)),
            Fields::List(pairs) => {
                let named = pairs.iter_mut().filter(|pair| pair.left == left_field);
                named.for_each(|pair| pair.conflict = Some(policy));
            }
        }
    }
}

/// The direction of a module or a field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = Direction)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// Both ways.
    #[default]
    Both,
    /// Only from left to right.
    LeftToRight,
    /// Only from right to left.
    RightToLeft,
}

impl From<Way> for Direction {
    fn from(way: Way) -> Direction {
        match way {
            Way::Both => Direction::Both,
            Way::LeftToRight => Direction::LeftToRight,
            Way::RightToLeft => Direction::RightToLeft,
        }
    }
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_edit(conflict: &DeleteConflictPolicy) -> bool {
    *conflict == DeleteConflictPolicy::Edit
}

fn left() -> Side {
    Side::Left
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_left(side: &Side) -> bool {
    *side == Side::Left
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_after_load(automations: &AutomationPolicy) -> bool {
    *automations == AutomationPolicy::AfterLoad
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_clear(blank: &BlankPolicy) -> bool {
    *blank == BlankPolicy::Clear
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) const EXAMPLE: &str = r#"
[connections.tokyo]
service = "crm"
data_centre = "jp"
org = "600123"

[connections.london]
service = "crm"
base_url = "http://127.0.0.1:8090"
org = "600124"

[integrations.tokyo-london]
left = "tokyo"
right = "london"

[[integrations.tokyo-london.modules]]
left = "Contacts"
right = "Contacts"
direction = "both"
match = ["Email"]
conflict = "latest"
fields = "same_name"

[[integrations.tokyo-london.modules]]
left = "Leads"
right = "Leads"
direction = "left_to_right"
fields = [{ left = "Email", right = "Email_Address" }, { left = "City", right = "City", direction = "left_to_right" }]
"#;

    #[test]
    fn the_documented_grammar_is_read_and_written_back() {
        let config = Config::parse(EXAMPLE).unwrap();
        let modules = &config.integrations["tokyo-london"].modules;
        assert_eq!(modules[0].match_fields, Some(vec![MatchEntry::Field("Email".to_owned())]));
        assert_eq!(modules[1].direction, Way::LeftToRight);
        assert_eq!(modules[1].conflict, ConflictPolicy::Latest);
        assert_eq!(Config::parse(&config.to_toml()).unwrap(), config);
    }

    // S1-31, S1-40, AMB-5, AMB-21
    #[test]
    fn what_is_not_said_is_the_safe_default() {
        let text = EXAMPLE.replace("direction = \"both\"\n", "").replace("conflict = \"latest\"\n", "");
        let modules = &Config::parse(&text).unwrap().integrations["tokyo-london"].modules;
        assert_eq!(modules.len(), 2, "notes and activities are not among them");
        let module = &modules[0];
        assert_eq!((module.direction, module.conflict), (Way::Both, ConflictPolicy::Latest));
        assert_eq!((module.deletion, module.automations), (Deletion::default(), AutomationPolicy::AfterLoad));
    }
}
