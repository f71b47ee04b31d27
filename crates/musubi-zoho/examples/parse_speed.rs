//! How many records a second one core reads from list pages: 200 records of 26 fields a page, 20 of them mapped.
//!
//! `cargo run --release -p musubi-zoho --example parse_speed`

use musubi_connector::Projection;
use musubi_core::schema::{Access, Field, FieldType};
use std::fmt::Write as _;
use std::io::Write as _;
use std::time::Duration;

const PAGES: usize = 2_000;

fn field(name: &str, kind: FieldType) -> Field {
    let access = Access::Writable;
    Field {
        name: name.into(),
        label: name.into(),
        kind,
        access,
        mandatory: false,
        unique: false,
        custom: false,
    }
}

fn projection() -> Projection {
    let text = |name: &str| field(name, FieldType::Text { max: 255, multiline: false });
    let mut fields: Vec<Field> = [
        "First_Name",
        "Last_Name",
        "Title",
        "Department",
        "Mailing_Street",
        "Mailing_City",
        "Mailing_State",
        "Mailing_Zip",
        "Mailing_Country",
        "Description",
        "Skype_ID",
        "Assistant",
    ]
    .into_iter()
    .map(text)
    .collect();
    fields.push(field("Email", FieldType::Email { max: 100 }));
    fields.push(field("Phone", FieldType::Phone { max: 30 }));
    fields.push(field("Mobile", FieldType::Phone { max: 30 }));
    fields.push(field("Lead_Source", FieldType::Picklist { options: Vec::new() }));
    fields.push(field("Date_of_Birth", FieldType::Date));
    fields.push(field("Email_Opt_Out", FieldType::Bool));
    fields.push(field("Account_Name", FieldType::Lookup { module: "Accounts".into() }));
    fields.push(field("Owner", FieldType::User));
    Projection { module: "Contacts".into(), fields }
}

fn page() -> String {
    let mut out = "{\"data\":[".to_owned();
    for i in 0..200 {
        if i > 0 {
            out.push(',');
        }
        let person = r#"{"name":"Nango Developer","id":"7328395000000605001","email":"api@nango.dev"}"#;
        write!(
            out,
            r#"{{"Owner":{person},"Email":"person{i}@example.com","Fax":null,"Mailing_State":"OH","Department":"Critical Care Unit","Assistant":null,"Mailing_Country":"United States","id":"73283950000{i:08}","Mailing_City":"Hamilton","Created_Time":"2026-05-14T11:36:12+03:00","Created_By":{person},"Description":"結び sample of a longer description of a person","Mailing_Zip":"45011","Mailing_Street":"34 Center St","First_Name":"Donette","Phone":"555-555-5555","Account_Name":{{"name":"Printing Dimensions","id":"7328395000000680050"}},"Email_Opt_Out":false,"Modified_Time":"2026-05-14T11:36:18+03:00","Date_of_Birth":"1980-02-29","Title":"Nurse","Mobile":"555-555-5555","Last_Name":"Foller {i}","Lead_Source":"Trade Show","Skype_ID":"donette.foller","Locked__s":false}}"#
        )
        .expect("writing to a string cannot fail");
    }
    out.push_str(
        r#"],"info":{"per_page":200,"count":200,"page":1,"more_records":true,"next_page_token":"abc"}}"#,
    );
    out
}

/// Runs `work` and tells how long it took.
#[expect(clippy::disallowed_methods, reason = "a measurement measures time")]
fn timed(work: impl FnOnce()) -> Duration {
    let begun = std::time::Instant::now();
    work();
    begun.elapsed()
}

fn main() -> std::io::Result<()> {
    let (projection, body) = (projection(), page());
    let rows = musubi_zoho::crm::read_page(body.as_bytes(), &projection).expect("the sample is a page").0;
    assert!(rows.iter().all(|row| row.slots.iter().all(Option::is_some)), "every mapped field is read");
    let mut out = std::io::stdout();
    for _ in 0..3 {
        let took = timed(|| {
            for _ in 0..PAGES {
                let read = musubi_zoho::crm::read_page(std::hint::black_box(body.as_bytes()), &projection);
                let _ = std::hint::black_box(read);
            }
        });
        let per_second = (PAGES * 200) as f64 / took.as_secs_f64();
        writeln!(
            out,
            "{per_second:.0} records/s, {:.2} µs a record, {} bytes a record",
            1e6 / per_second,
            body.len() / 200
        )?;
    }
    Ok(())
}
