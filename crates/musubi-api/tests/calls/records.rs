//! What an administrator sees and does, over the real hub and two real orgs of the sandbox: records, pairs, history, plans, verifications.

use crate::hub::served;
use crate::world::{World, agree, each_engine, until};
use musubi_api::Options;
use serde_json::{Value, json};

const CONTACTS: &str = r#"
[[integrations.both.modules]]
left = "Contacts"
right = "Contacts"
match = ["Email"]
fields = [{ left = "Last_Name", right = "Last_Name" }, { left = "Email", right = "Email" }, { left = "Title", right = "Title" }]
"#;

/// A person at the API.
struct Admin {
    http: reqwest::Client,
    base: String,
    cookie: String,
    csrf: String,
}

impl Admin {
    async fn enter(base: String, code: &str) -> Admin {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let body = json!({"code": code, "name": "Ann", "email": "ann@example.com", "password": "correct horse battery"});
        let response = http.post(format!("{base}/api/v1/setup")).body(body.to_string()).send().await.unwrap();
        let cookie = response.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        let session: Value = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
        Admin { http, base, cookie, csrf: session["csrf"].as_str().unwrap().to_owned() }
    }

    async fn ask(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let request = self.http.request(method.parse().unwrap(), format!("{}/api/v1{path}", self.base));
        let request = request.header("cookie", &self.cookie).header("x-musubi-csrf", &self.csrf);
        let request = if body.is_null() { request } else { request.body(body.to_string()) };
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let answer = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap_or_default();
        crate::answers::check(method, path, status, &answer);
        (status, answer)
    }

