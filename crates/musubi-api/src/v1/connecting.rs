//! Making connections: by a self client's code, a refresh token, or a consent in a browser. Nothing is kept unless the service accepts it.

use crate::access::Caller;
use crate::app::{App, secret};
use crate::input::{Body, Query};
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Redirect;
use musubi_engine::connecting::{Brought, NewConnection, OauthApp};
use musubi_engine::{HubError, Secret};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use utoipa::ToSchema;

/// A consent that was begun is waited for so long, in milliseconds.
const PATIENCE: i64 = 15 * 60_000;
/// Where the service sends the browser back to.
const BACK: &str = "/oauth/callback";

/// A service that can be connected.
#[derive(Serialize, ToSchema)]
#[schema(as = Service)]
pub(crate) struct ServiceInfo {
    /// Such as `crm`.
    service: &'static str,
    /// What people call it.
    label: &'static str,
    /// Where it can be.
    data_centres: Vec<DataCentreInfo>,
    /// What the hub asks for; to be entered in the vendor's API console.
    scopes: Vec<&'static str>,
    /// Where a server-based application sends browsers back to; to be entered in the vendor's API console.
    redirect_path: &'static str,
}

/// A data centre of the vendor.
#[derive(Serialize, ToSchema)]
#[schema(as = DataCentre)]
pub(crate) struct DataCentreInfo {
    /// Such as `jp`.
    code: &'static str,
    /// What people call it.
    label: &'static str,
    /// The vendor's accounts server there.
    accounts_url: String,
    /// The vendor's API console there.
    console_url: String,
}

/// What can be connected.
#[derive(Serialize, ToSchema)]
#[schema(as = ServiceList)]
pub(crate) struct Services {
    items: Vec<ServiceInfo>,
}

/// A connection to be made, or to be given a new credential.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewConnection)]
pub(crate) struct NewCredential {
    #[schema(min_length = 1, max_length = 60)]
    name: String,
    /// Such as `crm`.
    service: String,
    /// Such as `jp`.
    #[serde(default)]
    data_centre: Option<String>,
    /// The address of a sandbox, instead of a data centre.
    #[serde(default)]
    base_url: Option<String>,
    /// The org it must be.
    #[serde(default)]
    org: Option<String>,
    client_id: String,
    client_secret: String,
    /// Either this …
    #[serde(default)]
    refresh_token: Option<String>,
    /// … or a self client's code, good for some minutes and once.
    #[serde(default)]
    grant_code: Option<String>,
    /// The connection keeps its credential, and this one, of another person of the same org, takes over when the service refuses it.
    #[serde(default)]
    stand_in: bool,
}

/// What was connected.
#[derive(Serialize, ToSchema)]
pub(crate) struct Connected {
    /// The connection.
    name: String,
}

/// A connection that a person consents to in a browser.
#[derive(Deserialize, ToSchema)]
pub(crate) struct NewConsent {
    #[schema(min_length = 1, max_length = 60)]
    name: String,
    service: String,
    #[serde(default)]
    data_centre: Option<String>,
    #[serde(default)]
    base_url: Option<String>,
    client_id: String,
    client_secret: String,
    /// The connection keeps its credential, and this one, of another person of the same org, takes over when the service refuses it.
    #[serde(default)]
    stand_in: bool,
}

/// Where the browser goes.
#[derive(Serialize, ToSchema)]
pub(crate) struct Consent {
    /// The vendor's page, where the person consents.
    authorize_url: String,
    /// Where it sends the browser back to; the vendor's API console must know it.
    redirect_url: String,
}

/// Consents that were begun.
#[derive(Default)]
pub(crate) struct Consents(Mutex<HashMap<String, Begun>>);

struct Begun {
    at: i64,
    member: i64,
    actor: String,
    new: NewConnection,
    redirect_uri: String,
    stand_in: bool,
}

/// What the service says when it sends the browser back.
#[derive(Deserialize)]
pub(crate) struct CameBack {
    #[serde(default)]
    code: Option<String>,
    #[serde(default)]
    state: Option<String>,
    #[serde(default, rename = "accounts-server")]
    accounts_server: Option<String>,
}

/// Services that can be connected, and where.
#[utoipa::path(get, path = "/services", tag = "connections", operation_id = "listServices",
    responses((status = 200, body = Services), (status = 401, body = Problem)))]
pub(crate) async fn services() -> Json<Services> {
    let centre = |centre: musubi_engine::connecting::Centre| DataCentreInfo {
        code: centre.code,
        label: centre.label,
        accounts_url: format!("https://{}", centre.accounts_host),
        console_url: format!("https://{}", centre.console_host),
    };
    let crm = ServiceInfo {
        service: "crm",
        label: "Zoho CRM",
        data_centres: musubi_engine::connecting::data_centres().map(centre).collect(),
        scopes: musubi_engine::connecting::SCOPES.to_vec(),
        redirect_path: BACK,
    };
    Json(Services { items: vec![crm] })
}

