//! Stand-ins: further credentials of a connection, of other people of the same org. When the service refuses the one in use (its person was deactivated, or
//! withdrew the consent), the next one takes over, and whoever looks after the connection is told.

use crate::connecting::{Brought, NewConnection, OauthApp};
use crate::credentials::{Credentials, Kept, Person, credentials, forget_token};
use crate::error::{HubError, Result};
use crate::hub::{Hub, Inner};
use crate::live::Live;
use musubi_connector::{Org, Secrets};
use musubi_store::{ConnectionRow, Store};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use utoipa::ToSchema;

/// A credential that was tried in vain is not tried again for so long, in milliseconds: the service allows few refreshes.
const AGAIN: i64 = 5 * 60_000;
/// How often the modules that cannot work are looked at.
const LOOK: Duration = Duration::from_secs(1);

/// A stand-in, without its secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct StandIn {
    /// Whose credential it is.
    #[schema(required)]
    pub person: Option<Person>,
    /// When the service was found to refuse it, in milliseconds since 1970. It does not take over any more.
    #[schema(required)]
    pub refused_at: Option<i64>,
}

impl From<&Kept> for StandIn {
    fn from(kept: &Kept) -> StandIn {
        StandIn { person: kept.person.clone(), refused_at: kept.refused_at }
    }
}

/// Who a credential belongs to.
pub fn person(org: &Org) -> Person {
    let user = &org.current_user;
    Person { id: user.id.to_string(), name: Some(user.name.clone()).filter(|name| !name.is_empty()) }
}

impl Hub {
    /// Adds a credential that takes over when the service refuses the one in use. It is tried out, and has to be of the same org. One that was refused and is
    /// brought anew stands by again.
    pub async fn add_stand_in(&self, new: &NewConnection, brought: &Brought) -> Result<StandIn> {
        let row = self.connection_named(&new.name).await?;
        let new = at(&row, new.app.clone());
        let tried = self.connect()?.try_out(&new, brought).await?;
        let person = person(&tried.org);
        keep_stand_in(self.store(), &row, &tried.secrets, person).await
    }

    /// A credential that is to stand in is brought to where the connection is.
    pub async fn stands_in_at(&self, new: NewConnection) -> Result<NewConnection> {
        let row = self.connection_named(&new.name).await?;
        Ok(at(&row, new.app))
    }

    /// Forgets a stand-in, by the place it has in the list.
    pub async fn remove_stand_in(&self, name: &str, place: usize) -> Result<()> {
        let row = self.connection_named(name).await?;
        let removed = self.store().amend_secrets(row.id, |bytes| {
            let mut kept = Credentials::read(bytes).ok()?;
            (place < kept.stand_by.len()).then(|| {
                kept.stand_by.remove(place);
                kept.bytes()
            })
        });
        if removed.await? {
            return Ok(());
        }
        Err(HubError::new(
            "connection.no_stand_in",
            format!("{name} has no stand-in number {}", place + 1),
            "look at the connection: its stand-ins may have changed",
        ))
    }

    pub(crate) async fn connection_named(&self, name: &str) -> Result<ConnectionRow> {
        let rows = self.store().connections(self.workspace()).await?;
        rows.into_iter().find(|row| row.name == name).ok_or_else(|| {
            HubError::new(
                "connection.unknown",
                format!("there is no connection {name:?}"),
                "connect it first",
            )
        })
    }
}

/// Where the connection is, for another credential.
fn at(row: &ConnectionRow, app: OauthApp) -> NewConnection {
    NewConnection {
        name: row.name.clone(),
        service: row.service.clone(),
        data_centre: row.data_centre.clone(),
        base_url: row.base_url.clone(),
        org: Some(row.org.clone()),
        app,
    }
}

