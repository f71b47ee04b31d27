//! Records of any module by number and seed: always the same for the same seed, different for every number.

use rand::{Rng, SeedableRng, rngs::SmallRng, seq::IndexedRandom};
use serde_json::{Map, Value as Json, json};

use super::{more, names};
use crate::org::{State, kind::Kind, module::Module};

/// The `n`-th record of a module, in the shape a client would send.
pub fn record(state: &State, module: &Module, seed: u64, n: u64) -> Json {
    let mut dice = SmallRng::seed_from_u64(
        seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ n.wrapping_mul(0xd134_2543_de82_ef95),
    );
    match module.meta.api_name.as_str() {
        "Contacts" => contact(&mut dice, n),
        "Leads" => lead(&mut dice, n),
        "Accounts" => account(&mut dice, n),
        "Deals" => deal(&mut dice, n),
        "Products" => product(&mut dice, n),
        "Tasks" => task(&mut dice, n),
        "Vendors" => more::vendor(&mut dice, n),
        "Campaigns" => more::campaign(&mut dice, n),
        "Price_Books" => more::price_book(&mut dice, n),
        "Events" => more::event(&mut dice, n),
        "Calls" => more::call(&mut dice, n),
        "Notes" => more::note(&mut dice, n),
        _ => any(state, module, &mut dice, n),
    }
}

pub(super) fn pick<'a, T>(dice: &mut SmallRng, list: &'a [T]) -> &'a T {
    list.choose(dice).unwrap_or(&list[0])
}

/// Language 0 is Japanese, 1 English.
fn language(dice: &mut SmallRng) -> usize {
    usize::from(dice.random_bool(0.5))
}

fn person(dice: &mut SmallRng, language: usize, n: u64) -> (String, String, String) {
    let domains: [&[(&str, &str)]; 2] = [names::COMPANY_JA, names::COMPANY_EN];
    let domain = pick(dice, domains[language]).1;
    let (first, last, mail) = if language == 0 {
        let (first, last) = (pick(dice, names::FIRST_JA), pick(dice, names::LAST_JA));
        (first.0, last.0, format!("{}.{}", first.1, last.1))
    } else {
        let (first, last) = (*pick(dice, names::FIRST_EN), *pick(dice, names::LAST_EN));
        (first, last, format!("{}.{}", first, last).to_lowercase().replace('\'', ""))
    };
    let top = ["co.jp", "co.uk"][language];
    (first.to_owned(), last.to_owned(), format!("{mail}.{n}@{domain}.{top}.example"))
}

pub(super) fn phone(dice: &mut SmallRng, language: usize) -> String {
    let (a, b) = (dice.random_range(1000..9999), dice.random_range(1000..9999));
    if language == 0 { format!("03-{a}-{b}") } else { format!("+44 20 {a} {b}") }
}

pub(super) fn address(dice: &mut SmallRng, language: usize, prefix: &str, code: &str) -> Map<String, Json> {
    let places: [&[(&str, &str, &str)]; 2] = [names::PLACE_JA, names::PLACE_EN];
    let (city, state, area) = *pick(dice, places[language]);
    let mut out = Map::new();
    out.insert(format!("{prefix}Street"), json!(pick(dice, names::STREET[language])));
    out.insert(format!("{prefix}City"), json!(city));
    out.insert(format!("{prefix}State"), json!(state));
    let tail = dice.random_range(1..9999);
    let zip = if language == 0 { format!("{area}-{tail:04}") } else { format!("{area} {}AB", tail % 10) };
    out.insert(format!("{prefix}{code}"), json!(zip));
    out.insert(format!("{prefix}Country"), json!(["日本", "United Kingdom"][language]));
    out
}

pub(super) fn with(mut base: Json, more: Map<String, Json>) -> Json {
    if let Some(keys) = base.as_object_mut() {
        keys.extend(more);
    }
    base
}

