//! Queries and searches find what is there, in order, page by page, and no more.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test stops at the first surprise and says what it saw"
)]

mod harness;

use std::collections::BTreeSet;

use harness::Harness;
use musubi_sandbox::Dataset;
use serde_json::{Value, json};

async fn filled() -> Harness {
    let harness = Harness::start(Dataset::Empty).await;
    let accounts = json!({"data": [{"Account_Name": "Parent"}, {"Account_Name": "Aoki KK"}]});
    let made = harness.call("POST", "/crm/v8/Accounts", accounts).await;
    let id = |at: usize| made.body["data"][at]["details"]["id"].clone();
    let child = json!({"data": [{"id": id(1), "Parent_Account": {"id": id(0)}}]});
    assert_eq!(harness.call("PUT", "/crm/v8/Accounts", child).await.status, 200);
    for batch in 0..5 {
        let data: Vec<Value> = (0..60)
            .map(|at| {
                let n = batch * 60 + at;
                let account = if n % 3 == 0 { json!({"id": id(1)}) } else { Value::Null };
                json!({"Last_Name": format!("Name{n:03}"), "Email": format!("n{n}@example.com"), "Account_Name": account,
                    "Title": if n % 2 == 0 { json!("Even") } else { Value::Null }})
            })
            .collect();
        assert_eq!(
            harness.call("POST", "/crm/v8/Contacts", json!({"data": data, "trigger": []})).await.status,
            201
        );
        harness.control("/sandbox/clock", json!({"advance_s": 10})).await;
    }
    harness
}

async fn query(harness: &Harness, text: &str) -> Value {
    let answer = harness.call("POST", "/crm/v8/coql", json!({"select_query": text})).await;
    assert!(answer.status == 200 || answer.status == 204, "{text}: {}", answer.body);
    answer.body
}

