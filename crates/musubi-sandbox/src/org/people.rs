//! Users, roles and profiles of an org.

use serde::{Deserialize, Serialize};

/// A user.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct User {
    /// The user's id.
    pub id: i64,
    /// The account number that is the same in all services.
    pub zuid: i64,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// E-mail, unique in the org.
    pub email: String,
    /// Role id.
    pub role: i64,
    /// Profile id.
    pub profile: i64,
    /// Can log in.
    pub active: bool,
    /// Invitation accepted.
    pub confirmed: bool,
    /// The user was deleted; the name stays on what they did.
    #[serde(default)]
    pub deleted: bool,
    /// When the user was made.
    pub created: i64,
    /// When the user was last changed.
    pub modified: i64,
}

impl User {
    /// First and last name.
    pub fn full_name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name).trim().to_owned()
    }
}

/// A role in the hierarchy.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Role {
    /// Its id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// The role above.
    pub reports_to: Option<i64>,
    /// Sees what peers see.
    pub share_with_peers: bool,
    /// A description.
    pub description: Option<String>,
}

/// A profile: what its users may do.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Profile {
    /// Its id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Made by an admin.
    pub custom: bool,
    /// A description.
    pub description: Option<String>,
    /// Ids of the permissions it does not give.
    #[serde(default)]
    pub denied: Vec<i64>,
}

/// A picklist whose values several fields share.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GlobalPicklist {
    /// Its id.
    pub id: i64,
    /// Its API name.
    pub api_name: String,
    /// What users see.
    pub label: String,
    /// A description.
    pub description: Option<String>,
    /// Its values.
    pub picks: Vec<super::field::Pick>,
    /// When it was made.
    pub created: i64,
    /// When it was last changed.
    pub modified: i64,
    /// Who made it.
    pub by: i64,
}
