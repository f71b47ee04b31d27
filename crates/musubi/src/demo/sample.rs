//! The sandbox behind the demo, by its control API: its orgs, what it counted, its faults.

use crate::failure::Failure;
use musubi_connector::Place;
use musubi_connector::http::{Answer, Http, HttpOptions, Request};
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use serde::Deserialize;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::time::Duration;
use url::Url;

/// An org of the sandbox.
#[derive(Clone, Debug, Deserialize)]
pub struct Org {
    /// Its id.
    pub org_id: String,
    /// Its name.
    pub name: String,
    /// The application.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
    /// The administrator's refresh token.
    pub refresh_token: String,
    /// `crm`.
    pub service: String,
}

/// What the sandbox counted for one org.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Count {
    /// API calls.
    pub calls: u64,
    /// Credits.
    pub credits: u64,
    /// Records by module.
    pub records: BTreeMap<String, u64>,
}

#[derive(Deserialize)]
struct Stats {
    orgs: BTreeMap<String, Count>,
}

/// The control API of one sandbox.
#[derive(Clone)]
pub struct Control {
    http: Http,
    base: Url,
}

impl Control {
    /// The control API at this address.
    pub fn new(base_url: &str) -> Result<Control, Failure> {
        let place = Place::base_url(base_url)?;
        Ok(Control { http: Http::new(HttpOptions::default(), &place)?, base: place.accounts() })
    }

    /// The CRM orgs, the first two of which the demo ties together.
    pub async fn orgs(&self) -> Result<Vec<Org>, Failure> {
        let orgs: Vec<Org> = self.call(Method::GET, "sandbox/orgs", None).await?;
        Ok(orgs.into_iter().filter(|org| org.service == "crm").collect())
    }

    /// What was counted, by org id.
    pub async fn counts(&self) -> Result<BTreeMap<String, Count>, Failure> {
        let stats: Stats = self.call(Method::GET, "sandbox/stats", None).await?;
        Ok(stats.orgs)
    }

    /// Switches faults on.
    pub async fn add_faults(&self, faults: Json) -> Result<(), Failure> {
        self.call::<Json>(Method::POST, "sandbox/faults", Some(faults)).await.map(drop)
    }

    /// The faults in force, each with its `hits`.
    pub async fn faults(&self) -> Result<Vec<Json>, Failure> {
        self.call(Method::GET, "sandbox/faults", None).await
    }

    /// Switches all faults off.
    pub async fn clear_faults(&self) -> Result<(), Failure> {
        self.call::<Json>(Method::DELETE, "sandbox/faults", None).await.map(drop)
    }

    /// The org as a colleague of the administrator sees it. The hub works as the administrator; were the people the same user, nobody
    /// could tell what the hub made from what they made.
    pub async fn colleague(&self, org: &Org) -> Result<Org, Failure> {
        let missing = |what: &str| Failure::other("demo.colleague", format!("the sandbox gave no {what}"));
        let text =
            |answer: &Json, key: &str| answer[key].as_str().map(str::to_owned).ok_or_else(|| missing(key));
        let refresh = [("grant_type", "refresh_token"), ("refresh_token", &org.refresh_token)];
        let token = text(&self.token(org, &refresh).await?, "access_token")?;
        let url = self.base.join("crm/v8/users?type=ActiveUsers").expect("a fixed path joins any base");
        let mut request = Request::new(Method::GET, url, Duration::from_secs(30));
        request.secret_header(AUTHORIZATION, &format!("Zoho-oauthtoken {token}"))?;
        let users: Json = parsed(&self.http.send(request).await?)?;
        // The last of them is known in both orgs, so what they own has an owner on the other side.
        let user =
            users["users"].as_array().and_then(|users| users.last()).ok_or_else(|| missing("users"))?;
        let path = format!("sandbox/orgs/{}/self_client", org.org_id);
        let consent: Json = self.call(Method::POST, &path, Some(json!({"user_id": user["id"]}))).await?;
        let app = Org {
            client_id: text(&consent, "client_id")?,
            client_secret: text(&consent, "client_secret")?,
            ..org.clone()
        };
        let code = text(&consent, "code")?;
        let granted = self.token(&app, &[("grant_type", "authorization_code"), ("code", &code)]).await?;
        Ok(Org { refresh_token: text(&granted, "refresh_token")?, ..app })
    }

    async fn token(&self, org: &Org, form: &[(&str, &str)]) -> Result<Json, Failure> {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .append_pair("client_id", &org.client_id)
            .append_pair("client_secret", &org.client_secret)
            .finish();
        let url = self.base.join("oauth/v2/token").expect("a fixed path joins any base");
        let mut request = Request::new(Method::POST, url, Duration::from_secs(30));
        request.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        request.body = Some(body.into());
        parsed(&self.http.send(request).await?)
    }

    async fn call<T: for<'de> Deserialize<'de>>(
        &self,
        method: Method,
        path: &str,
        body: Option<Json>,
    ) -> Result<T, Failure> {
        let url = self.base.join(path).expect("a fixed path joins any base");
        let mut request = Request::new(method, url, Duration::from_secs(30));
        request.body = body.map(|body| body.to_string().into());
        let answer = self.http.send(request).await?;
        parsed(&answer)
    }
}

fn parsed<T: for<'de> Deserialize<'de>>(answer: &Answer) -> Result<T, Failure> {
    serde_json::from_slice(&answer.body).map_err(|error| {
        Failure::other(
            "demo.sandbox",
            format!("the sandbox answered {} with something else: {error}", answer.status),
        )
    })
}
