//! What the demo's people do: which record they open and what they change. Decided from a seed alone.

use rand::rngs::SmallRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use serde_json::{Value as Json, json};

/// A module of the demo: how it is matched, by what people know a record, and what they edit.
pub struct Module {
    /// API name.
    pub name: &'static str,
    /// The fields records are matched by.
    pub matching: &'static str,
    /// What a second look at both orgs compares besides.
    pub compared: &'static [&'static str],
    /// How often people work in it, in hundredths.
    weight: u32,
}

/// The demo's modules, parents first.
pub const MODULES: &[Module] = &[
    Module {
        name: "Accounts",
        matching: "Account_Name",
        compared: &["Phone", "Website", "Employees", "Industry", "Rating", "Billing_City"],
        weight: 15,
    },
    Module {
        name: "Contacts",
        matching: "Email",
        compared: &["First_Name", "Last_Name", "Phone", "Mobile", "Title", "Department", "Mailing_City"],
        weight: 35,
    },
    Module {
        name: "Products",
        matching: "Product_Code",
        compared: &["Product_Name", "Unit_Price", "Qty_in_Stock", "Product_Category"],
        weight: 8,
    },
    Module {
        name: "Deals",
        matching: "Deal_Name",
        compared: &["Stage", "Amount", "Closing_Date", "Next_Step", "Type"],
        weight: 20,
    },
    Module {
        name: "Leads",
        matching: "Email",
        compared: &["First_Name", "Last_Name", "Company", "Phone", "Designation", "Lead_Status"],
        weight: 14,
    },
    Module { name: "Tasks", matching: "Subject", compared: &["Status", "Priority", "Due_Date"], weight: 8 },
];

/// What somebody does next.
#[derive(Clone, Debug, PartialEq)]
pub enum Deed {
    /// Changes one field of a record they know.
    Change {
        /// Index into [`MODULES`].
        module: usize,
        /// Which of the records, counted from the first.
        record: usize,
        /// The field.
        field: &'static str,
        /// Its new value.
        value: Json,
    },
    /// Adds a record.
    Add {
        /// Index into [`MODULES`].
        module: usize,
        /// The record.
        record: Json,
    },
}

/// The demo's dice.
pub struct Dice {
    dice: SmallRng,
    added: u64,
}

impl Dice {
    /// Dice that always fall the same for the same seed.
    pub fn new(seed: u64) -> Dice {
        Dice { dice: SmallRng::seed_from_u64(seed), added: 0 }
    }

    /// True so many times in a hundred.
    pub fn chance(&mut self, percent: u32) -> bool {
        self.dice.random_range(0..100) < percent
    }

    /// One of so many, if there are any.
    pub fn below(&mut self, count: usize) -> Option<usize> {
        (count > 0).then(|| self.dice.random_range(0..count))
    }

    /// What somebody does who sees so many records of each module.
    pub fn deed(&mut self, counts: &[usize]) -> Deed {
        let module = self.module();
        let count = counts.get(module).copied().unwrap_or(0);
        let name = MODULES[module].name;
        if count == 0 || (matches!(name, "Contacts" | "Leads") && self.chance(18)) {
            let module = if name == "Leads" { module } else { 1 };
            return Deed::Add { module, record: self.newcomer(MODULES[module].name) };
        }
        let record = self.dice.random_range(0..count);
        let (field, value) = self.change(name);
        Deed::Change { module, record, field, value }
    }

    fn module(&mut self) -> usize {
        let mut left = self.dice.random_range(0..MODULES.iter().map(|module| module.weight).sum::<u32>());
        MODULES
            .iter()
            .position(|module| left.checked_sub(module.weight).map(|rest| left = rest).is_none())
            .unwrap_or(1)
    }

