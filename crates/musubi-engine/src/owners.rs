//! Whose records become whose: the table of the configuration first, then equal e-mail addresses, then the fallback.

use crate::account::Account;
use crate::config::{IntegrationConfig, Owners, nearest};
use crate::config_owners::FallbackOf;
use crate::error::{HubError, Result};
use crate::hub::Hub;
use crate::sync::People;
use crate::verify::connections;
use musubi_connector::User;
use musubi_core::{FieldName, RemoteId, Side, Sides, value::UserRef};
use serde::Serialize;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use utoipa::ToSchema;

/// The field that holds a record's owner.
const OWNER: &str = "Owner";

/// A user whose records would have no owner of their own on the other side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct UnmatchedOwner {
    /// Their id in the service.
    pub id: String,
    /// Full name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// They can log in, and own something new. Who cannot any more may own records still.
    pub active: bool,
}

/// How the owners of an integration are matched.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct OwnersReport {
    /// Users of both sides who are matched.
    pub matched: u64,
    /// Users of the left without counterpart, the active ones first. In a plan only those of the inactive ones whose records would be carried over.
    pub unmatched_left: Vec<UnmatchedOwner>,
    /// Users of the right without counterpart, in the same way.
    pub unmatched_right: Vec<UnmatchedOwner>,
    /// The address of who owns on the left what belongs to an unmatched user of the right; nobody if there is none.
    pub fallback_left: Option<String>,
    /// The address of who owns on the right what belongs to an unmatched user of the left; nobody if there is none.
    pub fallback_right: Option<String>,
    /// Addresses that the configuration names and no user of that side has.
    pub unknown: Vec<String>,
}

impl OwnersReport {
    /// Leaves out who is inactive and none of these, who own something on each side.
    pub(crate) fn leave_out_idle(&mut self, owners: &Sides<HashSet<RemoteId>>) {
        let counts = |user: &UnmatchedOwner, owners: &HashSet<RemoteId>| {
            user.active || owners.contains(&RemoteId::new(&user.id))
        };
        self.unmatched_left.retain(|user| counts(user, &owners.left));
        self.unmatched_right.retain(|user| counts(user, &owners.right));
    }
}

impl Hub {
    /// How the owners of an integration are matched. Asks the services for their users only.
    pub async fn owners(&self, integration: &str) -> Result<OwnersReport> {
        let hub = &self.inner;
        let (_, connections) = connections(hub, integration).await?;
        let owners = crate::export::settings(&hub.integration(integration).await?)?.owners;
        matched(&hub.accounts(&connections).await?, &owners).await
    }

    /// The same for a configuration that need not be saved.
    pub async fn draft_owners(&self, config: &IntegrationConfig) -> Result<OwnersReport> {
        let draft = self.draft(config).await?;
        matched(&draft.accounts, &config.owners).await
    }
}

async fn matched(accounts: &Sides<Arc<Account>>, owners: &Owners) -> Result<OwnersReport> {
    let (left, right) = tokio::try_join!(accounts.left.users(), accounts.right.users())?;
    let users = Sides { left: left.as_slice(), right: right.as_slice() };
    Ok(report(users, &people(users, us(accounts), owners), owners))
}

/// The users whose credentials are used.
pub(crate) fn us(accounts: &Sides<Arc<Account>>) -> Sides<Option<RemoteId>> {
    Sides::from_fn(|side| Some(accounts.get(side).org.current_user.id.clone()))
}

/// True when a field of this name holds the record's owner.
pub(crate) fn is_owner(field: &FieldName) -> bool {
    field.as_str() == OWNER
}

/// Pairs people. Who has no counterpart is not among the pairs.
pub(crate) fn people(users: Sides<&[User]>, us: Sides<Option<RemoteId>>, owners: &Owners) -> People {
    let known = Sides::from_fn(|side| by_email(users.get(side)));
    let mut pairs: Sides<HashMap<RemoteId, UserRef>> = Sides::default();
    for row in &owners.table {
        let found = (known.left.get(&row.left.to_lowercase()), known.right.get(&row.right.to_lowercase()));
        let (Some(left), Some(right)) = found else { continue };
        // Of several rows about one person the first one counts.
        pairs.left.entry(left.id.clone()).or_insert_with(|| right.clone());
        pairs.right.entry(right.id.clone()).or_insert_with(|| left.clone());
    }
    for side in Side::BOTH {
        for user in *users.get(side) {
            let Some(other) = known.get(side.other()).get(&user.email.to_lowercase()) else { continue };
            pairs.get_mut(side).entry(user.id.clone()).or_insert_with(|| other.clone());
        }
    }
    let wanted = owners.fallback.sides();
    let fallback = Sides::from_fn(|side| match wanted.get(side) {
        FallbackOf::Nobody => None,
        FallbackOf::Address(address) => known.get(side).get(&address.to_lowercase()).cloned(),
        FallbackOf::ConnectedUser => {
            let id = us.get(side).clone()?;
            let user = users.get(side).iter().find(|user| user.id == id);
            let email = user.map(|user| user.email.to_lowercase().into());
            Some(UserRef { id, email })
        }
    });
    for side in Side::BOTH.into_iter().filter(|side| fallback.get(side.other()).is_some()) {
        // A service lets nobody own a record who cannot log in any more.
        let active = users.get(side.other()).iter().filter(|user| user.active).map(|user| &user.id);
        let active: HashSet<&RemoteId> = active.collect();
        pairs.get_mut(side).retain(|_, other| active.contains(&other.id));
    }
    People { pairs, us, fallback }
}

