//! The accounts server: clients, grants, refresh and access tokens.

mod authorize;
mod token;

use std::collections::{HashMap, HashSet, VecDeque};

use rand::{Rng, SeedableRng, rngs::SmallRng};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    http::{answer::Answer, request::Request},
    world::World,
};

/// Seconds a code of the consent page lives.
const CODE_SECONDS: i64 = 120;
/// Seconds an access token lives.
pub const ACCESS_SECONDS: i64 = 3_600;
/// Access tokens of one refresh token that live at the same time; one more ends the oldest.
const LIVE_ACCESS_TOKENS: usize = 15;
/// Refresh tokens per client and user; one more ends the oldest.
const REFRESH_TOKENS: usize = 20;
/// Access tokens of one refresh token within [`WINDOW`] seconds when that throttle is on.
const REFRESHES: usize = 10;
/// Codes of one client within [`WINDOW`] seconds when that throttle is on.
const GRANTS: usize = 10;
/// Seconds after which an access token or a code counts no more.
const WINDOW: i64 = 600;
/// What the accounts server says when there were too many.
pub const TOO_MANY: &str = "You have made too many requests continuously. Please try again after some time.";

/// A registered application.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Client {
    /// `client_id`.
    pub id: String,
    /// `client_secret`.
    pub secret: String,
    /// Its name on the consent page.
    pub name: String,
    /// The org whose console it was registered in.
    pub org_id: String,
    /// Redirect addresses it may use; empty takes any.
    #[serde(default)]
    pub redirect_uris: Vec<String>,
}

