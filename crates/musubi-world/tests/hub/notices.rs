//! Notices over real sockets: what people are told of, once each, whatever their servers do; with hubs at work on the sandbox.
#![expect(clippy::unwrap_used, reason = "a test ends at what it did not expect")]

use crate::receivers::{Answer, Call, MailServer, Program};
use crate::world::{World, agree, each_engine, until};
use musubi_connector::Secret;
use musubi_engine::Hub;
use musubi_engine::notices::{Event, Language, NoticeSecret, Settings, Smtp, Tls, Webhook};
use musubi_store::{ConditionRow, Store, SyncId, Telling};
use serde_json::{Value, json};
use std::time::Duration;

const CONTACTS: &str = r#"
[[integrations.both.modules]]
left = "Contacts"
right = "Contacts"
match = ["Email"]
conflict = "hold"
fields = [{ left = "Last_Name", right = "Last_Name" }, { left = "Email", right = "Email" }, { left = "Title", right = "Title" }]
"#;
const SECRET: &str = "sixteen or more letters";

/// A watch that looks ten times a second.
fn quick() -> musubi_engine::sync::Settings {
    musubi_engine::sync::Settings { notices_every: 100, notices_timeout: 1_000, ..crate::world::settings() }
}

/// Who is told.
struct Receivers {
    mail: MailServer,
    program: Program,
}

impl Receivers {
    async fn start() -> Receivers {
        Receivers { mail: MailServer::start(None).await, program: Program::start().await }
    }

    /// Has them told of these events.
    async fn of(&self, store: &Store, workspace: i64, events: &[Event], language: Language) {
        let smtp = Smtp {
            server: "127.0.0.1".into(),
            port: Some(self.mail.port),
            tls: Tls::None,
            user: None,
            from: "Musubi <musubi@example.com>".into(),
            to: vec!["ops@example.com".into()],
        };
        let settings = Settings {
            language,
            events: Some(events.to_vec()),
            unreachable_minutes: Some(0),
            console: Some("https://musubi.example.com".into()),
            smtp: Some(smtp),
            webhook: Some(Webhook { url: self.program.url.clone() }),
            ..Settings::default()
        };
        let hub = Hub::offline(store.clone(), workspace);
        hub.set_notice_settings(&settings).await.unwrap();
        hub.set_notice_secret(NoticeSecret::Webhook, Some(&Secret::new(SECRET))).await.unwrap();
    }

    /// The bodies of all calls.
    fn told(&self) -> Vec<Value> {
        self.program.calls().iter().map(body).collect()
    }

    /// Waits until something is told that is so.
    async fn wait(&self, what: &str, is: impl Fn(&Value) -> bool) -> Value {
        let mut found = None;
        until(what, 40, async || {
            found = self.told().into_iter().find(|told| is(told));
            found.is_some()
        })
        .await;
        found.unwrap()
    }
}

fn body(call: &Call) -> Value {
    serde_json::from_slice(&call.body).unwrap()
}

fn person(name: &str) -> Value {
    json!({"Last_Name": name, "Email": format!("{name}@both.example")})
}

