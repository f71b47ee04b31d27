//! The conditions of list views are judged here exactly as the service does: the same views are listed by the service and evaluated on what is read.

use crate::world::World;
use musubi_connector::{Connector, ListRequest, Order, Position, Projection, ViewFilter};
use musubi_core::schema::{Field, FieldType};
use musubi_core::scope::{Locale, Moment, Places, Reading, compile, evaluate};
use musubi_core::{FieldName, Membership, ModuleName, Observation};
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Field, comparator, value: each is a view of its own.
fn conditions() -> Vec<(&'static str, &'static str, Json)> {
    let mut all = Vec::new();
    let texts = [
        "equal",
        "not_equal",
        "starts_with",
        "ends_with",
        "contains",
        "not_contains",
        "like",
        "not_like",
        "greater_than",
        "less_equal",
    ];
    for comparator in texts {
        for value in ["a", "Tokyo", "田", "%a%", "o"] {
            all.push(("City", comparator, json!(value)));
            all.push(("Last_Name", comparator, json!(value)));
        }
    }
    for comparator in ["equal", "not_equal"] {
        for value in ["${EMPTY}", "Contacted", "contacted", "Not Contacted"] {
            all.push(("Lead_Status", comparator, json!(value)));
        }
        for value in [json!(true), json!(false), json!("true")] {
            all.push(("Email_Opt_Out", comparator, value));
        }
        for value in ["${CURRENTUSER}", "Nobody Here", "nobody"] {
            all.push(("Owner", comparator, json!(value)));
        }
        for value in
            ["${TODAY}", "${YESTERDAY}", "${THISWEEK}", "${LAST30DAYS}", "${NEXTMONTH}", "${THISYEAR}"]
        {
            all.push(("Created_Time", comparator, json!(value)));
        }
    }
    for comparator in ["in", "not_in"] {
        all.push(("Lead_Status", comparator, json!(["Contacted", "Junk Lead"])));
        all.push(("City", comparator, json!(["Tokyo", "${EMPTY}"])));
    }
    for comparator in ["greater_than", "greater_equal", "less_than", "less_equal", "equal", "not_equal"] {
        for value in [json!(10), json!("250"), json!("${EMPTY}"), json!("many")] {
            all.push(("No_of_Employees", comparator, value));
        }
        for value in ["${TODAY}", "${THISWEEK}", "2026-01-01", "2020-05-14T12:00:00+09:00", "soon"] {
            all.push(("Created_Time", comparator, json!(value)));
        }
        all.push(("Annual_Revenue", comparator, json!("1000000.5")));
    }
    for comparator in ["between", "not_between"] {
        all.push(("No_of_Employees", comparator, json!([10, 500])));
        all.push(("Created_Time", comparator, json!(["2026-01-01", "${TODAY}"])));
    }
    all
}

