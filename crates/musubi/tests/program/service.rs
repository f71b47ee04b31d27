//! A sandbox as a program of its own, and people who work in its two orgs by plain HTTP.

use super::{Home, Running, http};
use serde_json::{Value as Json, json};
use std::thread::sleep;
use std::time::Duration;

/// A running sandbox.
pub struct Service {
    pub base_url: String,
    pub orgs: Vec<Json>,
    _process: Running,
}

impl Service {
    /// Starts one; bulk jobs and searches are not late.
    pub fn start(home: &Home, dataset: &str) -> Service {
        let service = Service::start_late(home, dataset);
        service.control("lags", &json!({"search_ms": 0, "bulk_ms": 20}));
        service
    }

    /// Starts one whose bulk jobs and searches are as late as the real ones.
    pub fn start_late(home: &Home, dataset: &str) -> Service {
        let (process, line) = home.start(&["sandbox", "--listen", "127.0.0.1:0", "--dataset", dataset]);
        let ready: Json = serde_json::from_str(&line).unwrap();
        let base_url = ready["base_url"].as_str().unwrap().to_owned();
        let orgs = http::get(&format!("{base_url}/sandbox/orgs")).as_array().unwrap().clone();
        Service { base_url, orgs, _process: process }
    }

    /// A call of the control API.
    #[track_caller]
    pub fn control(&self, path: &str, body: &Json) -> Json {
        http::post(&format!("{}/sandbox/{path}", self.base_url), body)
    }

    /// Calls that wrote contacts or accounts, in both orgs.
    pub fn writes(&self) -> u64 {
        let stats = http::get(&format!("{}/sandbox/stats", self.base_url));
        let mut writes = 0;
        for org in stats["orgs"].as_object().unwrap().values() {
            for (endpoint, count) in org["endpoints"].as_object().unwrap() {
                if !endpoint.starts_with("GET ")
                    && ["/Contacts", "/Accounts"].iter().any(|of| endpoint.contains(of))
                {
                    writes += count["calls"].as_u64().unwrap();
                }
            }
        }
        writes
    }

    /// Takes all faults away.
    pub fn clear_faults(&self) {
        http::call("DELETE", &format!("{}/sandbox/faults", self.base_url), &[], "").unwrap();
    }

    /// The org's id.
    pub fn org(&self, side: usize) -> String {
        text(&self.orgs[side], "org_id")
    }

    /// Writes `musubi.toml` for both orgs, with the credentials in the environment.
    pub fn configure(&self, homes: &mut [&mut Home], modules: &str) {
        let mut toml = String::new();
        for (name, org) in ["tokyo", "london"].iter().zip(&self.orgs) {
            toml += &format!(
                "[connections.{name}]\nservice = \"crm\"\nbase_url = \"{}\"\norg = \"{}\"\n",
                self.base_url,
                text(org, "org_id")
            );
            for part in ["client_id", "client_secret", "refresh_token"] {
                let variable = format!("MUSUBI_CONNECTION_{}_{}", name.to_uppercase(), part.to_uppercase());
                homes.iter_mut().for_each(|home| home.set(&variable, &text(org, part)));
            }
        }
        toml += "[integrations.tokyo-london]\nleft = \"tokyo\"\nright = \"london\"\n";
        toml += modules;
        homes.iter().for_each(|home| std::fs::write(home.path().join("musubi.toml"), &toml).unwrap());
    }

    /// Somebody who works in the org, and is not the user the hub works as.
    pub fn colleague(&self, side: usize) -> Person {
        let mut person =
            Person { base_url: self.base_url.clone(), token: String::new(), org: self.org(side) };
        let org = &self.orgs[side];
        let app = |org: &Json| {
            format!("client_id={}&client_secret={}", text(org, "client_id"), text(org, "client_secret"))
        };
        let refresh = format!("grant_type=refresh_token&refresh_token={}", text(org, "refresh_token"));
        person.token = text(&person.grant(&format!("{refresh}&{}", app(org))), "access_token");
        let users = person.call("GET", "users?type=ActiveUsers", &Json::Null);
        let user = users["users"].as_array().unwrap().last().unwrap()["id"].clone();
        let consent = self.control(&format!("orgs/{}/self_client", person.org), &json!({"user_id": user}));
        let code = format!("grant_type=authorization_code&code={}&{}", text(&consent, "code"), app(&consent));
        person.token = text(&person.grant(&code), "access_token");
        person
    }
}

/// Somebody at work in one org.
#[derive(Clone)]
pub struct Person {
    pub org: String,
    base_url: String,
    token: String,
}

impl Person {
    fn grant(&self, form: &str) -> Json {
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        http::call("POST", &format!("{}/oauth/v2/token", self.base_url), &headers, form).unwrap().json()
    }

    /// A call that may be repeated; repeated while the line breaks or the service is busy.
    pub fn call(&self, method: &str, path: &str, body: &Json) -> Json {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let token = format!("Zoho-oauthtoken {}", self.token);
        for _ in 0..200 {
            let url = format!("{}/crm/v8/{path}", self.base_url);
            match http::call(method, &url, &[("authorization", &token)], &body) {
                Ok(answer) if answer.status == 204 || answer.status == 304 => return Json::Null,
                Ok(answer) if answer.status < 429 && answer.json().is_object() => return answer.json(),
                _ => sleep(Duration::from_millis(20)),
            }
        }
        panic!("{method} {path} was never answered");
    }

    /// Makes a record, or changes the one that is there under the same key, and gives its id.
    #[track_caller]
    pub fn add(&self, module: &str, key: &str, record: &Json) -> String {
        let body = json!({"data": [record], "duplicate_check_fields": [key]});
        let answer = self.call("POST", &format!("{module}/upsert"), &body);
        answer["data"][0]["details"]["id"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    /// Changes fields of a record.
    #[track_caller]
    pub fn change(&self, module: &str, id: &str, fields: &Json) {
        let answer = self.call("PUT", &format!("{module}/{id}"), &json!({"data": [fields]}));
        assert_eq!(answer["data"][0]["code"], "SUCCESS", "{answer}");
    }

    /// Deletes a record; one that is gone already stays so.
    pub fn delete(&self, module: &str, id: &str) {
        self.call("DELETE", &format!("{module}/{id}"), &Json::Null);
    }

    /// Every record.
    pub fn all(&self, module: &str, fields: &[&str]) -> Vec<Json> {
        let (mut rows, mut token) = (Vec::new(), String::new());
        loop {
            let path = format!("{module}?fields={}&per_page=200{token}", fields.join(","));
            let answer = self.call("GET", &path, &Json::Null);
            rows.extend(answer["data"].as_array().cloned().unwrap_or_default());
            match answer["info"]["next_page_token"].as_str() {
                Some(next) => token = format!("&page_token={next}"),
                None => return rows,
            }
        }
    }
}

/// A text of an object.
#[track_caller]
pub fn text(object: &Json, key: &str) -> String {
    object[key].as_str().unwrap_or_else(|| panic!("no {key} in {object}")).to_owned()
}
