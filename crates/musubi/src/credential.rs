//! A new credential: from a file, the arguments, the environment, a browser, or asked for.

use crate::ask::Ask;
use crate::consent::Consent;
use crate::environment::{secret_name, variable};
use crate::failure::{Exit, Failure};
use crate::output::Output;
use musubi_connector::http::{Http, HttpOptions};
use musubi_connector::oauth::{Accounts, App};
use musubi_connector::{Place, Secret, Secrets};
use musubi_engine::connecting::SCOPES;
use serde::Deserialize;
use std::io::Read;
use std::time::Duration;

/// What was given of a credential; also the form of a file of secrets.
#[derive(Default, Deserialize)]
pub struct Given {
    client_id: Option<String>,
    client_secret: Option<String>,
    refresh_token: Option<String>,
    /// A code from the API console; never in a file, for it is good once.
    #[serde(skip)]
    code: Option<String>,
}

impl Given {
    /// What the arguments say, and the file they name.
    pub fn new(
        file: Option<&str>,
        client_id: Option<String>,
        code: Option<String>,
    ) -> Result<Given, Failure> {
        let file = file.map(read).transpose()?.unwrap_or_default();
        Ok(Given { client_id: file.client_id.or(client_id), code, ..file })
    }

    /// The application of the connection: as given, from the environment, else asked for.
    pub fn app(&self, connection: &str, ask: Ask) -> Result<App, Failure> {
        let name = |part: &str| secret_name(connection, part);
        let from = |part: &str| variable(&name(part));
        let client_id = match self.client_id.clone().or_else(|| from("CLIENT_ID")) {
            Some(id) => id,
            None => ask.text("Client id", &format!("--client-id or {}", name("CLIENT_ID")))?,
        };
        let client_secret = match self.client_secret.clone().or_else(|| from("CLIENT_SECRET")) {
            Some(secret) => secret,
            None => ask.secret("Client secret", &name("CLIENT_SECRET"))?,
        };
        Ok(App { client_id, client_secret: Secret::new(client_secret) })
    }

    /// The whole credential. A code is exchanged.
    pub async fn secrets(&self, connection: &str, place: &Place, ask: Ask) -> Result<Secrets, Failure> {
        let app = self.app(connection, ask)?;
        let name = secret_name(connection, "REFRESH_TOKEN");
        let given = self.refresh_token.clone().or_else(|| variable(&name)).filter(|_| self.code.is_none());
        if let Some(refresh_token) = given {
            return Ok(Secrets { app, refresh_token: Secret::new(refresh_token) });
        }
        let code = match self.code.clone() {
            Some(code) => code,
            None => ask.secret(
                "Code from the API console, or a refresh token",
                &format!("--code, --browser or {name}"),
            )?,
        };
        exchange(app, code, place).await
    }
}

/// Has the person consent in a browser. Gives the place too: the sign-in says in which data centre the account really is.
pub async fn consent(app: App, place: Place, port: u16, wait: Duration) -> Result<(Secrets, Place), Failure> {
    let consent = Consent::listen(port).await?;
    let http = Http::new(HttpOptions::default(), &place)?;
    let accounts = Accounts::new(&http, place, Duration::from_secs(30));
    let redirect_uri = consent.redirect_uri();
    let url = accounts.consent_url(&app, SCOPES, &redirect_uri, consent.state());
    // Standard output is for the result alone, which a script may read.
    Output::always(&format!("Open this address in a browser on this machine, and accept:\n\n  {url}\n"));
    let brought = tokio::time::timeout(wait, consent.wait()).await.map_err(|_| {
        Failure::new(
            Exit::Credential,
            "connect.no_consent",
            format!("nobody consented within {} s", wait.as_secs()),
            format!(
                "run it again; the API console must list {redirect_uri} as a redirect URI, and the browser run on this machine"
            ),
        )
    })??;
    let code = Secret::new(brought.code);
    let (granted, place) =
        accounts.exchange(&app, &code, Some(&redirect_uri), brought.accounts_server.as_deref()).await?;
    let refresh_token = granted.refresh.ok_or_else(no_refresh_token)?;
    Ok((Secrets { app, refresh_token }, place))
}

fn no_refresh_token() -> Failure {
    Failure::new(
        Exit::Credential,
        "credential.no_refresh_token",
        "the accounts server gave an access token but no refresh token",
        "generate the code in a Self Client, or revoke the app's earlier consent and try again",
    )
}

/// A code gives a refresh token. What the accounts server does not take as a code is tried as a refresh token by the first call.
async fn exchange(app: App, code: String, place: &Place) -> Result<Secrets, Failure> {
    let http = Http::new(HttpOptions::default(), place)?;
    let accounts = Accounts::new(&http, place.clone(), Duration::from_secs(30));
    let code = Secret::new(code);
    match accounts.exchange(&app, &code, None, None).await {
        Ok((granted, _)) => match granted.refresh {
            Some(refresh_token) => Ok(Secrets { app, refresh_token }),
            None => Err(no_refresh_token()),
        },
        Err(error) if error.service.code == "invalid_code" => Ok(Secrets { app, refresh_token: code }),
        Err(error) => Err(error.into()),
    }
}

fn read(path: &str) -> Result<Given, Failure> {
    let failed = |why: String| {
        Failure::configuration(
            "connect.secrets",
            format!("the secrets cannot be read from {path}: {why}"),
            "it must be a JSON object with client_id, client_secret and refresh_token",
        )
    };
    let mut text = String::new();
    let read = if path == "-" {
        std::io::stdin().read_to_string(&mut text).map(drop)
    } else {
        std::fs::read_to_string(path).map(|read| text = read)
    };
    read.map_err(|error| failed(error.to_string()))?;
    // The parser's own words could quote a secret.
    serde_json::from_str(&text).map_err(|error| failed(format!("no such JSON, line {}", error.line())))
}