// S2-35
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_first_load_is_told_once_by_two_hubs_on_one_store_without_a_value_of_any_record() {
    each_engine(async |store| {
        let world = World::start().await;
        world.generate(0, "Contacts", 40, 3).await;
        let workspace = world.set_up(&store, CONTACTS).await;
        let receivers = Receivers::start().await;
        receivers.of(&store, workspace, &[Event::FirstLoad], Language::Ja).await;
        let first = world.hub_with(&store, workspace, None, quick()).await;
        let second = world.hub_with(&store, workspace, None, quick()).await;
        agree(&first, 60).await;
        let told = receivers.wait("the first load", |_| true).await;
        until("the mail", 10, async || !receivers.mail.mails().is_empty()).await;
        // Nobody tells it again, also after the one who told it is gone.
        tokio::time::sleep(Duration::from_secs(1)).await;
        first.stop().await;
        tokio::time::sleep(Duration::from_secs(2)).await;
        let (calls, mails) = (receivers.program.calls(), receivers.mail.mails());
        assert_eq!((calls.len(), mails.len()), (1, 1));

        assert_eq!((&told["event"], &told["integration"]), (&json!("first_load"), &json!("both")));
        let pairs = json!({"integration": "both", "module": "Contacts", "code": "pairs", "count": 40,
            "url": "https://musubi.example.com/integrations/both"});
        assert_eq!(told["matters"], json!([pairs]));
        assert_eq!(told["subject"], "[Musubi] both：初回同期が完了しました(Contacts)");
        let (time, _) = calls[0].headers["musubi-signature"].split_once(",v1=").unwrap();
        let seconds = time.strip_prefix("t=").unwrap().parse().unwrap();
        let signed = musubi_notices::signature(&Secret::new(SECRET), seconds, &calls[0].body);
        assert_eq!(calls[0].headers["musubi-signature"], signed);
        // I18
        let sent = format!("{}{}", String::from_utf8_lossy(&calls[0].body), mails[0].data);
        for row in world.orgs[0].all("Contacts", &["Email", "Last_Name"]).await {
            let (email, name) = (row[0].as_str().unwrap(), row[1].as_str().unwrap());
            assert!(!sent.contains(email) && !sent.contains(name), "{name} in {sent}");
        }

        let kept = second.notices(None, 10).await.unwrap();
        assert_eq!((kept.len(), kept[0].event, kept[0].deliveries.len()), (1, Event::FirstLoad, 2));
        assert!(kept[0].deliveries.iter().all(|delivery| delivery.done_at.is_some()), "{kept:?}");
        second.stop().await;
    })
    .await;
}

// K-28
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_says_no_is_asked_again_and_knows_by_the_number_what_it_has() {
    each_engine(async |store| {
        let world = World::start().await;
        let workspace = world.set_up(&store, CONTACTS).await;
        let receivers = Receivers::start().await;
        receivers.of(&store, workspace, &[Event::Paused, Event::Recovered], Language::En).await;
        let hub = world.hub_with(&store, workspace, None, quick()).await;
        agree(&hub, 60).await;
        receivers.mail.will_say(&[Answer::No("421 4.3.2 later"), Answer::No("451 4.3.0 later")]);
        receivers.program.will_say(&[Answer::No("500 Broken\n\nout of order")]);
        hub.pause("both").await.unwrap();
        until("the mail in the end", 30, async || !receivers.mail.mails().is_empty()).await;
        until("the call in the end", 30, async || receivers.program.calls().len() == 2).await;
        let numbers: Vec<String> =
            receivers.program.calls().iter().map(|call| call.headers["musubi-delivery"].clone()).collect();
        assert_eq!(numbers[0], numbers[1]);
        let mail = receivers.mail.mails().remove(0);
        assert_eq!(mail.header("Message-ID").unwrap(), format!("<{}@example.com>", numbers[0]));
        assert_eq!(mail.header("Subject").unwrap(), "[Musubi] both was paused");
        until("it is noted", 10, async || {
            let deliveries = &hub.notices(None, 1).await.unwrap()[0].deliveries;
            deliveries.iter().all(|delivery| delivery.done_at.is_some())
        })
        .await;
        let paused = hub.notices(None, 1).await.unwrap().remove(0);
        let tries: Vec<_> =
            paused.deliveries.iter().map(|each| (each.address.as_str(), each.tries)).collect();
        assert_eq!(tries, [("mail:ops@example.com", 2), ("webhook", 1)]);
        let errors: Vec<_> = paused.deliveries.iter().filter_map(|each| each.error.as_ref()).collect();
        assert!(
            errors[0].message.contains("451 4.3.0 later") && errors[1].message.contains("500: out of order"),
            "{errors:?}"
        );
        let codes = [errors[0].code.as_str(), errors[1].code.as_str()];
        assert_eq!(codes, ["notices.smtp_refused", "notices.webhook_refused"]);
        hub.resume("both").await.unwrap();
        let over = receivers.wait("it goes on", |told| told["event"] == "recovered").await;
        assert_eq!(over["over"], json!(["paused"]));
        // The first load was not to be told to anybody, and is there for who looks.
        let all = hub.notices(None, 10).await.unwrap();
        let load = all.iter().find(|notice| notice.event == Event::FirstLoad).unwrap();
        assert_eq!(load.deliveries, []);
        assert_eq!(hub.status().await.unwrap().undelivered_notices, 0);
        hub.stop().await;
    })
    .await;
}

