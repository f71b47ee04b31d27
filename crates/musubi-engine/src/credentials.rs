//! What the store keeps encrypted for a connection: its credential, and the access token that all processes share.

use crate::error::{HubError, Result};
use async_trait::async_trait;
use musubi_connector::oauth::App;
use musubi_connector::token::{Token, TokenRow, TokenStore};
use musubi_connector::{CallError, CallErrorKind, Secret, Secrets};
use musubi_core::Instant;
use musubi_store::{Store, StoreError};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Stored {
    client_id: String,
    client_secret: String,
    refresh_token: String,
}

/// Keeps a connection's credential, encrypted.
pub async fn save_credential(store: &Store, connection: i64, secrets: &Secrets) -> Result<()> {
    let stored = Stored {
        client_id: secrets.app.client_id.clone(),
        client_secret: secrets.app.client_secret.reveal().to_owned(),
        refresh_token: secrets.refresh_token.reveal().to_owned(),
    };
    let bytes = serde_json::to_vec(&stored).expect("three texts always serialise");
    Ok(store.set_secrets(connection, &bytes).await?)
}

/// A connection's credential, if it has one.
pub async fn credential(store: &Store, connection: i64) -> Result<Option<Secrets>> {
    let Some(bytes) = store.secrets(connection).await? else { return Ok(None) };
    let stored: Stored = serde_json::from_slice(&bytes).map_err(|_| {
        HubError::new(
            "connection.credential_damaged",
            "the stored credential cannot be read",
            "connect again with `musubi connect`",
        )
    })?;
    Ok(Some(Secrets {
        app: App { client_id: stored.client_id, client_secret: Secret::new(stored.client_secret) },
        refresh_token: Secret::new(stored.refresh_token),
    }))
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
