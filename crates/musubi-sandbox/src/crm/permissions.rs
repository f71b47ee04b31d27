//! What a profile permits: the list the service shows, and switching parts of it.

use serde_json::{Value as Json, json};

use crate::org::{State, people::Profile};

/// What can be done with the records of a module.
const ACTIONS: [&str; 4] = ["View", "Create", "Edit", "Delete"];
/// What is not about one module.
const GENERAL: [&str; 5] =
    ["Bulk_Import", "Bulk_Export", "Manage_Users", "Manage_Customization", "Zoho_CRM_APIs"];

/// One permission.
pub struct Permission {
    /// Its id, the same for all profiles of an org.
    pub id: i64,
    name: String,
    module: Option<(String, i64)>,
}

/// All permissions there are.
pub fn all(state: &State) -> Vec<Permission> {
    // Ids of permissions are made from those of modules, so that they stay as modules are added.
    let first = state.profiles.first().map_or(0, |profile| profile.id);
    let general = GENERAL.iter().enumerate().map(|(at, name)| Permission {
        id: first + 3_000_000_000 + at as i64,
        name: format!("Crm_Implied_{name}"),
        module: None,
    });
    let of_modules = state.modules.iter().filter(|module| module.meta.tab).flat_map(|module| {
        ACTIONS.iter().enumerate().map(|(at, action)| Permission {
            id: module.meta.id + 3_000_000_000 + 100 + at as i64,
            name: format!("Crm_Implied_{action}_{}", module.meta.api_name),
            module: Some((module.meta.api_name.clone(), module.meta.id)),
        })
    });
    general.chain(of_modules).collect()
}

/// The permissions of a profile as metadata shows them.
pub fn show(state: &State, profile: &Profile) -> Json {
    all(state)
        .into_iter()
        .map(|permission| {
            json!({
                "display_label": permission.name.trim_start_matches("Crm_Implied_").replace('_', " "),
                "module": permission.module.as_ref().map(|(name, id)| json!({"api_name": name, "id": id.to_string()})),
                "name": permission.name, "customizable": profile.custom, "id": permission.id.to_string(),
                "enabled": !profile.denied.contains(&permission.id),
            })
        })
        .collect()
}
