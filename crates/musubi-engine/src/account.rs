//! One connection as this process uses it: its connector behind its gate, and what its service says about itself.

use crate::budget::Budget;
use crate::error::{HubError, Result};
use crate::throttle::Throttle;
use musubi_connector::gate::{Lane, Share};
use musubi_connector::{CallError, CallErrorKind, Clock, Connector, Limits, Meta, Org, Priced, User};
use musubi_core::{ModuleName, schema::ModuleSchema};
use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

/// What the service said stays believed for so long.
const BELIEVED: i64 = 10 * 60_000;
/// A call that the service answers is no sign that it takes the credential again, for so long after one that it refused.
const DOUBTED: i64 = 60_000;

/// One connection in use.
pub(crate) struct Account {
    /// The connection's name, for messages.
    pub name: String,
    pub connector: Arc<dyn Connector>,
    pub throttle: Arc<Throttle>,
    pub budget: Budget,
    pub org: Org,
    clock: Clock,
    call_timeout: i64,
    refusal: Mutex<Refusal>,
    users: Mutex<Option<(i64, Arc<Vec<User>>)>>,
    schemas: Mutex<HashMap<ModuleName, (i64, Arc<ModuleSchema>)>>,
    /// Who asks for a module while somebody else does waits for that answer: module pairs look at one another's modules, and all begin at once.
    asking: Mutex<HashMap<ModuleName, Arc<tokio::sync::Mutex<()>>>>,
}

/// How the service took the credential in the last calls.
#[derive(Clone, Copy, Default)]
struct Refusal {
    since: Option<i64>,
    last: i64,
}

impl Account {
    /// Asks the service who we are, which also tells what may be used of it.
    pub async fn open(
        name: &str,
        connector: Arc<dyn Connector>,
        budget: impl FnOnce(Option<u64>) -> Budget,
        clock: Clock,
        call_timeout: i64,
    ) -> Result<Account> {
        let org = connector.org().await.map_err(|error| HubError::of_call(name, &error))?;
        let Limits { concurrency, credits_per_day, .. } = connector.limits();
        let throttle = Arc::new(Throttle::new(Share { concurrency, credits_per_day }, clock.clone()));
        Ok(Account {
            name: name.to_owned(),
            connector,
            throttle,
            budget: budget(credits_per_day),
            org,
            clock,
            call_timeout,
            refusal: Mutex::default(),
            users: Mutex::default(),
            schemas: Mutex::default(),
            asking: Mutex::default(),
        })
    }