/// Conditions on days, on several options, and on records that are pointed to: by the ids of these accounts.
fn conditions_of_contacts(accounts: &[String]) -> Vec<(&'static str, &'static str, Json)> {
    let mut all = Vec::new();
    for comparator in ["include_all", "include_any", "exclude_all", "exclude_any"] {
        for value in [json!(["Red", "blue"]), json!(["Green"]), json!("Red"), json!(["Violet", "Red"])] {
            all.push(("Colours", comparator, value));
        }
    }
    for comparator in ["equal", "not_equal", "contains", "not_contains", "in", "not_in"] {
        for value in ["Red", "green", "${EMPTY}"] {
            if value != "${EMPTY}" || !comparator.ends_with("contains") {
                all.push(("Colours", comparator, json!(value)));
            }
        }
    }
    for comparator in ["equal", "not_equal", "greater_than", "greater_equal", "less_than", "less_equal"] {
        for value in ["1980-03-15", "2001-12-31", "${TODAY}", "${LASTMONTH}", "${THISYEAR}", "${EMPTY}"] {
            all.push(("Date_of_Birth", comparator, json!(value)));
        }
    }
    for comparator in ["between", "not_between"] {
        all.push(("Date_of_Birth", comparator, json!(["1980-03-15", "${YESTERDAY}"])));
        all.push(("Date_of_Birth", comparator, json!(["1970-01-01", "1999-12-31"])));
    }
    for comparator in ["equal", "not_equal"] {
        for value in [accounts[0].as_str(), accounts[1].as_str(), "999", "${EMPTY}", "account 1", "Account"] {
            all.push(("Account_Name", comparator, json!(value)));
        }
    }
    for (comparator, values) in [
        ("starts_with", &["ACC"][..]),
        ("ends_with", &[" 2"]),
        ("contains", &["ount", " 2"]),
        ("not_contains", &["ount", " 2"]),
        ("like", &["%2", "account 3"]),
        ("not_like", &["%2", "account 3"]),
        ("include_all", &["Account 3"]),
    ] {
        all.extend(values.iter().map(|value| ("Account_Name", comparator, json!(value))));
    }
    // Where one value is meant the first one counts.
    for comparator in ["equal", "not_equal", "contains"] {
        all.push(("Account_Name", comparator, json!(["Account 1", "Account 2"])));
        all.push(("Last_Name", comparator, json!(["N1", "N2"])));
    }
    for comparator in ["in", "not_in", "include_any", "exclude_any"] {
        all.push(("Account_Name", comparator, json!(accounts[..2])));
        all.push(("Account_Name", comparator, json!([accounts[2], "${EMPTY}"])));
        all.push(("Account_Name", comparator, json!([accounts[2], "account 0"])));
    }
    all
}

// K-30: list views decide what takes part, with all that the service knows of conditions.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_view_shows_what_is_evaluated() {
    let world = World::start().await;
    world.generate(0, "Leads", 180).await;
    let mut criteria = alone(conditions());
    criteria.push(json!({"group_operator": "OR", "group": [
        criteria[0].clone(), {"group_operator": "AND", "group": [criteria[70].clone(), criteria[100].clone()]},
    ]}));
    let some = compare(&world, "Leads", &criteria).await;
    assert!(some > 50, "only {some} of {} views tell records apart", criteria.len());
    let (connector, _) = world.connect(0).await;
    let views = connector.views(&"Leads".into()).await.unwrap();
    assert!(views.iter().any(|view| view.system_name.as_deref() == Some("ALLVIEWS")), "{views:?}");
    assert_eq!(connector.view(&"Leads".into(), "999").await.unwrap(), None);
    world.stop().await;
}

// K-30: the comparators of sets, and those of days and of records.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_view_of_days_options_and_lookups_shows_what_is_evaluated() {
    let world = World::start().await;
    let options = ["Red", "Blue", "Green", "Violet"].map(|option| json!({"display_value": option}));
    let colours =
        json!({"field_label": "Colours", "data_type": "multiselectpicklist", "pick_list_values": options});
    world.add_field(0, "Contacts", colours).await;
    let record = |n: usize| {
        let day = ["1980-03-15", "2001-12-31", "1999-05-01"][n % 3];
        let colours =
            [vec!["Red"], vec!["Blue", "Red"], vec!["Green", "Blue"], vec![], vec!["Violet", "Red", "Green"]];
        let day = if n.is_multiple_of(7) { json!(null) } else { json!(day) };
        json!({"Last_Name": format!("N{n}"), "Colours": colours[n % 5], "Date_of_Birth": day})
    };
    let named = |n: usize| json!({"Account_Name": format!("Account {n}")});
    let accounts = world.create(0, "Accounts", (0..4).map(named).collect()).await;
    let hangs = |n: usize| {
        let mut record = record(n);
        if n % 5 != 4 {
            record["Account_Name"] = json!({"id": accounts[n % 4]});
        }
        record
    };
    world.create(0, "Contacts", (0..60).map(hangs).collect()).await;
    // Days that the words for days are about.
    let today = world.now().await[..10].to_owned();
    let last =
        json!({"Last_Name": "today", "Colours": ["Red"], "Date_of_Birth": today, "Account_Name": null});
    world.create(0, "Contacts", vec![last]).await;
    let criteria = alone(conditions_of_contacts(&accounts));
    let some = compare(&world, "Contacts", &criteria).await;
    assert!(some > criteria.len() * 2 / 3, "only {some} of {} views tell records apart", criteria.len());
    world.stop().await;
}

