//! Sandbox data that a recorded call finds something in.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::Recording;
use crate::harness::{Exchange, Harness};

/// A sandbox with a record of every module, and their ids.
pub struct World {
    harness: Harness,
    ids: HashMap<String, String>,
}

impl World {
    /// Makes one record of each module that is only read; calls that change or delete get their own.
    pub async fn fill(harness: Harness) -> World {
        // The recorded search found nothing; what is made here is too fresh for the index, too.
        harness.control("/sandbox/lags", json!({"search_ms": 3_600_000})).await;
        let mut world = World { harness, ids: HashMap::new() };
        for module in
            ["Accounts", "Contacts", "Leads", "Deals", "Products", "Tasks", "Events", "Calls", "Notes"]
        {
            let id = world.make(module).await;
            world.ids.insert(module.to_owned(), id);
        }
        let users = world.harness.call("GET", "/crm/v2/users?type=AllUsers", Value::Null).await;
        world.ids.insert("users".to_owned(), users.body["users"][0]["id"].as_str().unwrap().to_owned());
        world
    }

    async fn make(&self, module: &str) -> String {
        let of = |other: &str| json!({"id": self.ids.get(other)});
        let account = json!({"id": self.ids.get("Accounts"), "module": {"api_name": "Accounts"}});
        let record = match module {
            "Accounts" => {
                json!({"Account_Name": "King", "Industry": "Technology", "Annual_Revenue": 850_000, "Employees": 445})
            }
            "Contacts" => {
                json!({"Last_Name": "Garufi", "First_Name": "Capla", "Email": "capla@example.com", "Account_Name": of("Accounts"), "Salutation": "Mr."})
            }
            "Leads" => json!({"Last_Name": "Maclead", "Company": "Rangoni", "Email": "lead@example.com"}),
            "Deals" => {
                json!({"Deal_Name": "Chapman", "Stage": "Needs Analysis", "Closing_Date": "2026-12-24", "Amount": 70_000, "Account_Name": of("Accounts"), "Contact_Name": of("Contacts")})
            }
            "Products" => json!({"Product_Name": "Widget", "Unit_Price": 9.5}),
            "Tasks" => {
                json!({"Subject": "Register", "Due_Date": "2026-12-24", "Who_Id": of("Contacts"), "What_Id": account, "$se_module": "Accounts"})
            }
            "Events" => {
                json!({"Event_Title": "Demo", "Start_DateTime": "2026-12-24T10:00:00+03:00", "End_DateTime": "2026-12-24T11:00:00+03:00"})
            }
            "Calls" => {
                json!({"Subject": "Call", "Call_Type": "Outbound", "Call_Start_Time": "2026-05-14T12:00:00+03:00", "Call_Duration": "01:00"})
            }
            _ => {
                json!({"Note_Title": "Note", "Note_Content": "Text", "Parent_Id": account, "se_module": "Accounts"})
            }
        };
        let made = self.harness.call("POST", &format!("/crm/v8/{module}"), json!({"data": [record]})).await;
        assert_eq!(made.status, 201, "{module}: {}", made.body);
        made.body["data"][0]["details"]["id"].as_str().unwrap().to_owned()
    }

    /// Makes the recorded call, with ids of this sandbox. Reads go to `/crm/v2` as recorded; writes, which the sandbox
    /// serves from v3 on only, to `/crm/v8`.
    pub async fn replay(&self, recording: &Recording) -> Exchange {
        let mut pieces: Vec<String> = recording.path.split('/').map(str::to_owned).collect();
        let module = pieces[3].clone();
        let mut body = recording.request["data"].clone();
        if pieces.get(4).is_some_and(|piece| piece.parse::<i64>().is_ok()) {
            let id = match recording.method.as_str() {
                "GET" if module == "users" => self.ids["users"].clone(),
                "GET" => self.ids[&module].clone(),
                _ => self.make(&module).await,
            };
            pieces[4] = id.clone();
            if body["data"][0].get("id").is_some() {
                body["data"][0]["id"] = json!(id);
            }
        }
        if recording.method != "GET" {
            pieces[2] = "v8".to_owned();
        }
        if let Some(parent) = body["data"][0].get("Parent_Id").and_then(Value::as_str).map(str::to_owned) {
            assert!(!parent.is_empty());
            body["data"][0]["Parent_Id"] = json!(self.ids["Contacts"]);
        }
        for (key, module) in [
            ("Who_Id", "Contacts"),
            ("What_Id", "Accounts"),
            ("Account_Name", "Accounts"),
            ("Contact_Name", "Contacts"),
        ] {
            if module != pieces[3]
                && body["data"][0].get(key).is_some_and(|value| value.is_object() || value.is_string())
            {
                body["data"][0][key] = json!({"id": self.ids[module]});
            }
        }
        let query: Vec<String> = recording.request["params"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default()))
            .collect();
        let target = format!("{}?{}", pieces.join("/"), query.join("&"));
        self.harness.call(&recording.method, &target, body).await
    }
}