/// Who pauses, rests or removes something tells the others by it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn modules_that_are_paused_or_put_to_rest_and_an_integration_that_is_removed_are_told() {
    each_engine(async |store| {
        let world = World::start().await;
        let workspace = world.set_up(&store, CONTACTS).await;
        let receivers = Receivers::start().await;
        let events = [Event::Paused, Event::Inactive, Event::Removed, Event::Recovered];
        receivers.of(&store, workspace, &events, Language::En).await;
        let hub = world.hub_with(&store, workspace, None, quick()).await;
        agree(&hub, 60).await;
        hub.pause_module("both", "Contacts").await.unwrap();
        let paused = receivers.wait("it is paused", |told| told["event"] == "paused").await;
        assert_eq!(paused["subject"], "[Musubi] both: modules were paused (Contacts)");
        // It is said of the module once, and of the integration by itself.
        hub.pause("both").await.unwrap();
        let whole = |told: &Value| told["event"] == "paused" && told["matters"] == json!([]);
        receivers.wait("all of it is paused", whole).await;
        hub.resume("both").await.unwrap();
        let goes_on = |told: &Value| told["event"] == "recovered" && told["matters"] == json!([]);
        assert_eq!(receivers.wait("it goes on", goes_on).await["over"], json!(["paused"]));
        hub.resume_module("both", "Contacts").await.unwrap();
        let resumed = |told: &Value| told["matters"][0]["code"] == "resumed";
        let resumed = receivers.wait("the module goes on", resumed).await;
        assert_eq!((&resumed["event"], &resumed["over"]), (&json!("recovered"), &json!(["paused"])));
        assert_eq!(resumed["matters"][0]["module"], "Contacts");
        hub.deactivate("both", "Contacts").await.unwrap();
        let rests = receivers.wait("it rests", |told| told["event"] == "inactive").await;
        assert_eq!(rests["subject"], "[Musubi] both: modules were deactivated (Contacts)");
        let without = musubi_engine::resting::WithoutParents::Refuse;
        hub.activate("both", "Contacts", None, without).await.unwrap();
        let over = receivers.wait("it is active again", |told| told["over"] == json!(["inactive"])).await;
        assert_eq!(over["event"], "recovered");
        hub.remove_integration("both").await.unwrap();
        let removed = receivers.wait("it is removed", |told| told["event"] == "removed").await;
        assert_eq!(
            (&removed["integration"], &removed["subject"]),
            (&json!("both"), &json!("[Musubi] both was removed"))
        );
        // Each once.
        tokio::time::sleep(Duration::from_secs(1)).await;
        let told = receivers.told();
        let told: Vec<_> = told.iter().map(|told| told["event"].as_str().unwrap()).collect();
        assert_eq!(told, ["paused", "paused", "recovered", "recovered", "inactive", "recovered", "removed"]);
        hub.stop().await;
    })
    .await;
}

// I2, K-28: a crash between sending and noting it is not a lost notice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_silent_keeps_nothing_from_being_synced_and_a_crash_loses_no_notice() {
    each_engine(async |store| {
        let world = World::start().await;
        let workspace = world.set_up(&store, CONTACTS).await;
        let receivers = Receivers::start().await;
        receivers.of(&store, workspace, &[Event::FirstLoad], Language::En).await;
        receivers.mail.will_say(&[Answer::Silence, Answer::Silence]);
        receivers.program.will_say(&[Answer::Silence, Answer::Silence]);
        let hub = world.hub_with(&store, workspace, None, quick()).await;
        until("both hang", 30, async || receivers.told().len() == 1 && receivers.mail.mails().len() == 1)
            .await;
        world.orgs[0].create("Contacts", person("mori")).await;
        agree(&hub, 30).await;
        assert_eq!(world.orgs[1].all("Contacts", &["Last_Name"]).await, [[json!("mori")]]);
        until("nobody answered", 20, async || hub.status().await.unwrap().undelivered_notices == 2).await;
        until("it hangs again", 20, async || receivers.told().len() == 2).await;
        hub.abort().await;

        let next = world.hub_with(&store, workspace, None, quick()).await;
        until("it arrives", 40, async || {
            let notices = next.notices(None, 9).await.unwrap();
            notices[0].deliveries.iter().all(|delivery| delivery.done_at.is_some())
        })
        .await;
        let mut numbers: Vec<Value> = receivers.told().iter().map(|told| told["id"].clone()).collect();
        assert!(numbers.len() >= 3, "{numbers:?}");
        numbers.dedup();
        assert_eq!(numbers.len(), 1, "one notice, under one number: {numbers:?}");
        assert_eq!(next.status().await.unwrap().undelivered_notices, 0);
        next.stop().await;
    })
    .await;
}

