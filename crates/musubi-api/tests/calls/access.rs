//! Who gets in, and who may do what: over real HTTP, every route of the document as every role.

use crate::hub::{PASSWORD, Who, entered, with_api};
use musubi_api::Options;
use reqwest::{Method, Response};
use serde_json::{Value, json};

#[tokio::test]
async fn the_first_person_needs_the_code_and_there_is_one_only() {
    with_api(Options::default(), |api, store| async move {
        let nobody = Who::default();
        let new = |code: &str, password: &str| {
            Some(json!({"code": code, "name": "Ann", "email": "ann@example.com", "password": password}))
        };
        assert_eq!(api.status(&nobody, Method::GET, "/setup", None).await, (200, json!({"needed": true})));
        let (status, wrong) =
            api.status(&nobody, Method::POST, "/setup", new("AAAA-AAAA-AAAA", PASSWORD)).await;
        assert_eq!((status, &wrong["code"]), (403, &json!("setup.wrong_code")));
        let (status, short) = api.status(&nobody, Method::POST, "/setup", new(&api.code, "short")).await;
        assert_eq!((status, &short["fields"][0]["field"]), (422, &json!("password")));
        let owner = api.owner().await;
        assert_eq!(api.status(&nobody, Method::GET, "/setup", None).await, (200, json!({"needed": false})));
        assert_eq!(api.status(&nobody, Method::POST, "/setup", new(&api.code, PASSWORD)).await.0, 409);
        let (_, session) = api.status(&owner, Method::GET, "/session", None).await;
        assert_eq!(session["member"]["role"], "owner");
        assert_eq!(session["member"]["email"], "ann@example.com");
        let kept = &store.members(session["workspace"]["id"].as_i64().unwrap()).await.unwrap()[0].password;
        assert!(kept.starts_with("$argon2id$") && !kept.contains(PASSWORD));
    })
    .await;
}

#[tokio::test]
async fn a_session_opens_with_the_password_and_ends_with_log_out() {
    with_api(Options { https: true, ..Options::default() }, |api, _| async move {
        let owner = api.owner().await;
        assert!(owner.cookie.as_ref().unwrap().starts_with("__Host-musubi="), "over https");
        for (email, password) in [("ann@example.com", "wrong"), ("nobody@example.com", PASSWORD)] {
            let refused = api.log_in(email, password).await;
            assert_eq!(refused.status(), 401);
            assert!(String::from_utf8_lossy(&refused.bytes().await.unwrap()).contains("auth.wrong"));
        }
        let again = entered(api.log_in(" ANN@example.com ", PASSWORD).await, 200).await;
        assert_eq!(api.status(&again, Method::GET, "/status", None).await.0, 200);
        let without = Who { csrf: None, ..again.clone() };
        let (status, refused) = api.status(&without, Method::DELETE, "/session", None).await;
        assert_eq!((status, &refused["code"]), (403, &json!("auth.csrf")));
        let others = Who { csrf: owner.csrf.clone(), ..again.clone() };
        assert_eq!(api.status(&others, Method::DELETE, "/session", None).await.0, 403, "another session's");
        assert_eq!(api.status(&again, Method::DELETE, "/session", None).await.0, 204);
        assert_eq!(api.status(&again, Method::GET, "/status", None).await.0, 401);
        // A new password ends every other session.
        let change = json!({"current_password": PASSWORD, "new_password": "another long password"});
        let fresh =
            entered_by_change(api.send(&owner, Method::PATCH, "/session/member", Some(change)).await).await;
        assert_eq!(api.status(&owner, Method::GET, "/session", None).await.0, 401);
        assert_eq!(api.status(&fresh, Method::GET, "/session", None).await.0, 200);
        assert_eq!(api.log_in("ann@example.com", PASSWORD).await.status(), 401);
    })
    .await;
}

async fn entered_by_change(response: Response) -> Who {
    assert_eq!(response.status(), 200);
    let set = response.headers()["set-cookie"].to_str().unwrap().to_owned();
    Who { cookie: set.split(';').next().map(str::to_owned), ..Who::default() }
}

#[tokio::test]
async fn guessing_is_slowed_down() {
    with_api(Options::default(), |api, _| async move {
        api.owner().await;
        let mut last = 0;
        for _ in 0..7 {
            let refused = api.log_in("ann@example.com", "wrong").await;
            last = refused.status().as_u16();
            if last == 429 {
                assert!(refused.headers()["retry-after"].to_str().unwrap().parse::<u64>().unwrap() >= 1);
            }
        }
        assert_eq!(last, 429);
        assert_eq!(api.log_in("ann@example.com", PASSWORD).await.status(), 429, "the right one, too");
    })
    .await;
}

#[tokio::test]
async fn a_service_without_a_connector_is_refused_before_anything_is_tried() {
    with_api(Options::default(), |api, _| async move {
        let owner = api.owner().await;
        // Nothing answers there.
        let new = json!({"name": "desk", "service": "desk", "base_url": "http://127.0.0.1:1", "client_id": "c",
            "client_secret": "s", "refresh_token": "r"});
        for path in ["/connections", "/connections/authorize"] {
            let (status, problem) = api.status(&owner, Method::POST, path, Some(new.clone())).await;
            assert_eq!((status, &problem["code"]), (422, &json!("config.service")), "{path}: {problem}");
        }
    })
    .await;
}