/// Of two users with one address the active one counts.
fn by_email(users: &[User]) -> HashMap<String, UserRef> {
    let mut sorted: Vec<&User> = users.iter().filter(|user| !user.email.is_empty()).collect();
    sorted.sort_by_key(|user| user.active);
    let entry = |user: &User| {
        let email = user.email.to_lowercase();
        (email.clone(), UserRef { id: user.id.clone(), email: Some(email.into()) })
    };
    sorted.into_iter().map(entry).collect()
}

/// How far the users of two accounts are matched.
pub(crate) async fn everybody(accounts: &Sides<Arc<Account>>, owners: &Owners) -> Result<Everybody> {
    let (left, right) = tokio::try_join!(accounts.left.users(), accounts.right.users())?;
    let users = Sides { left: left.as_slice(), right: right.as_slice() };
    Ok(has_everybody(users, &people(users, us(accounts), owners)))
}

/// Whether every user of both sides has a counterpart, or somebody who stands in.
pub(crate) fn has_everybody(users: Sides<&[User]>, people: &People) -> Everybody {
    let all = |side: Side| users.get(side).iter().all(|user| people.pairs.get(side).contains_key(&user.id));
    if all(Side::Left) && all(Side::Right) {
        return Everybody::Matched;
    }
    let stands_in = |side: Side| all(side) || people.fallback.get(side.other()).is_some();
    if stands_in(Side::Left) && stands_in(Side::Right) { Everybody::StoodInFor } else { Everybody::Missing }
}

/// How far the users of both sides are matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Everybody {
    /// Each has a counterpart.
    Matched,
    /// Somebody stands in for those who have none.
    StoodInFor,
    /// Some have none.
    Missing,
}

/// Refuses a fallback that is no user of its side. Gives, as sentences, the people of the table who are none.
pub(crate) fn everybody_is_there(users: Sides<&[User]>, owners: &Owners) -> Result<Vec<String>> {
    let mut unknown = Vec::new();
    for side in Side::BOTH {
        let there = users.get(side);
        let is_there = |address: &str| there.iter().any(|user| user.email.eq_ignore_ascii_case(address));
        if let FallbackOf::Address(address) = owners.fallback.sides().get(side)
            && !is_there(address)
        {
            let hint = match nearest(address, there.iter().map(|user| user.email.as_str())) {
                Some(meant) => format!("did you mean {meant}?"),
                None => "name a user of that side by e-mail address, or leave the side out: then the connected user stands in".to_owned(),
            };
            let message = format!("the fallback {address} is no user of the {}", side.name());
            return Err(HubError::new("owner.fallback", message, hint));
        }
        let named = owners.table.iter().map(|row| if side == Side::Left { &row.left } else { &row.right });
        let missing = named.filter(|address| !is_there(address));
        unknown.extend(missing.map(|address| {
            format!("the table of owners names {address}, who is no user of the {}", side.name())
        }));
    }
    Ok(unknown)
}

