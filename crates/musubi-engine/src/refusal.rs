//! Whether the service refuses the credential of a connection: kept beside the credential, so that it is known when nobody is at work.

use crate::credentials::{Credentials, credentials};
use crate::error::Result;
use crate::hub::{Inner, fingerprint};
use musubi_store::{ConnectionRow, IntegrationRow};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// How often it is looked at what the connections met.
const LOOK: Duration = Duration::from_secs(1);

/// What was kept of the connections in use: what each was made from, and whether it was refused.
pub(crate) type Noted = BTreeMap<i64, (u64, bool)>;

/// Keeps, for as long as the hub runs, what the connections in use meet.
pub(crate) async fn watch(hub: Arc<Inner>) {
    let mut noted = Noted::new();
    while !hub.is_stopping() {
        note(&hub, &mut noted).await;
        tokio::time::sleep(LOOK).await;
    }
}

/// Keeps what is new.
pub(crate) async fn note(hub: &Inner, noted: &mut Noted) {
    for (connection, made_from, account) in hub.accounts_in_use() {
        let since = account.refused_since();
        let before =
            noted.get(&connection).is_some_and(|(from, was_refused)| *from == made_from && *was_refused);
        if before == since.is_some() {
            continue;
        }
        match keep_of(hub, connection, made_from, since).await {
            Ok(()) => {
                noted.insert(connection, (made_from, since.is_some()));
            }
            Err(error) => tracing::warn!(code = error.code, "what a connection met was not kept: {error}"),
        }
    }
}

async fn keep_of(hub: &Inner, connection: i64, made_from: u64, since: Option<i64>) -> Result<()> {
    match hub.store.connection(connection).await? {
        Some(row) => keep(hub, &row, made_from, since).await,
        None => Ok(()),
    }
}

/// Keeps since when the service refuses the credential, or that it takes it; nothing if the connection is another one by now. The first refusal counts.
pub(crate) async fn keep(hub: &Inner, row: &ConnectionRow, made_from: u64, since: Option<i64>) -> Result<()> {
    let amend = |bytes: &[u8]| {
        let mut kept =
            Credentials::read(bytes).ok().filter(|_| fingerprint(row, Some(bytes)) == made_from)?;
        if kept.in_use.refused_at.is_some() == since.is_some() {
            return None;
        }
        kept.in_use.refused_at = since;
        Some(kept.bytes())
    };
    hub.store.amend_secrets(row.id, amend).await?;
    Ok(())
}

/// The connections of this integration whose credential the service refuses, each with since when.
pub(crate) async fn of(hub: &Inner, integration: &IntegrationRow) -> Result<Vec<(String, i64)>> {
    let mut refused = Vec::new();
    for connection in [integration.left_connection, integration.right_connection] {
        let Some(row) = hub.store.connection(connection).await? else { continue };
        // One that cannot be read is told when it is used.
        let kept = credentials(&hub.store, connection).await.ok().flatten();
        if let Some(since) = kept.and_then(|kept| kept.in_use.refused_at) {
            refused.push((row.name, since));
        }
    }
    refused.dedup();
    Ok(refused)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Config, Hub, save_credential};
    use musubi_connector::oauth::App;
    use musubi_connector::{Secret, Secrets};
    use musubi_store::{Keyring, Store};

    const FILE: &str = "[connections.a]\nservice = \"crm\"\ndata_centre = \"eu\"\n\
        [connections.b]\nservice = \"crm\"\ndata_centre = \"jp\"\n\
        [integrations.i]\nleft = \"a\"\nright = \"b\"\n\
        [[integrations.i.modules]]\nleft = \"Contacts\"\nright = \"Contacts\"\n";

    fn secrets(token: &str) -> Secrets {
        let app = App { client_id: "1000.a".into(), client_secret: Secret::new("s") };
        Secrets { app, refresh_token: Secret::new(token) }
    }

    #[tokio::test]
    async fn the_first_refusal_is_kept_until_the_service_takes_it_or_another_one_is_brought() {
        let store = Store::in_memory().unwrap().unlock(Keyring::new(&[1; 32])).await.unwrap();
        let hub = Hub::offline(store.clone(), 1);
        hub.apply(&Config::parse(FILE).unwrap(), true).await.unwrap();
        let row = store.connections(1).await.unwrap().remove(0);
        save_credential(&store, row.id, &secrets("one")).await.unwrap();
        let made_from = async || fingerprint(&row, store.secrets(row.id).await.unwrap().as_deref());
        let integration = hub.inner.integration("i").await.unwrap();
        let told = async || of(&hub.inner, &integration).await.unwrap();
        let one = made_from().await;
        assert_eq!(told().await, []);
        for since in [5, 9] {
            keep(&hub.inner, &row, one, Some(since)).await.unwrap();
            assert_eq!(told().await, [("a".to_owned(), 5)]);
        }
        assert_eq!(made_from().await, one, "nothing begins anew for it");
        let status = hub.status().await.unwrap().connections;
        assert_eq!(status.iter().map(|one| one.refused_at).collect::<Vec<_>>(), [Some(5), None]);
        keep(&hub.inner, &row, one, None).await.unwrap();
        assert_eq!(told().await, []);

        keep(&hub.inner, &row, one, Some(5)).await.unwrap();
        save_credential(&store, row.id, &secrets("two")).await.unwrap();
        assert_eq!(told().await, []);
        // What the one before met says nothing of this one.
        keep(&hub.inner, &row, one, Some(9)).await.unwrap();
        assert_eq!(told().await, []);
    }
}