    async fn get(&self, path: &str) -> Value {
        let (status, body) = self.ask("GET", path, Value::Null).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    /// What the stream of events tells until it tells `wanted`.
    async fn hear(&self, stream: &mut reqwest::Response, wanted: &str) -> String {
        let mut heard = Vec::new();
        let all = async {
            loop {
                heard.extend(stream.chunk().await.unwrap().expect("the stream goes on"));
                let text = String::from_utf8_lossy(&heard).into_owned();
                if text.contains(wanted) && text.ends_with("\n\n") {
                    return text;
                }
            }
        };
        let heard = tokio::time::timeout(std::time::Duration::from_secs(20), all).await;
        heard.unwrap_or_else(|_| panic!("{wanted} is not told"))
    }

    async fn listen(&self, last: Option<&str>) -> reqwest::Response {
        let request = self.http.get(format!("{}/api/v1/events", self.base)).header("cookie", &self.cookie);
        let request = last.iter().fold(request, |request, last| request.header("last-event-id", *last));
        let response = request.send().await.unwrap();
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        response
    }

    /// Starts a job and gives what it found.
    async fn job(&self, path: &str, body: Value) -> Value {
        let (status, job) = self.ask("POST", path, body).await;
        assert_eq!(status, 202, "{path}: {job}");
        let path = format!("/jobs/{}", job["id"].as_str().unwrap());
        until("the job ends", 20, async || self.get(&path).await["state"] != "running").await;
        let job = self.get(&path).await;
        assert_eq!(job["state"], "done", "{job}");
        job["result"].clone()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edit_in_the_console_is_seen_to_arrive_and_why() {
    each_engine(async |store| {
        let world = World::start().await;
        world.generate(0, "Contacts", 130, 3).await;
        let workspace = world.set_up(&store, CONTACTS).await;
        let hub = world.hub(&store, workspace, None).await;
        let folder = tempfile::tempdir().unwrap();
        let options = Options { backups: Some(folder.path().join("backups")), ..Options::default() };
        served(&hub, options, async |api| {
            let admin = Admin::enter(api.base, &api.code).await;
            agree(&hub, 30).await;

            // S1-27, S2-29: the mapping before anything is set up is there already; and the plan of what is: nothing is left to do.
            let draft = json!({"left": "tokyo", "right": "london", "modules": [{"left": "Contacts", "right": "Contacts", "match": ["Email"]}]});
            let (_, preview) = admin.ask("POST", "/integrations/preview", draft).await;
            let mapped = preview["modules"][0]["mapped"].as_array().unwrap();
            assert!(mapped.iter().any(|pair| pair["left"] == "Email" && pair["matches"] == true), "{preview}");
            assert!(mapped.len() > 10, "same names");
            let plan = admin.job("/integrations/both/plan", Value::Null).await;
            assert_eq!(plan["modules"][0]["would_create_right"], 0);
            let certificate = admin.job("/integrations/both/verify", json!({})).await;
            assert_eq!((&certificate["compared"], &certificate["equal"]), (&json!(130), &json!(130)));

            // Pages of pairs and of the journal hold each of them once.
            let mut ids = Vec::new();
            let mut cursor = String::new();
            loop {
                let path = format!("/integrations/both/modules/Contacts/links?limit=50&cursor={cursor}");
                let page = admin.get(&path).await;
                ids.extend(page["items"].as_array().unwrap().iter().map(|pair| pair["left_id"].to_string()));
                let Some(next) = page["next"].as_str() else { break };
                cursor = next.to_owned();
            }
            let (all, unique) = (ids.len(), std::collections::BTreeSet::from_iter(ids).len());
            assert_eq!((all, unique), (130, 130));
            let (mut entries, mut next) = (Vec::new(), String::new());
            loop {
                let page = admin.get(&format!("/integrations/both/history?limit=50{next}")).await;
                entries.extend(page["items"].as_array().unwrap().iter().map(|entry| entry["number"].as_i64().unwrap()));
                let Some(cursor) = page["next"].as_str() else { break };
                next = format!("&cursor={cursor}");
            }
            let unique = std::collections::BTreeSet::from_iter(entries.iter().copied()).len();
            assert_eq!((entries.len(), unique), (130, 130), "one entry for each record created");
            let activity = admin.get("/activity?hours=2").await;
            let buckets = activity["buckets"].as_array().unwrap();
            assert_eq!((activity["step_ms"].as_i64(), buckets.len()), (Some(300_000), 24));
            assert_eq!(buckets.iter().map(|bucket| bucket["created"].as_i64().unwrap()).sum::<i64>(), 130);
            assert!(activity["credits"][0]["used_today"].as_i64().unwrap() > 0);

            // K-24: the first load is a run of its own, every record of it has one outcome, and its stretch of the journal tells which.
            let runs = admin.get("/integrations/both/runs").await;
            let kinds: Vec<&str> = runs["items"].as_array().unwrap().iter().map(|run| run["kind"].as_str().unwrap()).collect();
            assert_eq!(kinds, ["changes", "first_load"], "{runs}");
            let load = &runs["items"][1];
            let added = json!([{ "outcome": "added", "reason": "right", "count": 130, "sample": [] }]);
            assert_eq!((&load["seen"], &load["outcomes"]), (&json!(130), &added), "{load}");
            let (began, ended) = (load["started_at"].as_i64().unwrap(), load["ended_at"].as_i64().unwrap());
            let told = async |stretch: String| {
                admin.get(&format!("/integrations/both/history?limit=200&{stretch}")).await["items"].as_array().unwrap().len()
            };
            assert_eq!(told(format!("since={began}&until={}", ended + 1)).await, 130);
            assert_eq!(told(format!("until={began}")).await, 0);
            assert_eq!(told(format!("since={}", ended + 1)).await, 0);
            let older = admin.get("/integrations/both/runs?limit=1").await["next"].as_str().unwrap().to_owned();
            let older = admin.get(&format!("/integrations/both/runs?limit=1&cursor={older}")).await;
            assert_eq!((&older["items"][0], &older["next"]), (load, &Value::Null));

            // A record of one side is changed here, and arrives there.
            let records = admin.get("/connections/tokyo/modules/Contacts/records").await;
            let record = &records["items"][0];

            // Whom a record belongs to has a name, and a record is found by a part of its own.
            let users = admin.get("/connections/tokyo/users").await;
            let owner = &record["values"]["Owner"];
            let mut users = users["items"].as_array().unwrap().iter();
            assert!(users.any(|user| user["id"] == owner["id"] && user["name"] == owner["name"]), "{owner}");
            let name = record["values"]["Last_Name"].as_str().unwrap();
            let found = admin.get(&format!("/connections/tokyo/modules/Contacts/records?search={name}")).await;
            let found = found["items"].as_array().unwrap();
            assert!(found.contains(record) && found.iter().all(|one| one.to_string().contains(name)), "{found:?}");
            let id = record["id"].as_str().unwrap();
            let found = admin.get(&format!("/connections/tokyo/modules/Contacts/records?search={id}")).await;
            assert_eq!(found["items"][0]["id"], id);
            let path = format!("/connections/tokyo/modules/Contacts/records/{}", record["id"].as_str().unwrap());
            let mut events = admin.listen(None).await;
            assert!(admin.hear(&mut events, "\n\n").await.starts_with("event: status\ndata: {"));
            let change = json!({"values": {"Title": "部長"}, "unmodified_since": record["modified_at"]});
            let (status, changed) = admin.ask("PATCH", &path, change.clone()).await;
            assert_eq!((status, &changed["values"]["Title"]), (200, &json!("部長")), "{changed}");
            let left_id = record["id"].as_str().unwrap();
            let pair = format!("/integrations/both/modules/Contacts/links/{left_id}");
            let title = async || {
                let pair = admin.get(&pair).await;
                pair["fields"].as_array().unwrap().iter().find(|field| field["left"] == "Title").unwrap().clone()
            };
            until("it arrives", 20, async || {
                let title = title().await;
                title["right_value"] == "部長" && title["state"] == "agrees"
            })
            .await;
            let told = admin.hear(&mut events, "event: journal").await;
            let told = told.split("\n\n").find(|event| event.contains("event: journal")).unwrap();
            assert!(told.contains("\"integration\":\"both\"") && told.contains("部長"), "{told}");
            let id = told.lines().find_map(|line| line.strip_prefix("id: ")).unwrap();
            drop(events);
            let shown = admin.get(&pair).await;
            let last = &shown["history"][0];
            assert_eq!((&last["kind"], &last["side"]), (&json!("updated"), &json!("right")));
            assert_eq!(last["changes"][0]["after"], "部長");
            assert!(shown["label"].as_str().is_some_and(|label| !label.is_empty()), "{shown}");
            assert_eq!(last["label"], shown["label"]);
            let label = shown["label"].as_str().unwrap().to_uppercase();
            let found = admin.get(&format!("/integrations/both/modules/Contacts/links?search={label}")).await;
            assert!(found["items"].as_array().unwrap().iter().any(|found| found["left_id"] == left_id), "{found}");
            let right = world.orgs[1].all("Contacts", &["Title"]).await;
            assert_eq!(right.iter().filter(|row| row[0] == "部長").count(), 1);

            // What cannot be is refused, and says why.
            tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
            admin.ask("PATCH", &path, json!({"values": {"Title": "課長"}})).await;
            let (status, refused) = admin.ask("PATCH", &path, change).await;
            assert_eq!((status, &refused["code"]), (409, &json!("record.changed_meanwhile")), "{refused}");
            let fields = admin.get("/connections/tokyo/modules/Contacts/fields").await;
            let all = fields["items"].as_array().unwrap();
            assert!(all.iter().any(|field| field["api_name"] == "Last_Name" && field["required"] == true), "{fields}");
            let fixed = all.iter().find(|field| field["read_only"] == true && field["type"] != "other").unwrap();
            let fixed = json!({fixed["api_name"].as_str().unwrap(): "x"});
            for (values, code) in [
                (json!({"Nothing": "x"}), "field.unknown"),
                (json!({"Email_Opt_Out": "maybe"}), "field.value"),
                (fixed, "field.read_only"),
                (json!({"Email": "no address"}), "record.refused"),
            ] {
                let (status, refused) = admin.ask("PATCH", &path, json!({"values": values})).await;
                assert_eq!((status, &refused["code"]), (422, &json!(code)), "{refused}");
            }
            let (status, made) = admin
                .ask("POST", "/connections/london/modules/Contacts/records", json!({"values": {"Last_Name": "New", "Email": "new@console.example"}}))
                .await;
            assert_eq!(status, 201, "{made}");
            until("the new record arrives", 20, async || world.orgs[0].all("Contacts", &["id"]).await.len() == 131)
                .await;
            let gone = format!("/connections/london/modules/Contacts/records/{}", made["id"].as_str().unwrap());
            assert_eq!(admin.ask("DELETE", &gone, Value::Null).await.0, 204);
            assert_eq!(admin.ask("GET", &gone, Value::Null).await.0, 404);

            // Whoever lost the connection is told what happened meanwhile, and nothing that came before.
            let heard = admin.hear(&mut admin.listen(Some(id)).await, "new@console.example").await;
            assert!(!heard.contains(r#""after":"部長""#), "{heard}");

            // A connection is reached, and is not removed while something needs it.
            let (_, reached) = admin.ask("POST", "/connections/tokyo/test", Value::Null).await;
            assert_eq!(reached["org"]["id"], world.orgs[0].id);
            let (status, needed) = admin.ask("DELETE", "/connections/tokyo", Value::Null).await;
            assert_eq!((status, &needed["code"]), (409, &json!("connection.in_use")));
            let backup = admin.job("/backup", Value::Null).await;
            let file = backup["file"].as_str().unwrap().to_owned();
            assert_eq!(std::fs::metadata(file).unwrap().len(), backup["bytes"].as_u64().unwrap());

            // What the hub needs is there.
            let found = admin.job("/checkup", Value::Null).await;
            let checks = found["checks"].as_array().unwrap();
            assert!(found["healthy"] == true && checks.iter().all(|check| check["state"] == "good"), "{found}");
            assert_eq!(checks.iter().filter(|check| check["name"] == "connection tokyo").count(), 1);

            // Removed, it is forgotten; the records stay.
            assert_eq!(admin.ask("DELETE", "/integrations/both", Value::Null).await.0, 204);
            assert_eq!(admin.get("/integrations").await["items"], json!([]));
            assert!(world.orgs[0].all("Contacts", &["id"]).await.len() >= 130);
        })
        .await;
        hub.stop().await;
    })
    .await;
}