// K-28, C-25
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_needs_somebody_is_told_and_so_is_its_end() {
    each_engine(async |store| {
        let world = World::start().await;
        let workspace = world.set_up(&store, CONTACTS).await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        let receivers = Receivers::start().await;
        let events = [Event::Decision, Event::Failed, Event::Stopped, Event::Login, Event::Recovered];
        receivers.of(&store, workspace, &events, Language::En).await;
        let left = tokyo.create("Contacts", person("mori")).await;
        for name in ["hara", "sato", "kato"] {
            tokyo.create("Contacts", person(name)).await;
        }
        let settings = musubi_engine::sync::Settings { delete_breaker: 1, ..quick() };
        let hub = world.hub_with(&store, workspace, None, settings).await;
        agree(&hub, 60).await;

        // Both change the same field.
        let right = london.all("Contacts", &["Last_Name", "id"]).await;
        let right = right.iter().find(|row| row[0] == "mori").unwrap()[1].as_str().unwrap().to_owned();
        hub.pause("both").await.unwrap();
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        tokyo.update("Contacts", &left, json!({"Title": "Left"})).await;
        london.update("Contacts", &right, json!({"Title": "Right"})).await;
        hub.resume("both").await.unwrap();
        let decision = receivers.wait("a decision", |told| told["event"] == "decision").await;
        assert_eq!(
            (&decision["matters"][0]["code"], &decision["matters"][0]["count"]),
            (&json!("conflict.held"), &json!(1))
        );
        assert_eq!(decision["url"], "https://musubi.example.com/integrations/both?tab=attention");

        // A service refuses a record.
        let fault =
            json!({"endpoint": "POST /crm/v8/Contacts", "org": london.id, "kind": "item_error", "code": "INVALID_DATA"});
        world.control("faults", fault).await;
        tokyo.create("Contacts", person("refused")).await;
        let failed = receivers.wait("a failure", |told| told["event"] == "failed").await;
        assert_eq!(failed["matters"][0]["code"], "parameter.refused");
        world.clear_faults().await;

        // The credential is no good any more, and then it is.
        let connections = store.connections(workspace).await.unwrap();
        let tokyo_row = connections.iter().find(|row| row.name == "tokyo").unwrap();
        let mut revoked = tokyo.secrets.clone();
        revoked.refresh_token = Secret::new("revoked");
        musubi_engine::save_credential(&store, tokyo_row.id, &revoked).await.unwrap();
        store.save_token(tokyo_row.id, 1_000, &[], 0).await.unwrap();
        let login = receivers.wait("the account", |told| told["event"] == "login").await;
        assert_eq!(login["subject"], "[Musubi] both: an account has to be connected again");
        musubi_engine::save_credential(&store, tokyo_row.id, &tokyo.secrets).await.unwrap();
        let over = receivers.wait("it is connected", |told| told["over"] == json!(["login"])).await;
        assert_eq!(over["event"], "recovered");
        hub.stop().await;
    })
    .await;
}

