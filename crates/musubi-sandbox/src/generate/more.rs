//! Records of the modules that hang on people and companies, and what rounds a company, lead or deal off.

use rand::{Rng, rngs::SmallRng};
use serde_json::{Map, Value as Json, json};

use super::{
    names,
    records::{address, day, moment, phone, pick, with},
};

/// Fields that a company has besides the first ones.
pub fn account(dice: &mut SmallRng, language: usize, n: u64) -> Map<String, Json> {
    let mut more = address(dice, language, "Shipping_", "Code");
    let mut add = |key: &str, value: Json| _ = more.insert(key.into(), value);
    add("Fax", json!(phone(dice, language)));
    add("Account_Site", json!(pick(dice, &["Head office", "本社", "Warehouse", "支店"])));
    add("Ownership", json!(pick(dice, &["Private", "Public", "Subsidiary", "Partnership"])));
    add("SIC_Code", json!(dice.random_range(1_000..9_999)));
    add("Account_Number", json!((10_000 + n).to_string()));
    add("Description", json!(["長年のお取引先です。", "A customer of many years."][language]));
    more
}

/// Fields that a lead has besides the first ones.
pub fn lead(dice: &mut SmallRng, language: usize, n: u64) -> Map<String, Json> {
    let mut more = Map::new();
    let mut add = |key: &str, value: Json| _ = more.insert(key.into(), value);
    add("Mobile", json!(phone(dice, language)));
    add("Website", json!(format!("https://www.lead-{n}.example")));
    add("Salutation", json!(pick(dice, &["Mr.", "Ms.", "Dr."])));
    add("Email_Opt_Out", json!(dice.random_bool(0.05)));
    add("Description", json!(["展示会で名刺交換。", "Left a card at the fair."][language]));
    more
}

/// Fields that a deal has besides the first ones.
pub fn deal(dice: &mut SmallRng) -> Map<String, Json> {
    let mut more = Map::new();
    more.insert(
        "Description".into(),
        json!(pick(dice, &["年度予算内", "Budget is agreed", "競合あり", "Second attempt"])),
    );
    more
}

/// A supplier.
pub fn vendor(dice: &mut SmallRng, n: u64) -> Json {
    let language = (n % 2) as usize;
    let companies: [&[(&str, &str)]; 2] = [names::COMPANY_JA, names::COMPANY_EN];
    let (name, domain) = *pick(dice, companies[language]);
    let suffix = ["商店", "Supplies"][language];
    let base = json!({
        "Vendor_Name": format!("{name} {suffix} {}", n + 1), "Phone": phone(dice, language),
        "Email": format!("orders.{n}@{domain}.example"), "Website": format!("https://{domain}.example/{n}"),
        "Category": pick(dice, &["Hardware", "消耗品", "Logistics", "Services"]),
        "GL_Account": pick(dice, &["Sales-Software", "Sales-Hardware", "Rental-Income"]),
        "Description": (["月末締め翌月払い", "Pays at the end of the month"][language]),
    });
    with(base, address(dice, language, "", "Zip_Code"))
}

/// A campaign.
pub fn campaign(dice: &mut SmallRng, n: u64) -> Json {
    let (month, cost) = (dice.random_range(1..12), dice.random_range(5..500) * 1_000);
    json!({
        "Campaign_Name": format!("{} 2027 #{}", pick(dice, &["Spring fair", "秋の展示会", "Webinar", "新製品発表会"]), n + 1),
        "Type": pick(dice, &["Conference", "Webinar", "Trade Show", "Email"]),
        "Status": pick(dice, &["Planning", "Active", "Completed"]),
        "Start_Date": format!("2027-{month:02}-01"), "End_Date": format!("2027-{:02}-20", month + 1),
        "Budgeted_Cost": cost, "Actual_Cost": cost / 2, "Expected_Revenue": cost * 6,
        "Expected_Response": dice.random_range(10..900).to_string(), "Num_sent": dice.random_range(1_000..9_000).to_string(),
        "Description": "Invitations by e-mail, follow-up by phone.",
    })
}

/// A price book with two steps.
pub fn price_book(dice: &mut SmallRng, n: u64) -> Json {
    let step = dice.random_range(2..20) * 5;
    json!({
        "Price_Book_Name": format!("{} {}", pick(dice, &["Partners", "代理店価格", "Key accounts", "標準価格"]), n + 1),
        "Active": dice.random_bool(0.9), "Pricing_Model": pick(dice, &["Flat", "Differential"]),
        "Pricing_Details": [
            {"from_range": 1, "to_range": step, "discount": 0},
            {"from_range": step + 1, "to_range": step * 10, "discount": dice.random_range(3..20)},
        ],
        "Description": "Valid until the end of the year.",
    })
}

/// A meeting of an hour.
pub fn event(dice: &mut SmallRng, n: u64) -> Json {
    let (date, hour) = (day(dice), dice.random_range(8..17));
    json!({
        "Event_Title": format!("{} {n}", pick(dice, &["Kick-off", "定例会議", "Product demo", "契約打合せ"])),
        "Start_DateTime": format!("{date}T{hour:02}:00:00+00:00"), "End_DateTime": format!("{date}T{:02}:00:00+00:00", hour + 1),
        "Venue": pick(dice, &["渋谷オフィス", "Video call", "Room 4", "お客様先"]), "All_day": false,
        "Description": pick(dice, &["Agenda follows.", "議題は追って連絡します。"]),
    })
}

/// A call.
pub fn call(dice: &mut SmallRng, n: u64) -> Json {
    json!({
        "Subject": format!("{} {n}", pick(dice, &["Follow-up", "見積のご説明", "Support question", "納期確認"])),
        "Call_Type": pick(dice, &["Outbound", "Inbound"]), "Call_Start_Time": moment(dice),
        "Call_Duration": format!("{:02}:{:02}", dice.random_range(1..40), dice.random_range(0..60)),
        "Call_Purpose": pick(dice, &["Prospecting", "Negotiation", "Demo"]),
        "Call_Result": pick(dice, &["Interested", "No response/Busy", "Requested call back"]),
        "Description": pick(dice, &["Will call again.", "折り返しをお願いされた。"]),
    })
}

/// A note; its record is filled in with the other references.
pub fn note(dice: &mut SmallRng, n: u64) -> Json {
    json!({
        "Note_Title": format!("{} {n}", pick(dice, &["Call", "訪問メモ", "Complaint", "要望"])),
        "Note_Content": pick(dice, &["Wants an offer by Friday.", "来月の予算会議で再検討。", "Prefers e-mail.", "担当者変更あり。"]),
    })
}
