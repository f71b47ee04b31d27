//! What is synced: three modules that lead to one another, fields of many kinds, and one form for a value, whoever shows it.

use crate::world::Org;
use jiff::Timestamp;
use serde_json::{Value, json};

/// What a field holds.
#[derive(Clone, Copy)]
pub enum Kind {
    /// By this the records of both sides are recognised; nobody changes it.
    Key,
    /// A text that the service demands.
    Name,
    Text,
    /// Several lines.
    Memo,
    Mail,
    Phone,
    Website,
    Choice(&'static [&'static str]),
    /// A choice that the service demands.
    Stage(&'static [&'static str]),
    /// Several choices; they have no order.
    Several(&'static [&'static str]),
    Flag,
    Whole,
    Decimal,
    Day,
    Moment,
    /// A record of the module of this number: by its id.
    To(usize),
    /// A person: by the e-mail address.
    Owner,
}

/// A field that both sides have under one name.
pub struct Field {
    pub name: &'static str,
    pub kind: Kind,
    /// What is told of it besides, as in the file.
    rule: &'static str,
}

/// A module that both sides have under one name.
pub struct Module {
    pub name: &'static str,
    /// What is told of it, as in the file.
    rules: &'static str,
    /// The first one is the key.
    pub fields: &'static [Field],
}

const fn field(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, rule: "" }
}

const fn ruled(name: &'static str, kind: Kind, rule: &'static str) -> Field {
    Field { name, kind, rule }
}

const COLOURS: &[&str] = &["赤", "青", "緑"];

/// Parents first.
pub static MODULES: [Module; 3] = [
    Module {
        name: "Accounts",
        // Who was deleted on one side and changed on the other stays.
        rules: "conflict = \"left\"\ndeletion = \"delete\"\n",
        fields: &[
            field("Account_Name", Kind::Key),
            field("Phone", Kind::Phone),
            field("Website", Kind::Website),
            field("Industry", Kind::Choice(&["Education", "Manufacturing", "Real Estate"])),
            field("Employees", Kind::Whole),
            field("Annual_Revenue", Kind::Decimal),
            field("Billing_City", Kind::Text),
            ruled("Description", Kind::Memo, ", conflict = \"latest\""),
            field("Colours", Kind::Several(COLOURS)),
            field("Ratio", Kind::Decimal),
            field("Visited", Kind::Moment),
            field("Owner", Kind::Owner),
        ],
    },
    Module {
        name: "Contacts",
        // What was changed on the other side is deleted all the same: the change must be in the journal.
        rules: "conflict = \"latest\"\ndeletion = \"delete\"\ndelete_conflict = \"delete\"\n",
        fields: &[
            field("Email", Kind::Key),
            field("Last_Name", Kind::Name),
            field("Title", Kind::Text),
            field("Phone", Kind::Phone),
            field("Secondary_Email", Kind::Mail),
            field("Salutation", Kind::Choice(&["Mr.", "Ms.", "Dr."])),
            field("Date_of_Birth", Kind::Day),
            field("Email_Opt_Out", Kind::Flag),
            ruled("Description", Kind::Memo, ", blank = \"clear_from_master\""),
            field("Account_Name", Kind::To(0)),
        ],
    },
    Module {
        name: "Deals",
        rules: "conflict = \"right\"\ndeletion = \"delete\"\ndelete_conflict = \"delete\"\n",
        fields: &[
            field("Deal_Name", Kind::Key),
            field("Stage", Kind::Stage(&["Qualification", "Needs Analysis", "Closed Won"])),
            field("Type", Kind::Choice(&["Existing Business", "New Business"])),
            field("Amount", Kind::Decimal),
            field("Closing_Date", Kind::Day),
            ruled("Next_Step", Kind::Text, ", conflict = \"left\""),
            ruled("Description", Kind::Memo, ", blank = \"keep\""),
            field("Account_Name", Kind::To(0)),
            field("Contact_Name", Kind::To(1)),
            field("Owner", Kind::Owner),
        ],
    },
];

/// Makes the fields that are the org's own: kinds that these modules do not have by themselves.
pub async fn add_own(org: &Org) {
    let options: Vec<Value> = COLOURS.iter().map(|option| json!({"display_value": option})).collect();
    for field in [
        json!({"field_label": "Colours", "data_type": "multiselectpicklist", "pick_list_values": options}),
        json!({"field_label": "Ratio", "data_type": "double", "decimal_place": 3}),
        json!({"field_label": "Visited", "data_type": "datetime"}),
    ] {
        org.add_field("Accounts", field).await;
    }
}

/// The integration, which waits until somebody resumes it.
pub fn config() -> String {
    let mut text = String::from("paused = true\n");
    for module in &MODULES {
        let pair =
            |field: &Field| format!("{{ left = \"{0}\", right = \"{0}\"{1} }}", field.name, field.rule);
        let fields: Vec<String> = module.fields.iter().map(pair).collect();
        text += &format!(
            "[[integrations.both.modules]]\nleft = \"{0}\"\nright = \"{0}\"\nmatch = [\"{1}\"]\n{2}fields = [{3}]\n",
            module.name,
            module.fields[0].name,
            module.rules,
            fields.join(", ")
        );
    }
    text
}

/// A value in one form: the service shows it as JSON of its field's type, the journal as a person reads it.
pub fn form(kind: Kind, shown: &Value) -> Value {
    match (kind, shown) {
        // The journal leaves the name out where nobody knows it.
        (Kind::To(_), Value::Object(led_to)) => led_to["id"].clone(),
        (Kind::Owner, Value::Object(person)) => person["email"].clone(),
        (Kind::Several(_), Value::Array(items)) if items.is_empty() => Value::Null,
        (Kind::Several(_), Value::Array(items)) => {
            let mut items = items.clone();
            items.sort_by_key(Value::to_string);
            Value::Array(items)
        }
        (Kind::Whole, Value::String(digits)) => json!(digits.parse::<i64>().unwrap()),
        (Kind::Decimal, Value::String(digits)) => json!(digits.parse::<f64>().unwrap()),
        (Kind::Decimal, Value::Number(number)) => json!(number.as_f64().unwrap()),
        // Each org shows its own zone.
        (Kind::Moment, Value::String(moment)) => json!(moment.parse::<Timestamp>().unwrap().to_string()),
        (_, value) => value.clone(),
    }
}
