//! Records that look like the same one although no match key says so: a suggestion to a person, with what agrees. Nobody is ever tied by it.
//!
//! A weak key is a name that is the same or nearly so, together with a telephone number or a company.

use crate::mapping::{Mapping, Pair};
use crate::match_form::{MatchForm, normal};
use crate::schema::{Field, FieldType};
use crate::suggest::means;
use crate::transform::text_of;
use crate::{Side, Value};
use std::collections::HashMap;

/// Names that are less alike than this are of two.
const ALIKE: f64 = 0.92;
/// Fewer digits tell no line from another.
const DIGITS: usize = 8;
/// So many comparisons are made among records that begin alike; then it is left at that.
const COMPARED: u32 = 20_000;

/// Which slots hold a name, a company and telephone numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roles {
    /// What it is called, the surname first.
    pub name: Vec<u16>,
    /// The company that it belongs to.
    pub company: Option<u16>,
    /// Its telephone numbers.
    pub phones: Vec<u16>,
}

impl Roles {
    /// Those of a mapping, by the types, names and labels of its fields.
    pub fn of(mapping: &Mapping) -> Roles {
        let pairs = || (0u16..).zip(&mapping.pairs);
        let meant = |word: &str| pairs().find(|(_, pair)| is_called(pair, word)).map(|(slot, _)| slot);
        let person = [meant("lastname"), meant("firstname")];
        let company = meant("company");
        let whole = || {
            let name = ["fullname", "dealname", "productname"].into_iter().find_map(meant);
            name.or_else(|| {
                pairs().find(|(_, pair)| pair.fields.left.name.as_str() == "Name").map(|(slot, _)| slot)
            })
        };
        let name: Vec<u16> = match person {
            [Some(_), _] => person.into_iter().flatten().collect(),
            _ => whole().or(company).into_iter().collect(),
        };
        let is_phone = |pair: &Pair| {
            Side::BOTH.iter().any(|side| matches!(pair.fields.get(*side).kind, FieldType::Phone { .. }))
                && !is_called(pair, "fax")
        };
        Roles {
            company: company.filter(|slot| !name.contains(slot)),
            phones: pairs().filter(|(_, pair)| is_phone(pair)).map(|(slot, _)| slot).collect(),
            name,
        }
    }

    /// Whether they are enough to tell anything.
    pub fn are_enough(&self) -> bool {
        !self.name.is_empty() && (self.company.is_some() || !self.phones.is_empty())
    }
}

fn is_called(pair: &Pair, word: &str) -> bool {
    let called = |field: &Field| means([field.name.as_str(), &field.label], word);
    called(&pair.fields.left) || called(&pair.fields.right)
}

/// By what a record is compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Traits {
    name: String,
    company: String,
    phones: Vec<(u16, String)>,
}

impl Traits {
    /// Those of a record; `None` if they are too few. `company`: what the company is called, where a lookup leads to it.
    pub fn of<'v>(
        roles: &Roles,
        company: Option<&str>,
        value: impl Fn(u16) -> Option<&'v Value>,
    ) -> Option<Traits> {
        let text = |slot: u16| value(slot).and_then(text_of);
        let name: String = roles.name.iter().filter_map(|slot| folded(&text(*slot)?)).collect();
        let own = || {
            let slot = roles.company?;
            if matches!(value(slot), Some(Value::Record(_))) { None } else { folded(&text(slot)?) }
        };
        let phones = roles.phones.iter().filter_map(|slot| Some((*slot, line(&text(*slot)?)?)));
        let traits = Traits {
            name,
            company: company.and_then(folded).or_else(own).unwrap_or_default(),
            phones: phones.collect(),
        };
        let few = traits.name.is_empty() || (traits.company.is_empty() && traits.phones.is_empty());
        (!few).then_some(traits)
    }

    /// Where those stand that may look like this one: by their numbers, and by how name and company begin.
    fn blocks(&self) -> Vec<u64> {
        let of = |text: &str| xxhash_rust::xxh3::xxh3_64(text.as_bytes());
        let begins = |text: &str| text.chars().take(2).collect::<String>();
        let lines = self.phones.iter().map(|(_, line)| &line[line.len() - DIGITS..]);
        let mut blocks: Vec<u64> = lines.map(of).collect();
        if !self.company.is_empty() {
            blocks.push(of(&format!("{}\u{1f}{}", begins(&self.name), begins(&self.company))));
        }
        blocks.sort_unstable();
        blocks.dedup();
        blocks
    }
}