    /// All users of the org.
    pub async fn users(&self) -> Result<Arc<Vec<User>>> {
        let kept = self.users.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, users)) = kept.filter(|(at, _)| self.now() - at < BELIEVED) {
            return Ok(users);
        }
        let since = self.now();
        let users = Arc::new(self.ask(Lane::Interactive, Priced::Other, self.connector.users()).await?);
        *self.users.lock().unwrap_or_else(PoisonError::into_inner) = Some((since, Arc::clone(&users)));
        Ok(users)
    }

    /// A module with its fields.
    pub async fn schema(&self, module: &ModuleName) -> Result<Arc<ModuleSchema>> {
        if let Some(schema) = self.kept_schema(module) {
            return Ok(schema);
        }
        let turn = {
            let mut asking = self.asking.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(asking.entry(module.clone()).or_default())
        };
        let _turn = turn.lock().await;
        if let Some(schema) = self.kept_schema(module) {
            return Ok(schema);
        }
        let since = self.now();
        let asked = self.ask(Lane::Interactive, Priced::Other, self.connector.schema(module)).await;
        let schema = match asked {
            Ok(schema) => Arc::new(schema),
            Err(error) if error.code == "connection.schema_changed" => {
                return Err(self
                    .unknown_module(module)
                    .await
                    .unwrap_or_else(|| self.name_module(error, module)));
            }
            Err(error) => return Err(self.name_module(error, module)),
        };
        let entry = (since, Arc::clone(&schema));
        self.schemas.lock().unwrap_or_else(PoisonError::into_inner).insert(module.clone(), entry);
        Ok(schema)
    }

    fn kept_schema(&self, module: &ModuleName) -> Option<Arc<ModuleSchema>> {
        let kept = self.schemas.lock().unwrap_or_else(PoisonError::into_inner).get(module).cloned();
        kept.filter(|(at, _)| self.now() - at < BELIEVED).map(|(_, schema)| schema)
    }

    /// Since when it is known what the module has, and who the users are.
    pub fn known_since(&self, module: &ModuleName) -> i64 {
        let schema =
            self.schemas.lock().unwrap_or_else(PoisonError::into_inner).get(module).map(|(at, _)| *at);
        let users = self.users.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(|(at, _)| *at);
        schema.unwrap_or(0).min(users.unwrap_or(0))
    }

    /// Nothing that the service said about itself is believed any more.
    pub fn forget(&self) {
        *self.users.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.schemas.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Makes a call through the gate.
    pub async fn ask<T>(
        &self,
        lane: Lane,
        priced: Priced,
        call: impl Future<Output = std::result::Result<T, CallError>>,
    ) -> Result<T> {
        self.call(lane, priced, call).await.map_err(|error| HubError::of_call(&self.name, &error))
    }

    /// Makes a call through the gate; the error is the service's.
    pub async fn call<T>(
        &self,
        lane: Lane,
        priced: Priced,
        call: impl Future<Output = std::result::Result<T, CallError>>,
    ) -> std::result::Result<T, CallError> {
        let deadline = self.now() + self.call_timeout.max(60_000);
        let price = self.connector.price(priced);
        let Some(_pass) = self.throttle.enter(lane, price, deadline).await else {
            return Err(over_budget());
        };
        self.draw(lane, price).await?;
        let done = call.await;
        self.note(&done.as_ref().map(|_| None));
        done
    }

    /// Draws what a call costs from the connection's allowance.
    pub async fn draw(&self, lane: Lane, price: u32) -> std::result::Result<(), CallError> {
        match self.budget.draw(lane, price).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(over_budget()),
            Err(error) => Err(CallError::new(CallErrorKind::NotSent, error.code, error.message)),
        }
    }

    /// The gate learns how a call ended, and it is remembered whether the credential is refused.
    pub fn note(&self, done: &std::result::Result<Option<Meta>, &CallError>) {
        match done {
            Ok(_) => {
                self.throttle.succeeded();
                let mut refusal = self.refusal.lock().unwrap_or_else(PoisonError::into_inner);
                if self.now() - refusal.last > DOUBTED {
                    refusal.since = None;
                }
            }
            Err(error) if error.kind == CallErrorKind::Throttled => self.throttle.throttled(),
            Err(error) if error.kind == CallErrorKind::Auth => {
                let mut refusal = self.refusal.lock().unwrap_or_else(PoisonError::into_inner);
                refusal.last = self.now();
                refusal.since.get_or_insert(self.now());
            }
            Err(_) => {}
        }
    }

    /// Since when the service refuses the credential, in milliseconds since 1970, if it does.
    pub fn refused_since(&self) -> Option<i64> {
        self.refusal.lock().unwrap_or_else(PoisonError::into_inner).since
    }

    /// When the service has no module of this name: which one was probably meant.
    async fn unknown_module(&self, module: &ModuleName) -> Option<HubError> {
        let modules = self.ask(Lane::Interactive, Priced::Other, self.connector.modules()).await.ok()?;
        if modules.iter().any(|known| known.name == *module) {
            return None;
        }
        let hint =
            match crate::config::nearest(module.as_str(), modules.iter().map(|known| known.name.as_str())) {
                Some(meant) => format!("did you mean {meant:?}? Mend the configuration and apply it again"),
                None => {
                    "name a module of the org by its API name, and apply the configuration again".to_owned()
                }
            };
        Some(HubError::new(
            "module.unknown",
            format!("{} has no module {:?}", self.name, module.as_str()),
            hint,
        ))
    }

    fn name_module(&self, error: HubError, module: &ModuleName) -> HubError {
        HubError { message: format!("{} (module {module})", error.message), ..error }
    }

    pub fn now(&self) -> i64 {
        self.clock.now().millis()
    }
}

/// The code of a call that we did not send ourselves.
pub(crate) const OVER_BUDGET: &str = "OVER_BUDGET";

/// A call that did not come through the gate in time.
pub(crate) fn over_budget() -> CallError {
    CallError::new(
        CallErrorKind::NotSent,
        OVER_BUDGET,
        "the connection's calls or credits are used up for now; the call was not sent",
    )
}
