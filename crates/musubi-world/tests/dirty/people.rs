//! Who is who: clean records of both sides, and records with something wrong, each with what is to become of it.

use serde_json::{Map, Value, json};

/// What is wrong with a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dirt {
    /// The other side does not have the option.
    Option,
    /// Nor one of several.
    SeveralOptions,
    /// A text longer than the other side's field.
    TooLong,
    /// A number with more digits than the other side's field; only the service tells.
    TooManyDigits,
    /// A row of the subform with a text that is too long.
    LongRow,
    /// It points to a record that was deleted.
    Dangling,
    /// It points to a record that cannot be carried over itself.
    ParentRefused,
    /// The other side's page demands what it does not have.
    Missing,
    /// Another record there has its code, which is unique.
    Clash,
    /// A second one with the address of another one of its side.
    Double,
    /// Two things at once.
    OptionAndDigits,
    /// A text that is no address goes to a field of addresses; one way only. The service tells.
    NoAddress,
    /// A text that is no number goes to a field of numbers; one way only.
    NoNumber,
}

impl Dirt {
    pub const ALL: [Dirt; 13] = [
        Dirt::Option,
        Dirt::SeveralOptions,
        Dirt::TooLong,
        Dirt::TooManyDigits,
        Dirt::LongRow,
        Dirt::Dangling,
        Dirt::ParentRefused,
        Dirt::Missing,
        Dirt::Clash,
        Dirt::Double,
        Dirt::OptionAndDigits,
        Dirt::NoAddress,
        Dirt::NoNumber,
    ];

    /// The matters that must be open about the record: code and field. Everything else of it is carried over, unless `alone`.
    pub fn told(self) -> &'static [(&'static str, Option<&'static str>)] {
        match self {
            Dirt::Option => &[("value.not_an_option", Some("Grade"))],
            Dirt::SeveralOptions => &[("value.not_an_option", Some("Colours"))],
            Dirt::TooLong => &[("value.too_long", Some("Memo"))],
            Dirt::TooManyDigits => &[("value.refused", Some("Heads"))],
            Dirt::LongRow => &[("value.too_long", Some("Lines"))],
            // The service itself shows nothing there any more.
            Dirt::Dangling | Dirt::NoAddress | Dirt::NoNumber => &[],
            Dirt::ParentRefused => &[("lookup.parent_held", Some("Site"))],
            Dirt::Missing => &[("mandatory.refused", Some("Must"))],
            Dirt::Clash => &[("duplicate.refused", Some("Code"))],
            Dirt::Double => &[("match.taken", None)],
            Dirt::OptionAndDigits => {
                &[("value.not_an_option", Some("Grade")), ("value.refused", Some("Heads"))]
            }
        }
    }

    /// What is open in the integration that goes one way.
    pub fn told_one_way(self) -> &'static [(&'static str, Option<&'static str>)] {
        match self {
            Dirt::NoAddress => &[("value.refused", Some("Alt"))],
            Dirt::NoNumber => &[("value.not_convertible", Some("Count"))],
            _ => &[],
        }
    }

    /// Nothing of it can be carried over.
    pub fn stays_alone(self) -> bool {
        matches!(self, Dirt::Missing | Dirt::Clash | Dirt::Double)
    }
}

/// Words in full and half width, kana with their marks apart, characters beyond the first plane.
const WORDS: [&str; 8] = [
    "株式会社ﾑｽﾋﾞ",
    "ＭＵＳＵＢＩ　商事",
    "か゛っこう",
    "𠮷野家 渋谷",
    "カ\u{3099}ラス",
    "O'Brien & Söhne",
    "🚄 新幹線",
    "ﾊﾟﾋﾟﾌﾟ",
];

