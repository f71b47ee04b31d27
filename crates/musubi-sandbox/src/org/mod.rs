//! The state of one org.
//!
//! [`Org`] holds what never changes and the locks; [`State`] is what a request reads or writes under the org's one
//! lock, for short moments and never across an await.

pub mod events;
pub mod field;
pub mod ids;
pub mod kind;
pub mod layout;
pub mod module;
pub mod people;
pub mod ranked;
pub mod record;
pub mod rule;
pub mod setup;
pub mod standard;
pub mod state;
pub mod table;
pub mod tag;
pub mod value;
pub mod view;
pub mod zone;

use std::sync::{Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

pub use state::State;

use crate::http::credits::Credits;

/// Which service an org belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Service {
    /// Zoho CRM.
    Crm,
}

impl Service {
    /// The name in the control API.
    pub fn name(self) -> &'static str {
        match self {
            Service::Crm => "crm",
        }
    }
}

/// What an org is, fixed when it is made.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Profile {
    /// Which service.
    pub service: Service,
    /// The org's id (`zgid`).
    pub org_id: String,
    /// A small number, the order of making.
    pub number: i64,
    /// The company's name.
    pub name: String,
    /// `free`, `standard`, `professional`, `enterprise` or `ultimate`; settles credits and concurrency.
    pub edition: String,
    /// `us`, `eu`, `jp` …
    pub data_centre: String,
    /// The time zone's name.
    pub time_zone: String,
    /// ISO currency.
    pub currency: String,
    /// The currency's sign.
    pub currency_symbol: String,
    /// Country code.
    pub country: String,
    /// When the org was made.
    pub created: i64,
}

/// One org.
pub struct Org {
    /// What it is.
    pub profile: Profile,
    /// Its time zone.
    pub zone: TimeZone,
    /// Credits and concurrency.
    pub credits: Mutex<Credits>,
    state: RwLock<State>,
}

impl Org {
    /// An org around a state.
    pub fn new(profile: Profile, state: State) -> Org {
        let zone = zone::find(&profile.time_zone).unwrap_or(TimeZone::UTC);
        let credits = Mutex::new(Credits::for_edition(&profile.edition, state.users.len() as u64));
        Org { profile, zone, credits, state: RwLock::new(state) }
    }

    /// The state to read. Hold it for as short as possible.
    pub fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The state to change. Hold it for as short as possible.
    pub fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The one place that hears of every committed change of a record. The org's lock is held: do nothing slow.
    pub fn after_commit(
        &self,
        world: &crate::world::World,
        state: &mut State,
        events: &[events::RecordEvent],
    ) {
        crate::crm::notify::record_changed(world, self, state, events);
    }

    /// An instant as this org prints it.
    pub fn time(&self, seconds: i64) -> String {
        zone::time_text(&self.zone, seconds)
    }
}