/// Makes a connection, or gives the one of this name a new credential of the same org.
#[utoipa::path(post, path = "/connections", tag = "connections", operation_id = "addConnection", request_body = NewCredential,
    responses((status = 201, body = Connected), (status = 401, body = Problem), (status = 403, body = Problem), (status = 422, body = Problem), (status = 502, body = Problem)))]
pub(crate) async fn add(
    State(app): State<App>,
    caller: Caller,
    Body(given): Body<NewCredential>,
) -> Result<(StatusCode, Json<Connected>), Problem> {
    let brought = match (given.grant_code, given.refresh_token) {
        (Some(code), _) => {
            Brought::Code { code: Secret::new(code), redirect_uri: None, accounts_server: None }
        }
        (None, Some(token)) => Brought::RefreshToken(Secret::new(token)),
        (None, None) => {
            return Err(Problem::input("grant_code", "missing", "A code or a refresh token is needed."));
        }
    };
    let new = NewConnection {
        name: given.name,
        service: given.service,
        data_centre: given.data_centre,
        base_url: given.base_url,
        org: given.org,
        app: OauthApp { client_id: given.client_id, client_secret: Secret::new(given.client_secret) },
    };
    bring(&app, &caller.actor(), &new, &brought, given.stand_in).await.map_err(Problem::of_input)?;
    Ok((StatusCode::CREATED, Json(Connected { name: new.name })))
}

/// Begins a consent in the browser.
#[utoipa::path(post, path = "/connections/authorize", tag = "connections", operation_id = "beginConsent", request_body = NewConsent,
    responses((status = 200, body = Consent), (status = 401, body = Problem), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn begin(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Body(given): Body<NewConsent>,
) -> Result<Json<Consent>, Problem> {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let scheme = if app.options.https { "https" } else { "http" };
    let public = app.hub.public_url().filter(|_| app.options.https);
    let redirect_url = format!("{}{BACK}", public.unwrap_or_else(|| format!("{scheme}://{host}")));
    let new = NewConnection {
        name: given.name,
        service: given.service,
        data_centre: given.data_centre,
        base_url: given.base_url,
        org: None,
        app: OauthApp { client_id: given.client_id, client_secret: Secret::new(given.client_secret) },
    };
    let new = match given.stand_in {
        true => app.hub.stands_in_at(new).await.map_err(Problem::of_input)?,
        false => new,
    };
    let state = secret();
    let authorize_url = app.hub.consent_url(&new, &redirect_url, &state).map_err(Problem::of_input)?;
    let (at, member, actor) = (app.now(), caller.member.id, caller.actor());
    let mut begun = app.inner.consents.0.lock().unwrap_or_else(PoisonError::into_inner);
    begun.retain(|_, begun| at - begun.at < PATIENCE);
    let stand_in = given.stand_in;
    begun.insert(state, Begun { at, member, actor, new, redirect_uri: redirect_url.clone(), stand_in });
    Ok(Json(Consent { authorize_url, redirect_url }))
}

/// `GET /oauth/callback`: the service sends the browser back. Only to whoever began it, and once.
pub(crate) async fn came_back(
    State(app): State<App>,
    caller: Caller,
    Query(back): Query<CameBack>,
) -> Redirect {
    let problem = |code: &str| Redirect::to(&format!("/connections?problem={code}"));
    let state = back.state.unwrap_or_default();
    let begun = app.inner.consents.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&state);
    let now = app.now();
    let fresh = begun.filter(|begun| begun.member == caller.member.id && now - begun.at < PATIENCE);
    let Some(begun) = fresh else { return problem("connection.consent_unknown") };
    let Some(code) = back.code else { return problem("connection.consent_refused") };
    let brought = Brought::Code {
        code: Secret::new(code),
        redirect_uri: Some(begun.redirect_uri),
        accounts_server: back.accounts_server,
    };
    match bring(&app, &begun.actor, &begun.new, &brought, begun.stand_in).await {
        Ok(()) => Redirect::to(&format!("/connections?authorized={}", begun.new.name)),
        Err(error) => problem(error.code),
    }
}

/// Has the service accept the credential, and keeps it.
async fn bring(
    app: &App,
    actor: &str,
    new: &NewConnection,
    brought: &Brought,
    stand_in: bool,
) -> Result<(), HubError> {
    let told = json!({ "connection": new.name });
    if stand_in {
        app.hub.add_stand_in(new, brought).await?;
        app.audit(actor, "connection.add_stand_in", told).await;
    } else {
        app.hub.authorise(new, brought).await?;
        app.audit(actor, "connection.authorise", told).await;
    }
    Ok(())
}
