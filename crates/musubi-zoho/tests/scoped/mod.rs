//! The conditions of list views are judged here exactly as the service does: the same views are listed by the service and evaluated on what is read.

use crate::world::World;
use musubi_connector::{Connector, ListRequest, Order, Position, Projection, ViewFilter};
use musubi_core::scope::{Locale, Moment, compile, evaluate};
use musubi_core::{FieldName, Membership, ModuleName, Observation, schema::FieldType};
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
        all.push(("Owner", comparator, json!("${CURRENTUSER}")));
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
        for value in ["${TODAY}", "${THISWEEK}", "2026-01-01", "2020-05-14T12:00:00+09:00"] {
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

/// K-30: list views decide what takes part, with all that the service knows of conditions.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_view_shows_what_is_evaluated() {
    let world = World::start().await;
    world.generate(0, "Leads", 180).await;
    let (connector, _) = world.connect(0).await;
    let org = connector.org().await.unwrap();
    let zone = jiff::tz::TimeZone::get(org.time_zone.as_deref().unwrap()).unwrap();
    let module = ModuleName::new("Leads");
    let schema = connector.schema(&module).await.unwrap();
    let comparable = |kind: &FieldType| !matches!(kind, FieldType::Other { .. } | FieldType::Rows { .. });
    let fields: Vec<_> = schema.fields.iter().filter(|field| comparable(&field.kind)).cloned().collect();
    let rows = everything(&*connector, &module, fields.clone()).await;
    assert_eq!(rows.len(), 180);
    let mut criteria: Vec<Json> = conditions()
        .into_iter()
        .map(|(field, comparator, value)| {
            json!({"field": {"api_name": field}, "comparator": comparator, "type": "value", "value": value})
        })
        .collect();
    criteria.push(json!({"group_operator": "OR", "group": [
        criteria[0].clone(), {"group_operator": "AND", "group": [criteria[70].clone(), criteria[100].clone()]},
    ]}));
    let token = world.token(0).await;
    let (mut some, mut compared) = (0, 0);
    for (number, criteria) in criteria.iter().enumerate() {
        let path = format!("orgs/{}/views", world.org(0));
        let name = format!("view {number}");
        let body = json!({"module": "Leads", "name": name, "criteria": criteria, "fields": ["Last_Name"]});
        let id = world.control("POST", &path, body).await["id"].as_str().unwrap().to_owned();
        let Some(ViewFilter::These(read)) = connector.view(&module, &id).await.unwrap() else {
            panic!("{criteria} is not read");
        };
        let mut place = |name: &FieldName| {
            let at = fields.iter().position(|field| field.name == *name)?;
            Some((at as u16, &fields[at]))
        };
        let current_user = Some(org.current_user.id.clone());
        let locale = Locale { zone: zone.clone(), current_user, user: &|_| None };
        let test = match compile(&read, &mut place, &locale) {
            Ok(test) => test,
            Err(error) => panic!("{criteria}: {error}"),
        };
        let shown = world.ids_of_view(&token, "Leads", &id).await;
        let read_at = musubi_core::Instant::parse(&world.now().await).unwrap();
        let moment = Moment::new(read_at, &zone);
        let inside: BTreeSet<String> = rows
            .iter()
            .filter(|row| evaluate(&test, &row.slots, &moment) == Membership::Inside)
            .map(|row| row.id.to_string())
            .collect();
        assert_eq!(inside, shown, "{criteria}");
        compared += 1;
        some += usize::from(!shown.is_empty() && shown.len() < rows.len());
    }
    assert!(some > 50, "only {some} of {compared} views tell records apart");
    let views = connector.views(&module).await.unwrap();
    assert!(views.iter().any(|view| view.system_name.as_deref() == Some("ALLVIEWS")), "{views:?}");
    assert_eq!(connector.view(&module, "999").await.unwrap(), None);
    world.stop().await;
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
