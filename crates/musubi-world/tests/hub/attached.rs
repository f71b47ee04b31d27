//! Notes and activities: they go with the records that they hang on, over the real connector and the sandbox by HTTP.
#![expect(clippy::unwrap_used, reason = "a test ends at what it did not expect")]

use crate::world::{Org, World, Zoho, agree, each_engine, settings, until};
use musubi_engine::resting::WithoutParents;
use musubi_engine::waiting::WaitingPlace;
use musubi_engine::{Hub, HubOptions};
use serde_json::{Value, json};

const MODULES: &str = "notes = true\nactivities = true\n\
    [[integrations.both.modules]]\nleft = \"Contacts\"\nright = \"Contacts\"\nmatch = [\"Email\"]\n\
    fields = [{ left = \"Last_Name\", right = \"Last_Name\" }, { left = \"Email\", right = \"Email\" }]\n\
    [[integrations.both.modules]]\nleft = \"Accounts\"\nright = \"Accounts\"\nmatch = [\"Account_Name\"]\n\
    fields = [{ left = \"Account_Name\", right = \"Account_Name\" }]\n";

/// The one record whose `key` is `value`, with these fields.
async fn record(org: &Org, module: &str, fields: &[&str], value: &str) -> Vec<Value> {
    let rows = org.all(module, fields).await;
    let mut found: Vec<_> = rows.into_iter().filter(|row| row[0] == value).collect();
    assert_eq!(found.len(), 1, "{module} {value}: {found:?}");
    found.remove(0)
}

async fn titles(org: &Org, module: &str, title: &str) -> Vec<String> {
    let rows = org.all(module, &[title]).await;
    let mut titles: Vec<_> = rows.iter().map(|row| row[0].as_str().unwrap().to_owned()).collect();
    titles.sort();
    titles
}

async fn contact(org: &Org, name: &str) -> String {
    let email = format!("{name}@hang.example");
    org.create("Contacts", json!({"Last_Name": name, "Email": email})).await
}

fn parent(id: &str, module: &str) -> Value {
    json!({"id": id, "module": {"api_name": module}})
}

// S2-39
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_was_left_out_for_want_of_a_parent_comes_when_none_is_needed_any_more() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        tokyo.create("Tasks", json!({"Subject": "of nobody"})).await;
        let modules = |more: &str| {
            format!(
                "[[integrations.both.modules]]\nleft = \"Contacts\"\nright = \"Contacts\"\nmatch = [\"Email\"]\n\
                 fields = [{{ left = \"Last_Name\", right = \"Last_Name\" }}, {{ left = \"Email\", right = \"Email\" }}]\n\
                 [[integrations.both.modules]]\nleft = \"Tasks\"\nright = \"Tasks\"\n{more}\n"
            )
        };
        let workspace = world.set_up(&store, &modules("")).await;
        let hub = world.hub(&store, workspace, None).await;
        let report = agree(&hub, 60).await;
        assert_eq!(report.skipped.get("no_parent"), Some(&1), "{report:?}");
        assert!(titles(london, "Tasks", "Subject").await.is_empty());
        hub.apply(&world.config(&modules("only_with_parent = false")), true).await.unwrap();
        until("it arrives", 30, async || titles(london, "Tasks", "Subject").await == ["of nobody"]).await;
        let report = agree(&hub, 60).await;
        assert_eq!(report.skipped.get("no_parent"), None, "{report:?}");
        let certificate = hub.verify("both", false, &mut |_| {}).await.unwrap();
        assert!(certificate.agrees(), "{certificate:?}");
        hub.stop().await;
    })
    .await;
}

