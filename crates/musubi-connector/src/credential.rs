//! A refresh-token credential: hands out a working access token, refreshed once for all tasks and all processes.

use crate::token::{Token, TokenStore};
use crate::{CallError, CallErrorKind, Clock, Secret, oauth::Accounts, oauth::App};
use musubi_core::Instant;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
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
    /// The token kept was made by this process and has not worked yet.
    unproven: AtomicBool,
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
        Credential {
            accounts,
            secrets,
            store,
            clock,
            current: RwLock::new(None),
            unproven: AtomicBool::new(false),
            flight,
        }
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

    /// The service took the token.
    pub fn accepted(&self) {
        self.unproven.store(false, Ordering::Relaxed);
    }

    /// The service refused this token with 401. Tells whether another one can help: not when a token that we have just been given never worked.
    pub async fn refused(&self, token: &Token) -> bool {
        let mut flight = self.flight.lock().await;
        flight.refused = Some(token.access.clone());
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        let kept = current.as_ref().is_some_and(|kept| kept.access == token.access);
        if kept {
            *current = None;
        }
        // Refused again by a later caller that used the same token: the first one has seen to it.
        !kept || !self.unproven.swap(false, Ordering::Relaxed)
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
        self.unproven.store(true, Ordering::Relaxed);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Place;
    use crate::http::{Http, HttpOptions};
    use crate::token::MemoryTokenStore;
    use futures::future::join_all;
    use std::sync::atomic::{AtomicI64, AtomicUsize};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    /// An accounts server that counts the tokens it gave, slowly enough that everybody meets at it.
    async fn accounts(error: Option<&'static str>) -> (Place, Arc<AtomicUsize>, tokio::task::JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let place = Place::base_url(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let count = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&count);
        #[expect(clippy::disallowed_methods, reason = "a test's server ends with the test's runtime")]
        let task = tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let _ = socket.read(&mut [0; 4096]).await;
                let n = counter.fetch_add(1, Ordering::SeqCst) + 1;
                tokio::time::sleep(Duration::from_millis(60)).await;
                let body = match error {
                    Some(error) => format!("{{\"error\":\"{error}\"}}"),
                    None => format!("{{\"access_token\":\"1000.{n}\",\"expires_in\":3600,\"scope\":\"x\"}}"),
                };
                let head =
                    format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", body.len());
                let _ = socket.write_all(format!("{head}{body}").as_bytes()).await;
            }
        });
        (place, count, task)
    }

    fn credential(place: &Place, store: &Arc<MemoryTokenStore>, clock: &Arc<AtomicI64>) -> Credential {
        let http = Http::new(HttpOptions::default(), place).unwrap();
        let app = App { client_id: "id".into(), client_secret: Secret::new("secret") };
        let secrets = Secrets { app, refresh_token: Secret::new("refresh") };
        let accounts = Accounts::new(&http, place.clone(), Duration::from_secs(5));
        Credential::new(
            accounts,
            secrets,
            Arc::<MemoryTokenStore>::clone(store),
            Clock::manual(Arc::clone(clock)),
        )
    }

    #[tokio::test]
    async fn many_tasks_of_several_processes_refresh_once() {
        let (place, count, _task) = accounts(None).await;
        let (store, clock) = (Arc::default(), Arc::new(AtomicI64::new(1_000_000)));
        let processes: Vec<_> = (0..3).map(|_| credential(&place, &store, &clock)).collect();
        let tokens = join_all((0..30).map(|i| processes[i % 3].token())).await;
        assert!(tokens.iter().all(|token| token.as_ref().unwrap().access == Secret::new("1000.1")));
        assert_eq!(count.load(Ordering::SeqCst), 1);
        // Near its end, again once.
        clock.fetch_add(3_590_000, Ordering::SeqCst);
        let tokens = join_all((0..30).map(|i| processes[i % 3].token())).await;
        assert!(tokens.iter().all(|token| token.as_ref().unwrap().access == Secret::new("1000.2")));
        assert_eq!(count.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn a_refused_token_is_replaced_once_and_a_new_one_that_never_worked_is_the_end() {
        let (place, count, _task) = accounts(None).await;
        let (store, clock) = (Arc::default(), Arc::new(AtomicI64::new(1_000_000)));
        let (one, two) = (credential(&place, &store, &clock), credential(&place, &store, &clock));
        let first = one.token().await.unwrap();
        one.accepted();
        two.token().await.unwrap();
        assert!(one.refused(&first).await, "it worked before");
        assert!(two.refused(&first).await, "another process made it");
        let (a, b) = (one.token().await.unwrap(), two.token().await.unwrap());
        assert_eq!((&a.access, count.load(Ordering::SeqCst)), (&b.access, 2));
        assert!(!one.refused(&a).await, "just made and never worked");
    }

    #[tokio::test]
    async fn ten_refreshes_in_ten_minutes_and_no_more() {
        let (place, count, _task) = accounts(None).await;
        let (store, clock) = (Arc::default(), Arc::new(AtomicI64::new(1_000_000)));
        for _ in 0..10 {
            clock.fetch_add(1_000, Ordering::SeqCst);
            let process = credential(&place, &store, &clock);
            let token = process.token().await.unwrap();
            process.refused(&token).await;
            clock.fetch_add(1_000, Ordering::SeqCst);
            process.token().await.ok();
        }
        assert_eq!(count.load(Ordering::SeqCst), 10);
        let process = credential(&place, &store, &clock);
        let token = process.token().await.unwrap();
        process.refused(&token).await;
        let error = process.token().await.unwrap_err();
        assert_eq!(
            (error.kind, error.service.code.as_str()),
            (CallErrorKind::Throttled, "TOKEN_REFRESH_LIMIT")
        );
        clock.fetch_add(REFRESH_WINDOW, Ordering::SeqCst);
        process.token().await.unwrap();
    }

    #[tokio::test]
    async fn a_refusal_is_told_and_leaves_the_claim_free() {
        let (place, count, _task) = accounts(Some("invalid_code")).await;
        let (store, clock) = (Arc::default(), Arc::new(AtomicI64::new(1_000_000)));
        for tries in 1..=2 {
            let error = credential(&place, &store, &clock).token().await.unwrap_err();
            assert_eq!((error.kind, error.service.code.as_str()), (CallErrorKind::Auth, "invalid_code"));
            assert_eq!(count.load(Ordering::SeqCst), tries);
        }
    }

    #[tokio::test]
    async fn a_dead_holders_claim_ends() {
        let (place, _, _task) = accounts(None).await;
        let store: Arc<MemoryTokenStore> = Arc::default();
        let clock = Arc::new(AtomicI64::new(1_000_000));
        let now = Instant::from_millis(1_000_000);
        assert!(store.claim(0, now, now.plus_millis(CLAIM)).await.unwrap());
        let waiting = credential(&place, &store, &clock);
        let (token, ()) = tokio::join!(waiting.token(), async {
            tokio::time::sleep(Duration::from_millis(120)).await;
            clock.fetch_add(CLAIM, Ordering::SeqCst);
        });
        assert!(token.is_ok());
    }
}