/// What somebody agreed to: who, in which org, for what.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Consent {
    /// The application.
    pub client_id: String,
    /// The org.
    pub org_id: String,
    /// The user on whose behalf.
    pub user_id: i64,
    /// Granted scopes.
    pub scopes: Vec<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Grant {
    consent: Consent,
    redirect_uri: Option<String>,
    offline: bool,
    expires: i64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Refresh {
    consent: Consent,
    live: VecDeque<String>,
    recent: VecDeque<i64>,
    order: u64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Access {
    consent: Consent,
    expires: i64,
}

/// The accounts server's state.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Accounts {
    clients: Vec<Client>,
    grants: HashMap<String, Grant>,
    refresh: HashMap<String, Refresh>,
    access: HashMap<String, Access>,
    /// Whether a refresh token gives at most ten access tokens in ten minutes.
    pub throttle_refresh: bool,
    /// Whether a client gets at most ten codes in ten minutes.
    #[serde(default)]
    pub throttle_grants: bool,
    /// When each client got its last codes.
    #[serde(default)]
    granted: HashMap<String, VecDeque<i64>>,
    /// Which users have consented to which clients on the page in the browser.
    #[serde(default)]
    consented: HashSet<(String, i64)>,
    seed: u64,
    counter: u64,
}

impl Accounts {
    /// No clients yet.
    pub fn new(seed: u64) -> Accounts {
        Accounts {
            clients: Vec::new(),
            grants: HashMap::new(),
            refresh: HashMap::new(),
            access: HashMap::new(),
            throttle_refresh: false,
            throttle_grants: false,
            granted: HashMap::new(),
            consented: HashSet::new(),
            seed,
            counter: 0,
        }
    }

    /// Registers an application in an org.
    pub fn register(&mut self, name: &str, org_id: &str, redirect_uris: Vec<String>) -> Client {
        let id = format!("1000.{}", self.hex(32).to_uppercase());
        let client = Client {
            id,
            secret: self.hex(42),
            name: name.to_owned(),
            org_id: org_id.to_owned(),
            redirect_uris,
        };
        self.clients.push(client.clone());
        client
    }

    /// An application by id.
    pub fn client(&self, id: &str) -> Option<&Client> {
        self.clients.iter().find(|client| client.id == id)
    }

    /// The first application of an org and a refresh token of it, for the control API's list.
    pub fn credentials(&self, org_id: &str) -> Option<(&Client, &str)> {
        let client = self.clients.iter().find(|client| client.org_id == org_id)?;
        let (token, _) = self
            .refresh
            .iter()
            .filter(|(_, r)| r.consent.org_id == org_id && r.consent.client_id == client.id)
            .min_by_key(|(_, r)| r.order)?;
        Some((client, token))
    }

    /// A one-time code that lives for some seconds, as a consent or the self-client console gives it.
    pub fn grant(
        &mut self,
        consent: Consent,
        redirect_uri: Option<String>,
        offline: bool,
        now: i64,
        seconds: i64,
    ) -> Result<String, Throttled> {
        let recent = self.granted.entry(consent.client_id.clone()).or_default();
        recent.retain(|at| now - at < WINDOW);
        if self.throttle_grants && recent.len() >= GRANTS {
            return Err(Throttled);
        }
        recent.push_back(now);
        let expires = now + seconds;
        let code = format!("1000.{}.{}", self.hex(32), self.hex(32));
        self.grants.insert(code.clone(), Grant { consent, redirect_uri, offline, expires });
        Ok(code)
    }

    /// A code for what somebody consented to on the page in the browser. A refresh token comes with the first consent to a
    /// client and with one that the client asked for anew, not with every code.
    ///
    /// Harder: the end of the refresh token does not make the next consent a first one.
    fn consent(
        &mut self,
        consent: Consent,
        redirect_uri: String,
        offline: bool,
        anew: bool,
        now: i64,
    ) -> Result<String, Throttled> {
        let who = (consent.client_id.clone(), consent.user_id);
        let first = !self.consented.contains(&who);
        let offline = offline && (anew || first);
        let code = self.grant(consent, Some(redirect_uri), offline, now, CODE_SECONDS)?;
        self.consented.insert(who);
        Ok(code)
    }

    /// A refresh token for a consent; the oldest of too many ends.
    pub fn issue_refresh(&mut self, consent: Consent) -> String {
        let mut same: Vec<(u64, String)> = self
            .refresh
            .iter()
            .filter(|(_, r)| r.consent.client_id == consent.client_id && r.consent.user_id == consent.user_id)
            .map(|(token, r)| (r.order, token.clone()))
            .collect();
        same.sort_unstable();
        if same.len() >= REFRESH_TOKENS {
            self.revoke(&same[0].1);
        }
        let token = format!("1000.{}.{}", self.hex(32), self.hex(32));
        let refresh =
            Refresh { consent, live: VecDeque::new(), recent: VecDeque::new(), order: self.counter };
        self.refresh.insert(token.clone(), refresh);
        token
    }

    /// An access token of a refresh token; `None` when the refresh token is not known, `Err` when it is throttled.
    fn issue_access(&mut self, refresh: &str, now: i64) -> Result<Option<(String, Consent)>, Throttled> {
        let throttle = self.throttle_refresh;
        let token = format!("1000.{}.{}", self.hex(32), self.hex(32));
        let Some(entry) = self.refresh.get_mut(refresh) else { return Ok(None) };
        while entry.recent.front().is_some_and(|at| now - at >= WINDOW) {
            entry.recent.pop_front();
        }
        if throttle && entry.recent.len() >= REFRESHES {
            return Err(Throttled);
        }
        entry.recent.push_back(now);
        entry.live.push_back(token.clone());
        let consent = entry.consent.clone();
        let ended = (entry.live.len() > LIVE_ACCESS_TOKENS).then(|| entry.live.pop_front()).flatten();
        if let Some(ended) = ended {
            self.access.remove(&ended);
        }
        self.access.insert(token.clone(), Access { consent: consent.clone(), expires: now + ACCESS_SECONDS });
        Ok(Some((token, consent)))
    }

    /// Who an access token speaks for, and when it ends.
    pub fn check(&self, token: &str, now: i64) -> Option<(&Consent, i64)> {
        let access = self.access.get(token)?;
        (access.expires > now).then_some((&access.consent, access.expires))
    }

    /// Ends a refresh token with its access tokens, or one access token; says whether there was one.
    pub fn revoke(&mut self, token: &str) -> bool {
        if let Some(refresh) = self.refresh.remove(token) {
            for live in refresh.live {
                self.access.remove(&live);
            }
            return true;
        }
        self.access.remove(token).is_some()
    }

    /// Ends all access tokens of an org at once, as an outage of the accounts server would.
    pub fn expire_access(&mut self, org_id: &str) {
        self.access.retain(|_, access| access.consent.org_id != org_id);
    }

    fn hex(&mut self, digits: usize) -> String {
        self.counter += 1;
        let mut dice = SmallRng::seed_from_u64(self.seed ^ self.counter.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        (0..digits).map(|_| char::from_digit(dice.random_range(0..16), 16).unwrap_or('0')).collect()
    }
}

/// Too many refreshes or codes in a short time.
#[derive(Debug)]
pub struct Throttled;

/// Serves `/oauth/…`.
pub fn handle(world: &World, request: &Request) -> Answer {
    let method = request.method.as_str();
    match (method, request.segments().as_slice()) {
        ("GET", ["oauth", "v2", "auth"]) => authorize::page(world, request),
        ("POST", ["oauth", "v2", "auth"]) => authorize::decide(world, request),
        ("POST", ["oauth", "v2", "token"]) => token::token(world, request),
        ("POST", ["oauth", "v2", "token", "revoke"]) => token::revoke(world, request),
        ("GET", ["oauth", "serverinfo"]) => {
            Answer::json(200, &json!({"result": "success", "locations": {"us": world.base_url}}))
        }
        _ => Answer::json(404, &json!({"error": "invalid_url"})),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn consent() -> Consent {
        Consent {
            client_id: "c".into(),
            org_id: "1".into(),
            user_id: 7,
            scopes: vec!["ZohoCRM.modules.ALL".into()],
        }
    }

    #[test]
    fn the_sixteenth_access_token_ends_the_first() {
        let mut accounts = Accounts::new(1);
        let refresh = accounts.issue_refresh(consent());
        let tokens: Vec<String> =
            (0..16).map(|_| accounts.issue_access(&refresh, 100).unwrap().unwrap().0).collect();
        assert!(accounts.check(&tokens[0], 100).is_none());
        assert!(accounts.check(&tokens[1], 100).is_some());
        assert!(accounts.check(&tokens[1], 100 + ACCESS_SECONDS).is_none());
        assert!(accounts.revoke(&refresh));
        assert!(accounts.check(&tokens[15], 100).is_none());
    }

    #[test]
    fn the_throttle_can_be_switched_on() {
        let mut accounts = Accounts::new(1);
        let refresh = accounts.issue_refresh(consent());
        accounts.throttle_refresh = true;
        assert_eq!((0..12).filter(|_| accounts.issue_access(&refresh, 100).is_ok()).count(), 10);
        assert!(accounts.issue_access(&refresh, 100 + WINDOW).is_ok());
    }

    #[test]
    fn the_throttle_of_codes_counts_each_client_alone() {
        let mut accounts = Accounts::new(1);
        let grant = |accounts: &mut Accounts, client: &str, now| {
            let consent = Consent { client_id: client.into(), ..consent() };
            accounts.grant(consent, None, true, now, 120).is_ok()
        };
        assert_eq!((0..12).filter(|_| grant(&mut accounts, "c", 100)).count(), 12);
        accounts.throttle_grants = true;
        assert!(!grant(&mut accounts, "c", 100));
        assert_eq!((0..12).filter(|_| grant(&mut accounts, "d", 100)).count(), 10);
        assert!(grant(&mut accounts, "c", 100 + WINDOW));
    }

    #[test]
    fn a_refresh_token_comes_with_the_first_consent_and_with_one_asked_for_anew() {
        let mut accounts = Accounts::new(1);
        // One that was there before, without the page, does not count.
        let before = accounts.issue_refresh(consent());
        let offline = |accounts: &mut Accounts, consent: Consent, offline, anew| {
            let code = accounts.consent(consent, "http://x".into(), offline, anew, 100).unwrap();
            accounts.grants[&code].offline
        };
        assert!(offline(&mut accounts, consent(), true, false));
        assert!(!offline(&mut accounts, consent(), true, false));
        assert!(offline(&mut accounts, consent(), true, true));
        assert!(!offline(&mut accounts, consent(), false, true));
        assert!(offline(&mut accounts, Consent { user_id: 8, ..consent() }, true, false));
        assert!(accounts.revoke(&before) && !offline(&mut accounts, consent(), true, false));
    }

    #[test]
    fn the_twenty_first_refresh_token_ends_the_first() {
        let mut accounts = Accounts::new(1);
        let first = accounts.issue_refresh(consent());
        for _ in 0..20 {
            accounts.issue_refresh(consent());
        }
        assert!(!accounts.revoke(&first));
    }
}