/// Who is matched, and who is not.
pub(crate) fn report(users: Sides<&[User]>, people: &People, owners: &Owners) -> OwnersReport {
    let unmatched = |side: Side| -> Vec<UnmatchedOwner> {
        let alone = |user: &&User| !people.pairs.get(side).contains_key(&user.id);
        let row = |user: &User| UnmatchedOwner {
            id: user.id.to_string(),
            name: user.name.clone(),
            email: user.email.clone(),
            active: user.active,
        };
        let mut rows: Vec<UnmatchedOwner> = users.get(side).iter().filter(alone).map(row).collect();
        rows.sort_by_key(|user| !user.active);
        rows
    };
    let address = |side: Side| {
        let fallback = people.fallback.get(side).as_ref()?;
        Some(fallback.email.as_deref().unwrap_or(fallback.id.as_str()).to_owned())
    };
    let mut unknown = Vec::new();
    for side in Side::BOTH {
        let known = by_email(users.get(side));
        let mut named: Vec<&str> = match side {
            Side::Left => owners.table.iter().map(|row| row.left.as_str()).collect(),
            Side::Right => owners.table.iter().map(|row| row.right.as_str()).collect(),
        };
        if let FallbackOf::Address(address) = owners.fallback.sides().get(side) {
            named.push(*address);
        }
        named.retain(|address| !known.contains_key(&address.to_lowercase()));
        unknown.extend(named.into_iter().map(|address| format!("{}: {address}", side.name())));
    }
    OwnersReport {
        matched: people.pairs.left.len() as u64,
        unmatched_left: unmatched(Side::Left),
        unmatched_right: unmatched(Side::Right),
        fallback_left: address(Side::Left),
        fallback_right: address(Side::Right),
        unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(id: &str, email: &str, active: bool) -> User {
        User { id: id.into(), name: id.into(), email: email.into(), active }
    }

    fn us() -> Sides<Option<RemoteId>> {
        Sides { left: Some("1".into()), right: Some("9".into()) }
    }

    fn owners(text: &str) -> Owners {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn people_meet_by_address_whatever_its_case() {
        let left = [user("1", "Emma@x.example", true), user("2", "kenji@x.example", true)];
        let right = [user("8", "emma@x.example", false), user("9", "EMMA@X.example", true)];
        let people = people(Sides { left: &left, right: &right }, us(), &Owners::default());
        assert_eq!(people.pairs.left.len(), 1);
        assert_eq!(people.pairs.left[&RemoteId::new("1")].id, "9".into());
        assert_eq!(people.pairs.right[&RemoteId::new("8")].id, "1".into());
    }

    // AMB-24, S2-9
    #[test]
    fn the_table_comes_first_then_addresses_then_the_fallback() {
        let left = [user("1", "emma@x.example", true), user("2", "kenji@x.example", true)];
        let right = [user("9", "emma@x.example", true), user("7", "ken@y.example", true)];
        let users = Sides { left: &left[..], right: &right[..] };
        let said = owners("table = [{ left = \"Kenji@x.example\", right = \"ken@y.example\" }]");
        let people_by_table = people(users, us(), &said);
        assert_eq!(people_by_table.pairs.left[&RemoteId::new("2")].id, "7".into());
        assert_eq!(people_by_table.fallback.right.as_ref().unwrap().id, "9".into());
        assert_eq!(has_everybody(users, &people_by_table), Everybody::Matched);
        // The table outranks an equal address.
        let other = owners("table = [{ left = \"emma@x.example\", right = \"ken@y.example\" }]");
        let people_by_table = people(users, us(), &other);
        assert_eq!(people_by_table.pairs.left[&RemoteId::new("1")].id, "7".into());
        assert_eq!(has_everybody(users, &people_by_table), Everybody::StoodInFor);
        let nobody = people(users, us(), &owners("fallback = \"none\""));
        assert_eq!(has_everybody(users, &nobody), Everybody::Missing);
    }

    #[test]
    fn a_fallback_that_nobody_has_is_refused() {
        let left = [user("1", "emma@x.example", true)];
        let right = [user("9", "oliver@y.example", true)];
        let users = Sides { left: &left[..], right: &right[..] };
        let there = |text: &str| everybody_is_there(users, &owners(text));
        let error = there("fallback = { right = \"olivier@y.example\" }").unwrap_err();
        assert_eq!((error.code, error.hint.as_str()), ("owner.fallback", "did you mean oliver@y.example?"));
        assert_eq!(there("fallback = { right = \"Oliver@y.example\" }"), Ok(Vec::new()));
        let told = there("table = [{ left = \"emma@x.example\", right = \"gone@y.example\" }]").unwrap();
        assert_eq!(told, ["the table of owners names gone@y.example, who is no user of the right"]);
    }

    // K-31, C-43
    #[test]
    fn who_is_not_matched_is_told() {
        let gone = |id: &str| user(id, &format!("gone{id}@x.example"), false);
        let left =
            [user("1", "emma@x.example", true), gone("2"), gone("3"), user("4", "yui@x.example", true)];
        let right = [user("9", "emma@x.example", true), user("7", "ken@y.example", true)];
        let users = Sides { left: &left[..], right: &right[..] };
        let said = owners(
            "table = [{ left = \"nobody@x.example\", right = \"ken@y.example\" }]\nfallback = { left = \"emma@x.example\" }",
        );
        let mut report = report(users, &people(users, us(), &said), &said);
        let left = |report: &OwnersReport| -> Vec<(String, bool)> {
            report.unmatched_left.iter().map(|user| (user.id.clone(), user.active)).collect()
        };
        let row = |id: &str, active: bool| (id.to_owned(), active);
        let (yui, second, third) = (row("4", true), row("2", false), row("3", false));
        assert_eq!((report.matched, left(&report)), (1, vec![yui.clone(), second, third.clone()]));
        // Who cannot log in any more matters for the records they own.
        report.leave_out_idle(&Sides { left: HashSet::from(["3".into()]), right: HashSet::new() });
        assert_eq!(left(&report), [yui, third]);
        assert_eq!(report.unmatched_right[0].email, "ken@y.example");
        assert_eq!(report.fallback_left.as_deref(), Some("emma@x.example"));
        assert_eq!(report.unknown, ["left: nobody@x.example"]);
    }
}