// K-28, C-25
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn once_a_day_it_is_counted_what_is_unresolved() {
    each_engine(async |store| {
        let world = World::start().await;
        let workspace = world.set_up(&store, CONTACTS).await;
        for name in ["mori", "hara"] {
            world.orgs[0].create("Contacts", person(name)).await;
        }
        let fault =
            json!({"endpoint": "POST /crm/v8/Contacts", "org": world.orgs[1].id, "kind": "item_error", "code": "INVALID_DATA"});
        world.control("faults", fault).await;
        let receivers = Receivers::start().await;
        receivers.of(&store, workspace, &[Event::Digest], Language::En).await;
        let hub = world.hub_with(&store, workspace, None, quick()).await;
        agree(&hub, 60).await;
        hub.stop().await;
        assert_eq!(receivers.told(), Vec::<Value>::new(), "no day was over yet");

        // Since midnight the day is due, and it was not told yet.
        let mut settings = hub.notice_settings().await.unwrap().settings;
        settings.digest = Some("00:00".into());
        hub.set_notice_settings(&settings).await.unwrap();
        let day = ConditionRow {
            about: String::new(),
            kind: "digest".into(),
            since: 0,
            told_at: Some(0),
            body: "2020-01-01".into(),
        };
        let mine = SyncId(-9);
        let epoch = store.acquire(mine, "test", 0, 1).await.unwrap().unwrap();
        store
            .tell(workspace, (mine, epoch), 0, Telling { put: vec![day], ..Telling::default() })
            .await
            .unwrap();
        let hub = world.hub_with(&store, workspace, None, quick()).await;
        let digest = receivers.wait("the digest", |_| true).await;
        assert_eq!((&digest["event"], &digest["integration"]), (&json!("digest"), &Value::Null));
        let two = json!({"integration": "both", "module": "Contacts", "code": "parameter.refused", "count": 2,
            "url": "https://musubi.example.com/integrations/both?tab=attention&code=parameter.refused"});
        assert_eq!(digest["matters"], json!([two]));
        until("the mail", 10, async || !receivers.mail.mails().is_empty()).await;
        let mail = receivers.mail.mails().remove(0);
        assert!(mail.text().contains("Contacts: Request was not accepted: 2"), "{}", mail.data);
        assert!(!mail.data.contains("mori"), "{}", mail.data);
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert_eq!((receivers.told().len(), receivers.mail.mails().len()), (1, 1), "once a day");
        hub.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_password_belongs_to_its_server_and_nothing_kept_is_written_into_a_file() {
    each_engine(async |store| {
        let workspace = store.ensure_workspace("main", 1).await.unwrap().id;
        let receivers = Receivers::start().await;
        receivers.of(&store, workspace, &[Event::Digest], Language::Ja).await;
        let hub = Hub::offline(store.clone(), workspace);
        let password = Secret::new("a password of mine");
        hub.set_notice_secret(NoticeSecret::Smtp, Some(&password)).await.unwrap();
        let short =
            hub.set_notice_secret(NoticeSecret::Webhook, Some(&Secret::new("short"))).await.unwrap_err();
        assert_eq!(short.code, "config.notice_secret");
        assert!(!format!("{short:?}").contains("\"short\""), "{short:?}");
        let exported = hub.export().await.unwrap().to_toml();
        assert!(exported.contains("[notices.smtp]") && exported.contains("ops@example.com"), "{exported}");
        assert!(!exported.contains("password of mine") && !exported.contains(SECRET), "{exported}");
        let again = musubi_engine::Config::parse(&exported).unwrap();
        assert_eq!(hub.apply(&again, false).await.unwrap().changes, [], "what was exported changes nothing");
        let kept = hub.notice_settings().await.unwrap();
        assert!(kept.has_smtp_password && kept.has_webhook_secret);
        assert!(!format!("{kept:?}").contains("password of mine"));

        let mut settings = kept.settings;
        settings.language = Language::En;
        hub.set_notice_settings(&settings).await.unwrap();
        assert!(hub.notice_settings().await.unwrap().has_smtp_password, "the server is the same");
        settings.smtp.as_mut().unwrap().server = "localhost".into();
        hub.set_notice_settings(&settings).await.unwrap();
        let kept = hub.notice_settings().await.unwrap();
        assert!(!kept.has_smtp_password, "another server is not given it");
        assert!(kept.has_webhook_secret);
    })
    .await;
}
