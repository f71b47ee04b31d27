//! Trouble that comes from a service.

use crate::program::http;
use crate::program::service::text;
use crate::world::{World, within};
use serde_json::json;

#[test]
fn a_revoked_token_stops_its_own_integration_alone() {
    let mut world = World::new();
    world.apply();
    // Applying stored the credentials. A hub that is given one by its environment would hold on to that.
    for part in ["CLIENT_ID", "CLIENT_SECRET", "REFRESH_TOKEN"] {
        world.home.set(&format!("MUSUBI_CONNECTION_LONDON_{part}"), "");
    }
    let hub = world.serve();
    let token = text(&world.service.orgs[1], "refresh_token");
    let revoke = format!("{}/oauth/v2/token/revoke?token={token}", world.service.base_url);
    assert_eq!(http::call("POST", &revoke, &[], "").unwrap().status, 200);
    let meanwhile = world.add(0, "Contacts");
    let problem = world.problem_becomes("one", "Contacts", Some("connection.refused"));
    assert!(text(&problem, "message").contains("london"), "{problem}");
    assert!(text(&problem, "hint").contains("musubi connect"), "{problem}");
    assert!(world.arrives(2, 3, "Contacts"), "the other integration stands still");

    // The same is said to whoever runs it by hand or connects with it, with the code for credentials.
    let ran = world.run("one");
    assert_eq!(
        (ran.code, ran.json()["error"]["code"].as_str()),
        (5, Some("connection.refused")),
        "{}",
        ran.stdout
    );
    let org = world.service.org(1);
    let base_url = world.service.base_url.clone();
    for part in ["client_id", "client_secret", "refresh_token"] {
        let variable = format!("MUSUBI_CONNECTION_LONDON_{}", part.to_uppercase());
        world.home.set(&variable, &text(&world.service.orgs[1], part));
    }
    let connected = world.home.run(&["connect", "london", "--base-url", &base_url]);
    assert_eq!(connected.code, 5, "{}", connected.stderr);
    assert!(connected.stderr.contains("hint: connect again") && !connected.stderr.contains(&token));

    // Connected again, the hub at work takes it up, and what was added meanwhile arrives.
    let consent = world.service.control(&format!("orgs/{org}/self_client"), &json!({}));
    world.home.set("MUSUBI_CONNECTION_LONDON_CLIENT_ID", &text(&consent, "client_id"));
    world.home.set("MUSUBI_CONNECTION_LONDON_CLIENT_SECRET", &text(&consent, "client_secret"));
    let code = text(&consent, "code");
    let connected = world.home.run(&["connect", "london", "--base-url", &base_url, "--code", &code]);
    assert_eq!(connected.code, 0, "{}", connected.stderr);
    world.home.set("MUSUBI_CONNECTION_LONDON_REFRESH_TOKEN", "");
    assert!(world.comes(1, "Contacts", &meanwhile), "it did not recover");
    world.problem_becomes("one", "Contacts", None);
    assert_eq!(hub.interrupt(), 0);
    assert_eq!(world.home.run(&["verify", "one"]).code, 0);
}

#[test]
fn a_wrong_data_centre_is_told_with_the_credential() {
    let mut world = World::new();
    // An accounts server does not know the clients of another data centre; that is all it says.
    world.home.set("MUSUBI_CONNECTION_TOKYO_CLIENT_ID", "1000.CLIENTOFANOTHERCENTRE");
    let base_url = world.service.base_url.clone();
    let connected = world.home.run(&["connect", "tokyo", "--base-url", &base_url, "--json"]);
    let error = &connected.json()["error"];
    assert_eq!((connected.code, error["code"].as_str()), (5, Some("connection.refused")), "{error}");
    assert!(text(error, "hint").contains("data centre"), "{error}");
    assert_eq!(world.home.run(&["status", "--json"]).json()["connections"].as_array().map(Vec::len), Some(0));
    let named = world.home.run(&["connect", "tokyo", "--data-centre", "japan"]);
    assert_eq!(named.code, 4, "{}", named.stderr);
    assert!(
        named.stderr.contains("error[config.place]") && named.stderr.contains("did you mean jp"),
        "{}",
        named.stderr
    );
}

