//! `POST /Leads/{id}/actions/convert`: a lead becomes a contact, an account and, when asked for, a deal.

use serde_json::{Map, Value as Json, json};

use super::{
    commit::Commit,
    context::{RequestContext, Version},
    record_id, related,
    validate::{ItemError, Place},
    write,
};
use crate::{
    http::{
        answer::Answer,
        error::{ApiError, Reply},
        json_in::Node,
    },
    org::{
        State,
        events::Operation,
        record::{Conversion, Record},
        value::Value,
    },
};

/// Lead fields and what they are called on the contact.
const TO_CONTACT: &[(&str, &str)] = &[
    ("First_Name", "First_Name"),
    ("Last_Name", "Last_Name"),
    ("Email", "Email"),
    ("Phone", "Phone"),
    ("Mobile", "Mobile"),
    ("Fax", "Fax"),
    ("Designation", "Title"),
    ("Lead_Source", "Lead_Source"),
    ("Salutation", "Salutation"),
    ("Secondary_Email", "Secondary_Email"),
    ("Skype_ID", "Skype_ID"),
    ("Twitter", "Twitter"),
    ("Description", "Description"),
    ("Street", "Mailing_Street"),
    ("City", "Mailing_City"),
    ("State", "Mailing_State"),
    ("Zip_Code", "Mailing_Zip"),
    ("Country", "Mailing_Country"),
    ("Email_Opt_Out", "Email_Opt_Out"),
];

/// Lead fields and what they are called on the account.
const TO_ACCOUNT: &[(&str, &str)] = &[
    ("Company", "Account_Name"),
    ("Phone", "Phone"),
    ("Fax", "Fax"),
    ("Website", "Website"),
    ("Industry", "Industry"),
    ("Annual_Revenue", "Annual_Revenue"),
    ("No_of_Employees", "Employees"),
    ("Rating", "Rating"),
    ("Street", "Billing_Street"),
    ("City", "Billing_City"),
    ("State", "Billing_State"),
    ("Zip_Code", "Billing_Code"),
    ("Country", "Billing_Country"),
];

/// Converts a lead.
pub fn convert(ctx: &RequestContext, lead: &str) -> Reply {
    ctx.require(&["modules", "Leads"], "CREATE")?;
    ctx.charge(5);
    let id = record_id(lead, 1)?;
    let body = ctx.body()?;
    let wish = body
        .get("data")
        .and_then(Node::as_list)
        .and_then(<[_]>::first)
        .ok_or_else(|| ApiError::mandatory("data", "$.data"))?;
    let mut state = ctx.org.write();
    let Some(leads) = state.module_no("Leads") else { return Err(ApiError::invalid_module()) };
    let Some(record) = state.modules[leads].table.get(id).cloned() else {
        return Err(ApiError::invalid_id(1));
    };
    if record.converted.is_some() {
        return Err(ApiError::new(
            400,
            "ID_ALREADY_CONVERTED",
            "the id is already converted",
            json!({"id": id.to_string()}),
        ));
    }
    let mut commit = Commit::new(ctx);
    let made = parts(ctx, &mut state, &mut commit, leads, &record, wish);
    let (account, contact, deal) = match made {
        Ok(made) => made,
        Err(error) => {
            commit.finish(&mut state);
            return Ok(Answer::json(
                400,
                &json!({"data": [
                    {"code": error.code, "details": error.details, "message": error.message, "status": "error"}
                ]}),
            ));
        }
    };
    move_children(ctx, &mut state, &mut commit, leads, id, contact);
    let mut lead = record;
    lead.modified = ctx.now();
    lead.modified_by = ctx.user_id;
    lead.converted = Some(Box::new(Conversion { time: ctx.now(), account, contact: Some(contact), deal }));
    commit.put(&mut state, leads, lead, Operation::Update, vec![]);
    commit.finish(&mut state);
    Ok(Answer::json(200, &json!({"data": [answer(ctx, &state, account, contact, deal)]})))
}