fn contact(dice: &mut SmallRng, n: u64) -> Json {
    let language = language(dice);
    let (first, last, email) = person(dice, language, n);
    let base = json!({
        "First_Name": first, "Last_Name": last, "Email": email, "Phone": phone(dice, language), "Mobile": phone(dice, language),
        "Title": pick(dice, names::TITLE[language]), "Department": pick(dice, &["Sales", "営業部", "Purchasing", "IT", "経理部"]),
        "Lead_Source": pick(dice, &["Advertisement", "Cold Call", "Partner", "Trade Show", "Web Research"]),
        "Date_of_Birth": format!("19{}-{:02}-{:02}", dice.random_range(55..99), dice.random_range(1..13), dice.random_range(1..29)),
        "Fax": phone(dice, language), "Assistant": pick(dice, names::FIRST_EN), "Asst_Phone": phone(dice, language),
        "Salutation": pick(dice, &["Mr.", "Ms.", "Dr."]), "Secondary_Email": format!("private.{n}@mail.example"),
        "Twitter": format!("user{n}"), "Email_Opt_Out": dice.random_bool(0.1), "Description": format!("Met at the {} fair.", pick(dice, &["Tokyo", "London", "Osaka"])),
    });
    with(base, address(dice, language, "Mailing_", "Zip"))
}

fn lead(dice: &mut SmallRng, n: u64) -> Json {
    let language = language(dice);
    let (first, last, email) = person(dice, language, n);
    let companies: [&[(&str, &str)]; 2] = [names::COMPANY_JA, names::COMPANY_EN];
    let base = json!({
        "First_Name": first, "Last_Name": last, "Email": email, "Phone": phone(dice, language), "Company": pick(dice, companies[language]).0,
        "Designation": pick(dice, names::TITLE[language]), "Lead_Source": pick(dice, &["Advertisement", "Cold Call", "Trade Show"]),
        "Lead_Status": pick(dice, &["Attempted to Contact", "Contacted", "Not Contacted"]), "Industry": pick(dice, &["Manufacturing", "Consulting", "Education"]),
        "Annual_Revenue": dice.random_range(1..500) * 10_000, "No_of_Employees": dice.random_range(3..3_000),
        "Rating": pick(dice, &["Active", "Acquired"]),
    });
    let base = with(base, address(dice, language, "", "Zip_Code"));
    with(base, more::lead(dice, language, n))
}

fn account(dice: &mut SmallRng, n: u64) -> Json {
    let language = (n % 2) as usize;
    let companies: [&[(&str, &str)]; 2] = [names::COMPANY_JA, names::COMPANY_EN];
    let list = companies[language];
    let (name, domain) = list[(n / 2) as usize % list.len()];
    let round = n / (2 * list.len() as u64);
    let name = if round == 0 { name.to_owned() } else { format!("{name} {}", round + 1) };
    let base = json!({
        "Account_Name": name, "Website": format!("https://www.{domain}.example"), "Phone": phone(dice, language),
        "Industry": pick(dice, &["Manufacturing", "Communications", "Financial Services", "Technology"]),
        "Account_Type": pick(dice, &["Customer", "Prospect", "Supplier"]), "Employees": dice.random_range(10..9_000),
        "Annual_Revenue": dice.random_range(10..9_000) * 100_000, "Rating": pick(dice, &["Active", "Acquired"]),
    });
    let base = with(base, address(dice, language, "Billing_", "Code"));
    with(base, more::account(dice, language, n))
}

fn deal(dice: &mut SmallRng, n: u64) -> Json {
    let companies: [&[(&str, &str)]; 2] = [names::COMPANY_JA, names::COMPANY_EN];
    let language = language(dice);
    let base = json!({
        "Deal_Name": format!("{} {}-{n}", pick(dice, companies[language]).0, pick(dice, &["Renewal", "新規導入", "Expansion", "保守契約"])),
        "Stage": pick(dice, &["Qualification", "Needs Analysis", "Proposal/Price Quote", "Negotiation/Review", "Closed Won"]),
        "Amount": f64::from(dice.random_range(100..90_000)) * 10.0 + 0.5, "Type": pick(dice, &["New Business", "Existing Business"]),
        "Closing_Date": format!("2027-{:02}-{:02}", dice.random_range(1..13), dice.random_range(1..29)),
        "Lead_Source": pick(dice, &["Partner", "Web Research", "Trade Show"]), "Next_Step": pick(dice, &["見積提出", "Demo", "Contract review"]),
    });
    with(base, more::deal(dice))
}