/// Without regard to case, width, spaces and kind of kana.
fn folded(text: &str) -> Option<String> {
    normal(text, MatchForm::Name, None)
}

/// The digits of a number, without what stands before it at home or abroad.
fn line(text: &str) -> Option<String> {
    let digits = normal(text, MatchForm::Phone, None)?;
    let line = digits.trim_start_matches('0');
    (line.len() >= DIGITS).then(|| line.to_owned())
}

/// One number, be it with its country or without.
fn is_one_line(a: &str, b: &str) -> bool {
    a.ends_with(b) || b.ends_with(a)
}

/// What two records have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Likeness {
    /// 0 to 100.
    pub score: u8,
    /// The slots that agree.
    pub agrees: Vec<u16>,
}

/// How two records look alike; `None` if they do not.
pub fn likeness(roles: &Roles, a: &Traits, b: &Traits) -> Option<Likeness> {
    let alike = |a: &str, b: &str| {
        let share = if a == b { 1.0 } else { strsim::jaro_winkler(a, b) };
        (!a.is_empty() && !b.is_empty() && share >= ALIKE).then_some(share)
    };
    let phone = a.phones.iter().find(|(_, a)| b.phones.iter().any(|(_, b)| is_one_line(a, b)));
    if phone.is_none() && (a.company.is_empty() || b.company.is_empty()) {
        return None;
    }
    let name = alike(&a.name, &b.name)?;
    let company = alike(&a.company, &b.company);
    if phone.is_none() && company.is_none() {
        return None;
    }
    let points = 60.0 * name + if phone.is_some() { 25.0 } else { 0.0 } + 15.0 * company.unwrap_or(0.0);
    let mut agrees = roles.name.clone();
    agrees.extend(phone.map(|(slot, _)| *slot));
    agrees.extend(company.and(roles.company));
    Some(Likeness { score: points.round() as u8, agrees })
}

/// Records of one side, to be found by those of the other.
#[derive(Default)]
pub struct Index<T> {
    records: Vec<(T, Traits)>,
    blocks: HashMap<u64, Block>,
    cut: bool,
}

#[derive(Default)]
struct Block {
    at: Vec<u32>,
    compared: u32,
}