/// A clean record. Each is the same whoever has it; every seventh leaves blank what it can.
pub fn clean(n: u64, sites: &[String], inspector: &str) -> Map<String, Value> {
    let word = |at: u64| WORDS[(n.wrapping_mul(31).wrapping_add(at) % 8) as usize];
    let mut record = json!({
        "Ref": format!("R-{n}"), "Name": format!("{} {n}", word(0)), "Mail": format!("p{n}@案件.example.jp"),
        "Must": "必須", "Basis": "根拠", "Alt": format!("a{n}@alt.example"), "Count": (n % 5_000).to_string(),
    });
    if n % 7 != 3 {
        let more = json!({
            "Kana": word(1), "Memo": format!("{} 備考 {n}", word(2)), "Story": format!("一行目\n{}\n\"引用\" \\ {n}", word(3)),
            "Page": format!("<b>{}</b>", word(4)), "Tel": format!("03-{:04}-{:04}", n % 10_000, n % 7_919),
            "Web": format!("https://例え.jp/{n}?q=あ"), "Grade": (["A", "B", "優良"][(n % 3) as usize]),
            "Colours": ([["赤"].as_slice(), &["青", "緑"], &["緑", "赤", "青"]][(n % 3) as usize]), "Flag": n.is_multiple_of(2),
            "Heads": n % 9_999, "Big": (90_000_000_000_000_000 + n).to_string(), "Ratio": (n % 1_000) as f64 / 100.0,
            "Budget": n as f64 * 1_000.25, "Share": (n % 100) as f64 / 2.0, "Day": format!("20{:02}-{:02}-{:02}", n % 90 + 10, n % 12 + 1, n % 28 + 1),
            "Moment": format!("2027-03-28T{:02}:30:00+09:00", n % 24), "Site": {"id": sites[n as usize % sites.len()]},
            "Inspector": {"id": inspector}, "Code": format!("ｺｰﾄﾞ-{n}"),
            "Lines": (0..n % 4).map(|row| json!({"Item": format!("{} {row}", word(row)), "Pieces": row + 1, "Price": 9.75})).collect::<Vec<_>>(),
        });
        record.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    }
    if n % 13 == 5 {
        record["Mail"] = Value::Null; // Found by nothing: it is carried over all the same.
    }
    record.as_object().unwrap().clone()
}

/// The same record with something wrong.
pub fn dirty(record: &mut Map<String, Value>, dirt: Dirt, n: u64, other: &Other) {
    let mut put = |field: &str, value: Value| _ = record.insert(field.to_owned(), value);
    put("Mail", json!(format!("d{n}@dirty.example")));
    match dirt {
        Dirt::Option => put("Grade", json!("旧区分")),
        Dirt::SeveralOptions => put("Colours", json!(["赤", "廃番"])),
        Dirt::TooLong => put("Memo", json!("長".repeat(41))),
        Dirt::TooManyDigits => put("Heads", json!(12_345)),
        Dirt::LongRow => put("Lines", json!([{"Item": "部品"}, {"Item": "長い部品の名前".repeat(4)}])),
        Dirt::Dangling => put("Site", json!({"id": other.deleted_site})),
        Dirt::ParentRefused => put("Site", json!({"id": other.refused_site})),
        Dirt::Missing => put("Must", Value::Null),
        Dirt::Clash => put("Code", json!(other.code)),
        Dirt::Double => put("Mail", json!(other.mail)),
        Dirt::OptionAndDigits => {
            put("Grade", json!("旧区分"));
            put("Heads", json!(54_321));
        }
        Dirt::NoAddress => put("Alt", json!("メールなし")),
        Dirt::NoNumber => put("Count", json!("十二")),
    }
}

/// What a person changes in the service so that all is well; nothing where it is mended elsewhere.
pub fn mended(dirt: Dirt, n: u64, site: &str) -> Value {
    match dirt {
        Dirt::Option => Value::Null, // The other side gets the option.
        Dirt::SeveralOptions => json!({"Colours": ["赤"]}),
        Dirt::TooLong => json!({"Memo": "短い"}),
        Dirt::TooManyDigits => json!({"Heads": 7}),
        Dirt::LongRow => json!({"Lines": [{"Item": "部品", "Pieces": 2}]}),
        Dirt::ParentRefused if n.is_multiple_of(2) => json!({"Site": {"id": site}}),
        Dirt::ParentRefused => Value::Null, // The parent is mended.
        Dirt::Missing => json!({"Must": "ある"}),
        Dirt::Clash => json!({"Code": format!("新-{n}")}),
        Dirt::Double => json!({"Mail": format!("own{n}@dirty.example")}),
        Dirt::OptionAndDigits => json!({"Grade": "B", "Heads": 8}),
        Dirt::Dangling => Value::Null,
        Dirt::NoAddress => json!({"Alt": "good@alt.example"}),
        Dirt::NoNumber => json!({"Count": "12"}),
    }
}

/// What dirty records run into.
pub struct Other {
    /// A site of the left side that is there no more.
    pub deleted_site: String,
    /// One that the right side does not take.
    pub refused_site: String,
    /// A code that a clean record of the right side has.
    pub code: String,
    /// The address of a clean record of the left side.
    pub mail: String,
}
