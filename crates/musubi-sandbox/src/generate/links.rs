//! Points made records at others of the same org: contacts at accounts, deals at contacts, tasks at people.

use serde_json::{Value as Json, json};

use crate::org::State;

/// Which record of `parent` the n-th record hangs on; none when there are none.
fn nth(state: &State, parent: &str, n: u64) -> Option<String> {
    let ranked = state.module(parent)?.table.order(crate::org::table::Order::Id);
    if ranked.is_empty() {
        return None;
    }
    let at = (n.wrapping_mul(7) % ranked.len() as u64) as usize;
    let (id, _) = ranked.ascending_from(at).next()?;
    Some(id.to_string())
}

/// Fills the references of a record that point at something there.
pub fn fill(state: &State, module: &str, record: &mut Json, n: u64) {
    let mut point = |field: &str, parent: &str| {
        if let Some(id) = nth(state, parent, n) {
            record[field] = json!({"id": id});
        }
    };
    match module {
        "Contacts" => point("Account_Name", "Accounts"),
        "Deals" => {
            point("Account_Name", "Accounts");
            point("Contact_Name", "Contacts");
            point("Campaign_Source", "Campaigns");
        }
        "Products" => point("Vendor_Name", "Vendors"),
        "Tasks" | "Events" | "Calls" => {
            point("Who_Id", "Contacts");
            // Every other one is about a deal as well.
            if n.is_multiple_of(2)
                && let Some(id) = nth(state, "Deals", n)
            {
                record["What_Id"] = json!({"id": id});
                record["$se_module"] = json!("Deals");
            }
        }
        "Notes" => {
            let parents = ["Contacts", "Accounts", "Deals", "Leads"];
            let found = (0..4).find_map(|step| {
                let parent = parents[((n + step) % 4) as usize];
                Some((parent, nth(state, parent, n)?))
            });
            if let Some((parent, id)) = found {
                record["Parent_Id"] = json!({"id": id, "module": {"api_name": parent}});
            }
        }
        _ => {}
    }
}