    fn pick(&mut self, values: &[&'static str]) -> &'static str {
        values.choose(&mut self.dice).copied().unwrap_or_default()
    }

    fn phone(&mut self) -> Json {
        let (a, b) = (self.dice.random_range(1000..9999), self.dice.random_range(1000..9999));
        if self.chance(50) { json!(format!("03-{a}-{b}")) } else { json!(format!("+44 20 {a} {b}")) }
    }

    /// A field of the module and a value for it.
    fn change(&mut self, module: &str) -> (&'static str, Json) {
        let titles = &["部長", "課長", "Head of Sales", "Buyer", "Managing Director", "営業担当"];
        match (module, self.dice.random_range(0..3)) {
            ("Accounts", 0) => ("Employees", json!(self.dice.random_range(10..9_000))),
            ("Accounts", 1) => ("Rating", json!(self.pick(&["Active", "Acquired", "Market Failed"]))),
            ("Contacts", 0) => ("Title", json!(self.pick(titles))),
            ("Contacts", 1) => {
                ("Department", json!(self.pick(&["営業部", "経理部", "Sales", "Purchasing", "IT"])))
            }
            ("Contacts", _) => ("Mobile", self.phone()),
            ("Deals", 0) => (
                "Stage",
                json!(self.pick(&["Qualification", "Needs Analysis", "Proposal/Price Quote", "Closed Won"])),
            ),
            ("Deals", 1) => ("Amount", json!(f64::from(self.dice.random_range(100..90_000)) * 10.0 + 0.5)),
            ("Deals", _) => {
                ("Next_Step", json!(self.pick(&["見積提出", "契約書確認", "Demo", "Contract review"])))
            }
            ("Leads", 0) => ("Designation", json!(self.pick(titles))),
            ("Leads", 1) => {
                ("Lead_Status", json!(self.pick(&["Attempted to Contact", "Contacted", "Not Contacted"])))
            }
            ("Products", 0) => ("Unit_Price", json!(f64::from(self.dice.random_range(500..99_000)) / 10.0)),
            ("Products", _) => ("Qty_in_Stock", json!(self.dice.random_range(0..500))),
            ("Tasks", 0) => ("Priority", json!(self.pick(&["High", "Normal", "Low"]))),
            ("Tasks", _) => ("Status", json!(self.pick(&["Not Started", "In Progress", "Completed"]))),
            _ => ("Phone", self.phone()),
        }
    }

    /// Somebody nobody has met before.
    fn newcomer(&mut self, module: &str) -> Json {
        const PEOPLE: &[(&str, &str, &str)] = &[
            ("結衣", "山田", "yui.yamada"),
            ("蓮", "小林", "ren.kobayashi"),
            ("葵", "中村", "aoi.nakamura"),
            ("Grace", "Bennett", "grace.bennett"),
            ("Arthur", "Clarke", "arthur.clarke"),
            ("Isla", "Morgan", "isla.morgan"),
        ];
        self.added += 1;
        let (first, last, mail) = PEOPLE[self.dice.random_range(0..PEOPLE.len())];
        let number: u32 = self.dice.random_range(100_000..1_000_000);
        let email = format!("{mail}.{}.{number}@new.example", self.added);
        let mut record =
            json!({"First_Name": first, "Last_Name": last, "Email": email, "Phone": self.phone()});
        if module == "Leads" {
            record["Company"] = json!(self.pick(&["青山商事", "Harbour & Sons"]));
        }
        record
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_day() {
        let day = |seed| {
            let mut dice = Dice::new(seed);
            (0..200).map(|_| dice.deed(&[40, 120, 12, 45, 36, 24])).collect::<Vec<_>>()
        };
        assert_eq!(day(7), day(7));
        assert_ne!(day(7), day(8));
        let added = day(7).iter().filter(|deed| matches!(deed, Deed::Add { .. })).count();
        assert!((5..60).contains(&added), "{added} of 200 are new records");
        for (module, described) in MODULES.iter().enumerate() {
            let is_here = |deed: &Deed| matches!(deed, Deed::Change { module: at, .. } if *at == module);
            assert!(day(7).iter().any(is_here), "nobody works in {}", described.name);
        }
    }

    #[test]
    fn an_empty_org_gets_its_first_record() {
        assert!(matches!(Dice::new(1).deed(&[0; 6]), Deed::Add { .. }));
    }
}