fn names(answer: &Value) -> Vec<String> {
    answer["data"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|row| row["Last_Name"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keyset_pages_over_time_and_id_meet_every_record_once() {
    let harness = filled().await;
    let mut seen = Vec::new();
    let mut bound = "id is not null".to_owned();
    loop {
        let text = format!(
            "select Last_Name, Modified_Time from Contacts where {bound} order by Modified_Time, id limit 0, 37"
        );
        let page = query(&harness, &text).await;
        seen.extend(names(&page));
        let rows = page["data"].as_array().unwrap();
        let last = &rows[rows.len() - 1];
        let (time, id) = (last["Modified_Time"].as_str().unwrap(), last["id"].as_str().unwrap());
        bound = format!("(Modified_Time > '{time}' or (Modified_Time = '{time}' and id > {id}))");
        if page["info"]["more_records"] == false {
            break;
        }
    }
    let expected: Vec<String> = (0..300).map(|n| format!("Name{n:03}")).collect();
    assert_eq!(seen, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_keyset_walks_backwards_as_well() {
    let harness = filled().await;
    let mut seen = Vec::new();
    let mut bound = "Last_Name like 'Name%'".to_owned();
    loop {
        let text = format!(
            "select Last_Name, Modified_Time from Contacts where {bound} order by Modified_Time desc, id desc limit 23"
        );
        let page = query(&harness, &text).await;
        seen.extend(names(&page));
        let rows = page["data"].as_array().unwrap();
        let last = &rows[rows.len() - 1];
        let (time, id) = (last["Modified_Time"].as_str().unwrap(), last["id"].as_str().unwrap());
        bound = format!("(Modified_Time < '{time}' or (Modified_Time = '{time}' and id < {id}))");
        if page["info"]["more_records"] == false {
            break;
        }
    }
    let expected: Vec<String> = (0..300).rev().map(|n| format!("Name{n:03}")).collect();
    assert_eq!(seen, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn joins_reach_two_lookups_far_and_blank_is_neither_equal_nor_unequal() {
    let harness = filled().await;
    let page = query(&harness, "select Last_Name, Account_Name, Account_Name.Account_Name, Account_Name.Parent_Account.Account_Name as top from Contacts where Account_Name.Parent_Account.Account_Name = 'parent' order by Last_Name desc limit 1").await;
    let row = &page["data"][0];
    assert_eq!(row["Last_Name"], "Name297");
    assert_eq!((&row["Account_Name.Account_Name"], &row["top"]), (&json!("Aoki KK"), &json!("Parent")));
    assert!(row["Account_Name"]["id"].is_string() && row["Account_Name"]["name"].is_null());
    assert_eq!(page["info"], json!({"count": 1, "more_records": true}));
    // Blank titles are not "unlike Even" either.
    assert_eq!(query(&harness, "select id from Contacts where Title != 'Even'").await, Value::Null);
    let counted = query(
        &harness,
        "select COUNT(id) as n, Title from Contacts where id is not null group by Title order by Title desc",
    )
    .await;
    assert_eq!(counted["data"], json!([{"n": 150, "Title": "Even"}, {"n": 150, "Title": null}]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn credits_follow_the_limit() {
    let harness = filled().await;
    let spent = async || {
        let answer =
            harness.http.get(format!("{}/sandbox/stats", harness.sandbox.base_url())).send().await.unwrap();
        let stats: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
        find_credits(&stats)
    };
    for (limit, expected) in [(200, 1), (1000, 2), (2000, 3)] {
        let before = spent().await;
        query(&harness, &format!("select id from Contacts where id is not null limit {limit}")).await;
        assert_eq!(spent().await - before, expected, "limit {limit}");
    }
}

/// The credits booked on the query endpoint, wherever the statistics show them.
fn find_credits(stats: &Value) -> u64 {
    match stats {
        Value::Object(map) => map
            .iter()
            .map(|(key, value)| match key.as_str() {
                "POST /crm/v8/coql" => value["credits"].as_u64().unwrap(),
                _ => find_credits(value),
            })
            .sum(),
        Value::Array(items) => items
            .iter()
            .map(|item| match item["endpoint"].as_str() {
                Some("POST /crm/v8/coql") => item["credits"].as_u64().unwrap(),
                _ => find_credits(item),
            })
            .sum(),
        _ => 0,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_search_pages_and_ends_at_two_thousand() {
    let harness = filled().await;
    let mut seen = BTreeSet::new();
    for page in 1..=2 {
        let target = format!(
            "/crm/v8/Contacts/search?criteria=(Last_Name:starts_with:Name)&fields=Last_Name&page={page}"
        );
        let found = harness.call("GET", &target, Value::Null).await;
        assert_eq!(found.body["info"]["more_records"], page == 1);
        seen.extend(names(&found.body));
    }
    assert_eq!(seen.len(), 300);
    let beyond = harness.call("GET", "/crm/v8/Contacts/search?word=Name&page=11", Value::Null).await;
    assert_eq!((beyond.status, &beyond.body["code"]), (400, &json!("LIMIT_REACHED")));
    let by_mail = harness.call("GET", "/crm/v8/Contacts/search?email=N7@example.com", Value::Null).await;
    assert_eq!(names(&by_mail.body), ["Name007"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_search_is_sorted_by_any_field_that_sorts() {
    let harness = filled().await;
    let search = async |more: &str| {
        let target = format!("/crm/v8/Contacts/search?word=name&fields=Last_Name,Title&per_page=3&{more}");
        harness.call("GET", &target, Value::Null).await
    };
    let ascending = search("sort_by=Last_Name&sort_order=asc").await;
    assert_eq!(names(&ascending.body), ["Name000", "Name001", "Name002"]);
    assert_eq!(ascending.body["info"]["sort_by"], "Last_Name");
    assert_eq!(names(&search("sort_by=Last_Name").await.body), ["Name299", "Name298", "Name297"]);
    // Rows that are equal in it stand in the order of ids, so that pages fit together.
    let titled = search("sort_by=Title&page=2").await;
    assert_eq!(names(&titled.body), ["Name292", "Name290", "Name288"]);
    for field in ["Description", "Nothing"] {
        let refused = search(&format!("sort_by={field}")).await;
        assert_eq!((refused.status, &refused.body["details"]), (400, &json!({"param_name": "sort_by"})));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_search_index_lags_behind() {
    let harness = filled().await;
    harness.control("/sandbox/lags", json!({"search_ms": 5000})).await;
    let made = harness.call("POST", "/crm/v8/Contacts", json!({"data": [{"Last_Name": "Fresh"}]})).await;
    assert_eq!(made.status, 201);
    let search = "/crm/v8/Contacts/search?criteria=(Last_Name:equals:Fresh)";
    assert_eq!(harness.call("GET", search, Value::Null).await.status, 204);
    // The query sees it at once: it does not read the index.
    assert_eq!(
        names(&query(&harness, "select Last_Name from Contacts where Last_Name = 'Fresh'").await),
        ["Fresh"]
    );
    harness.control("/sandbox/clock", json!({"advance_s": 6})).await;
    assert_eq!(harness.call("GET", search, Value::Null).await.status, 200);
}
