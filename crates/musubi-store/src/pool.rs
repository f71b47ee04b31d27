//! PostgreSQL: connections, made when needed, kept for the next transaction, and one that listens.

use crate::error::{Kind, Result, StoreError};
use crate::postgres::{Session, error};
use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_postgres::{AsyncMessage, Config};
use tokio_postgres_rustls::MakeRustlsConnect;

/// The most transactions at once; more wait their turn.
const CONNECTIONS: usize = 8;

/// Every statement reads by an index, and its plan is kept: without these, a plan made while a table was empty would
/// scan the table for as long as it is kept.
const SETTINGS: &str = "set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off;
    set plan_cache_mode = force_generic_plan; set jit = off; set client_min_messages = warning";

/// The server, and the connections not in use.
pub(crate) struct Pool {
    config: Config,
    tls: MakeRustlsConnect,
    permits: Arc<Semaphore>,
    idle: Arc<Mutex<Vec<Session>>>,
}

/// A connection in use. Dropped before `finish`, it is closed, and the server rolls back what was open on it.
pub(crate) struct Checkout {
    session: Option<Session>,
    idle: Arc<Mutex<Vec<Session>>>,
    _permit: OwnedSemaphorePermit,
}

impl Pool {
    pub(crate) fn new(url: &str) -> Result<Pool> {
        let (mut config, tls) = crate::tls::parse(url)?;
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(Duration::from_secs(5));
        }
        if config.get_application_name().is_none() {
            config.application_name("musubi");
        }
        Ok(Pool { config, tls, permits: Arc::new(Semaphore::new(CONNECTIONS)), idle: Arc::default() })
    }

    /// A connection that works as far as is known.
    pub(crate) async fn checkout(&self) -> Result<Checkout> {
        let permit = Arc::clone(&self.permits)
            .acquire_owned()
            .await
            .map_err(|_| StoreError::other("the store is closed"))?;
        let kept = loop {
            let next = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            match next {
                Some(session) if session.client.is_closed() => continue,
                next => break next,
            }
        };
        let session = match kept {
            Some(session) => session,
            None => self.connect().await?,
        };
        Ok(Checkout { session: Some(session), idle: Arc::clone(&self.idle), _permit: permit })
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the task ends with its connection, which its client closes"
    )]
    async fn connect(&self) -> Result<Session> {
        let (client, connection) = self.config.connect(self.tls.clone()).await.map_err(error)?;
        tokio::spawn(async move {
            // The client's next call tells of the failure.
            let _ = connection.await;
        });
        client.batch_execute(SETTINGS).await.map_err(error)?;
        Ok(Session::new(client))
    }

    /// Hands each notification on the channel to `heard` until it answers false or the connection is lost.
    pub(crate) async fn listen(&self, channel: &str, mut heard: impl FnMut(&str) -> bool) -> Result<()> {
        let (client, mut connection) = self.config.connect(self.tls.clone()).await.map_err(error)?;
        let text = format!("listen {channel}");
        let listen = client.batch_execute(&text);
        let mut listen = std::pin::pin!(listen);
        let mut listening = false;
        loop {
            let message = std::future::poll_fn(|context| {
                if !listening && let std::task::Poll::Ready(done) = listen.as_mut().poll(context) {
                    listening = true;
                    if let Err(failure) = done {
                        return std::task::Poll::Ready(Some(Err(failure)));
                    }
                }
                connection.poll_message(context)
            })
            .await;
            match message {
                Some(Ok(AsyncMessage::Notification(note))) if !heard(note.payload()) => return Ok(()),
                Some(Ok(_)) => {}
                Some(Err(failure)) => return Err(error(failure)),
                None => return Err(StoreError::new(Kind::Unreachable, "the server closed the connection")),
            }
        }
    }
}

impl Checkout {
    /// Nothing is open on the connection: the next transaction may have it.
    pub(crate) fn finish(mut self) {
        if let Some(session) = self.session.take() {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(session);
        }
    }
}

impl Deref for Checkout {
    type Target = Session;

    fn deref(&self) -> &Session {
        self.session.as_ref().expect("only finish, which consumes the checkout, takes the session")
    }
}