fn alone(conditions: Vec<(&'static str, &'static str, Json)>) -> Vec<Json> {
    let one = |(field, comparator, value): (&str, &str, Json)| json!({"field": {"api_name": field}, "comparator": comparator, "type": "value", "value": value});
    conditions.into_iter().map(one).collect()
}

/// Makes a view of each, and compares what it shows with what is evaluated. Gives how many tell records apart.
async fn compare(world: &World, module: &str, criteria: &[Json]) -> usize {
    let (connector, _) = world.connect(0).await;
    let org = connector.org().await.unwrap();
    let zone = jiff::tz::TimeZone::get(org.time_zone.as_deref().unwrap()).unwrap();
    let module = ModuleName::new(module);
    let schema = connector.schema(&module).await.unwrap();
    let comparable = |kind: &FieldType| !matches!(kind, FieldType::Other { .. } | FieldType::Rows { .. });
    let mut fields: Vec<_> = schema.fields.iter().filter(|field| comparable(&field.kind)).cloned().collect();
    let points = |kind: &FieldType| {
        matches!(kind, FieldType::Lookup { .. } | FieldType::AnyLookup { .. } | FieldType::User)
    };
    let names: Vec<_> =
        fields.iter().filter(|field| points(&field.kind)).map(|field| Reading::Name.of(field)).collect();
    fields.extend(names);
    let rows = everything(&*connector, &module, fields.clone()).await;
    assert!(rows.len() > 60);
    let token = world.token(0).await;
    let mut some = 0;
    for (number, criteria) in criteria.iter().enumerate() {
        let path = format!("orgs/{}/views", world.org(0));
        let name = format!("view {number}");
        let body =
            json!({"module": module.as_str(), "name": name, "criteria": criteria, "fields": ["Last_Name"]});
        let id = world.control("POST", &path, body).await["id"].as_str().unwrap().to_owned();
        let Some(ViewFilter::These(read)) = connector.view(&module, &id).await.unwrap() else {
            panic!("{criteria} is not read");
        };
        let current_user = Some(org.current_user.id.clone());
        let locale = Locale { zone: zone.clone(), current_user, user: &|_| None };
        let test = match compile(&read, &mut Readings(&fields), &locale) {
            Ok(test) => test,
            Err(error) => panic!("{criteria}: {error}"),
        };
        let shown = world.ids_of_view(&token, module.as_str(), &id).await;
        let read_at = musubi_core::Instant::parse(&world.now().await).unwrap();
        let moment = Moment::new(read_at, &zone);
        let inside: BTreeSet<String> = rows
            .iter()
            .filter(|row| evaluate(&test, &row.slots, &moment) == Membership::Inside)
            .map(|row| row.id.to_string())
            .collect();
        assert_eq!(inside, shown, "{criteria}");
        some += usize::from(!shown.is_empty() && shown.len() < rows.len());
    }
    some
}

/// What was read of every record.
struct Readings<'f>(&'f [Field]);

impl<'f> Places<'f> for Readings<'f> {
    fn field(&self, name: &FieldName) -> Option<&'f Field> {
        self.0.iter().find(|field| field.name == *name)
    }

    fn place(&mut self, field: &'f Field, reading: Reading) -> Option<u16> {
        let wanted = reading.of(field);
        self.0.iter().position(|one| one.name == wanted.name && one.kind == wanted.kind).map(|at| at as u16)
    }
}

async fn everything(
    connector: &dyn Connector,
    module: &ModuleName,
    fields: Vec<musubi_core::schema::Field>,
) -> Vec<Observation> {
    let projection = Arc::new(Projection { module: module.clone(), fields });
    let request = ListRequest {
        projection,
        modified_since: None,
        order: Order::ModifiedAscending,
        position: Position::Start,
    };
    connector.list(request).await.unwrap().rows
}
