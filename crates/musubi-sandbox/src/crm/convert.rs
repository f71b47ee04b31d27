//! `POST /Leads/{id}/actions/convert`: a lead becomes a contact, an account and, when asked for, a deal.

use serde_json::{Map, Value as Json, json};

use super::{
    commit::Commit,
    context::{RequestContext, Version},
    record_id, rules, unique,
    validate::{self, ItemError, Place},
    write::{self, Prepared},
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
        record::{Conversion, FieldNo, Record},
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
    let parts = match parts(ctx, &mut state, leads, &record, wish) {
        Ok(parts) => parts,
        Err(error) => {
            return Ok(Answer::json(
                400,
                &json!({"data": [
                    {"code": error.code, "details": error.details, "message": error.message, "status": "error"}
                ]}),
            ));
        }
    };
    let mut commit = Commit::new(ctx);
    let made = put_in(ctx, &mut state, &mut commit, parts);
    hand_over(ctx, &mut state, &mut commit, (leads, id), &made, wish);
    let mut lead = record;
    lead.modified = ctx.now();
    lead.modified_by = ctx.user_id;
    lead.converted = Some(Box::new(Conversion {
        time: ctx.now(),
        account: made.account,
        contact: Some(made.contact),
        deal: made.deal,
    }));
    commit.put(&mut state, leads, lead, Operation::Update, vec![]);
    rules::run(ctx, &mut state, &mut commit);
    commit.finish(&mut state);
    Ok(Answer::json(200, &json!({"data": [answer(ctx, &state, made.account, made.contact, made.deal)]})))
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

/// What a lead became.
struct Made {
    account: Option<i64>,
    contact: i64,
    deal: Option<i64>,
}

/// One record that a lead becomes, or joins.
enum Part {
    /// A new one, checked.
    New(usize, Box<Prepared>),
    /// One that is there, with the values that overwrite its own.
    Old(usize, i64, Vec<(FieldNo, Option<Value>)>),
}

/// All records that a lead becomes, each checked before any is made.
struct Parts {
    account: Option<Part>,
    contact: Part,
    deal: Option<Part>,
    tags: Vec<(&'static str, Vec<String>)>,
}

fn parts(
    ctx: &RequestContext,
    state: &mut State,
    leads: usize,
    lead: &Record,
    wish: &Node<'_>,
) -> Result<Parts, ItemError> {
    let owner = match wish.get("assign_to").and_then(|to| to.get("id")).map(Node::as_id) {
        None => lead.owner,
        Some(Some(id)) if state.user(id).is_some_and(|user| user.active) => id,
        Some(_) => return Err(invalid("assign_to", "$.data[0].assign_to.id")),
    };
    let has_company = !state.modules[leads].text(lead, "Company").is_empty();
    let account = match wish.get("Accounts").is_some() || has_company {
        true => Some(part(ctx, state, "Accounts", mapped(state, leads, lead, TO_ACCOUNT), owner, wish)?),
        false => None,
    };
    let contact = part(ctx, state, "Contacts", mapped(state, leads, lead, TO_CONTACT), owner, wish)?;
    let deal = match wish.get("Deals").map(Node::to_json) {
        Some(Json::Object(fields)) => {
            let deal = new_part(ctx, state, "Deals", fields, owner);
            Some(deal.map_err(within_deal)?)
        }
        _ => None,
    };
    let mut tags = Vec::new();
    for module in ["Contacts", "Accounts", "Deals"] {
        let list = wish.get("carry_over_tags").and_then(|tags| tags.get(module)).and_then(Node::as_list);
        let names = list.unwrap_or(&[]).iter().filter_map(|tag| tag.get("name").or(Some(tag))?.as_str());
        tags.push((module, names.map(str::to_owned).collect()));
    }
    Ok(Parts { account, contact, deal, tags })
}

fn invalid(api_name: &str, json_path: &str) -> ItemError {
    ItemError {
        code: "INVALID_DATA",
        message: "invalid data",
        details: json!({"api_name": api_name, "json_path": json_path}),
    }
}

fn within_deal(mut error: ItemError) -> ItemError {
    if let Some(path) = error.details["json_path"].as_str() {
        error.details["json_path"] = json!(path.replacen("$.data[0]", "$.data[0].Deals", 1));
    }
    error
}

/// The account or contact: the one that was chosen, the one the lead joins as a duplicate, or a new one.
fn part(
    ctx: &RequestContext,
    state: &mut State,
    module: &str,
    fields: Map<String, Json>,
    owner: i64,
    wish: &Node<'_>,
) -> Result<Part, ItemError> {
    let Some(no) = state.module_no(module) else { return Err(invalid(module, "$.data[0]")) };
    let chosen = match wish.get(module) {
        None | Some(Node::Null) => None,
        Some(chosen) => {
            let id = chosen.get("id").or(Some(chosen)).and_then(Node::as_id);
            let there = id.filter(|id| state.modules[no].table.get(*id).is_some());
            Some(there.ok_or_else(|| invalid(module, &format!("$.data[0].{module}.id")))?)
        }
    };
    let json = Json::Object(fields);
    let joins = wish.get("add_to_existing_record") == Some(&Node::Bool(true));
    let found = match chosen {
        None if joins => {
            let keys: Vec<FieldNo> = state.modules[no]
                .fields()
                .filter(|(_, field)| field.duplicate_check)
                .map(|(no, _)| no)
                .collect();
            unique::find_duplicate(state, no, &keys, &Node::from_json(&json), Place(0))?.map(|(id, _)| id)
        }
        chosen => chosen,
    };
    match (found, json) {
        (Some(id), json) => {
            let overwrites = wish.get("overwrite") == Some(&Node::Bool(true));
            let sets = match overwrites {
                true => validate::draft(state, no, &Node::from_json(&json), Place(0))?.sets,
                false => Vec::new(),
            };
            Ok(Part::Old(no, id, sets))
        }
        (None, Json::Object(fields)) => new_part(ctx, state, module, fields, owner),
        (None, _) => Err(invalid(module, "$.data[0]")),
    }
}

fn new_part(
    ctx: &RequestContext,
    state: &mut State,
    module: &str,
    mut fields: Map<String, Json>,
    owner: i64,
) -> Result<Part, ItemError> {
    let Some(no) = state.module_no(module) else { return Err(invalid(module, "$.data[0]")) };
    fields.insert("Owner".into(), json!({"id": owner.to_string()}));
    let json = Json::Object(fields);
    let prepared = write::prepare(ctx, state, no, &Node::from_json(&json), Place(0))?;
    Ok(Part::New(no, Box::new(prepared)))
}

fn put_in(ctx: &RequestContext, state: &mut State, commit: &mut Commit<'_>, parts: Parts) -> Made {
    let tags_of = |module: &str| {
        parts.tags.iter().find(|(name, _)| *name == module).map_or(&[][..], |(_, names)| names.as_slice())
    };
    let mut put = |part: Part, links: &[(&str, Option<i64>)], tags: &[String]| -> i64 {
        let (no, mut record, rows, sets) = match part {
            Part::New(no, prepared) => (no, prepared.record, Some(prepared.rows), Vec::new()),
            Part::Old(no, id, sets) => {
                let Some(record) = state.modules[no].table.get(id).cloned() else { return id };
                (no, record, None, sets)
            }
        };
        let mut changed: Vec<FieldNo> =
            sets.into_iter().filter_map(|(field, value)| record.set(field, value).then_some(field)).collect();
        for (name, id) in links.iter().filter(|_| rows.is_some()) {
            if let (Some(field), Some(id)) = (state.modules[no].field_no(name), id) {
                record.set(field, Some(Value::Lookup(*id)));
            }
        }
        let mut all = record.tags.to_vec();
        for name in tags {
            let tag = write::tag_id(ctx, state, no, name);
            if !all.contains(&tag) {
                all.push(tag);
                changed.extend(state.modules[no].field_no("Tag"));
            }
        }
        record.tags = all.into_boxed_slice();
        if let Some(rows) = rows {
            return write::put_new(state, commit, no, Prepared { record, rows }).id;
        }
        let id = record.id;
        if !changed.is_empty() {
            (record.modified, record.modified_by) = (ctx.now(), ctx.user_id);
            commit.put(state, no, record, Operation::Update, changed);
        }
        id
    };
    let account = parts.account.map(|part| put(part, &[], tags_of("Accounts")));
    let contact = put(parts.contact, &[("Account_Name", account)], tags_of("Contacts"));
    let links = [("Account_Name", account), ("Contact_Name", Some(contact))];
    let deal = parts.deal.map(|part| put(part, &links, tags_of("Deals")));
    Made { account, contact, deal }
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

/// What hung on the lead hangs on the contact from now on: notes, activities, and attachments unless the request
/// sends those elsewhere.
fn hand_over(
    ctx: &RequestContext,
    state: &mut State,
    commit: &mut Commit<'_>,
    (leads, lead): (usize, i64),
    made: &Made,
    wish: &Node<'_>,
) {
    let Some(contacts) = state.module_no("Contacts") else { return };
    let contact = Some((contacts, made.contact));
    let deal = state.module_no("Deals").zip(made.deal);
    let to_deal = wish.get("Deals").and_then(|deal| deal.get("$move_attachments")) == Some(&Node::Bool(true));
    let named = wish.get("move_attachments_to").and_then(|to| to.get("api_name")).and_then(Node::as_str);
    let attachments = match named {
        Some("Accounts") => state.module_no("Accounts").zip(made.account),
        Some("Deals") => deal,
        None if to_deal => deal,
        _ => contact,
    };
    let plan = [
        ("Notes", "Parent_Id", contact),
        ("Attachments", "Parent_Id", attachments.or(contact)),
        ("Tasks", "Who_Id", contact),
        ("Events", "Who_Id", contact),
        ("Calls", "Who_Id", contact),
    ];
    for (module, field, to) in plan {
        let (Some(no), Some((to_module, to_id))) = (state.module_no(module), to) else { continue };
        let Some(field) = state.modules[no].field_no(field) else { continue };
        let from = Value::ModuleLookup(leads as u16, lead);
        let hanging: Vec<Record> = state.modules[no]
            .table
            .candidates(field, lead)
            .into_iter()
            .flatten()
            .filter(|record| record.get(field) == Some(&from))
            .cloned()
            .collect();
        for mut record in hanging {
            record.set(field, Some(Value::ModuleLookup(to_module as u16, to_id)));
            record.modified = ctx.now();
            commit.put(state, no, record, Operation::Update, vec![field]);
        }
    }
}
