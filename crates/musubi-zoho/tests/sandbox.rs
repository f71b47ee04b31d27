//! The connector against the sandbox, over HTTP.

#[expect(clippy::unwrap_used, reason = "what fails in the test's own world fails the test")]
mod world;

#[expect(clippy::unwrap_used, reason = "a test ends at what it did not expect")]
mod scoped;

use musubi_connector::conformance::{self, Subject};
use musubi_connector::oauth::App;
use musubi_connector::{
    CallErrorKind, Connector, ListRequest, Order, Position, Projection, Secret, WriteItem, WriteKind,
    WriteRequest,
};
use musubi_core::schema::{Access, Field, FieldType};
use musubi_core::{ModuleName, Observation, Value};
use serde_json::json;
use std::sync::Arc;
use world::World;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_crm_connector_keeps_the_contract() {
    let world = World::start().await;
    let (connector, hand) = world.connect(0).await;
    let subject = Subject {
        connector,
        hand,
        module: "Contacts".into(),
        name: "Last_Name".into(),
        note: "Department".into(),
    };
    let mut wrong = Vec::new();
    for checked in conformance::run(&subject).await {
        match checked.result {
            Ok(()) => println!("kept    {}", checked.rule),
            Err(what) => wrong.push(format!("{}: {what}", checked.rule)),
        }
    }
    assert!(wrong.is_empty(), "broken rules:\n{}", wrong.join("\n"));
    world.stop().await;
}

/// Every writable field of every standard module: the sandbox's metadata is understood, and what a page says is known.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_writable_field_of_the_standard_modules_is_known() {
    let world = World::start().await;
    let (connector, _) = world.connect(0).await;
    let org = connector.org().await.unwrap();
    assert_eq!(org.id, world.org(0));
    let limits = connector.limits();
    assert!(limits.concurrency > 5, "the edition is known after org(): {limits:?}");
    for module in
        ["Leads", "Contacts", "Accounts", "Deals", "Products", "Vendors", "Tasks", "Events", "Calls"]
    {
        let name = ModuleName::new(module);
        let schema = connector.schema(&name).await.unwrap();
        world.generate(0, module, 30).await;
        let fields: Vec<_> = schema
            .fields
            .iter()
            .filter(|field| !matches!(field.kind, FieldType::Other { .. } | FieldType::Rows { .. }))
            .cloned()
            .collect();
        let projection = Arc::new(Projection { module: name, fields });
        let request = ListRequest {
            projection: Arc::clone(&projection),
            modified_since: None,
            order: Order::ModifiedAscending,
            position: Position::Start,
        };
        let page = connector.list(request).await.unwrap();
        assert!(page.rows.len() >= 30, "{module}: {}", page.rows.len());
        for (slot, field) in projection.fields.iter().enumerate() {
            let unknown = page.rows.iter().filter(|row| row.slots[slot].is_none()).count();
            assert_eq!(unknown, 0, "{module}.{} ({:?}) is not known", field.name, field.kind);
        }
        println!("{module}: {} fields, {} requests a page", projection.fields.len(), page.meta.requests);
    }
    world.stop().await;
}

/// The records of a module by id, to the end, and how many of the pages came by a query.
async fn by_id(connector: &dyn Connector, projection: &Arc<Projection>, order: Order) -> Listed {
    let (mut listed, mut position) = (Listed::default(), Position::Start);
    loop {
        let request = ListRequest {
            projection: Arc::clone(projection),
            modified_since: None,
            order,
            position: position.clone(),
        };
        let page = connector.list(request).await.expect("a page is listed");
        listed.pages.push(page.rows.len());
        listed.credits += page.meta.credits;
        listed.rows.extend(page.rows);
        match page.next {
            Some(next) => position = Position::After(next),
            None => return listed,
        }
    }
}

#[derive(Default)]
struct Listed {
    rows: Vec<Observation>,
    pages: Vec<usize>,
    credits: u32,
}

