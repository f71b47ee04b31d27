//! The accounts server: exchange of a code, refresh, revoke. Secrets travel in the form body, never in an address.

use crate::http::{Answer, Http, Request};
use crate::{CallError, CallErrorKind, Secret, place::Place, redact};
use musubi_core::Instant;
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use serde::Deserialize;
use std::time::Duration;
use url::Url;

/// The application as it is registered in Zoho's API console.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct App {
    /// Client id.
    pub client_id: String,
    /// Client secret.
    pub client_secret: Secret,
}

/// What a token request gave.
#[derive(Clone, Debug)]
pub struct Granted {
    /// The access token.
    pub access: Secret,
    /// Its life.
    pub life: Duration,
    /// The refresh token: only with the first consent.
    pub refresh: Option<Secret>,
    /// The API host of the account.
    pub api_domain: Option<String>,
    /// The scopes granted.
    pub scope: Option<String>,
}

/// The accounts server of one place.
#[derive(Clone, Debug)]
pub struct Accounts {
    http: Http,
    place: Place,
    timeout: Duration,
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: Option<String>,
    refresh_token: Option<String>,
    expires_in: Option<u64>,
    api_domain: Option<String>,
    scope: Option<String>,
    error: Option<String>,
    status: Option<String>,
}

impl Accounts {
    /// The accounts server of `place`.
    pub fn new(http: &Http, place: Place, timeout: Duration) -> Accounts {
        Accounts { http: http.at(&place), place, timeout }
    }

    /// Where the person signs in and consents.
    pub fn consent_url(&self, app: &App, scopes: &[&str], redirect_uri: &str, state: &str) -> Url {
        let mut url = self.url("oauth/v2/auth");
        url.query_pairs_mut()
            .append_pair("scope", &scopes.join(","))
            .append_pair("client_id", &app.client_id)
            .append_pair("response_type", "code")
            .append_pair("access_type", "offline")
            .append_pair("prompt", "consent")
            .append_pair("redirect_uri", redirect_uri)
            .append_pair("state", state);
        url
    }

    /// Exchanges a code. With `accounts_server`, as the redirect named it, goes there, if it is one of Zoho's; a self client's code has none.
    pub async fn exchange(
        &self,
        app: &App,
        code: &Secret,
        redirect_uri: Option<&str>,
        accounts_server: Option<&str>,
    ) -> Result<(Granted, Place), CallError> {
        let accounts = match accounts_server {
            Some(server) => Accounts::new(&self.http, self.place.confirmed(server)?, self.timeout),
            None => self.clone(),
        };
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("client_id", app.client_id.as_str()),
            ("client_secret", app.client_secret.reveal()),
            ("code", code.reveal()),
        ];
        form.extend(redirect_uri.map(|uri| ("redirect_uri", uri)));
        let granted = accounts.token(&form).await?;
        Ok((granted, accounts.place))
    }

    /// A new access token.
    pub async fn refresh(&self, app: &App, refresh_token: &Secret) -> Result<Granted, CallError> {
        self.token(&[
            ("grant_type", "refresh_token"),
            ("client_id", app.client_id.as_str()),
            ("client_secret", app.client_secret.reveal()),
            ("refresh_token", refresh_token.reveal()),
        ])
        .await
    }

    /// Ends a refresh token and its access tokens.
    pub async fn revoke(&self, refresh_token: &Secret) -> Result<(), CallError> {
        let answer = self.post("oauth/v2/token/revoke", &[("token", refresh_token.reveal())]).await?;
        match parse(&answer)? {
            TokenAnswer { error: Some(error), .. } => Err(refused(&error)),
            TokenAnswer { status: Some(status), .. } if status == "success" => Ok(()),
            _ => Err(garbage(&answer)),
        }
    }

    async fn token(&self, form: &[(&str, &str)]) -> Result<Granted, CallError> {
        let answer = self.post("oauth/v2/token", form).await?;
        // Zoho refuses with status 200 and an `error`.
        match parse(&answer)? {
            TokenAnswer { error: Some(error), .. } => Err(refused(&error)),
            TokenAnswer {
                access_token: Some(access), refresh_token, expires_in, api_domain, scope, ..
            } => Ok(Granted {
                access: Secret::new(access),
                life: Duration::from_secs(expires_in.unwrap_or(3600)),
                refresh: refresh_token.map(Secret::new),
                api_domain,
                scope,
            }),
            _ => Err(garbage(&answer)),
        }
    }

    async fn post(&self, path: &str, form: &[(&str, &str)]) -> Result<Answer, CallError> {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let mut request = Request::new(Method::POST, self.url(path), self.timeout);
        request.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        request.body = Some(body.into());
        self.http.send(request).await
    }

    fn url(&self, path: &str) -> Url {
        self.place.accounts().join(path).expect("a fixed path joins any base")
    }
}

impl Granted {
    /// When the access token stops working, if it was obtained `now`.
    pub fn expires(&self, now: Instant) -> Instant {
        now.plus_millis(i64::try_from(self.life.as_millis()).unwrap_or(i64::MAX))
    }
}

fn parse(answer: &Answer) -> Result<TokenAnswer, CallError> {
    serde_json::from_slice(&answer.body).map_err(|_| garbage(answer))
}

fn garbage(answer: &Answer) -> CallError {
    let mut error = CallError::new(
        CallErrorKind::Unknown,
        "UNREADABLE_ANSWER",
        format!("the accounts server answered {} with something unreadable", answer.status),
    );
    error.service.status = answer.status;
    error
}

/// Zoho's short words, with what a person can do about them.
fn refused(code: &str) -> CallError {
    let (kind, hint) = match code {
        "invalid_code" => (
            CallErrorKind::Auth,
            "the refresh token or code was used up, has expired, was revoked or belongs to another data centre: connect again, and check data_centre",
        ),
        "invalid_client" => (
            CallErrorKind::Auth,
            "the client id is not known at this data centre: check client id and data_centre, or enable the client for several data centres",
        ),
        "invalid_client_secret" => {
            (CallErrorKind::Auth, "the client secret does not belong to the client id")
        }
        "invalid_redirect_uri" => {
            (CallErrorKind::Auth, "the redirect address is not the one registered for this client")
        }
        "invalid_scope" => (CallErrorKind::Auth, "a scope asked for does not exist"),
        "access_denied" => (CallErrorKind::Auth, "the person did not consent"),
        "Access Denied" => {
            (CallErrorKind::Throttled, "too many token requests: the service asks to wait some minutes")
        }
        _ => (CallErrorKind::Auth, "the accounts server refused the credential"),
    };
    CallError::new(kind, &redact::sentence(code), hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_has_a_hint_and_only_the_throttle_may_be_repeated() {
        for code in ["invalid_code", "invalid_client", "invalid_client_secret", "invalid_scope", "new_word"] {
            let error = refused(code);
            assert_eq!((error.kind, error.service.code.as_str()), (CallErrorKind::Auth, code));
            assert!(!error.service.message.is_empty());
        }
        assert_eq!(refused("Access Denied").kind, CallErrorKind::Throttled);
    }
}
