//! Mistakes in a configuration are told in the words of the guide.
#![expect(clippy::unwrap_used, reason = "a test ends at what it did not expect")]

use musubi_engine::Config;

/// Every key, with a value of its kind.
const ALL: &str = r#"
connections.tokyo = { service = "crm", data_centre = "jp", org = "600123" }
connections.london = { service = "crm", base_url = "http://127.0.0.1:8090", org = "600124" }

[notices]
language = "ja"
zone = "Asia/Tokyo"
digest = "09:00"
events = ["failed"]
unreachable_minutes = 15
console = "https://musubi.example.com"
smtp = { server = "mail.example.com", port = 587, tls = "starttls", user = "u", from = "m@x.example", to = ["a@x.example"] }
webhook = { url = "https://hook.example.com/" }

[integrations.all]
left = "tokyo"
right = "london"
owners = { table = [{ left = "a@x.example", right = "b@x.example" }], fallback = { left = "a@x.example" }, later_changes = "carry" }
compare_every = "7d"
notes = true
activities = true

[[integrations.all.modules]]
left = "Contacts"
right = "Contacts"
state = "inactive"
direction = "both"
match = ["Email", { left = "Website", right = "Homepage", as = "phone", country = 81 }]
conflict = "latest"
initial = "left"
master = "right"
blank = "keep"
deletion = { left = "delete", right = "unlink" }
delete_conflict = "edit"
converted = "hold"
deletion_limit = { records = 5, share = "10%" }
automations = "always"
bulk = "never"
only_with_parent = false
tags = true
derived = [
{ side = "left", name = "Both", join = ["A", "B"], with = " " },
{ side = "right", name = "One", first_non_blank = ["A"] },
]
fields = [
{ left = "Email", right = "Email", direction = "both", conflict = "hold", master = "left", blank = "clear", default = "x" },
{ left = "City", right = "City", default = { left = "x", right = 7 }, to_right = ["trim", { case = "upper" }, { round = 2 }], to_left = [{ constant = "x" }] },
{ left = "Tel", right = "Tel", to_right = [{ phone = "JP" }, { date_of = "Asia/Tokyo" }, { script = "value" }] },
{ left = "Due", right = "Due", to_right = [{ time_of = { zone = "Asia/Tokyo", at = "09:00" } }] },
{ left = "Kind", right = "Kind", to_right = [{ map = { values = { A = "B" }, unknown = "keep" } }] },
{ left = "Name", right = "Name", to_right = [{ split = { at = " ", part = 1 } }] },
]

[integrations.all.modules.scope]
leaving = "keep_linked"
view_changes = "ask"
created_within = "365d"
apply_window_to_updates = true

[integrations.all.modules.scope.left]
views = ["All"]
join = "any"
opt_out = "Out"
criteria = { all = [{ field = "City", comparator = "equal", value = "Tokyo" }] }

[integrations.all.modules.scope.right]
criteria = { any = [{ field = "City", comparator = "equal", value = ["Tokyo"] }] }

[[integrations.all.modules]]
left = "Leads"
right = "Leads"
field_conflict = { City = "left" }
"#;

/// Every place in the file, with the way to it.
fn places(value: &toml::Value, way: &[String], out: &mut Vec<Vec<String>>) {
    let mut inside = |key: String, value: &toml::Value| {
        let way: Vec<String> = way.iter().cloned().chain([key]).collect();
        out.push(way.clone());
        places(value, &way, out);
    };
    match value {
        toml::Value::Table(table) => table.iter().for_each(|(key, value)| inside(key.clone(), value)),
        toml::Value::Array(list) => {
            (0..).zip(list).for_each(|(at, value): (usize, _)| inside(at.to_string(), value))
        }
        _ => {}
    }
}

fn at<'a>(value: &'a mut toml::Value, key: &str) -> &'a mut toml::Value {
    match value {
        toml::Value::Array(list) => &mut list[key.parse::<usize>().unwrap()],
        toml::Value::Table(table) => &mut table[key],
        other => panic!("{key} in {other}"),
    }
}

#[test]
fn a_value_of_another_kind_is_told_without_the_names_of_our_types() {
    let all: toml::Value = toml::from_str(ALL).unwrap();
    let sound = toml::to_string(&all).unwrap();
    let mut ways = Vec::new();
    places(&all, &[], &mut ways);
    assert!(ways.len() > 120, "{}", ways.len());
    Config::parse(&sound).unwrap();
    let wrong = [
        toml::Value::Integer(7),
        toml::Value::Float(1.5),
        toml::Value::Boolean(true),
        toml::Value::String("no such thing".into()),
        toml::Value::Array(vec![toml::Value::Integer(7)]),
        toml::Value::Array(Vec::new()),
        toml::Value::Table(toml::Table::from_iter([("odd".to_owned(), toml::Value::Integer(7))])),
        toml::Value::Datetime("1979-05-27".parse().unwrap()),
    ];
    let mut told = 0;
    for way in &ways {
        for value in &wrong {
            let mut file = all.clone();
            *way.iter().fold(&mut file, |value, key| at(value, key)) = value.clone();
            let Err(error) = Config::parse(&toml::to_string(&file).unwrap()) else { continue };
            told += 1;
            let leaks = |word: &str| {
                let word = word.trim_matches(|c: char| !c.is_alphanumeric());
                let humps = word.chars().skip(1).any(char::is_uppercase);
                let is_name =
                    humps && word.chars().any(char::is_lowercase) && word.chars().all(char::is_alphanumeric);
                let of_rust = [
                    "struct", "enum", "newtype", "tuple", "u8", "u16", "u32", "u64", "i32", "i64", "usize",
                    "unit",
                ];
                is_name || of_rust.contains(&word)
            };
            let said = format!("{} {}", error.message, error.hint);
            let leak = said.split_whitespace().find(|word| leaks(word));
            assert_eq!(leak, None, "{}: {value} is told as: {said}", way.join("."));
        }
    }
    assert!(told > 400, "{told}");
}