// S2-31, S2-38, S2-39, S2-40
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn notes_and_activities_go_with_their_parents_and_nothing_reminds_twice() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        let hana = contact(tokyo, "hana").await;
        let shop = tokyo.create("Accounts", json!({"Account_Name": "株式会社 花"})).await;
        let deal = tokyo
            .create("Deals", json!({"Deal_Name": "Tulips", "Stage": "Qualification", "Closing_Date": "2027-01-31"}))
            .await;
        for (title, of) in [
            ("of hana", parent(&hana, "Contacts")),
            ("花のメモ", parent(&shop, "Accounts")),
            ("of a deal", parent(&deal, "Deals")),
        ] {
            tokyo.create("Notes", json!({"Note_Title": title, "Note_Content": "内容", "Parent_Id": of})).await;
        }
        let rule = "FREQ=NONE;ACTION=EMAIL;TRIGGER=DATE-TIME:2027-01-31T09:00:00+09:00";
        tokyo
            .create("Tasks", json!({"Subject": "call back", "Due_Date": "2027-01-15", "Who_Id": {"id": hana},
                "What_Id": {"id": shop}, "$se_module": "Accounts", "Remind_At": {"ALARM": rule}}))
            .await;
        tokyo.create("Tasks", json!({"Subject": "of nobody"})).await;
        tokyo.create("Tasks", json!({"Subject": "of a deal", "What_Id": {"id": deal}, "$se_module": "Deals"})).await;
        tokyo
            .create("Events", json!({"Event_Title": "visit", "Start_DateTime": "2027-01-20T10:00:00+09:00",
                "End_DateTime": "2027-01-20T11:00:00+09:00", "What_Id": {"id": shop}, "$se_module": "Accounts"}))
            .await;
        tokyo
            .create("Calls", json!({"Subject": "ring", "Call_Type": "Inbound", "Call_Start_Time": "2027-01-10T10:00:00+09:00",
                "Call_Duration": "00:15", "Who_Id": {"id": hana}, "Reminder": "15 minutes before"}))
            .await;
        let workspace = world.set_up(&store, MODULES).await;
        let idle = Hub::idle(HubOptions {
            store: store.clone(),
            connect: std::sync::Arc::new(Zoho(store.clone())),
            holder: "plan".into(),
            public_url: None,
            settings: settings(),
            workspace,
        });
        let plan = idle.plan("both").await.unwrap();
        let notes = plan.modules.iter().find(|module| module.left == "Notes").unwrap();
        let waits = notes.held.get("lookup.parent_not_linked").copied();
        assert_eq!((notes.would_create_right, waits), (2, Some(1)), "one waits for a deal, however many modules it may be of: {notes:?}");
        // Nobody said so, so it is told.
        let told = "only Notes whose parent (Parent_Id) is synced take part; only_with_parent = false takes all";
        assert!(notes.warnings.iter().any(|note| note.code == "mapping.with_parents" && note.what == told), "{:?}", notes.warnings);
        let contacts = plan.modules.iter().find(|module| module.left == "Contacts").unwrap();
        assert!(contacts.warnings.iter().all(|note| note.code != "mapping.with_parents"), "{contacts:?}");
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;

        assert_eq!(titles(london, "Notes", "Note_Title").await, ["of hana", "花のメモ"]);
        assert_eq!(titles(london, "Tasks", "Subject").await, ["call back"]);
        let there = record(london, "Contacts", &["Last_Name", "id"], "hana").await[1].clone();
        let shop_there = record(london, "Accounts", &["Account_Name", "id"], "株式会社 花").await[1].clone();
        let note = record(london, "Notes", &["Note_Title", "Note_Content", "Parent_Id", "id"], "of hana").await;
        assert_eq!((&note[1], &note[2]["id"], &note[2]["module"]["api_name"]), (&json!("内容"), &there, &json!("Contacts")));
        let fields = ["Subject", "Due_Date", "Who_Id", "What_Id", "Remind_At", "id"];
        let task = record(london, "Tasks", &fields, "call back").await;
        assert_eq!((&task[1], &task[2]["id"], &task[3]["id"]), (&json!("2027-01-15"), &there, &shop_there));
        assert_eq!(task[4], Value::Null, "only the app it was made in reminds of it");
        let visit = record(london, "Events", &["Event_Title", "What_Id"], "visit").await;
        assert_eq!(visit[1]["id"], shop_there);
        let call = record(london, "Calls", &["Subject", "Who_Id", "Reminder"], "ring").await;
        assert_eq!((&call[1]["id"], call[2].as_str().unwrap_or("")), (&there, ""));

        // Why the others stay.
        let left = record(tokyo, "Notes", &["Note_Title", "id"], "of a deal").await[1].as_str().unwrap().to_owned();
        let told = hub.explain("both", "Notes", musubi_core::Side::Left, &left).await.unwrap();
        assert_eq!(
            (told.reasons[0].code.as_str(), told.reasons[0].waits_for.as_ref()),
            ("explain.waits_for_parent", Some(&deal)),
            "{told:?}"
        );
        // They are listed with what they wait for, page by page: the note and the task of the deal.
        let waits = async |module, after: Option<&WaitingPlace>, limit| {
            hub.waiting("both", module, after, limit).await.unwrap()
        };
        let all = waits(None, None, 9).await;
        assert_eq!((all.items.len(), &all.next), (2, &None), "{all:?}");
        let first = waits(None, None, 1).await;
        let place = WaitingPlace::parse(first.next.as_deref().unwrap()).unwrap();
        let second = waits(None, Some(&place), 1).await;
        assert_eq!([first.items, second.items].concat(), all.items);
        assert_eq!(second.next, None);
        let waits_alone = waits(Some("Notes"), None, 9).await.items.remove(0);
        let told = (&waits_alone.id, waits_alone.side, waits_alone.since.is_some());
        assert_eq!(told, (&left, musubi_core::Side::Left, true));
        let [of] = &waits_alone.parents[..] else { panic!("it is one record, of whichever module: {waits_alone:?}") };
        assert_eq!((&of.id, &of.module), (&deal, &None));
        assert_eq!(waits_alone.label.as_deref(), Some("of a deal"));
        // One synced module is possible for the task, and its record is of another one all the same.
        let task_alone = waits(Some("Tasks"), None, 9).await.items.remove(0);
        assert_eq!(task_alone.label.as_deref(), Some("of a deal"));
        let [of] = &task_alone.parents[..] else { panic!("it is one record: {task_alone:?}") };
        assert_eq!((&of.id, &of.module), (&deal, &None));
        let alone = record(tokyo, "Tasks", &["Subject", "id"], "of nobody").await[1].as_str().unwrap().to_owned();
        let told = hub.explain("both", "Tasks", musubi_core::Side::Left, &alone).await.unwrap();
        assert_eq!(told.reasons[0].code, "explain.no_parent", "{told:?}");

        // Back, and to another parent of another module.
        let taro = contact(tokyo, "taro").await;
        let (note, task) = (note[3].as_str().unwrap(), task[5].as_str().unwrap());
        london.update("Notes", note, json!({"Note_Content": "rewritten"})).await;
        london.update("Tasks", task, json!({"What_Id": null, "Status": "Completed"})).await;
        let deal_note = json!({"Parent_Id": parent(&taro, "Contacts")});
        tokyo.update("Notes", &left, deal_note).await;
        agree(&hub, 60).await;
        assert_eq!(titles(london, "Notes", "Note_Title").await, ["of a deal", "of hana", "花のメモ"]);
        let content = record(tokyo, "Notes", &["Note_Title", "Note_Content"], "of hana").await;
        assert_eq!(content[1], "rewritten");
        let task = record(tokyo, "Tasks", &["Subject", "What_Id", "Status", "Remind_At"], "call back").await;
        assert_eq!((&task[1], &task[2]), (&Value::Null, &json!("Completed")));
        assert!(task[3]["ALARM"].as_str().is_some_and(|alarm| alarm.contains("EMAIL")), "{task:?}");
        let certificate = hub.verify("both", false, &mut |_| {}).await.unwrap();
        assert!(certificate.agrees(), "{certificate:?}");
        // Nothing more is written.
        hub.full_pass("both").await.unwrap();
        let report = agree(&hub, 60).await;
        assert_eq!((report.added, report.updated), (0, 0), "{report:?}");
    })
    .await;
}