/// The least role that each group of the router asks for, told by trying; the members were added by the owner (S0-23). Administrators remove integrations, and
/// nobody below them (S2-61).
#[tokio::test]
async fn every_route_as_every_role() {
    with_api(Options::default(), |api, _| async move {
        let nobody = Who::default();
        let (_, document) = api.status(&nobody, Method::GET, "/openapi.json", None).await;
        let owner = api.owner().await;
        let user = api.member(&owner, "user").await;
        let admin = api.member(&owner, "admin").await;
        let open = ["GET /setup", "POST /setup", "POST /session"];
        let for_admins = [
            "GET /audit",
            "GET /members",
            "POST /members",
            "PATCH /members/{id}",
            "DELETE /members/{id}",
            "DELETE /connections/{name}",
            "DELETE /connections/{name}/stand-ins/{place}",
            "POST /connections/{name}/modules/{module}/records",
            "PATCH /connections/{name}/modules/{module}/records/{id}",
            "DELETE /connections/{name}/modules/{module}/records/{id}",
            "POST /integrations",
            "POST /connections",
            "POST /connections/authorize",
            "PATCH /integrations/{name}",
            "DELETE /integrations/{name}",
            "POST /integrations/{name}/pause",
            "POST /integrations/{name}/resume",
            "POST /integrations/{name}/full-pass",
            "POST /integrations/{name}/take-views",
            "POST /integrations/{name}/modules/{module}/pause",
            "POST /integrations/{name}/modules/{module}/resume",
            "POST /integrations/{name}/modules/{module}/deactivate",
            "POST /integrations/{name}/modules/{module}/activate",
            "POST /integrations/{name}/modules/{module}/links",
            "DELETE /integrations/{name}/modules/{module}/links/{left_id}",
            "POST /integrations/{name}/undo/plan",
            "POST /integrations/{name}/undo",
            "GET /remembered",
            "DELETE /remembered/{number}",
            "GET /erasures",
            "POST /erasures",
            "GET /export",
            "GET /notices",
            "POST /notices/test",
            "POST /checkup",
        ];
        let for_owners = ["PATCH /settings", "POST /backup", "PUT /notices"];
        let mut tried = Vec::new();
        for (path, methods) in document["paths"].as_object().unwrap() {
            let path = path.strip_prefix("/api/v1").unwrap();
            for method in methods.as_object().unwrap().keys() {
                let route = format!("{} {path}", method.to_uppercase());
                // Logging out and listening are tried elsewhere: the one ends what the others need, the other does not end.
                if matches!(route.as_str(), "DELETE /session" | "GET /events") {
                    continue;
                }
                let method: Method = method.to_uppercase().parse().unwrap();
                let target = path
                    .replace("{name}", "none")
                    .replace("{module}", "Leads")
                    .replace("{id}", "99999")
                    .replace("{place}", "0")
                    .replace("{number}", "99999");
                let ask = async |who: &Who| api.status(who, method.clone(), &target, Some(json!({}))).await;
                let (status, _) = ask(&nobody).await;
                assert_eq!(status == 401, !open.contains(&route.as_str()), "{route} for nobody: {status}");
                let forbidden =
                    |(status, body): (u16, Value)| status == 403 && body["code"] == "auth.forbidden";
                assert_eq!(
                    forbidden(ask(&user).await),
                    for_admins.contains(&route.as_str()) || for_owners.contains(&route.as_str()),
                    "{route} for a user"
                );
                assert_eq!(
                    forbidden(ask(&admin).await),
                    for_owners.contains(&route.as_str()),
                    "{route} for an admin"
                );
                assert!(!forbidden(ask(&owner).await), "{route} for an owner");
                if method != Method::GET && !open.contains(&route.as_str()) {
                    let (status, body) = ask(&Who { csrf: None, ..admin.clone() }).await;
                    assert_eq!(
                        (status, &body["code"]),
                        (403, &json!("auth.csrf")),
                        "{route} from another site"
                    );
                }
                tried.push(route);
            }
        }
        for route in open.iter().chain(&for_admins).chain(&for_owners) {
            assert!(tried.iter().any(|tried| tried == route), "{route} is in the document");
        }
        assert!(tried.len() > 30, "{}", tried.len());
    })
    .await;
}