fn product(dice: &mut SmallRng, n: u64) -> Json {
    let (name, code) = names::PRODUCT[n as usize % names::PRODUCT.len()];
    let round = n / names::PRODUCT.len() as u64;
    let (name, code) = if round == 0 {
        (name.to_owned(), code.to_owned())
    } else {
        (format!("{name} rev {}", round + 1), format!("{code}-{}", round + 1))
    };
    json!({
        "Product_Name": name, "Product_Code": code, "Unit_Price": f64::from(dice.random_range(500..99_000)) / 10.0,
        "Product_Category": pick(dice, &["Hardware", "Software"]), "Qty_in_Stock": dice.random_range(0..500), "Product_Active": true,
    })
}

/// A day of 2027.
pub(super) fn day(dice: &mut SmallRng) -> String {
    format!("2027-{:02}-{:02}", dice.random_range(1..13), dice.random_range(1..29))
}

/// A full hour of an office day of 2027.
pub(super) fn moment(dice: &mut SmallRng) -> String {
    format!("{}T{:02}:00:00+00:00", day(dice), dice.random_range(8..18))
}

fn task(dice: &mut SmallRng, n: u64) -> Json {
    json!({
        "Subject": format!("{} {n}", pick(dice, &["Call back", "見積書を送付", "Send brochure", "訪問日程を調整"])),
        "Due_Date": format!("2027-{:02}-{:02}", dice.random_range(1..13), dice.random_range(1..29)),
        "Status": pick(dice, &["Not Started", "In Progress", "Completed"]), "Priority": pick(dice, &["High", "Normal", "Low"]),
    })
}

/// A record of a module nobody described: something fitting in every field that takes plain values.
fn any(state: &State, module: &Module, dice: &mut SmallRng, n: u64) -> Json {
    let mut out = Map::new();
    for (_, field) in module.fields().filter(|(_, f)| f.writable() && !f.hidden) {
        let value = match field.kind {
            Kind::Text => {
                json!(format!("{} {n}", field.label).chars().take(field.length as usize).collect::<String>())
            }
            Kind::TextArea => json!(format!("{} 備考 {n}", pick(dice, names::TITLE[1]))),
            Kind::Email => json!(format!(
                "{}.{n}@musubi.example",
                pick(dice, names::LAST_EN).to_lowercase().replace('\'', "")
            )),
            Kind::Phone => json!(phone(dice, 1)),
            Kind::Picklist => json!(
                field
                    .picks
                    .iter()
                    .filter(|p| p.used)
                    .nth(dice.random_range(0..field.picks.len().max(1)))
                    .map(|p| p.value.clone())
            ),
            Kind::Boolean => json!(dice.random_bool(0.5)),
            Kind::Integer | Kind::BigInt => json!(dice.random_range(0..9_000)),
            Kind::Currency | Kind::Double => json!(f64::from(dice.random_range(0..900_000)) / 100.0),
            Kind::Date => {
                json!(format!("2027-{:02}-{:02}", dice.random_range(1..13), dice.random_range(1..29)))
            }
            Kind::DateTime => json!(format!(
                "2027-{:02}-{:02}T{:02}:00:00+00:00",
                dice.random_range(1..13),
                dice.random_range(1..29),
                dice.random_range(8..18)
            )),
            Kind::MultiModuleLookup if field.mandatory => {
                match state.module("Contacts").and_then(|m| m.table.iter().next()) {
                    Some(parent) => json!({"id": parent.id.to_string(), "module": {"api_name": "Contacts"}}),
                    None => continue,
                }
            }
            _ => continue,
        };
        out.insert(field.api_name.clone(), value);
    }
    Json::Object(out)
}
