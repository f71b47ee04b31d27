//! `musubi mapping`: which fields belong to which, what could be mapped besides, and what becomes of real records.

#![expect(clippy::unwrap_used, reason = "a test ends at what it did not expect")]

mod program;

use program::Home;
use program::service::Service;
use serde_json::{Value as Json, json};

const PAIRS: &str = "
[[integrations.tokyo-london.modules]]
left = \"Contacts\"
right = \"Contacts\"
match = [\"Email\"]
fields = [
  { left = \"Email\", right = \"Email\" },
  { left = \"Last_Name\", right = \"Last_Name\" },
  { left = \"Phone\", right = \"Phone\", to_right = [{ phone = \"JP\" }], to_left = [{ phone = \"JP\" }] },
]
";

const UNLIKE: &str = "
[[integrations.tokyo-london.modules]]
left = \"Accounts\"
right = \"Accounts\"
match = [\"Account_Name\"]
fields = [
  { left = \"Account_Name\", right = \"Account_Name\" },
  { left = \"Ticker_Symbol\", right = \"Employees\" },
  { left = \"Fax\", right = \"Fax\" },
]
";

const BEHIND_THE_DASH: &str = "fields = [
  { left = \"Title\", right = \"Title\", direction = \"left_to_right\", to_right = [{ split = { at = \"-\", part = 2 } }] },
";

/// Two orgs that hold the same person, with a configuration that is not applied but for its connections.
fn world() -> (Home, Service) {
    let mut home = Home::new();
    let service = Service::start(&home, "empty");
    service.configure(&mut [&mut home], PAIRS);
    for (side, phone) in [(0, "03-1234-5678"), (1, "+81312345678")] {
        let sato = json!({"Last_Name": "佐藤", "Email": "sato@example.com", "Phone": phone, "Mobile": "090-1111-2222", "Title": "M-0001"});
        service.colleague(side).add("Contacts", "Email", &sato);
    }
    (home, service)
}

// S2-28
#[test]
fn a_mapping_is_shown_suggested_and_tried_on_real_records_before_it_is_applied() {
    let (home, _service) = world();
    let file = home.path().join("musubi.toml");
    let whole = std::fs::read_to_string(&file).unwrap();
    let connections = &whole[..whole.find("[integrations").unwrap()];
    std::fs::write(home.path().join("connections.toml"), connections).unwrap();
    assert_eq!(home.run(&["apply", "connections.toml", "--yes"]).code, 0);
    let unknown = home.run(&["mapping", "tokyo-london"]);
    assert_eq!(unknown.code, 4, "{}{}", unknown.stdout, unknown.stderr);

    let asked = ["mapping", "tokyo-london/Contacts", "--file", "musubi.toml", "--suggest", "--records"];
    let told = home.run(&[&asked[..], &["--json"]].concat());
    assert_eq!(told.code, 0, "{}{}", told.stdout, told.stderr);
    let told = told.json();
    assert_eq!(told.as_array().unwrap().len(), 1);
    let module = &told[0];
    let pairs: Vec<&Json> = module["mapping"]["mapped"].as_array().unwrap().iter().collect();
    assert_eq!(
        pairs.iter().map(|pair| pair["left"].as_str().unwrap()).collect::<Vec<_>>(),
        ["Email", "Last_Name", "Phone"]
    );
    let suggestions = module["suggestions"].as_array().unwrap();
    let mobile = suggestions.iter().find(|one| one["left"] == "Mobile").expect("it is free on both sides");
    assert_eq!(mobile["candidates"][0]["right"], "Mobile");
    let phone = module["records"][0]["fields"].as_array().unwrap().iter();
    let phone = phone.clone().find(|field| field["left"] == "Phone").expect("it is mapped");
    assert_eq!(phone["to_right"]["value"], "+81312345678");

    let text = home.run(&asked).stdout;
    for line in [
        "Contacts ↔ Contacts\n",
        "# { left = \"Mobile\", right = \"Mobile\" },\n",
        "佐藤 (",
        "they match",
        "03-1234-5678",
    ] {
        assert!(text.contains(line), "{line:?} is not in\n{text}");
    }
    // The lines are taken over as they stand.
    let accepted =
        whole.replace("fields = [\n", "fields = [\n  { left = \"Mobile\", right = \"Mobile\" },\n");
    std::fs::write(&file, accepted).unwrap();
    let told = home.run(&["mapping", "tokyo-london", "--file", "musubi.toml", "--json"]).json();
    assert_eq!(told[0]["mapping"]["mapped"].as_array().unwrap().len(), 4);
    assert!(told[0].get("suggestions").is_none() && told[0].get("records").is_none(), "nobody asked");
}

// S2-28
#[test]
fn what_steps_make_of_a_value_is_shown_though_both_sides_hold_the_same() {
    let (home, _service) = world();
    let file = home.path().join("musubi.toml");
    let whole = std::fs::read_to_string(&file).unwrap().replace("fields = [\n", BEHIND_THE_DASH);
    std::fs::write(&file, whole).unwrap();
    let applied = home.run(&["apply", "musubi.toml", "--yes"]);
    assert_eq!(applied.code, 0, "{}{}", applied.stdout, applied.stderr);
    let asked = ["mapping", "tokyo-london/Contacts", "--records", "1"];
    let title = || {
        let told = home.run(&[&asked[..], &["--json"]].concat()).json();
        let fields = told[0]["records"][0]["fields"].as_array().unwrap().clone();
        fields.into_iter().find(|field| field["left"] == "Title").expect("it is mapped")
    };
    let line = || {
        let text = home.run(&asked).stdout;
        // The records stand behind the list of pairs.
        let line = text.lines().rfind(|line| line.trim_start().starts_with("Title")).map(str::to_owned);
        line.expect("both sides hold a title")
    };
    let before = title();
    assert_eq!(
        (&before["agrees"], &before["to_right"]["value"]),
        (&json!(false), &json!("0001")),
        "{before}"
    );
    assert_eq!(line().split_whitespace().last(), Some("0001"), "{}", line());
    // The run does what was shown; then there is nothing left to do.
    assert_eq!(home.run(&["run", "tokyo-london"]).code, 0);
    assert_eq!(title()["agrees"], true);
    assert!(line().contains("the same"), "{}", line());
}

// S2-28
#[test]
fn two_fields_that_do_not_hold_the_same_values_are_told_below_their_pair() {
    let mut home = Home::new();
    let service = Service::start(&home, "empty");
    service.configure(&mut [&mut home], UNLIKE);
    assert_eq!(home.run(&["apply", "musubi.toml", "--yes"]).code, 0);
    let told = home.run(&["mapping", "tokyo-london", "--json"]).json();
    let pairs = told[0]["mapping"]["inexact"].as_array().unwrap();
    assert_eq!(
        (pairs.len(), &pairs[0]["left"], &pairs[0]["right"]),
        (1, &json!("Ticker_Symbol"), &json!("Employees"))
    );
    assert_eq!(pairs[0]["counterexample"]["value"], "007", "{}", pairs[0]);

    let below = |language| {
        let told = home.run(&["mapping", "tokyo-london", "--language", language]);
        assert_eq!(told.code, 0, "it is allowed: {}{}", told.stdout, told.stderr);
        let mut lines = told.stdout.lines().map(str::to_owned);
        lines.find(|line| line.starts_with("  Ticker_Symbol")).expect("it is mapped");
        let below: Vec<String> = lines.take(3).collect();
        assert!(below[2].starts_with("  Fax"), "the next pair follows: {}", told.stdout);
        format!("{}\n{}", below[0].trim(), below[1].trim())
    };
    insta::assert_snapshot!(below("en"), @r#"
    these two do not hold the same values: "007" on the left becomes "7" on the right, and that comes back as "7" [mapping.inexact]
    leave it if that does no harm, or make it one-way (direction = "left_to_right")
    "#);
    insta::assert_snapshot!(below("ja"), @r#"
    この2つの項目では、値が同じにならないことがあります：左の「007」は右で「7」になり、「7」として戻ります。 [mapping.inexact]
    支障がなければ、このまま同期できます。一方向のみにすることもできます(direction = "left_to_right")。
    "#);
}

#[test]
fn what_cannot_be_is_told_with_its_place_and_nothing_is_stored() {
    let (home, _service) = world();
    assert_eq!(home.run(&["apply", "musubi.toml", "--yes"]).code, 0);
    let file = home.path().join("musubi.toml");
    let wrong =
        std::fs::read_to_string(&file).unwrap().replace("right = \"Last_Name\"", "right = \"Last_Nam\"");
    std::fs::write(&file, wrong).unwrap();
    let told = home.run(&["mapping", "tokyo-london", "--file", "musubi.toml"]);
    assert_eq!(told.code, 3, "{}{}", told.stdout, told.stderr);
    assert!(told.stdout.contains("[mapping.") && told.stdout.contains("Last_Nam"), "{}", told.stdout);
    assert_eq!(home.run(&["mapping", "tokyo-london"]).code, 0, "what is applied is as it was");
    let none = home.run(&["mapping", "tokyo-london/Deals"]);
    assert_eq!(none.code, 4, "{}{}", none.stdout, none.stderr);
    assert!(none.stderr.contains("there are: Contacts"), "{}", none.stderr);
}