// S2-31, I12: it may have been of any module that is synced, and waits for none of them once it is known of which it is.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_note_that_waited_waits_for_nothing_more_when_its_record_is_tied() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        let workspace = world.set_up(&store, MODULES).await;
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        let integration = store.integrations(workspace).await.unwrap().remove(0);
        let syncs = store.module_syncs(integration.id).await.unwrap();
        let notes = syncs.iter().find(|sync| sync.left_module == "Notes").unwrap().id;

        hub.deactivate("both", "Contacts").await.unwrap();
        let hana = contact(tokyo, "hana").await;
        let note =
            json!({"Note_Title": "of hana", "Note_Content": "x", "Parent_Id": parent(&hana, "Contacts")});
        tokyo.create("Notes", note).await;
        agree(&hub, 60).await;
        // It is listed again and again meanwhile: whoever looks finds it waiting.
        for _ in 0..40 {
            assert!(store.parked(notes, 9).await.unwrap().len() > 1, "it may be of one of several modules");
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        assert_eq!(titles(london, "Notes", "Note_Title").await, Vec::<String>::new());

        hub.activate("both", "Contacts", None, WithoutParents::Refuse).await.unwrap();
        agree(&hub, 60).await;
        assert_eq!(titles(london, "Notes", "Note_Title").await, ["of hana"]);
        assert_eq!(store.parked(notes, 9).await.unwrap(), []);
        hub.stop().await;
    })
    .await;
}

/// A lookup of the org's own to several modules may be blank: that keeps no record from taking part, unless somebody says so.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lookup_to_several_modules_is_no_parent_by_itself() {
    each_engine(async |store| {
        let world = World::start().await;
        let (tokyo, london) = (&world.orgs[0], &world.orgs[1]);
        for org in [tokyo, london] {
            let lookup = json!({"field_label": "Sponsor", "data_type": "multi_module_lookup"});
            org.add_field("Contacts", lookup).await;
        }
        let hana = contact(tokyo, "hana").await;
        let modules = |more: &str| {
            format!(
                "[[integrations.both.modules]]\nleft = \"Contacts\"\nright = \"Contacts\"\nmatch = [\"Email\"]\n{more}\
                 fields = [{{ left = \"Last_Name\", right = \"Last_Name\" }}, {{ left = \"Email\", right = \"Email\" }}, \
                 {{ left = \"Sponsor\", right = \"Sponsor\" }}]\n"
            )
        };
        let workspace = world.set_up(&store, &modules("only_with_parent = true\n")).await;
        let idle = world.idle(&store, workspace);
        let plan = idle.plan("both").await.unwrap().modules.remove(0);
        assert_eq!((plan.would_create_right, plan.skipped.left.get("no_parent").copied()), (0, Some(1)), "{plan:?}");
        idle.apply(&world.config(&modules("")), true).await.unwrap();
        let hub = world.hub(&store, workspace, None).await;
        agree(&hub, 60).await;
        assert_eq!(titles(london, "Contacts", "Last_Name").await, ["hana"]);
        let told = hub.explain("both", "Contacts", musubi_core::Side::Left, &hana).await.unwrap();
        assert!(told.reasons.iter().all(|reason| reason.code != "explain.no_parent"), "{told:?}");
        hub.stop().await;
    })
    .await;
}