fn answer(
    ctx: &RequestContext,
    state: &State,
    account: Option<i64>,
    contact: i64,
    deal: Option<i64>,
) -> Json {
    if ctx.version == Version::V2 {
        let text = |id: Option<i64>| id.map(|id| id.to_string());
        return json!({"Contacts": contact.to_string(), "Deals": text(deal), "Accounts": text(account)});
    }
    let named = |module: &str, id: Option<i64>| {
        id.map(|id| json!({"name": state.record_name(module, id).unwrap_or_default(), "id": id.to_string()}))
    };
    json!({
        "code": "SUCCESS", "message": "The record has been converted successfully", "status": "success",
        "details": {"Contacts": named("Contacts", Some(contact)), "Deals": named("Deals", deal), "Accounts": named("Accounts", account)},
    })
}

type Made = (Option<i64>, i64, Option<i64>);

fn parts(
    ctx: &RequestContext,
    state: &mut State,
    commit: &mut Commit<'_>,
    leads: usize,
    lead: &Record,
    wish: &Node<'_>,
) -> Result<Made, ItemError> {
    let chosen = |key: &str| wish.get(key).and_then(|w| w.get("id").or(Some(w))).and_then(Node::as_id);
    let account = match chosen("Accounts") {
        Some(id) => Some(id),
        None if state.modules[leads].text(lead, "Company").is_empty() => None,
        None => {
            let fields = mapped(state, leads, lead, TO_ACCOUNT);
            Some(make(ctx, state, commit, "Accounts", fields, lead)?)
        }
    };
    let contact = match chosen("Contacts") {
        Some(id) => id,
        None => {
            let mut fields = mapped(state, leads, lead, TO_CONTACT);
            if let Some(account) = account {
                fields.insert("Account_Name".into(), json!({"id": account.to_string()}));
            }
            make(ctx, state, commit, "Contacts", fields, lead)?
        }
    };
    let deal = match wish.get("Deals").map(Node::to_json) {
        Some(Json::Object(mut fields)) => {
            fields.insert("Contact_Name".into(), json!({"id": contact.to_string()}));
            if let Some(account) = account {
                fields.insert("Account_Name".into(), json!({"id": account.to_string()}));
            }
            Some(make(ctx, state, commit, "Deals", fields, lead)?)
        }
        _ => None,
    };
    Ok((account, contact, deal))
}

fn mapped(state: &State, leads: usize, lead: &Record, map: &[(&str, &str)]) -> Map<String, Json> {
    let module = &state.modules[leads];
    map.iter()
        .filter_map(|(from, to)| {
            let value = match lead.get(module.field_no(from)?)? {
                Value::Text(text) => json!(text),
                Value::Bool(value) => json!(value),
                Value::Int(number) => json!(number),
                Value::Decimal(number) => serde_json::from_str(&number.to_string()).ok()?,
                _ => return None,
            };
            Some(((*to).to_owned(), value))
        })
        .collect()
}

fn make(
    ctx: &RequestContext,
    state: &mut State,
    commit: &mut Commit<'_>,
    module: &str,
    mut fields: Map<String, Json>,
    lead: &Record,
) -> Result<i64, ItemError> {
    fields.insert("Owner".into(), json!({"id": lead.owner.to_string()}));
    let Some(no) = state.module_no(module) else {
        return Err(ItemError {
            code: "INVALID_MODULE",
            message: "the module name given seems to be invalid",
            details: json!({}),
        });
    };
    let json = Json::Object(fields);
    write::insert_one(ctx, state, commit, no, &Node::from_json(&json), Place(0)).map(|record| record.id)
}

/// Notes and attachments of the lead hang on the contact from now on.
fn move_children(
    ctx: &RequestContext,
    state: &mut State,
    commit: &mut Commit<'_>,
    leads: usize,
    lead: i64,
    contact: i64,
) {
    let Some(contacts) = state.module_no("Contacts") else { return };
    for owned in ["Notes", "Attachments"] {
        let Some(no) = state.module_no(owned) else { continue };
        for child in related::children(state, owned, leads, lead) {
            let (Some(field), Some(record)) =
                (state.modules[no].field_no("Parent_Id"), state.modules[no].table.get(child))
            else {
                continue;
            };
            let mut record = record.clone();
            record.set(field, Some(Value::ModuleLookup(contacts as u16, contact)));
            record.modified = ctx.now();
            commit.put(state, no, record, Operation::Update, vec![field]);
        }
    }
}
