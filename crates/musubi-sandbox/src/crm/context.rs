//! One CRM call: who calls which org, and what the call costs.

use std::sync::{
    Arc, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use crate::{
    http::{credits::Weight, error::ApiError, faults::RecordRefusal, json_in::Node, request::Request},
    org::{Org, record::Record, table::Table},
    world::World,
};

/// The API version in the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// `/crm/v2`: reads only, `fields` not needed, every field shown.
    V2,
    /// `/crm/v8`.
    V8,
}

/// One CRM call on its way through the handlers.
pub struct RequestContext {
    /// Everything else.
    pub world: Arc<World>,
    /// The org the token belongs to.
    pub org: Arc<Org>,
    /// The user the token speaks for.
    pub user_id: i64,
    /// The application that calls.
    pub client_id: String,
    /// What the token allows.
    pub scopes: Vec<String>,
    /// When the token ends, in seconds.
    pub token_expires: i64,
    /// The request.
    pub request: Request,
    /// The API version.
    pub version: Version,
    /// When the call came, in milliseconds by the sandbox's clock.
    pub now_ms: i64,
    /// How the call counts against the limit of calls at the same time.
    pub weight: Weight,
    /// Lists and searches must show the state of so many seconds ago (a fault).
    pub read_lag_s: Option<i64>,
    /// Every n-th record of a write must fail with this code (a fault).
    pub item_fault: Option<(RecordRefusal, u64)>,
    charged: AtomicU64,
}

impl RequestContext {
    /// A context for the sandbox's own work, as the org's administrator.
    pub fn internal(world: &Arc<World>, org: &Arc<Org>) -> RequestContext {
        RequestContext {
            user_id: org.read().users.first().map_or(0, |user| user.id),
            client_id: String::new(),
            scopes: Vec::new(),
            token_expires: 0,
            request: Request::internal(),
            version: Version::V8,
            now_ms: world.clock.now_ms(),
            weight: Weight::Light,
            read_lag_s: None,
            item_fault: None,
            charged: AtomicU64::new(0),
            world: Arc::clone(world),
            org: Arc::clone(org),
        }
    }

    /// When the call came, in whole seconds.
    pub fn now(&self) -> i64 {
        self.now_ms.div_euclid(1000)
    }

    /// The same caller for work that goes on after the answer: a bulk job.
    pub fn detached(&self) -> RequestContext {
        RequestContext {
            world: Arc::clone(&self.world),
            org: Arc::clone(&self.org),
            user_id: self.user_id,
            client_id: self.client_id.clone(),
            scopes: self.scopes.clone(),
            token_expires: self.token_expires,
            request: Request { body: bytes::Bytes::new(), ..self.request.clone() },
            version: self.version,
            now_ms: self.now_ms,
            weight: self.weight,
            read_lag_s: None,
            item_fault: None,
            charged: AtomicU64::new(0),
        }
    }

    /// The same caller with another request, for a call within a call.
    pub fn with_request(&self, request: Request) -> RequestContext {
        let version = version(&request);
        let charged = AtomicU64::new(1);
        RequestContext { request, version, charged, read_lag_s: self.read_lag_s, ..self.detached() }
    }

    /// Sets what the call costs; one credit unless a handler says otherwise.
    pub fn charge(&self, credits: u64) {
        self.charged.store(credits, Ordering::Relaxed);
    }

    /// What the call costs.
    pub fn charged(&self) -> u64 {
        self.charged.load(Ordering::Relaxed)
    }

    /// A live record as this call may see it: behind the times under a fault.
    pub fn record<'a>(&self, table: &'a Table, id: i64) -> Option<&'a Record> {
        match self.read_lag_s {
            Some(lag) => table.get_as_of(id, self.now_ms - lag * 1000),
            None => table.get(id),
        }
    }

    /// Fails unless the token may do this: `require(&["modules", "Contacts"], "READ")`.
    pub fn require(&self, area: &[&str], operation: &str) -> Result<(), ApiError> {
        match self.scopes.iter().any(|scope| allows(scope, area, operation)) {
            true => Ok(()),
            false => Err(ApiError::scope()),
        }
    }

    /// A query parameter.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.request.query.get(name)
    }

    /// A mandatory query parameter.
    pub fn required_param(&self, name: &str) -> Result<&str, ApiError> {
        self.param(name).ok_or_else(|| ApiError::missing_parameter(name))
    }

    /// The body, which must be a JSON object; its media type does not matter, as clients send none.
    pub fn body(&self) -> Result<Node<'_>, ApiError> {
        Node::parse_object(&self.request.body)
    }

    /// The instant of `If-Modified-Since` in whole seconds; one that cannot be read is refused.
    pub fn since(&self) -> Result<Option<i64>, ApiError> {
        self.instant_header("If-Modified-Since")
    }

    /// The instant of a header in whole seconds.
    pub fn instant_header(&self, name: &str) -> Result<Option<i64>, ApiError> {
        let Some(text) = self.request.header(name) else { return Ok(None) };
        crate::clock::parse_instant(text).map(Some).ok_or_else(|| {
            ApiError::new(400, "INVALID_DATA", "invalid data", serde_json::json!({"api_name": name}))
        })
    }

    /// A whole number parameter between bounds.
    pub fn number_param(
        &self,
        name: &str,
        default: usize,
        least: usize,
        most: usize,
    ) -> Result<usize, ApiError> {
        match self.param(name) {
            None => Ok(default),
            Some(text) => match text.parse::<usize>() {
                Ok(number) if (least..=most).contains(&number) => Ok(number),
                _ => Err(ApiError::invalid_parameter(name)),
            },
        }
    }
}