/// Keeps a stand-in that the service accepted.
pub async fn keep_stand_in(
    store: &Store,
    row: &ConnectionRow,
    secrets: &Secrets,
    person: Person,
) -> Result<StandIn> {
    let new = Kept::new(secrets, Some(person));
    let Some(kept) = credentials(store, row.id).await? else {
        return Err(HubError::new(
            "connection.no_credential",
            format!("the connection {} has no credential that somebody could stand in for", row.name),
            "connect it first, then add stand-ins",
        ));
    };
    if kept.in_use.secrets() == *secrets {
        return Err(HubError::new(
            "connection.stand_in_is_same",
            "this credential is the one in use",
            "bring one of another person of the same org",
        ));
    }
    let added = StandIn::from(&new);
    let amend = |bytes: &[u8]| {
        let mut kept = Credentials::read(bytes).ok()?;
        // The same person has one stand-in.
        kept.stand_by.retain(|old| old.secrets() != *secrets && old.person != new.person);
        kept.stand_by.push(new.clone());
        Some(kept.bytes())
    };
    store.amend_secrets(row.id, amend).await?;
    Ok(added)
}

/// The stand-ins of a connection, by its credentials as they are kept.
pub(crate) fn stand_ins(credential: Option<&[u8]>) -> Result<Vec<StandIn>> {
    let kept = credential.map(Credentials::read).transpose()?;
    Ok(kept.iter().flat_map(|kept| &kept.stand_by).map(StandIn::from).collect())
}

/// Whether this credential was refused, and somebody else has taken over.
pub async fn was_replaced(store: &Store, connection: i64, secrets: &Secrets) -> Result<bool> {
    let kept = credentials(store, connection).await?;
    let refused = |kept: &Kept| kept.refused_at.is_some() && kept.secrets() == *secrets;
    Ok(kept.is_some_and(|kept| kept.stand_by.iter().any(refused)))
}

