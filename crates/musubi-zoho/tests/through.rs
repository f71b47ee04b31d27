//! Fields of other records against the sandbox, over HTTP: which record it is, what a page costs, and what may not be read.

#[expect(clippy::unwrap_used, reason = "what fails in the test's own world fails the test")]
#[expect(dead_code, reason = "each test takes what it needs")]
mod world;

use musubi_connector::{
    Automations, Connector, ItemOutcome, ListRequest, Order, Page, Position, Projection, WriteItem,
    WriteKind, WriteRequest,
};
use musubi_core::schema::{Access, Child, Choice, Field, FieldType, Way};
use musubi_core::{RemoteId, Value};
use serde_json::json;
use std::sync::Arc;
use world::World;

/// These fields of a module.
async fn projection(connector: &dyn Connector, module: &str, names: &[&str]) -> Arc<Projection> {
    let schema = connector.schema(&module.into()).await.expect("the module is there");
    let fields = names
        .iter()
        .map(|name| schema.field(&(*name).into()).cloned().expect("the field is there"))
        .collect();
    Arc::new(Projection { module: module.into(), fields })
}

/// The same, and these fields.
fn with(projection: &Projection, more: Vec<Field>) -> Arc<Projection> {
    let fields = projection.fields.iter().cloned().chain(more).collect();
    Arc::new(Projection { module: projection.module.clone(), fields })
}

/// A field of the chosen deal, as a field of the contact.
fn of_deal(choice: Choice, by: &str, field: &Field) -> Field {
    let child = Child { lookup: "Contact_Name".into(), by: by.into(), choice };
    Field {
        name: format!("Deals[{choice:?} {by}].{}", field.name).as_str().into(),
        kind: FieldType::Through {
            way: Way::Child(child),
            module: "Deals".into(),
            field: field.name.clone(),
            holds: Box::new(field.kind.clone()),
        },
        access: Access::ReadOnly,
        ..field.clone()
    }
}

/// Makes records, in order.
async fn create(
    connector: &dyn Connector,
    projection: &Arc<Projection>,
    rows: Vec<Vec<Value>>,
) -> Vec<RemoteId> {
    let mut ids = Vec::new();
    for rows in rows.chunks(connector.limits().write_batch) {
        let item =
            |row: &Vec<Value>| WriteItem { id: None, values: (0..).zip(row.iter().cloned()).collect() };
        let request = WriteRequest {
            projection: Arc::clone(projection),
            kind: WriteKind::Create,
            items: rows.iter().map(item).collect(),
            unmodified_since: None,
            automations: Automations::Skip,
        };
        let written = connector.write(request).await.expect("the records are written");
        ids.extend(written.outcomes.into_iter().map(|outcome| match outcome {
            ItemOutcome::Done { id, .. } => id,
            other => panic!("{other:?}"),
        }));
    }
    ids
}

async fn list(connector: &dyn Connector, projection: &Arc<Projection>) -> Page {
    let request = ListRequest {
        projection: Arc::clone(projection),
        modified_since: None,
        order: Order::IdAscending,
        position: Position::Start,
    };
    connector.list(request).await.expect("a page is listed")
}