/// A listing by id goes on by queries, which tell every field as a list does; if they are refused, it goes on as a list.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_listing_by_query_says_what_a_list_says() {
    let world = World::start().await;
    let (connector, _) = world.connect(0).await;
    for module in ["Leads", "Contacts", "Accounts", "Deals", "Products", "Tasks"] {
        let name = ModuleName::new(module);
        world.generate(0, module, 900).await;
        let schema = connector.schema(&name).await.unwrap();
        let told = |kind: &FieldType| {
            let rare =
                matches!(kind, FieldType::User | FieldType::MultiPicklist { .. } | FieldType::Tags { .. });
            !rare && !matches!(kind, FieldType::Other { .. } | FieldType::Rows { .. })
        };
        let writable = |field: &&Field| field.access == Access::Writable && told(&field.kind);
        let fields = schema.fields.iter().filter(writable).take(40).cloned().collect();
        let projection = Arc::new(Projection { module: name, fields });
        let by_query = by_id(&*connector, &projection, Order::IdAscending).await;
        let back = by_id(&*connector, &projection, Order::IdDescending).await;
        // Whether a query is believed depends on the module's fields; what is said does not.
        if ["Contacts", "Accounts", "Deals"].contains(&module) {
            assert_eq!(by_query.pages[..2], [200, 575], "{module}: one list page, then queries");
        }
        // Queries tell converted leads like all others.
        if module == "Leads" {
            assert_eq!(by_query.pages[..2], [200, 200], "leads are listed");
        }
        assert!(by_query.rows.is_sorted_by(|a, b| a.id < b.id) && by_query.rows.len() >= 900, "{module}");
        for (one, other) in back.rows.iter().rev().zip(&by_query.rows) {
            assert_eq!(one, other, "{module}: from the other end");
        }
        assert_eq!(back.rows.len(), by_query.rows.len());
        let refused = json!({"endpoint": "POST /crm/v8/coql", "kind": "status", "status": 400});
        let made = world.control("POST", "faults", refused).await;
        let by_list = by_id(&*connector, &projection, Order::IdAscending).await;
        world.control("DELETE", &format!("faults/{}", made["ids"][0]), json!(null)).await;
        assert!(by_list.pages[..4] == [200; 4], "{module}: {:?}", by_list.pages);
        for (query, list) in by_query.rows.iter().zip(&by_list.rows) {
            assert_eq!(query, list, "{module}");
        }
        assert_eq!(by_query.rows.len(), by_list.rows.len());
    }
    // A field that a query leaves blank where a list tells it: the query is not believed.
    let schema = connector.schema(&"Contacts".into()).await.unwrap();
    let read = async |names: [&str; 2]| {
        let of = |name: &str| schema.fields.iter().find(|field| field.name.as_str() == name).cloned();
        let fields: Vec<_> = names.into_iter().map(|name| of(name).unwrap()).collect();
        let projection = Arc::new(Projection { module: "Contacts".into(), fields });
        by_id(&*connector, &projection, Order::IdAscending).await
    };
    let queried = read(["Last_Name", "Mailing_City"]).await;
    assert_eq!(queried.pages[..2], [200, 575], "a query is believed that tells what the list tells");
    let listed = read(["Last_Name", "Mailing_Address"]).await;
    assert_eq!(listed.pages[..4], [200; 4]);
    assert!(listed.rows.iter().any(|row| row.slots[1].as_ref().is_some_and(|value| !value.is_blank())));
    world.stop().await;
}

/// More fields than one call may name: the parts of a record are put together by id and version.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn records_wider_than_a_call_are_put_together() {
    let world = World::start().await;
    let (connector, _) = world.connect(0).await;
    world.generate(0, "Contacts", 250).await;
    let schema = connector.schema(&"Contacts".into()).await.unwrap();
    let mut fields: Vec<_> = schema
        .fields
        .iter()
        .filter(|f| !matches!(f.kind, FieldType::Other { .. } | FieldType::Rows { .. }))
        .cloned()
        .collect();
    let mut made = 0;
    while fields.len() < 60 {
        let label = format!("Extra {made}");
        world.add_text_field(0, "Contacts", &label).await;
        made += 1;
        let schema = connector.schema(&"Contacts".into()).await.unwrap();
        let new = schema.fields.iter().find(|f| f.label == label.as_str()).unwrap().clone();
        fields.push(new);
    }
    let projection = Arc::new(Projection { module: "Contacts".into(), fields });
    let request = |position| ListRequest {
        projection: Arc::clone(&projection),
        modified_since: None,
        order: Order::IdAscending,
        position,
    };
    let first = connector.list(request(Position::Start)).await.unwrap();
    assert_eq!((first.rows.len(), first.meta.requests, first.meta.credits), (200, 3, 3));
    let second = connector.list(request(Position::After(first.next.clone().unwrap()))).await.unwrap();
    assert_eq!((second.rows.len(), second.next.is_none()), (50, true));
    for row in first.rows.iter().chain(&second.rows) {
        assert!(row.slots.iter().all(Option::is_some), "{row:?}");
    }
    let ids: Vec<_> = first.rows[..3].iter().map(|row| row.id.clone()).collect();
    let read = connector.read(Arc::clone(&projection), &ids).await.unwrap();
    assert_eq!(read.rows.len(), 3);
    assert!(read.rows.iter().all(|row| row.slots.iter().all(Option::is_some)));
    world.stop().await;
}

