//! A refresh-token credential: hands out a working access token, refreshed once for all tasks and all processes.

use crate::token::{Token, TokenStore};
use crate::{CallError, CallErrorKind, Clock, Secret, oauth::Accounts, oauth::App};
use musubi_core::Instant;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

/// The service allows so many refreshes of one refresh token …
const REFRESHES: usize = 10;
/// … in so many milliseconds.
const REFRESH_WINDOW: i64 = 10 * 60_000;
/// A token this near its end is not handed out any more.
const MARGIN: i64 = 60_000;
/// How long a claimed refresh may take before another process takes over.
const CLAIM: i64 = 30_000;
/// How often those who did not get the claim look for the new token.
const POLL: Duration = Duration::from_millis(50);
/// A token obtained so recently that its refusal cannot be its age.
const FRESH: i64 = 60_000;

/// The secrets of one connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secrets {
    /// The application.
    pub app: App,
    /// The refresh token.
    pub refresh_token: Secret,
}

/// A refresh-token credential. Shared by all tasks of a process; processes share through the [`TokenStore`].
pub struct Credential {
    accounts: Accounts,
    secrets: Secrets,
    store: Arc<dyn TokenStore>,
    clock: Clock,
    current: RwLock<Option<Arc<Token>>>,
    flight: tokio::sync::Mutex<Flight>,
}

/// What only the one task that refreshes touches.
#[derive(Default)]
struct Flight {
    /// The service refused it although it should have worked.
    refused: Option<Secret>,
    /// Refreshes tried by this process, failed ones included.
    tried: Vec<Instant>,
}

impl Credential {
    /// A credential that has no token yet.
    pub fn new(accounts: Accounts, secrets: Secrets, store: Arc<dyn TokenStore>, clock: Clock) -> Credential {
        let flight = tokio::sync::Mutex::default();
        Credential { accounts, secrets, store, clock, current: RwLock::new(None), flight }
    }

    /// A token that should work now: kept, stored by another process, or refreshed.
    pub async fn token(&self) -> Result<Arc<Token>, CallError> {
        if let Some(token) = self.kept() {
            return Ok(token);
        }
        // Single flight inside the process: whoever waited here finds the token kept.
        let mut flight = self.flight.lock().await;
        if let Some(token) = self.kept() {
            return Ok(token);
        }
        let give_up = self.clock.now().plus_millis(2 * CLAIM);
        loop {
            let row = self.store.load().await?;
            if let Some(token) = &row.token
                && self.usable(token)
                && flight.refused.as_ref() != Some(&token.access)
            {
                return Ok(self.keep(token.clone()));
            }
            let now = self.clock.now();
            if now > give_up {
                return Err(CallError::new(
                    CallErrorKind::NotSent,
                    "TOKEN_REFRESH_BUSY",
                    "another process has been refreshing this connection's token for too long",
                ));
            }
            // Single flight across processes: the losers wait for the winner's token.
            if self.store.claim(row.version, now, now.plus_millis(CLAIM)).await? {
                let earlier = row.token.map(|token| token.refreshes).unwrap_or_default();
                return match self.refresh(&mut flight, earlier).await {
                    Ok(token) => {
                        // A lost save means that our claim ran out and another process was faster; our token works too.
                        self.store.save(row.version, &token).await?;
                        Ok(self.keep(token))
                    }
                    Err(error) => {
                        self.store.release(row.version).await?;
                        Err(error)
                    }
                };
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// The service refused this token with 401. Tells whether a refresh can help: not when the token was just made.
    pub async fn refused(&self, token: &Token) -> bool {
        let mut flight = self.flight.lock().await;
        flight.refused = Some(token.access.clone());
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        if current.as_ref().is_some_and(|kept| kept.access == token.access) {
            *current = None;
        }
        self.clock.now().since(token.obtained) > FRESH
    }

    async fn refresh(&self, flight: &mut Flight, mut refreshes: Vec<Instant>) -> Result<Token, CallError> {
        let now = self.clock.now();
        refreshes.extend(&flight.tried);
        refreshes.sort_unstable();
        refreshes.dedup();
        refreshes.retain(|at| now.since(*at) < REFRESH_WINDOW && *at <= now);
        if refreshes.len() >= REFRESHES {
            return Err(CallError::new(
                CallErrorKind::Throttled,
                "TOKEN_REFRESH_LIMIT",
                "ten refreshes were made in ten minutes, which is all the service allows; is the token used elsewhere too?",
            ));
        }
        flight.tried.retain(|at| now.since(*at) < REFRESH_WINDOW);
        flight.tried.push(now);
        refreshes.push(now);
        let granted = self.accounts.refresh(&self.secrets.app, &self.secrets.refresh_token).await?;
        flight.refused = None;
        let expires = granted.expires(now);
        Ok(Token {
            access: granted.access,
            obtained: now,
            expires,
            api_domain: granted.api_domain,
            refreshes,
        })
    }

    fn kept(&self) -> Option<Arc<Token>> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        current.as_ref().filter(|token| self.usable(token)).cloned()
    }

    fn keep(&self, token: Token) -> Arc<Token> {
        let token = Arc::new(token);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&token));
        token
    }

    /// Not near its end. A token whose whole life is shorter than the margin is used to its end.
    fn usable(&self, token: &Token) -> bool {
        let margin = MARGIN.min(token.expires.since(token.obtained) / 2);
        token.expires.since(self.clock.now()) > margin
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential").field("client_id", &self.secrets.app.client_id).finish_non_exhaustive()
    }
}
