//! What people do in both orgs while the hub does not look.

use super::fields::{Field, Kind, MODULES, form};
use super::office::{Office, Record, Stand};
use rand::Rng;
use rand::rngs::SmallRng;
use rand::seq::IndexedRandom;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// So many records of each module get most of the attention, so that both sides change the same ones.
const FEW: usize = 5;
/// So many each side has from the start, and so many of them the other one has too, with other values.
const FIRST: usize = 13;
const BOTH_HAVE: usize = 8;
/// They work in both orgs.
const PEOPLE: [&str; 2] = ["haruka.sato@musubi.example", "emma.wright@musubi.example"];

/// What somebody might write into a field, at times nothing.
fn value(field: &Field, stand: &Stand, random: &mut SmallRng) -> Value {
    let number: i32 = random.random_range(0..40);
    match field.kind {
        Kind::Flag => json!(number % 2 == 0),
        Kind::Owner => json!(PEOPLE.choose(random)),
        Kind::Name => json!(format!("森 {number}")),
        Kind::Stage(options) => json!(options.choose(random)),
        _ if number % 5 == 0 => Value::Null,
        Kind::Key | Kind::Text => json!(format!("東京 {number}")),
        Kind::Memo => json!(format!("一行目 {number}\n「二行目」、𠮷野家 🍙")),
        Kind::Mail => json!(format!("m{number}@mail.example")),
        Kind::Phone => json!(format!("03-1234-{number:04}")),
        Kind::Website => json!(format!("https://example.jp/{number}")),
        Kind::Choice(options) => json!(options.choose(random)),
        Kind::Several(options) => {
            let many = random.random_range(1..=options.len());
            form(field.kind, &json!(options[..many]))
        }
        Kind::Whole => json!(number * 25),
        Kind::Decimal => json!(f64::from(number) / 4.0),
        Kind::Day => json!(format!("20{:02}-0{}-1{}", 10 + number, 1 + number % 9, number % 9)),
        Kind::Moment => json!(format!("2027-03-{:02}T0{}:30:00Z", 1 + number % 28, number % 10)),
        Kind::To(parent) => {
            let there: Vec<&String> = stand[parent].keys().collect();
            json!(there.choose(random))
        }
    }
}

/// A new record of this name.
fn newcomer(module: usize, name: &str, stand: &Stand, random: &mut SmallRng) -> Record {
    let [key, fields @ ..] = MODULES[module].fields else { panic!("a module without a key") };
    let name = match module {
        0 => format!("取引先 {name}"),
        1 => format!("person-{name}@both.example"),
        _ => format!("商談 {name}"),
    };
    let mut record = Record::new();
    record.insert(key.name.to_owned(), json!(name));
    for field in fields {
        record.insert(field.name.to_owned(), value(field, stand, random));
    }
    record
}

/// Another value of one field, which is not the key.
fn edit(field: &Field, stand: &Stand, random: &mut SmallRng) -> Record {
    Record::from_iter([(field.name.to_owned(), value(field, stand, random))])
}

/// What is there before anybody syncs.
pub async fn begin(offices: &[Office; 2], random: &mut SmallRng) {
    for (side, office) in offices.iter().enumerate() {
        for module in 0..MODULES.len() {
            let stand = office.stand().await;
            for number in 0..FIRST {
                let number = if number < BOTH_HAVE { number } else { number + FIRST * side };
                office.create(module, &newcomer(module, &number.to_string(), &stand, random)).await;
            }
        }
    }
}

/// Somebody does something.
pub async fn act(office: &Office, name: &str, random: &mut SmallRng) {
    let module = random.random_range(0..MODULES.len());
    let stand = office.stand().await;
    let present: Vec<&String> = stand[module].keys().collect();
    match random.random_range(0..10) {
        0 => {
            office.create(module, &newcomer(module, name, &stand, random)).await;
        }
        1 if present.len() > 2 * FEW => office.delete(module, present.choose(random).unwrap()).await,
        _ => {
            let field = MODULES[module].fields[1..].choose(random).unwrap();
            let id = present[..present.len().min(FEW)].choose(random).unwrap();
            office.change(module, id, &edit(field, &stand, random)).await;
        }
    }
}

/// Both sides change the same field of a record that both have.
pub async fn dispute(offices: &[Office; 2], module: usize, random: &mut SmallRng) {
    let stands = [offices[0].stand().await, offices[1].stand().await];
    let shared = shared(&stands, module);
    let ids = shared[..shared.len().min(FEW)].choose(random).unwrap();
    let field = MODULES[module].fields[1..].choose(random).unwrap();
    for (side, office) in offices.iter().enumerate() {
        office.change(module, &ids[side], &edit(field, &stands[side], random)).await;
    }
}

/// A record that both sides have is deleted on one of them: one that others lead to, if there is any. Those that get the attention are left alone, or
/// a change would save most of them.
pub async fn remove(offices: &[Office; 2], module: usize, random: &mut SmallRng) {
    let stands = [offices[0].stand().await, offices[1].stand().await];
    let side = random.random_range(0..2);
    let shared = shared(&stands, module);
    let calm: Vec<&String> = shared.iter().skip(FEW).map(|ids| &ids[side]).collect();
    let parents: Vec<&String> =
        calm.iter().copied().filter(|id| is_led_to(&stands[side], module, id)).collect();
    let among = if parents.is_empty() { calm } else { parents };
    offices[side].delete(module, among.choose(random).unwrap()).await;
}

/// The records that both sides have: their ids on either side.
fn shared(stands: &[Stand; 2], module: usize) -> Vec<[String; 2]> {
    let key = MODULES[module].fields[0].name;
    let right: BTreeMap<String, &String> =
        stands[1][module].iter().map(|(id, record)| (record[key].to_string(), id)).collect();
    let pair = |(id, record): (&String, &Record)| {
        right.get(&record[key].to_string()).map(|other| [id.clone(), (*other).clone()])
    };
    stands[0][module].iter().filter_map(pair).collect()
}

fn is_led_to(stand: &Stand, module: usize, id: &str) -> bool {
    MODULES.iter().zip(stand).any(|(child, records)| {
        let leads = |field: &&Field| matches!(field.kind, Kind::To(parent) if parent == module);
        let mut lookups = child.fields.iter().filter(leads);
        lookups.any(|field| records.values().any(|record| record[field.name] == *id))
    })
}