#[tokio::test]
async fn tokens_do_what_their_scope_and_their_person_may() {
    with_api(Options::default(), |api, store| async move {
        let owner = api.owner().await;
        let user = api.member(&owner, "user").await;
        let make = async |who: &Who, scope: &str| {
            let body = json!({"name": "nightly", "scope": scope, "expires_in_days": 7});
            let (status, made) = api.status(who, Method::POST, "/tokens", Some(body)).await;
            assert_eq!(status, 201);
            Who { token: made["secret"].as_str().map(str::to_owned), ..Who::default() }
        };
        let (read, write, admin) =
            (make(&owner, "read").await, make(&owner, "write").await, make(&owner, "admin").await);
        let of_user = make(&user, "admin").await;
        let pause = async |who: &Who| api.status(who, Method::POST, "/integrations/i/pause", None).await;
        let retry = async |who: &Who| {
            api.status(who, Method::POST, "/integrations/i/attention/retry", Some(json!({}))).await
        };
        for who in [&read, &write, &admin, &of_user] {
            assert_eq!(api.status(who, Method::GET, "/status", None).await.0, 200);
        }
        assert_eq!(retry(&read).await.1["code"], "auth.scope");
        assert_eq!(retry(&write).await, (200, json!({"retried": 0, "left_out": {}})));
        assert_eq!(pause(&write).await.1["code"], "auth.scope");
        assert_eq!(pause(&of_user).await.1["code"], "auth.forbidden", "no token makes more of its person");
        let (status, paused) = pause(&admin).await;
        assert_eq!((status, &paused["state"]), (200, &json!("paused")));
        let (_, audit) = api.status(&owner, Method::GET, "/audit?limit=1", None).await;
        assert_eq!(audit["items"][0]["action"], "integration.pause");
        assert_eq!(audit["items"][0]["actor"], "ann@example.com (token)");
        // What is stored does not open the door, and a user sees their own tokens only.
        let kept = store.api_tokens(store.workspaces().await.unwrap()[0].id).await.unwrap();
        assert!(!format!("{kept:?}").contains(&read.token.clone().unwrap()[7..]));
        let (_, own) = api.status(&user, Method::GET, "/tokens", None).await;
        assert_eq!(own["items"].as_array().unwrap().len(), 1);
        let id = kept[0].id;
        assert_eq!(api.status(&user, Method::DELETE, &format!("/tokens/{id}"), None).await.0, 404);
        assert_eq!(api.status(&owner, Method::DELETE, &format!("/tokens/{id}"), None).await.0, 204);
        assert_eq!(api.status(&read, Method::GET, "/status", None).await.0, 401);
    })
    .await;
}

#[tokio::test]
async fn a_workspace_keeps_an_owner() {
    with_api(Options::default(), |api, _| async move {
        let owner = api.owner().await;
        let admin = api.member(&owner, "admin").await;
        let (_, people) = api.status(&owner, Method::GET, "/members", None).await;
        let id = |email: &str| {
            let all = people["items"].as_array().unwrap();
            all.iter().find(|one| one["email"] == email).unwrap()["id"].as_i64().unwrap()
        };
        let ann = format!("/members/{}", id("ann@example.com"));
        for change in [json!({"role": "admin"}), json!({"active": false})] {
            let (status, refused) = api.status(&owner, Method::PATCH, &ann, Some(change)).await;
            assert_eq!((status, &refused["code"]), (409, &json!("member.last_owner")));
        }
        assert_eq!(api.status(&owner, Method::DELETE, &ann, None).await.0, 409);
        assert_eq!(api.status(&admin, Method::DELETE, &ann, None).await.0, 403, "an admin removes no owner");
        let other = format!("/members/{}", id("admin@example.com"));
        assert_eq!(api.status(&owner, Method::PATCH, &other, Some(json!({"active": false}))).await.0, 200);
        assert_eq!(api.status(&admin, Method::GET, "/session", None).await.0, 401, "logged out at once");
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_read_is_a_problem_that_says_where() {
    with_api(Options::default(), |api, _| async move {
        let owner = api.owner().await;
        let post = async |body: &'static str| {
            let request = api.http.post(format!("{}/api/v1/tokens", api.base)).body(body);
            let request = request.header("cookie", owner.cookie.clone().unwrap());
            let response = request.header("x-musubi-csrf", owner.csrf.clone().unwrap()).send().await.unwrap();
            assert_eq!(response.headers()["content-type"], "application/problem+json");
            let status = response.status().as_u16();
            let problem: Value = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
            (status, problem["code"].as_str().unwrap().to_owned())
        };
        assert_eq!(post("{").await, (400, "input.no_json".to_owned()));
        assert_eq!(post("{\"name\": 5}").await, (400, "input.invalid".to_owned()));
        let days = json!({"name": "x", "scope": "read", "expires_in_days": 0});
        assert_eq!(
            api.status(&owner, Method::POST, "/tokens", Some(days)).await.1["fields"][0]["field"],
            "expires_in_days"
        );
        assert_eq!(api.status(&owner, Method::GET, "/audit?limit=0", None).await.0, 422);
        assert_eq!(api.status(&owner, Method::GET, "/audit?limit=x", None).await.0, 400);
        assert_eq!(api.status(&owner, Method::GET, "/nothing", None).await.1["code"], "not_found");
        assert_eq!(api.status(&owner, Method::DELETE, "/status", None).await.1["code"], "input.method");
        let (status, problem) = api.status(&owner, Method::GET, "/connections/a/modules", None).await;
        assert_eq!((status, &problem["code"]), (502, &json!("connection.none")));
    })
    .await;
}