/// Wrong secrets, a wrong org, nobody at home: each says what it is.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bad_connection_says_what_is_wrong() {
    let world = World::start().await;
    let failing = |change: &'static str| {
        let world = &world;
        async move { world.connect_with(0, change).org().await.unwrap_err() }
    };
    for (change, code) in [
        ("refresh_token", "invalid_code"),
        ("client_id", "invalid_client"),
        ("client_secret", "invalid_client_secret"),
        ("org", "WRONG_ORG"),
    ] {
        let error = failing(change).await;
        assert_eq!((error.kind, error.service.code.as_str()), (CallErrorKind::Auth, code), "{change}");
    }
    let (connector, _) = world.connect(0).await;
    world.revoke(0).await;
    world.control("POST", &format!("orgs/{}/expire_tokens", world.org(0)), json!({})).await;
    let error = connector.org().await.unwrap_err();
    assert_eq!(error.kind, CallErrorKind::Auth, "{error:?}");
    world.stop().await;
    // A connection that was kept open may break under the first call; the next one finds nobody.
    connector.users().await.unwrap_err();
    let gone = connector.users().await.unwrap_err();
    assert_eq!(gone.kind, CallErrorKind::NotSent, "{gone:?}");
}

/// A self client's code becomes a refresh token once; a revoked one is no good any more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_is_exchanged_once_and_a_revoked_token_is_dead() {
    let world = World::start().await;
    let (accounts, place) = world.accounts();
    let made = world.control("POST", &format!("orgs/{}/self_client", world.org(0)), json!({})).await;
    let text = |key: &str| made[key].as_str().unwrap().to_owned();
    let app = App { client_id: text("client_id"), client_secret: Secret::new(text("client_secret")) };
    let code = Secret::new(text("code"));
    let elsewhere =
        accounts.exchange(&app, &code, None, Some("https://accounts.zoho.evil.example")).await.unwrap_err();
    assert_eq!(elsewhere.service.code, "UNKNOWN_ACCOUNTS_SERVER");
    let (granted, at) = accounts.exchange(&app, &code, None, None).await.unwrap();
    assert_eq!(at, place);
    let refresh = granted.refresh.unwrap();
    let again = accounts.exchange(&app, &code, None, None).await.unwrap_err();
    assert_eq!((again.kind, again.service.code.as_str()), (CallErrorKind::Auth, "invalid_code"));
    assert_ne!(accounts.refresh(&app, &refresh).await.unwrap().access, granted.access);
    accounts.revoke(&refresh).await.unwrap();
    let dead = accounts.refresh(&app, &refresh).await.unwrap_err();
    assert_eq!((dead.kind, dead.service.code.as_str()), (CallErrorKind::Auth, "invalid_code"));
    world.stop().await;
}

/// A batch as large as may be, every kind of value, read back as it was sent.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_batch_is_read_back_as_it_was_sent() {
    let world = World::start().await;
    let (connector, _) = world.connect(1).await;
    let schema = connector.schema(&"Contacts".into()).await.unwrap();
    let names =
        ["Last_Name", "Email", "Phone", "Email_Opt_Out", "Date_of_Birth", "Lead_Source", "Description"];
    let fields: Vec<_> = names.iter().map(|name| schema.field(&(*name).into()).unwrap().clone()).collect();
    let FieldType::Picklist { options } = &fields[5].kind else { panic!("{:?}", fields[5]) };
    let source = options[0].clone();
    let projection = Arc::new(Projection { module: "Contacts".into(), fields });
    let values = |i: usize| {
        vec![
            Value::text(format!("結び {i}")),
            Value::text(format!("person{i}@example.com")),
            Value::text(format!("+81-3-0000-{i:04}")),
            Value::Bool(i.is_multiple_of(2)),
            Value::Date(jiff::civil::date(1980, 1, 1 + i8::try_from(i % 28).unwrap())),
            Value::Text(source.clone()),
            Value::text(format!("line one\nline \"two\" \\ {i} 🙂")),
        ]
    };
    let item = |i| WriteItem { id: None, values: (0u16..).zip(values(i)).collect() };
    let request = WriteRequest {
        projection: Arc::clone(&projection),
        kind: WriteKind::Create,
        items: (0..100).map(item).collect(),
        unmodified_since: None,
        automations: musubi_connector::Automations::Skip,
    };
    let written = connector.write(request).await.unwrap();
    assert_eq!(written.meta.credits, 10);
    let ids: Vec<_> = written
        .outcomes
        .iter()
        .map(|outcome| match outcome {
            musubi_connector::ItemOutcome::Done { id, .. } => id.clone(),
            other => panic!("{other:?}"),
        })
        .collect();
    let read = connector.read(projection, &ids).await.unwrap();
    for (i, id) in ids.iter().enumerate() {
        let row = read.rows.iter().find(|row| row.id == *id).unwrap();
        let expected: Vec<_> = values(i).into_iter().map(Some).collect();
        assert_eq!(*row.slots, expected);
    }
    world.stop().await;
}
