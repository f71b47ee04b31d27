//! `musubi failures` and `musubi retry`: by record, by reason and by module; and what waits for another record.

#![expect(clippy::unwrap_used, reason = "a test ends at what it did not expect")]

mod program;

use program::Home;
use program::service::Service;
use serde_json::{Value as Json, json};

const FAMILY: &str = "
[[integrations.tokyo-london.modules]]
left = \"Accounts\"
right = \"Accounts\"
match = [\"Account_Name\"]
[[integrations.tokyo-london.modules]]
left = \"Contacts\"
right = \"Contacts\"
match = [\"Email\"]
";
const BOUNDS: [&str; 8] = ["--call-timeout", "3s", "--lateness", "1s", "--list-lag", "1s", "--poll", "500ms"];

const ONE_WAY: &str = "
[[integrations.tokyo-london.modules]]
left = \"Contacts\"
right = \"Contacts\"
direction = \"left_to_right\"
match = [\"Email\"]
";

// K-24
#[test]
fn what_is_skipped_is_listed_with_its_reason_and_as_a_table() {
    let mut home = Home::new();
    let service = Service::start(&home, "empty");
    service.configure(&mut [&mut home], ONE_WAY);
    let sato = json!({"Last_Name": "Sato", "Email": "sato@example.com"});
    let sato = service.colleague(1).add("Contacts", "Email", &sato);
    let mori = json!({"Last_Name": "Mori", "Email": "mori@example.com"});
    service.colleague(0).add("Contacts", "Email", &mori);
    assert_eq!(home.run(&["apply", "musubi.toml", "--yes"]).code, 0);
    let mut run = vec!["run", "tokyo-london", "--timeout", "40s"];
    run.extend(BOUNDS);
    let ran = home.run(&run);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);

    let skipped = |more: &[&str]| home.run(&[&["failures", "tokyo-london", "--skipped"], more].concat());
    let told = skipped(&["--json"]).json();
    assert_eq!(told.as_array().unwrap().len(), 1, "the other one was carried over: {told}");
    let record = &told[0];
    assert_eq!((&record["right_id"], &record["left_id"]), (&json!(sato), &Json::Null), "{record}");
    assert_eq!(
        (&record["code"], &record["label"]),
        (&json!("skipped.direction"), &json!("Sato")),
        "{record}"
    );
    for (code, found) in [("direction", 1), ("skipped.direction", 1), ("skipped.scope", 0)] {
        assert_eq!(skipped(&["--code", code, "--json"]).json().as_array().unwrap().len(), found, "{code}");
    }
    let csv = skipped(&["--csv"]).stdout;
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines.len(), 2, "{csv}");
    assert!(lines[1].starts_with("skipped.direction,records of this side are not created"), "{csv}");
    assert!(skipped(&[]).stdout.contains(&sato));
    // For a person: in the language asked for, or in the terminal's.
    let csv = skipped(&["--csv", "--language", "ja"]).stdout;
    assert!(csv.starts_with("\u{feff}コード,内容,連携,タブ,"), "{csv}");
    let japanese = "この側のデータは相手側に作成しない設定です。";
    assert!(csv.contains(&format!("skipped.direction,{japanese},")), "{csv}");
    assert_eq!(skipped(&["--module", "Leads"]).code, 4, "there is no such module");

    let asked = ["failures", "tokyo-london", "--skipped"];
    home.set("LANG", "ja_JP.UTF-8");
    assert!(home.run(&asked).stdout.contains(japanese));
    assert!(home.run(&[&asked[..], &["--csv"]].concat()).stdout.starts_with("code,what,"), "as ever");
    let unknown = home.run(&["failures", "osaka"]).stderr;
    assert!(unknown.contains("。(") && unknown.contains("osaka"), "{unknown}");
    home.set("MUSUBI_LANGUAGE", "en");
    assert!(home.run(&asked).stdout.contains("records of this side are not created"));
}

// S1-87, I12
#[test]
fn what_failed_is_found_by_its_record_and_what_waits_by_what_it_waits_for() {
    let mut home = Home::new();
    let service = Service::start(&home, "empty");
    service.configure(&mut [&mut home], FAMILY);
    let person = service.colleague(0);
    let shop = person.add("Accounts", "Account_Name", &json!({"Account_Name": "Hana K.K."}));
    let refusal = json!({"endpoint": "POST /crm/v8/Accounts", "kind": "item_error", "code": "INVALID_DATA"});
    service.control("faults", &refusal);
    let sato = json!({"Last_Name": "Sato", "Email": "sato@example.com", "Account_Name": {"id": shop}});
    let sato = person.add("Contacts", "Email", &sato);
    assert_eq!(home.run(&["apply", "musubi.toml", "--yes"]).code, 0);
    let mut run = vec!["run", "tokyo-london", "--timeout", "40s"];
    run.extend(BOUNDS);
    let ran = home.run(&run);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);

    let failures = |more: &[&str]| -> Vec<Json> {
        let told = home.run(&[&["failures", "tokyo-london", "--json"], more].concat());
        told.json().as_array().unwrap().clone()
    };
    let about = failures(&["--record", &shop]);
    assert_eq!((about.len(), &about[0]["code"]), (1, &json!("parameter.refused")), "{about:?}");
    assert_eq!(failures(&["--record", "404"]), Vec::<Json>::new());

    let waiting = failures(&["--waiting"]);
    assert_eq!(waiting.len(), 1, "{waiting:?}");
    assert_eq!((&waiting[0]["id"], &waiting[0]["label"]), (&json!(sato), &json!("Sato")), "{waiting:?}");
    let parents = json!([{"module": "Accounts", "id": shop, "label": "Hana K.K."}]);
    assert_eq!(waiting[0]["parents"], parents);
    assert_eq!(failures(&["--waiting", "--module", "Accounts"]), Vec::<Json>::new());
    let told = home.run(&["failures", "tokyo-london", "--waiting"]).stdout;
    assert!(told.contains(&format!("Accounts {shop} (Hana K.K.)")), "{told}");
    let csv = home.run(&["failures", "tokyo-london", "--waiting", "--csv"]).stdout;
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines.len(), 2, "{csv}");
    assert!(lines[0].starts_with("what,integration,module,side,id,label,waits_for_module,"), "{csv}");
    let row = format!(",tokyo-london,Contacts,left,{sato},Sato,Accounts,{shop},Hana K.K.,");
    assert!(lines[1].contains(&row), "{csv}");
    let csv = home.run(&["failures", "tokyo-london", "--waiting", "--csv", "--language", "ja"]).stdout;
    assert!(csv.starts_with("\u{feff}内容,連携,タブ,左右,") && csv.contains(",左,"), "{csv}");

    let retried = |more: &[&str]| -> u64 {
        let told = home.run(&[&["retry", "tokyo-london", "--json"], more].concat());
        told.json()["retried"].as_u64().unwrap()
    };
    assert_eq!(retried(&["--code", "parameter.refused"]), 1);
    assert_eq!(retried(&["--module", "Accounts", "--code", "parameter.refused"]), 1);
    assert_eq!(retried(&["--module", "Accounts"]), 1);
    assert_eq!(retried(&["--module", "Accounts", "--code", "write.refused"]), 0);
    assert_eq!(home.run(&["retry", "tokyo-london", "--module", "Leads"]).code, 4, "there is no such module");
    assert_eq!(home.run(&["retry", "tokyo-london"]).code, 2, "it has to be said what");
}