impl<T> Index<T> {
    /// Puts a record in.
    pub fn put(&mut self, what: T, traits: Traits) {
        let at = self.records.len() as u32;
        for block in traits.blocks() {
            self.blocks.entry(block).or_default().at.push(at);
        }
        self.records.push((what, traits));
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// Those that look like this one.
    pub fn find(&mut self, roles: &Roles, traits: &Traits) -> Vec<(&T, Likeness)> {
        let mut near: Vec<u32> = Vec::new();
        for block in traits.blocks() {
            let Some(block) = self.blocks.get_mut(&block) else { continue };
            let left = COMPARED.saturating_sub(block.compared);
            let some = block.at.len().min(left as usize);
            self.cut |= some < block.at.len();
            block.compared += some as u32;
            near.extend(&block.at[..some]);
        }
        near.sort_unstable();
        near.dedup();
        let alike = near.into_iter().filter_map(|at| {
            let (what, other) = &self.records[at as usize];
            Some((what, likeness(roles, other, traits)?))
        });
        alike.collect()
    }

    /// Whether so many begin alike that not all of them were compared.
    pub fn was_cut(&self) -> bool {
        self.cut
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Sides;
    use crate::mapping::{
        Wanted, WantedPair,
        tests::{field, module, text},
    };
    use crate::policy::Direction;

    fn mapping(fields: Vec<Field>) -> Mapping {
        let wanted = fields.iter().map(|field| WantedPair::new(field.name.as_str(), field.name.as_str()));
        let wanted = Wanted::Pairs(wanted.collect());
        let schema = Sides { left: &module(fields.clone()), right: &module(fields) };
        Mapping::compile(schema, &wanted, Direction::Both, &[]).unwrap()
    }

    fn people() -> Roles {
        let phone = |name: &str| field(name, FieldType::Phone { max: 30 });
        let names = ["Last_Name", "First_Name", "Company"].map(text);
        Roles::of(&mapping([&names[..], &[phone("Phone"), phone("Fax"), phone("Mobile")]].concat()))
    }

    fn person(texts: [&str; 5]) -> Option<Traits> {
        let [last, first, company, phone, mobile] = texts.map(Value::text);
        let all = [last, first, company, phone, Value::Blank, mobile];
        Traits::of(&people(), None, |slot| all.get(usize::from(slot)))
    }

    fn score(a: [&str; 5], b: [&str; 5]) -> Option<u8> {
        likeness(&people(), &person(a)?, &person(b)?).map(|likeness| likeness.score)
    }

    #[test]
    fn roles_are_known_by_type_and_meaning() {
        assert_eq!(people(), Roles { name: vec![0, 1], company: Some(2), phones: vec![3, 5] });
        let phone = || field("Phone", FieldType::Phone { max: 30 });
        let accounts = Roles::of(&mapping(vec![text("Account_Name"), phone()]));
        assert_eq!(accounts, Roles { name: vec![0], company: None, phones: vec![1] });
        assert!(accounts.are_enough());
        assert!(!Roles::of(&mapping(vec![text("Account_Name"), text("Industry")])).are_enough());
    }

    #[test]
    fn a_name_needs_a_number_or_a_company_beside_it() {
        let anna = ["Smith", "Anna", "Acme", "03-1234-5678", ""];
        assert_eq!(score(anna, ["SMITH", "Ａｎｎａ", "ACME", "+81 3 1234 5678", ""]), Some(100));
        assert_eq!(score(anna, ["Smith", "Anna", "", "", "+81 3-1234-5678"]), Some(85));
        assert_eq!(score(anna, ["Smith", "Anna", "Acme", "020 7946 0958", ""]), Some(75));
        assert_eq!(score(anna, ["Smith", "Anna", "Other", "020 7946 0958", ""]), None);
        assert_eq!(score(anna, ["Brown", "Carl", "Acme", "03-1234-5678", ""]), None);
        assert!(
            score(anna, ["Smyth", "Anna", "Acme", "", ""]).is_some_and(|score| (70..75).contains(&score))
        );
        let taro = ["ﾔﾏﾀﾞ", "ﾀﾛｳ", "結商事", "", ""];
        assert_eq!(score(taro, ["やまだ", "たろう", "結 商事", "", ""]), Some(75));
        assert_eq!(person(["Smith", "Anna", "", "123", ""]), None);
    }

    #[test]
    fn what_agrees_is_told() {
        let (a, b) = (["Smith", "Anna", "Acme", "", "03-1234-5678"], ["Smith", "Anna", "", "0312345678", ""]);
        let found = likeness(&people(), &person(a).unwrap(), &person(b).unwrap()).unwrap();
        assert_eq!(found.agrees, [0, 1, 5]);
    }

    #[test]
    fn they_are_found_by_how_they_begin_and_not_all_are_compared_where_too_many_do() {
        let mut index = Index::default();
        index.put("anna", person(["Smith", "Anna", "Acme", "03-1234-5678", ""]).unwrap());
        index.put("carl", person(["Brown", "Carl", "Acme", "", ""]).unwrap());
        let mut found = |texts| -> Vec<&str> {
            let found = index.find(&people(), &person(texts).unwrap());
            found.into_iter().map(|(what, _)| *what).collect()
        };
        assert_eq!(found(["Smith", "Anna", "Acme", "+81312345678", ""]), ["anna"]);
        assert_eq!(found(["Brown", "Karl", "Acme", "", ""]), ["carl"]);
        assert_eq!(found(["Jones", "Anna", "Acme", "", ""]), [""; 0]);
        let mut index = Index::default();
        let one = || person(["Smith", "Anna", "Acme", "", ""]).unwrap();
        (0..300).for_each(|n| index.put(n, one()));
        let all: usize = (0..100).map(|_| index.find(&people(), &one()).len()).sum();
        assert_eq!((all, index.was_cut()), (COMPARED as usize, true));
    }
}