/// Whether one scope covers an operation in an area.
fn allows(scope: &str, area: &[&str], operation: &str) -> bool {
    let parts: Vec<&str> = scope.split('.').collect();
    let [service, middle @ .., last] = parts.as_slice() else { return false };
    // The upload of bulk files has a service of its own.
    let (wanted, area) = if area == ["upload"] { ("ZohoFiles", &["files"][..]) } else { ("ZohoCRM", area) };
    if !service.eq_ignore_ascii_case(wanted) {
        return false;
    }
    let covers = last.eq_ignore_ascii_case("ALL")
        || last.eq_ignore_ascii_case(operation)
        || (last.eq_ignore_ascii_case("WRITE") && operation != "READ");
    let on_path =
        middle.len() <= area.len() && middle.iter().zip(area).all(|(a, b)| a.eq_ignore_ascii_case(b));
    // `ZohoCRM.coql.READ` style areas have no further level; the bare service name covers nothing.
    covers && on_path && !middle.is_empty()
}

/// Finds the org by the token and begins the call.
pub fn open(world: &Arc<World>, request: Request) -> Result<RequestContext, ApiError> {
    let now_ms = world.clock.now_ms();
    let token = bearer(&request).ok_or_else(|| {
        ApiError::new(401, "AUTHENTICATION_FAILURE", "Authentication failed", serde_json::json!({}))
    })?;
    let (consent, token_expires) = {
        let accounts = world.accounts();
        let (consent, expires) =
            accounts.check(token, now_ms.div_euclid(1000)).ok_or_else(ApiError::invalid_token)?;
        (consent.clone(), expires)
    };
    let org = world.org(&consent.org_id).ok_or_else(ApiError::invalid_token)?;
    // Harder: the documents do not say what becomes of the consents of a user who is deactivated; here they end at once.
    if org.read().users.iter().any(|user| user.id == consent.user_id && !user.active) {
        return Err(ApiError::invalid_token());
    }
    let version = version(&request);
    let weight = weight(&request);
    let begun = org.credits.lock().unwrap_or_else(PoisonError::into_inner).begin(weight, now_ms);
    if !begun {
        let endpoint = endpoint(&request);
        org.credits.lock().unwrap_or_else(PoisonError::into_inner).book(&endpoint, 0, true, now_ms);
        return Err(ApiError::throttled());
    }
    Ok(RequestContext {
        world: Arc::clone(world),
        org,
        user_id: consent.user_id,
        client_id: consent.client_id,
        scopes: consent.scopes,
        token_expires,
        request,
        version,
        now_ms,
        weight,
        read_lag_s: None,
        item_fault: None,
        charged: AtomicU64::new(1),
    })
}

fn version(request: &Request) -> Version {
    match request.path.get(1).map(String::as_str) {
        Some("v2" | "v2.1") => Version::V2,
        _ => Version::V8,
    }
}

/// Ends a call that was opened.
pub fn close(org: &Org, weight: Weight) {
    org.credits.lock().unwrap_or_else(PoisonError::into_inner).end(weight);
}

/// The call's name in the statistics: method and path, ids replaced.
pub fn endpoint(request: &Request) -> String {
    let mut out = request.method.as_str().to_owned();
    out.push(' ');
    for piece in &request.path {
        out.push('/');
        let is_id = piece.len() > 9 && piece.bytes().all(|b| b.is_ascii_digit());
        out.push_str(if is_id { "{id}" } else { piece });
    }
    out
}

fn bearer(request: &Request) -> Option<&str> {
    let header = request.header("authorization")?;
    let (kind, token) = header.split_once(' ')?;
    (kind.eq_ignore_ascii_case("Zoho-oauthtoken") || kind.eq_ignore_ascii_case("Bearer"))
        .then(|| token.trim())
}

fn weight(request: &Request) -> Weight {
    let last = request.path.last().map_or("", String::as_str);
    let heavy = match request.method.as_str() {
        "GET" => last == "search",
        "DELETE" => request.query.list("ids").is_some_and(|ids| ids.len() > 10),
        _ => matches!(last, "coql" | "convert" | "__composite_requests") || records_in(&request.body) > 10,
    };
    if heavy { Weight::Heavy } else { Weight::Light }
}

/// How many objects stand in the arrays of the body's first level, counted without parsing it.
fn records_in(body: &[u8]) -> usize {
    let (mut depth, mut count, mut in_text, mut escaped) = (0usize, 0, false, false);
    for &byte in body {
        if in_text {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_text = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_text = true,
            b'{' | b'[' => {
                depth += 1;
                count += usize::from(byte == b'{' && depth == 3);
                if count > 10 {
                    return count;
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes() {
        assert!(allows("ZohoCRM.modules.ALL", &["modules", "Contacts"], "READ"));
        assert!(allows("ZohoCRM.modules.contacts.READ", &["modules", "Contacts"], "READ"));
        assert!(!allows("ZohoCRM.modules.Contacts.READ", &["modules", "Contacts"], "UPDATE"));
        assert!(!allows("ZohoCRM.modules.Leads.ALL", &["modules", "Contacts"], "READ"));
        assert!(allows("ZohoCRM.settings.ALL", &["settings", "fields"], "READ"));
        assert!(!allows("ZohoCRM.settings.modules.ALL", &["settings", "fields"], "READ"));
        assert!(!allows("ZohoDesk.modules.ALL", &["modules", "Contacts"], "READ"));
        assert!(allows("ZohoFiles.files.ALL", &["upload"], "CREATE"));
        assert!(!allows("ZohoFiles.files.ALL", &["files"], "CREATE"));
        assert!(allows("ZohoCRM.Files.CREATE", &["files"], "CREATE"));
    }

    #[test]
    fn counts_records_without_parsing() {
        assert_eq!(records_in(br#"{"data":[{"a":{"b":1}},{"c":"{\"[{"}],"trigger":[]}"#), 2);
    }
}