/// Held deletions go when they are named and agreed to: not along with the rest, and not unasked.
#[test]
fn held_deletions_are_let_go_by_name_and_with_consent() {
    let mut home = Home::new();
    let service = Service::start(&home, "empty");
    let contacts = "
[[integrations.tokyo-london.modules]]
left = \"Contacts\"
right = \"Contacts\"
match = [\"Email\"]
deletion = \"delete\"
deletion_limit = { records = 1 }
";
    service.configure(&mut [&mut home], contacts);
    let (here, there) = (service.colleague(0), service.colleague(1));
    let person = |n: i64| json!({"Last_Name": format!("p{n}"), "Email": format!("p{n}@example.com")});
    let ids: Vec<String> = (0..3).map(|n| here.add("Contacts", "Email", &person(n))).collect();
    assert_eq!(home.run(&["apply", "musubi.toml", "--yes"]).code, 0);
    let mut run = vec!["run", "tokyo-london", "--timeout", "60s"];
    run.extend(BOUNDS);
    assert_eq!(home.run(&run).code, 0);
    assert_eq!(there.all("Contacts", &["Email"]).len(), 3);
    ids.iter().for_each(|id| here.delete("Contacts", id));
    std::thread::sleep(std::time::Duration::from_millis(1_500));
    let ran = home.run(&run);
    assert_eq!(there.all("Contacts", &["Email"]).len(), 3, "{}{}", ran.stdout, ran.stderr);

    let told = home.run(&["retry", "tokyo-london", "--all", "--json"]).json();
    assert_eq!(told, json!({"retried": 0, "left_out": {"delete.breaker": 3}}));
    let told = home.run(&["retry", "tokyo-london", "--all"]).stdout;
    assert!(told.contains("`musubi retry tokyo-london --code delete.breaker`"), "{told}");
    let unasked = home.run(&["retry", "tokyo-london", "--code", "delete.breaker"]);
    assert_eq!(unasked.code, 2, "{}", unasked.stderr);
    assert!(unasked.stderr.contains("records of the other side: 3"), "{}", unasked.stderr);
    home.run(&run);
    assert_eq!(there.all("Contacts", &["Email"]).len(), 3, "nobody agreed to it");
    let agreed = home.run(&["retry", "tokyo-london", "--code", "delete.breaker", "--yes", "--json"]);
    assert_eq!(agreed.json()["retried"], 3);
    home.run(&run);
    assert_eq!(there.all("Contacts", &["Email"]), Vec::<Json>::new());
}
