//! What the store keeps encrypted for a connection: its credential, and the access token that all processes share.

use crate::error::{HubError, Result};
use async_trait::async_trait;
use musubi_connector::oauth::App;
use musubi_connector::token::{Token, TokenRow, TokenStore};
use musubi_connector::{CallError, CallErrorKind, Secret, Secrets};
use musubi_core::Instant;
use musubi_store::{Store, StoreError};
use serde::{Deserialize, Serialize};
use std::fmt;

/// One credential, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Kept {
    client_id: String,
    client_secret: Hidden,
    refresh_token: Hidden,
    /// Whose it is, as far as that was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<Person>,
    /// When the service was found to refuse it, in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused_at: Option<i64>,
}

/// A text that is written into the encrypted row, and nowhere else.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
struct Hidden(String);

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// Somebody in the service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Person {
    /// The service's id.
    pub id: String,
    /// The name there.
    #[schema(required)]
    pub name: Option<String>,
}

impl Kept {
    pub fn new(secrets: &Secrets, person: Option<Person>) -> Kept {
        Kept {
            client_id: secrets.app.client_id.clone(),
            client_secret: Hidden(secrets.app.client_secret.reveal().to_owned()),
            refresh_token: Hidden(secrets.refresh_token.reveal().to_owned()),
            person,
            refused_at: None,
        }
    }

    pub fn bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("texts and numbers always serialise")
    }

    pub fn secrets(&self) -> Secrets {
        Secrets {
            app: App {
                client_id: self.client_id.clone(),
                client_secret: Secret::new(self.client_secret.0.clone()),
            },
            refresh_token: Secret::new(self.refresh_token.0.clone()),
        }
    }
}

/// The credentials of a connection: the one in use, and those that take over when the service refuses it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Credentials {
    #[serde(flatten)]
    pub in_use: Kept,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stand_by: Vec<Kept>,
}

impl Credentials {
    pub fn read(bytes: &[u8]) -> Result<Credentials> {
        serde_json::from_slice(bytes).map_err(|_| {
            HubError::new(
                "connection.credential_damaged",
                "the stored credential cannot be read",
                "connect again with `musubi connect`",
            )
        })
    }

    pub fn bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("texts and numbers always serialise")
    }
}

/// The credentials of a connection, if it has any.
pub(crate) async fn credentials(store: &Store, connection: i64) -> Result<Option<Credentials>> {
    store.secrets(connection).await?.map(|bytes| Credentials::read(&bytes)).transpose()
}

/// Keeps the credential that a connection uses from now on, encrypted; those that stand by stay.
pub async fn save_credential(store: &Store, connection: i64, secrets: &Secrets) -> Result<()> {
    let in_use = Kept::new(secrets, None);
    let amended = store.amend_secrets(connection, |bytes| {
        let stand_by = Credentials::read(bytes).map(|kept| kept.stand_by).unwrap_or_default();
        let stand_by = stand_by.into_iter().filter(|kept| kept.secrets() != *secrets).collect();
        Some(Credentials { in_use: in_use.clone(), stand_by }.bytes())
    });
    if !amended.await? {
        let only = Credentials { in_use, stand_by: Vec::new() };
        store.set_secrets(connection, &only.bytes()).await?;
    }
    // The access token of the credential before may be another account's.
    forget_token(store, connection).await
}

/// The next call asks for an access token anew.
pub(crate) async fn forget_token(store: &Store, connection: i64) -> Result<()> {
    if let Some(token) = store.token(connection).await? {
        store.save_token(connection, token.version + 1, &[], 0).await?;
    }
    Ok(())
}

/// The credential that a connection uses, if it has one.
pub async fn credential(store: &Store, connection: i64) -> Result<Option<Secrets>> {
    Ok(credentials(store, connection).await?.map(|kept| kept.in_use.secrets()))
}

/// The access token of one connection in the store: whichever process refreshes it, all have it.
pub struct StoredTokens {
    store: Store,
    connection: i64,
}

impl StoredTokens {
    /// The token of this connection.
    pub fn new(store: Store, connection: i64) -> StoredTokens {
        StoredTokens { store, connection }
    }
}

/// Without the store no token can be shared; nothing was sent.
fn failed(error: StoreError) -> CallError {
    CallError::new(CallErrorKind::NotSent, error.code, error.message)
}

#[async_trait]
impl TokenStore for StoredTokens {
    async fn load(&self) -> std::result::Result<TokenRow, CallError> {
        let row = self.store.token(self.connection).await.map_err(failed)?;
        Ok(row.map_or_else(TokenRow::default, |row| TokenRow {
            version: row.version,
            token: row.secret.as_deref().and_then(Token::from_bytes),
        }))
    }

    async fn claim(
        &self,
        version: i64,
        now: Instant,
        until: Instant,
    ) -> std::result::Result<bool, CallError> {
        let claim = self.store.claim_refresh(self.connection, version, now.millis(), until.millis());
        claim.await.map_err(failed)
    }

    async fn save(&self, version: i64, token: &Token) -> std::result::Result<bool, CallError> {
        let (bytes, expires) = (token.to_bytes(), token.expires.millis());
        self.store.save_token(self.connection, version + 1, &bytes, expires).await.map_err(failed)
    }

    async fn release(&self, version: i64) -> std::result::Result<(), CallError> {
        self.store.unclaim_refresh(self.connection, version).await.map_err(failed)
    }
}
