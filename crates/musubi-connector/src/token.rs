//! Access tokens and the place where the processes of a hub share them.

use crate::{CallError, Secret};
use async_trait::async_trait;
use musubi_core::Instant;
use serde::{Deserialize, Serialize};
use std::sync::Mutex;

/// An access token as a refresh gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// The token itself.
    pub access: Secret,
    /// When it was obtained, by our clock.
    pub obtained: Instant,
    /// When it stops working, by our clock.
    pub expires: Instant,
    /// The API host that the answer named.
    pub api_domain: Option<String>,
    /// When the last refreshes of this credential were made, this one included: all processes together keep to the service's limit by it.
    pub refreshes: Vec<Instant>,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    access: String,
    obtained: Instant,
    expires: Instant,
    api_domain: Option<String>,
    refreshes: Vec<Instant>,
}

impl Token {
    /// The bytes to encrypt and store.
    pub fn to_bytes(&self) -> Vec<u8> {
        let stored = Stored {
            access: self.access.reveal().to_owned(),
            obtained: self.obtained,
            expires: self.expires,
            api_domain: self.api_domain.clone(),
            refreshes: self.refreshes.clone(),
        };
        serde_json::to_vec(&stored).expect("texts and numbers always serialise")
    }

    /// From decrypted bytes; `None` when another version wrote them, which only costs a refresh.
    pub fn from_bytes(bytes: &[u8]) -> Option<Token> {
        let stored: Stored = serde_json::from_slice(bytes).ok()?;
        Some(Token {
            access: Secret::new(stored.access),
            obtained: stored.obtained,
            expires: stored.expires,
            api_domain: stored.api_domain,
            refreshes: stored.refreshes,
        })
    }
}

/// What the store holds for one credential.
#[derive(Clone, Debug, Default)]
pub struct TokenRow {
    /// Counts up with every [`TokenStore::save`].
    pub version: i64,
    /// The last token, if there was one.
    pub token: Option<Token>,
}

/// Where the processes of a hub share the token of *one* credential, so that only one of them refreshes it.
///
/// A database implements it with one row and two conditional updates:
/// `claim`: `update … set claimed_until = $until where version = $version and claimed_until <= $now`;
/// `save`: `update … set version = version + 1, token = $token, claimed_until = 0 where version = $version`.
/// Both are true when one row was changed.
#[async_trait]
pub trait TokenStore: Send + Sync {
    /// The row as it stands.
    async fn load(&self) -> Result<TokenRow, CallError>;
    /// Claims the refresh of `version`. True for one caller at a time; a claim whose holder died ends at `until`.
    async fn claim(&self, version: i64, now: Instant, until: Instant) -> Result<bool, CallError>;
    /// Stores the new token in place of `version` and drops the claim. False when somebody else was faster.
    async fn save(&self, version: i64, token: &Token) -> Result<bool, CallError>;
    /// Drops the claim after a refresh that failed.
    async fn release(&self, version: i64) -> Result<(), CallError>;
}

/// Keeps the token in this process only: for one-off commands and tests.
#[derive(Debug, Default)]
pub struct MemoryTokenStore(Mutex<(TokenRow, Instant)>);

impl MemoryTokenStore {
    fn row(&self) -> std::sync::MutexGuard<'_, (TokenRow, Instant)> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[async_trait]
impl TokenStore for MemoryTokenStore {
    async fn load(&self) -> Result<TokenRow, CallError> {
        Ok(self.row().0.clone())
    }

    async fn claim(&self, version: i64, now: Instant, until: Instant) -> Result<bool, CallError> {
        let mut row = self.row();
        let free = row.0.version == version && row.1 <= now;
        if free {
            row.1 = until;
        }
        Ok(free)
    }

    async fn save(&self, version: i64, token: &Token) -> Result<bool, CallError> {
        let mut row = self.row();
        if row.0.version != version {
            return Ok(false);
        }
        *row = (TokenRow { version: version + 1, token: Some(token.clone()) }, Instant::START);
        Ok(true)
    }

    async fn release(&self, version: i64) -> Result<(), CallError> {
        let mut row = self.row();
        if row.0.version == version {
            row.1 = Instant::START;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_back_from_its_bytes() {
        let token = Token {
            access: Secret::new("1000.a.b"),
            obtained: Instant::from_seconds(1),
            expires: Instant::from_seconds(3601),
            api_domain: Some("https://www.zohoapis.jp".into()),
            refreshes: vec![Instant::from_seconds(1)],
        };
        assert_eq!(Token::from_bytes(&token.to_bytes()), Some(token));
        assert_eq!(Token::from_bytes(b"{}"), None);
    }
}
