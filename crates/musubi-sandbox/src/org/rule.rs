//! Workflow rules: field updates that the org runs by itself when records are made or changed.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

/// A workflow rule. It runs right after the commit that set it off, as a change of its own.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Rule {
    /// Its id.
    #[serde(default)]
    pub id: i64,
    /// The module's API name.
    pub module: String,
    /// What sets it off.
    #[serde(default)]
    pub on: Trigger,
    /// Runs only when one of these fields changed; empty is any.
    #[serde(default)]
    pub fields: Vec<String>,
    /// Every one of these must hold: a list view's condition `{"field": "Email", "comparator": "equal", "value": …}`.
    #[serde(default)]
    pub when: Vec<When>,
    /// Field values to set, as a client would send them. A string may hold `{Field_Name}` for another field's text.
    pub set: Map<String, Json>,
}

/// What sets a rule off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// A new record.
    Create,
    /// A changed record.
    Edit,
    /// Both.
    #[default]
    CreateOrEdit,
}

/// One condition of a rule.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct When {
    /// The field's API name.
    pub field: String,
    /// A list view's comparator.
    pub comparator: String,
    /// What to compare with.
    pub value: Json,
}
