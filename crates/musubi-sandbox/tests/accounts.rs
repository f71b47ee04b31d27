//! OAuth over real HTTP: what real clients do, and what the accounts server refuses.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod harness;

use harness::Harness;
use musubi_sandbox::Dataset;
use serde_json::{Value, json};

fn text(org: &Value, key: &str) -> String {
    org[key].as_str().unwrap().to_owned()
}

fn refresh(org: &Value) -> String {
    format!(
        "grant_type=refresh_token&client_id={}&client_secret={}&refresh_token={}",
        text(org, "client_id"),
        text(org, "client_secret"),
        text(org, "refresh_token")
    )
}

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

#[tokio::test]
async fn a_refresh_comes_as_form_query_or_multipart() {
    let h = Harness::start(Dataset::Empty).await;
    let parameters = refresh(&h.orgs[0]);
    let by_form = h.send("POST", "/oauth/v2/token", &[FORM], parameters.clone().into_bytes()).await;
    let by_query = h.send("POST", &format!("/oauth/v2/token?{parameters}"), &[], vec![]).await;
    let mut multipart = String::new();
    for pair in parameters.split('&') {
        let (name, value) = pair.split_once('=').unwrap();
        multipart += &format!("--xx\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    }
    multipart += "--xx--\r\n";
    let by_multipart = h
        .send(
            "POST",
            "/oauth/v2/token",
            &[("content-type", "multipart/form-data; boundary=xx")],
            multipart.into_bytes(),
        )
        .await;
    for answer in [by_form, by_query, by_multipart] {
        assert_eq!(answer.status, 200);
        assert_eq!(answer.body["api_domain"], h.sandbox.base_url());
        assert_eq!(
            (&answer.body["token_type"], &answer.body["expires_in"]),
            (&json!("Bearer"), &json!(3600))
        );
        assert!(answer.body["scope"].as_str().unwrap().contains("ZohoCRM.modules.ALL"));
        assert!(answer.body.get("refresh_token").is_none());
        let bearer = format!("Bearer {}", answer.body["access_token"].as_str().unwrap());
        let org = h.send("GET", "/crm/v8/org", &[("authorization", &bearer)], vec![]).await;
        assert_eq!(org.body["org"][0]["zgid"], h.orgs[0]["org_id"]);
    }
}

#[tokio::test]
async fn failures_are_answered_with_200_and_an_error() {
    let h = Harness::start(Dataset::Empty).await;
    let good = refresh(&h.orgs[0]);
    let foreign = text(&h.orgs[1], "refresh_token");
    for (parameters, error) in [
        (good.replace("client_id=1000.", "client_id=2000."), "invalid_client"),
        (good.replace("client_secret=", "client_secret=x"), "invalid_client_secret"),
        (good.replace("refresh_token=1000.", "refresh_token=2000."), "invalid_code"),
        (good.replace(&text(&h.orgs[0], "refresh_token"), &foreign), "invalid_code"),
    ] {
        let answer = h.send("POST", &format!("/oauth/v2/token?{parameters}"), &[], vec![]).await;
        assert_eq!((answer.status, answer.body["error"].as_str()), (200, Some(error)));
    }
    h.control("/sandbox/accounts", json!({"throttle_refresh": true})).await;
    let mut last = 0;
    for _ in 0..11 {
        let answer = h.send("POST", &format!("/oauth/v2/token?{good}"), &[], vec![]).await;
        last = answer.status;
    }
    assert_eq!(last, 400);
}

#[tokio::test]
async fn a_browser_consent_gives_a_code_that_works_once() {
    let h = Harness::start(Dataset::Empty).await;
    let query = format!(
        "response_type=code&client_id={}&scope=ZohoCRM.modules.contacts.READ,ZohoCRM.org.READ&access_type=offline&state=s1&redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fcallback",
        text(&h.orgs[0], "client_id")
    );
    let page = h.send("GET", &format!("/oauth/v2/auth?{query}"), &[], vec![]).await;
    let html = String::from_utf8(page.bytes).unwrap();
    assert!(
        html.contains("ZohoCRM.org.READ")
            && html.contains("Musubi Tokyo K.K.")
            && html.contains("<label for=\"org\">"),
        "{html}"
    );
    let no_redirects =
        reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let url = format!("{}/oauth/v2/auth", h.sandbox.base_url());
    let answer = no_redirects
        .post(&url)
        .header(FORM.0, FORM.1)
        .body(format!("{query}&decision=accept"))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 302);
    let location: url::Url = answer.headers()["location"].to_str().unwrap().parse().unwrap();
    let part = |name: &str| {
        location.query_pairs().find(|(n, _)| n == name).map(|(_, v)| v.into_owned()).unwrap_or_default()
    };
    assert_eq!(
        (part("location"), part("accounts-server"), part("state")),
        ("jp".into(), h.sandbox.base_url().into(), "s1".into())
    );
    let exchange = format!(
        "grant_type=authorization_code&client_id={}&client_secret={}&code={}&redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fcallback",
        text(&h.orgs[0], "client_id"),
        text(&h.orgs[0], "client_secret"),
        part("code")
    );
    let first = h.send("POST", "/oauth/v2/token", &[FORM], exchange.clone().into_bytes()).await;
    assert!(first.body["refresh_token"].is_string(), "{}", first.body);
    let second = h.send("POST", "/oauth/v2/token", &[FORM], exchange.into_bytes()).await;
    assert_eq!(second.body["error"], "invalid_code");
    let bearer = format!("Zoho-oauthtoken {}", first.body["access_token"].as_str().unwrap());
    let auth = [("authorization", bearer.as_str())];
    assert_eq!(h.send("GET", "/crm/v8/Contacts?fields=id", &auth, vec![]).await.status, 204);
    let leads = h.send("GET", "/crm/v8/Leads?fields=id", &auth, vec![]).await;
    assert_eq!((leads.status, leads.body["code"].as_str()), (401, Some("OAUTH_SCOPE_MISMATCH")));
    let refused = no_redirects
        .post(&url)
        .header(FORM.0, FORM.1)
        .body(format!("{query}&decision=reject"))
        .send()
        .await
        .unwrap();
    assert!(refused.headers()["location"].to_str().unwrap().contains("error=access_denied"));
}

#[tokio::test]
async fn a_later_consent_gives_a_refresh_token_only_when_it_was_asked_for_anew() {
    let h = Harness::start(Dataset::Empty).await;
    let no_redirects =
        reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let (id, secret) = (text(&h.orgs[0], "client_id"), text(&h.orgs[0], "client_secret"));
    let back = "redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fcallback";
    let tokens = async |prompt: &str| {
        let body = format!(
            "response_type=code&client_id={id}&scope=ZohoCRM.org.READ&access_type=offline&{back}{prompt}&decision=accept"
        );
        let url = format!("{}/oauth/v2/auth", h.sandbox.base_url());
        let answer = no_redirects.post(url).header(FORM.0, FORM.1).body(body).send().await.unwrap();
        let location: url::Url = answer.headers()["location"].to_str().unwrap().parse().unwrap();
        let code = location.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
        let exchange =
            format!("grant_type=authorization_code&client_id={id}&client_secret={secret}&code={code}&{back}");
        h.send("POST", "/oauth/v2/token", &[FORM], exchange.into_bytes()).await.body
    };
    // The token that the sandbox came with is not one of this page.
    assert!(tokens("").await["refresh_token"].is_string());
    let later = tokens("").await;
    assert!(later["access_token"].is_string() && later.get("refresh_token").is_none(), "{later}");
    assert!(tokens("&prompt=consent").await["refresh_token"].is_string());
}

#[tokio::test]
async fn a_client_gets_ten_codes_in_ten_minutes_from_page_and_console_together() {
    let h = Harness::start(Dataset::Empty).await;
    h.control("/sandbox/accounts", json!({"throttle_grants": true})).await;
    let console = format!("/sandbox/orgs/{}/self_client", h.org_id);
    let consent = format!(
        "response_type=code&client_id={}&scope=ZohoCRM.org.READ&decision=accept&redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fcallback",
        text(&h.orgs[0], "client_id")
    );
    let no_redirects =
        reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let decide = async || {
        let url = format!("{}/oauth/v2/auth", h.sandbox.base_url());
        let call = no_redirects.post(url).header(FORM.0, FORM.1).body(consent.clone());
        call.send().await.unwrap().status().as_u16()
    };
    for _ in 0..5 {
        h.control(&console, json!({})).await;
        assert_eq!(decide().await, 302);
    }
    assert_eq!(decide().await, 400);
    let refused = h.call("POST", &console, json!({})).await;
    assert!(refused.status == 400 && refused.body["error"].is_string(), "{}", refused.body);
    h.control("/sandbox/clock", json!({"advance_s": 600})).await;
    assert_eq!(decide().await, 302);
}

#[tokio::test]
async fn tokens_end_by_the_clock_by_revoking_and_by_force() {
    let h = Harness::start(Dataset::Empty).await;
    let org = h.send("GET", "/crm/v8/org", &[], vec![]).await;
    assert_eq!(org.status, 200);
    h.control("/sandbox/clock", json!({"advance_s": 3601})).await;
    let late = h.send("GET", "/crm/v8/org", &[], vec![]).await;
    assert_eq!((late.status, late.body["code"].as_str()), (401, Some("INVALID_TOKEN")));
    let fresh = h.fresh_token().await;
    let auth = [("authorization", fresh.as_str())];
    assert_eq!(h.send("GET", "/crm/v8/org", &auth, vec![]).await.status, 200);
    h.control(&format!("/sandbox/orgs/{}/expire_tokens", h.org_id), json!({})).await;
    assert_eq!(h.send("GET", "/crm/v8/org", &auth, vec![]).await.status, 401);
    let token = text(&h.orgs[0], "refresh_token");
    let revoked = h.send("POST", &format!("/oauth/v2/token/revoke?token={token}"), &[], vec![]).await;
    assert_eq!(revoked.body["status"], "success");
    let after = h.send("POST", &format!("/oauth/v2/token?{}", refresh(&h.orgs[0])), &[], vec![]).await;
    assert_eq!(after.body["error"], "invalid_code");
    let code = h
        .control(&format!("/sandbox/orgs/{}/self_client", h.org_id), json!({"scope": "ZohoCRM.org.READ"}))
        .await;
    let exchange = format!(
        "grant_type=authorization_code&client_id={}&client_secret={}&code={}",
        text(&code, "client_id"),
        text(&code, "client_secret"),
        text(&code, "code")
    );
    let tokens = h.send("POST", &format!("/oauth/v2/token?{exchange}"), &[], vec![]).await;
    assert!(tokens.body["refresh_token"].is_string());
    let none = h.send("GET", "/crm/v8/org", &[("authorization", "")], vec![]).await;
    assert_eq!((none.status, none.body["code"].as_str()), (401, Some("AUTHENTICATION_FAILURE")));
}
