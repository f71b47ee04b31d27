//! Requests of which a parameter is lost or garbled on their way to the service: whatever carries them between the hub and London does so. What the service
//! says of them is told for what it is. Over the real connector and the sandbox by HTTP.
#![expect(clippy::unwrap_used, reason = "a test ends at what it did not expect")]

use crate::world::{World, agree, each_engine, until};
use musubi_engine::report::Failure;
use musubi_engine::{FailureFilter, Hub, Retry};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

const CONTACTS: &str = r#"
[[integrations.both.modules]]
left = "Contacts"
right = "Contacts"
match = ["Email"]
deletion = "delete"
fields = [{ left = "Last_Name", right = "Last_Name" }, { left = "Email", right = "Email" }]
"#;

/// What becomes of a parameter of a query, `name=value`.
type Rewrite = fn(&str) -> Option<String>;

/// Carries every request on to the sandbox, with the parameters of deletions rewritten while that is wanted.
struct Between {
    url: String,
    rewrite: Arc<Mutex<Option<Rewrite>>>,
    _visits: JoinSet<()>,
}

impl Between {
    async fn start(world: &World) -> Between {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let rewrite: Arc<Mutex<Option<Rewrite>>> = Arc::default();
        let (base, http, wanted) =
            (world.sandbox.base_url().to_owned(), world.http.clone(), Arc::clone(&rewrite));
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut visits = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let (base, http, wanted) = (base.clone(), http.clone(), Arc::clone(&wanted));
                visits.spawn(async move {
                    carry(stream, &base, &http, &wanted).await;
                });
            }
        });
        Between { url, rewrite, _visits: tasks }
    }

    fn rewrites(&self, how: Option<Rewrite>) {
        *self.rewrite.lock().unwrap() = how;
    }
}

/// One request there, one answer back.
async fn carry(
    stream: TcpStream,
    base: &str,
    http: &reqwest::Client,
    wanted: &Mutex<Option<Rewrite>>,
) -> Option<()> {
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    stream.read_line(&mut line).await.ok()?;
    let mut words = line.split_whitespace();
    let (method, mut target) = (words.next()?, words.next()?.to_owned());
    let rewrite = wanted.lock().unwrap().filter(|_| method == "DELETE");
    if let (Some(rewrite), Some((path, query))) = (rewrite, target.split_once('?')) {
        let query: Vec<String> = query.split('&').filter_map(rewrite).collect();
        target = format!("{path}?{}", query.join("&"));
    }
    let mut request = http.request(method.parse().ok()?, format!("{base}{target}"));
    let mut length = 0;
    loop {
        let mut header = String::new();
        stream.read_line(&mut header).await.ok()?;
        let Some((name, value)) = header.trim_end().split_once(": ") else { break };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().ok()?,
            "host" | "connection" | "accept-encoding" => {}
            _ => request = request.header(name, value),
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    let answer = request.body(body).send().await.ok()?;
    let mut head = format!("HTTP/1.1 {} carried\r\nconnection: close\r\n", answer.status().as_u16());
    for (name, value) in answer.headers() {
        if !matches!(name.as_str(), "content-length" | "transfer-encoding" | "connection") {
            head += &format!("{name}: {}\r\n", value.to_str().ok()?);
        }
    }
    let bytes = answer.bytes().await.ok()?;
    head += &format!("content-length: {}\r\n\r\n", bytes.len());
    stream.write_all(head.as_bytes()).await.ok()?;
    stream.write_all(&bytes).await.ok()
}

async fn open(hub: &Hub) -> Vec<Failure> {
    hub.failures("both", &FailureFilter::default()).await.unwrap()
}

async fn deletions_asked_for(world: &World) -> u64 {
    let stats = world.stats().await;
    stats["orgs"][&world.orgs[1].id]["endpoints"]["DELETE /crm/v8/Contacts"]["calls"].as_u64().unwrap_or(0)
}

/// A deletion is carried over by the one call whose parameters say what is meant: without them the service cannot do it.
async fn is_told(rewrite: Rewrite, code: &str, said: Value) {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        let between = Between::start(&world).await;
        let id = tokyo.create("Contacts", json!({"Last_Name": "mori", "Email": "mori@both.example"})).await;
        tokyo.create("Contacts", json!({"Last_Name": "hara", "Email": "hara@both.example"})).await;
        let workspace = world.set_up(&store, CONTACTS).await;
        let mut config = world.config(CONTACTS);
        config.connections.get_mut("london").unwrap().base_url = Some(between.url.clone());
        Hub::offline(store.clone(), workspace).apply(&config, true).await.unwrap();
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        between.rewrites(Some(rewrite));
        tokyo.delete("Contacts", &id).await;
        until(code, 40, async || open(&hub).await.iter().any(|one| one.code == code)).await;
        let report = agree(&hub, 60).await;
        assert_eq!(report.failed.get(code), Some(&1), "{report:?}");
        let told = open(&hub).await;
        assert_eq!(told.len(), 1, "{told:?}");
        for (key, value) in said.as_object().unwrap() {
            assert_eq!(told[0].details[key], *value, "{told:?}");
        }
        assert!(!told[0].what.is_empty() && !told[0].hint.is_empty());
        assert_eq!((told[0].due, told[0].tries_most), (None, None), "it does not pass by itself");
        assert_eq!(london.all("Contacts", &["Last_Name"]).await.len(), 2);
        // It waits for a person, and is not asked for over and over.
        let asked = deletions_asked_for(&world).await;
        tokio::time::sleep(std::time::Duration::from_secs(4)).await;
        assert_eq!(deletions_asked_for(&world).await, asked);
        between.rewrites(None);
        assert_eq!(hub.retry("both", Retry::All).await.unwrap().retried, 1);
        until("a retry carries it out", 30, async || {
            london.all("Contacts", &["Last_Name"]).await == [[json!("hara")]]
        })
        .await;
        until("nothing is open", 20, async || open(&hub).await.is_empty()).await;
        hub.stop().await;
    })
    .await;
}

// S1-87, S1-91
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_parameter_that_is_lost_is_told_as_missing() {
    let lost: Rewrite = |parameter| (!parameter.starts_with("ids=")).then(|| parameter.to_owned());
    let said = json!({
        "code": "REQUIRED_PARAM_MISSING", "message": "london: One of the expected parameter is missing", "field": "ids"
    });
    is_told(lost, "parameter_missing.refused", said).await;
}

// S1-87, S1-92
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_parameter_that_is_garbled_is_told_as_wrong() {
    let garbled: Rewrite = |parameter| Some(parameter.replace("ids=", "ids=x"));
    let said = json!({"code": "INVALID_DATA", "message": "london: invalid data", "field": "ids"});
    is_told(garbled, "parameter.refused", said).await;
}
