//! The orgs: two custom modules with a field of every type, which the two sides did not set up alike, and what is configured for them.

use crate::world::{Org, World};
use serde_json::{Value, json};

/// Both sides have these; where they differ, the right one is the narrower or has another option.
fn fields(left: bool) -> Vec<Value> {
    let side = |of_left: Value, of_right: Value| if left { of_left } else { of_right };
    let options =
        |list: &[&str]| list.iter().map(|option| json!({"display_value": option})).collect::<Vec<_>>();
    let grades = if left {
        options(&["A", "B", "優良", "旧区分"])
    } else {
        options(&["A", "B", "優良", "新区分"])
    };
    let colours =
        if left { options(&["赤", "青", "緑", "廃番"]) } else { options(&["赤", "青", "緑"]) };
    let item = side(json!(100), json!(20));
    vec![
        json!({"field_label": "Ref", "data_type": "text", "length": 40}),
        json!({"field_label": "Mail", "data_type": "email"}),
        json!({"field_label": "Kana", "data_type": "text", "length": 200}),
        json!({"field_label": "Memo", "data_type": "text", "length": side(json!(200), json!(40))}),
        json!({"field_label": "Story", "data_type": "textarea", "textarea": {"type": side(json!("small"), json!("large"))}}),
        json!({"field_label": "Page", "data_type": "richtext"}),
        json!({"field_label": "Tel", "data_type": "phone"}),
        json!({"field_label": "Web", "data_type": "website"}),
        json!({"field_label": "Grade", "data_type": "picklist", "pick_list_values": grades}),
        json!({"field_label": "Colours", "data_type": "multiselectpicklist", "pick_list_values": colours}),
        json!({"field_label": "Flag", "data_type": "boolean"}),
        json!({"field_label": "Heads", "data_type": "integer", "length": side(json!(9), json!(4))}),
        json!({"field_label": "Big", "data_type": "bigint"}),
        json!({"field_label": "Ratio", "data_type": "double", "decimal_place": side(json!(4), json!(2))}),
        json!({"field_label": "Budget", "data_type": "currency"}),
        json!({"field_label": "Share", "data_type": "percent"}),
        json!({"field_label": "Day", "data_type": "date"}),
        json!({"field_label": "Moment", "data_type": "datetime"}),
        json!({"field_label": "Site", "data_type": "lookup", "lookup": {"module": {"api_name": "Sites"}}}),
        json!({"field_label": "Inspector", "data_type": "userlookup"}),
        json!({"field_label": "Serial", "data_type": "autonumber", "auto_number": {"prefix": "P-", "start_number": 1}}),
        json!({"field_label": "Score", "data_type": "formula"}),
        json!({"field_label": "Code", "data_type": "text", "length": 30, "unique": side(Value::Null, json!({"casesensitive": false}))}),
        json!({"field_label": "Must", "data_type": "text", "length": 30}),
        json!({"field_label": "Basis", "data_type": "text", "length": 30}),
        json!({"field_label": "Alt", "data_type": "text", "length": 80}),
        json!({"field_label": "Count", "data_type": "text", "length": 20}),
        json!({"field_label": "Lines", "data_type": "subform", "subform": {"fields": [
            {"field_label": "Item", "data_type": "text", "length": item}, {"field_label": "Pieces", "data_type": "integer"},
            {"field_label": "Price", "data_type": "double"},
        ]}}),
    ]
}

/// Makes both modules in both orgs.
pub async fn modules(world: &World) {
    for (number, org) in world.orgs.iter().take(2).enumerate() {
        let left = number == 0;
        module(org, "Sites", "拠点").await;
        add(org, "Sites", vec![json!({"field_label": "Region", "data_type": "text", "length": 30})]).await;
        module(org, "Projects", "案件").await;
        add(org, "Projects", fields(left)).await;
        // Told by the page alone, not by the field: what it demands is found out by being refused.
        org.require("Projects", if left { "Basis" } else { "Must" }).await;
        if !left {
            org.require("Sites", "Region").await;
        }
    }
}

async fn module(org: &Org, name: &str, label: &str) {
    let profiles = org.call("GET", "settings/profiles", Value::Null).await;
    let profile = json!([{"id": profiles["profiles"][0]["id"]}]);
    let wish = json!({"modules": [{"api_name": name, "singular_label": label, "plural_label": label, "profiles": profile}]});
    let made = org.call("POST", "settings/modules", wish).await;
    assert_eq!(made["modules"][0]["code"], "SUCCESS", "{made}");
}

async fn add(org: &Org, module: &str, fields: Vec<Value>) {
    for some in fields.chunks(5) {
        let made =
            org.call("POST", &format!("settings/fields?module={module}"), json!({"fields": some})).await;
        let all = made["fields"].as_array().unwrap_or_else(|| panic!("{made}"));
        assert!(all.iter().all(|field| field["code"] == "SUCCESS"), "{made}");
    }
}

/// Two integrations in one file: both modules both ways between Tokyo and London, and a list of fields one way to Osaka.
pub fn config(world: &World) -> String {
    let mut text = String::new();
    for (name, org) in ["tokyo", "london", "osaka"].iter().zip(&world.orgs) {
        let base = world.sandbox.base_url();
        text += &format!(
            "[connections.{name}]\nservice = \"crm\"\nbase_url = \"{base}\"\norg = \"{}\"\n",
            org.id
        );
    }
    text + r#"
[integrations.both]
left = "tokyo"
right = "london"

[[integrations.both.modules]]
left = "Sites"
right = "Sites"
match = ["Name"]

[[integrations.both.modules]]
left = "Projects"
right = "Projects"
match = ["Mail"]

[integrations.oneway]
left = "tokyo"
right = "osaka"

[[integrations.oneway.modules]]
left = "Projects"
right = "Leads"
direction = "left_to_right"
match = ["Ref"]
fields = [
  { left = "Ref", right = "Skype_ID" },
  { left = "Name", right = "Last_Name" },
  { left = "Kana", right = "Company", default = "不明" },
  { left = "Alt", right = "Email" },
  { left = "Tel", right = "Phone" },
  { left = "Count", right = "No_of_Employees" },
]
"#
}