/// What the first records of a page hold in a slot, and that none of the others holds anything.
fn held(page: &Page, slot: usize, count: usize) -> Vec<Option<Value>> {
    assert!(page.rows[count..].iter().all(|row| row.slots[slot] == Some(Value::Blank)));
    page.rows[..count].iter().map(|row| row.slots[slot].clone()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_chosen_child_is_read_for_fifty_parents_at_once() {
    let world = World::start().await;
    let (connector, _) = world.connect(0).await;
    let connector = &*connector;
    let contacts = projection(connector, "Contacts", &["Last_Name"]).await;
    let people = (0..120).map(|number| vec![Value::text(format!("p{number}"))]).collect();
    let people = create(connector, &contacts, people).await;
    let deals =
        projection(connector, "Deals", &["Deal_Name", "Stage", "Contact_Name", "Closing_Date", "Amount"])
            .await;
    let deal = |name: &str, of: usize, day: &str, amount: u32| {
        let day = if day.is_empty() { Value::Blank } else { Value::Date(day.parse().expect("a day")) };
        let of = Value::Record(people[of].clone());
        vec![Value::text(name), Value::text("Qualification"), of, day, Value::Number(amount.into())]
    };
    // The first has more than an answer holds, all of them later than anybody else's.
    let mut all: Vec<_> = (0..250).map(|number| deal("many", 0, "2026-02-01", number)).collect();
    all.push(deal("last of many", 0, "2026-03-01", 1_000));
    all.push(deal("first of many", 0, "2026-01-01", 2_000));
    all.extend([deal("only", 1, "2025-01-01", 1)]);
    all.extend([deal("equal, older", 2, "2025-05-05", 2), deal("equal, newer", 2, "2025-05-05", 3)]);
    all.extend([deal("without a day", 3, "", 4), deal("with a day", 3, "2020-02-02", 5)]);
    all.extend([deal("none, older", 4, "", 6), deal("none, newer", 4, "", 7)]);
    all.extend([deal("before", 5, "2025-01-01", 8), deal("behind", 5, "2025-01-02", 9)]);
    create(connector, &deals, all).await;

    let both = [&deals.fields[0], &deals.fields[4]];
    let wanted = with(&contacts, both.map(|field| of_deal(Choice::Greatest, "Closing_Date", field)).into());
    let page = list(connector, &wanted).await;
    let names = |names: [&str; 6]| names.map(|name| Some(Value::text(name))).to_vec();
    let latest = ["last of many", "only", "equal, newer", "with a day", "none, newer", "behind"];
    assert_eq!(held(&page, 1, 6), names(latest));
    assert_eq!(held(&page, 2, 6), [1_000, 1, 3, 5, 7, 9].map(|n: u32| Some(Value::Number(n.into()))));
    assert!(page.rows.iter().all(|row| row.slots[0].as_ref().is_some_and(|name| !name.is_blank())));
    // The list; a query for each fifty; of the first fifty two more, for those that have a day and those that have none; the chosen deals.
    assert_eq!((page.meta.requests, page.meta.credits), (1 + 3 + 2 + 1, 7));

    let earliest = with(&contacts, vec![of_deal(Choice::Least, "Closing_Date", both[0])]);
    let page = list(connector, &earliest).await;
    let expected = ["first of many", "only", "equal, older", "with a day", "none, older", "before"];
    assert_eq!(held(&page, 1, 6), names(expected));
    let first = list(connector, &with(&contacts, vec![of_deal(Choice::Least, "id", both[0])])).await;
    let expected = ["many", "only", "equal, older", "without a day", "none, older", "before"];
    assert_eq!(held(&first, 1, 6), names(expected), "by the order in which they were made");
    let page = connector.read(earliest, &people[5..7]).await.expect("two are read");
    assert_eq!(page.meta.requests, 3);
    assert_eq!(held(&page, 1, 1), [Some(Value::text("before"))]);

    // What may not be asked for, or not be read, is not known; that there is no child still is.
    for (endpoint, others) in [("POST /crm/v8/coql", None), ("GET /crm/v8/Deals", Some(Value::Blank))] {
        let refusal = json!({"endpoint": endpoint, "kind": "status", "status": 403, "code": "NO_PERMISSION"});
        let made = world.control("POST", "faults", refusal).await;
        let page = list(connector, &wanted).await;
        for (at, row) in page.rows.iter().enumerate() {
            let expected = if at < 6 { None } else { others.clone() };
            assert_eq!(row.slots[1..], [expected.clone(), expected], "{endpoint}: {at}");
            assert!(row.slots[0].is_some());
        }
        world.control("DELETE", &format!("faults/{}", made["ids"][0]), json!(null)).await;
    }
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_looked_up_record_that_may_not_be_read_is_not_known() {
    let world = World::start().await;
    let (connector, _) = world.connect(0).await;
    let connector = &*connector;
    let accounts = projection(connector, "Accounts", &["Account_Name", "Billing_City"]).await;
    let account = create(connector, &accounts, vec![vec![Value::text("Acme"), Value::text("大阪")]]).await;
    let contacts = projection(connector, "Contacts", &["Last_Name", "Account_Name"]).await;
    let person = |name: &str, account: Value| vec![Value::text(name), account];
    let of = Value::Record(account[0].clone());
    create(connector, &contacts, vec![person("with", of), person("without", Value::Blank)]).await;
    let city = &accounts.fields[1];
    let kind = FieldType::Through {
        way: Way::Lookup("Account_Name".into()),
        module: "Accounts".into(),
        field: city.name.clone(),
        holds: Box::new(city.kind.clone()),
    };
    let wanted =
        with(&contacts, vec![Field { name: "Account_Name.Billing_City".into(), kind, ..city.clone() }]);
    let page = list(connector, &wanted).await;
    assert_eq!(held(&page, 2, 1), [Some(Value::text("大阪"))]);
    let refusal =
        json!({"endpoint": "GET /crm/v8/Accounts", "kind": "status", "status": 403, "code": "NO_PERMISSION"});
    world.control("POST", "faults", refusal).await;
    let page = list(connector, &wanted).await;
    assert_eq!(held(&page, 2, 1), [None]);
    world.stop().await;
}