/// Looks, for as long as the hub runs, whether somebody has to stand in.
pub(crate) async fn watch(hub: Arc<Inner>) {
    let mut tried = BTreeMap::new();
    while !hub.is_stopping() {
        if let Err(error) = take_over(&hub, &mut tried).await {
            tracing::warn!(code = error.code, "no stand-in could take over: {error}");
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Where a credential is refused, has the next one take over. Told by the modules that cannot work; `tried` says when the credentials of a connection were tried last.
async fn take_over(hub: &Inner, tried: &mut BTreeMap<i64, i64>) -> Result<()> {
    let refused =
        |live: &Live| live.problem.as_ref().is_some_and(|problem| problem.code == "connection.refused");
    let connections: BTreeSet<i64> = hub
        .partitions()
        .values()
        .filter(|partition| refused(&partition.live.borrow()))
        .flat_map(|partition| [partition.connections.left, partition.connections.right])
        .collect();
    for connection in connections {
        let now = hub.now();
        if tried.get(&connection).is_some_and(|at| now - at < AGAIN) {
            continue;
        }
        let Some(kept) = credentials(&hub.store, connection).await? else { continue };
        if kept.stand_by.iter().all(|kept| kept.refused_at.is_some()) {
            continue;
        }
        tried.insert(connection, now);
        let Some(row) = hub.store.connection(connection).await? else { continue };
        // Of two sides one is refused; and it may have been mended meanwhile.
        if is_refused(hub, &row, &kept.in_use).await? {
            hand_over(hub, &row, &kept).await?;
        }
    }
    Ok(())
}

/// Tries the stand-ins one after the other. Whoever was refused is noted, and does not take over again.
async fn hand_over(hub: &Inner, row: &ConnectionRow, kept: &Credentials) -> Result<()> {
    let (mut refused, mut next) = (vec![kept.in_use.secrets()], None);
    for candidate in kept.stand_by.iter().filter(|kept| kept.refused_at.is_none()) {
        if is_refused(hub, row, candidate).await? {
            refused.push(candidate.secrets());
        } else {
            next = Some(candidate.secrets());
            break;
        }
    }
    let now = hub.now();
    let amended = hub.store.amend_secrets(row.id, |bytes| amend(bytes, &refused, next.as_ref(), now)).await?;
    if amended && next.is_some() {
        forget_token(&hub.store, row.id).await?;
        tracing::warn!(connection = row.name, "the credential is refused; a stand-in has taken over");
        hub.poke.notify_one();
    }
    Ok(())
}

/// What is kept after that; nothing if somebody else has seen to it.
fn amend(bytes: &[u8], refused: &[Secrets], next: Option<&Secrets>, now: i64) -> Option<Vec<u8>> {
    let mut kept = Credentials::read(bytes).ok()?;
    if !refused.contains(&kept.in_use.secrets()) {
        return None;
    }
    let mark = |kept: &mut Kept| {
        if refused.contains(&kept.secrets()) {
            kept.refused_at.get_or_insert(now);
        }
    };
    kept.stand_by.iter_mut().for_each(mark);
    if let Some(at) = next.and_then(|next| kept.stand_by.iter().position(|kept| kept.secrets() == *next)) {
        let taking_over = kept.stand_by.remove(at);
        let mut before = std::mem::replace(&mut kept.in_use, taking_over);
        mark(&mut before);
        kept.stand_by.push(before);
    }
    Some(kept.bytes())
}

/// Whether the service refuses this credential. Whatever else is the matter is told: then nothing is known of it.
async fn is_refused(hub: &Inner, row: &ConnectionRow, kept: &Kept) -> Result<bool> {
    let Some(connect) = hub.connect.as_ref() else { return Ok(false) };
    let Secrets { app, refresh_token } = kept.secrets();
    match connect.try_out(&at(row, app), &Brought::RefreshToken(refresh_token)).await {
        Ok(_) => Ok(false),
        Err(error) if error.code == "connection.refused" => Ok(true),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use musubi_connector::Secret;

    fn secrets(token: &str) -> Secrets {
        let app = OauthApp { client_id: "1000.a".into(), client_secret: Secret::new("s") };
        Secrets { app, refresh_token: Secret::new(token) }
    }

    fn kept(in_use: &str, stand_by: &[&str]) -> Vec<u8> {
        let one = |token: &&str| Kept::new(&secrets(token), Some(Person { id: (*token).into(), name: None }));
        Credentials { in_use: one(&in_use), stand_by: stand_by.iter().map(one).collect() }.bytes()
    }

    fn order(bytes: &[u8]) -> Vec<(String, Option<i64>)> {
        let kept = Credentials::read(bytes).unwrap();
        let all = std::iter::once(&kept.in_use).chain(&kept.stand_by);
        all.map(|kept| (kept.secrets().refresh_token.reveal().to_owned(), kept.refused_at)).collect()
    }

    fn told(list: &[(&str, Option<i64>)]) -> Vec<(String, Option<i64>)> {
        list.iter().map(|(token, at)| ((*token).to_owned(), *at)).collect()
    }

    /// K-31: who is refused goes to the end and is marked; the first who is not takes over.
    #[test]
    fn the_next_one_takes_over() {
        let bytes = kept("a", &["b", "c", "d"]);
        let after = amend(&bytes, &[secrets("a"), secrets("b")], Some(&secrets("c")), 7).unwrap();
        assert_eq!(order(&after), told(&[("c", None), ("b", Some(7)), ("d", None), ("a", Some(7))]));
        // Somebody else has seen to it, or a person connected anew.
        assert_eq!(amend(&after, &[secrets("a")], Some(&secrets("d")), 8), None);
        // Nobody is left.
        let alone = amend(&bytes, &["a", "b", "c", "d"].map(secrets), None, 7).unwrap();
        assert_eq!(order(&alone), told(&[("a", None), ("b", Some(7)), ("c", Some(7)), ("d", Some(7))]));
    }

    #[test]
    fn what_is_kept_shows_no_secret_and_older_rows_are_read() {
        let old = br#"{"client_id":"1000.a","client_secret":"s","refresh_token":"a"}"#;
        let read = Credentials::read(old).unwrap();
        assert_eq!((read.in_use.secrets(), read.stand_by.len()), (secrets("a"), 0));
        assert!(!format!("{read:?}").contains("refresh_token: \"a\""));
        assert_eq!(Credentials::read(&read.bytes()).unwrap(), read);
    }
}