#[test]
fn a_module_that_vanished_stops_itself_alone() {
    let world = World::new();
    world.apply();
    let hub = world.serve();
    let gone = |path: &str| json!({"endpoint": path, "org": world.service.org(1), "kind": "status", "status": 400, "code": "INVALID_MODULE"});
    world.fault(json!([gone("* /crm/v8/Leads*"), gone("* /crm/bulk/v8/*")]));
    let meanwhile = world.add(0, "Leads");
    let problem = world.problem_becomes("one", "Leads", Some("connection.schema_changed"));
    assert!(text(&problem, "hint").contains("module"), "{problem}");
    assert!(world.arrives(0, 1, "Contacts"), "the other module stands still");
    assert!(world.arrives(2, 3, "Contacts"), "the other integration stands still");
    world.service.clear_faults();
    // What a service does not know is asked for again after a minute.
    let recovered =
        within(90, || world.people[1].all("Leads", &["Email"]).iter().any(|row| row["Email"] == *meanwhile));
    assert!(recovered, "it did not recover");
    world.problem_becomes("one", "Leads", None);
    assert_eq!(hub.interrupt(), 0);
    assert_eq!(world.home.run(&["verify", "one"]).code, 0);
}

#[test]
fn a_module_that_was_never_there_is_told_by_name_and_nothing_is_kept() {
    let world = World::new();
    world.apply();
    let before = world.home.run(&["export"]).stdout;
    let toml = world.configuration().replace("\"Leads\"", "\"Laeds\"");
    std::fs::write(world.home.path().join("musubi.toml"), toml).unwrap();
    let applied = world.home.run(&["apply", "musubi.toml", "--yes", "--json"]);
    let error = &applied.json()["error"];
    assert_eq!(applied.code, 4, "{error}");
    assert_eq!(text(error, "code"), "module.unknown");
    assert!(text(error, "message").contains("Laeds") && text(error, "hint").contains("Leads"), "{error}");
    assert_eq!(world.home.run(&["export"]).stdout, before);
    assert_eq!(world.run("two").code, 0, "the other integration stands still");
}

#[test]
fn pages_of_garbage_are_read_again() {
    let world = World::new();
    world.apply();
    let hub = world.serve();
    world.fault(
        json!({"endpoint": "* /crm/v8/Contacts*", "org": world.service.org(0), "kind": "garbage_body"}),
    );
    let meanwhile = world.add(1, "Contacts");
    assert!(world.arrives(2, 3, "Contacts"), "the other integration stands still");
    world.service.clear_faults();
    assert!(world.comes(0, "Contacts", &meanwhile), "it did not recover");
    assert_eq!(hub.interrupt(), 0);
    assert_eq!(world.home.run(&["verify", "one"]).code, 0);
}

// K-27
#[test]
fn a_field_of_another_type_keeps_its_values_and_stops_no_other() {
    let world = World::new();
    let field = |side: usize, kind: &str| {
        let mut field = json!({"field_label": "Badge", "data_type": kind});
        if kind == "text" {
            field["length"] = 50.into();
        }
        let answer =
            world.people[side].call("POST", "settings/fields?module=Contacts", &json!({"fields": [field]}));
        text(&answer["fields"][0]["details"], "id")
    };
    let ids: Vec<String> = (0..2).map(|side| field(side, "text")).collect();
    world.apply();
    let hub = world.serve();
    let record = json!({"Last_Name": "Badged", "Email": "badged@example.com", "Badge": "red"});
    let id = world.people[0].add("Contacts", "Email", &record);
    assert!(world.comes(1, "Contacts", "badged@example.com"));

    let removed =
        world.people[1].call("DELETE", &format!("settings/fields/{}?module=Contacts", ids[1]), &json!(null));
    assert_eq!(removed["fields"][0]["code"], "SUCCESS", "{removed}");
    field(1, "boolean");
    // Everything else of the record goes on, and the value that has no place any more stays where it is.
    world.people[0].change("Contacts", &id, &json!({"Badge": "blue", "Title": "Buyer"}));
    let there = |field: &str, value: serde_json::Value| {
        within(30, || {
            let rows = world.people[1].all("Contacts", &["Email", field]);
            rows.iter().any(|row| row["Email"] == "badged@example.com" && row[field] == value)
        })
    };
    assert!(there("Title", "Buyer".into()), "{}", world.home.run(&["status", "--json"]).stdout);
    assert!(there("Badge", serde_json::Value::Null), "the new field was filled");
    assert_eq!(
        world.people[0]
            .all("Contacts", &["Email", "Badge"])
            .iter()
            .filter(|row| row["Badge"] == "blue")
            .count(),
        1
    );
    assert!(world.arrives(2, 3, "Contacts"), "the other integration stands still");
    assert_eq!(hub.interrupt(), 0);
    assert_eq!(world.home.run(&["verify", "one"]).code, 0);
}
