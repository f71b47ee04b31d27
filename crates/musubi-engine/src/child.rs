//! Fields of a chosen child: `Deals[latest Closing_Date].Amount` is what the latest of the deals that point to a contact holds. They can be a source, and never a target.

use crate::config::meaning;
use crate::error::{HubError, Result};
use crate::through;
use musubi_core::schema::{Child, Choice, Field, FieldType, ModuleSchema, Way};
use musubi_core::{FieldName, ModuleName};

/// Where the choice begins; no name of a field has it.
const CHOICE: char = '[';

/// The words of a choice, and of what they choose.
const WORDS: [(&str, Choice, Order); 4] = [
    ("latest", Choice::Greatest, Order::Times),
    ("earliest", Choice::Least, Order::Times),
    ("highest", Choice::Greatest, Order::Numbers),
    ("lowest", Choice::Least, Order::Numbers),
];

/// What stands in an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    /// Dates and points in time.
    Times,
    /// Numbers.
    Numbers,
}

/// `Deals/Contact_Name[latest Closing_Date].Amount`, read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Written<'a> {
    /// All of it.
    name: &'a str,
    module: &'a str,
    lookup: Option<&'a str>,
    choice: Choice,
    order: Order,
    by: &'a str,
    field: &'a str,
}

/// Whether a name is meant to lead to a child.
pub(crate) fn is_meant(name: &str) -> bool {
    name.contains(CHOICE)
}

/// Reads a name.
pub(crate) fn read(name: &str) -> Result<Written<'_>> {
    parts(name).ok_or_else(|| wrong(name, "this cannot be read"))
}

fn parts(name: &str) -> Option<Written<'_>> {
    let (from, rest) = name.split_once(CHOICE)?;
    let (chosen, field) = rest.split_once("].")?;
    let (module, lookup) = match from.split_once('/') {
        Some((module, lookup)) => (module, Some(lookup)),
        None => (from, None),
    };
    let (word, by) = chosen.split_once(' ')?;
    let (_, choice, order) = WORDS.into_iter().find(|(known, ..)| *known == word)?;
    let named = [Some(module), lookup, Some(by), Some(field)];
    let is_name = |name: &str| {
        !name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
    };
    let all_named = named.into_iter().flatten().all(is_name);
    all_named.then_some(Written { name, module, lookup, choice, order, by, field })
}

impl Written<'_> {
    /// The module of the child.
    pub(crate) fn module(&self) -> ModuleName {
        ModuleName::new(self.module)
    }

    /// The field of the chosen child as one of the record.
    pub(crate) fn field(&self, own: &ModuleName, children: &ModuleSchema) -> Result<Field> {
        let lookup = self.lookup(own, children)?;
        let by = self.known(self.by, children)?;
        let fits = match self.order {
            Order::Times => matches!(by.kind, FieldType::Date | FieldType::DateTime),
            Order::Numbers => matches!(by.kind, FieldType::Integer | FieldType::Decimal { .. }),
        };
        if !fits {
            let why = format!(
                "{} of {} is not fit for this choice: latest and earliest take a date or a time, highest and lowest a number",
                self.by, children.module
            );
            return Err(wrong(self.name, &why));
        }
        let by = by.name.clone();
        let known = self.known(self.field, children)?;
        if !through::is_readable(&known.kind) {
            return Err(wrong(self.name, "records, people, rows and files are not read of a child"));
        }
        let way = Way::Child(Child { lookup, by, choice: self.choice });
        Ok(through::read_field(self.name, way, children, known))
    }

    fn known<'s>(&self, name: &str, children: &'s ModuleSchema) -> Result<&'s Field> {
        children.field(&FieldName::new(name)).ok_or_else(|| {
            let missing = wrong(self.name, &format!("{} has no field {name}", children.module));
            meaning(missing, name, children.fields.iter())
        })
    }

    /// The lookup by which the children point to the record.
    fn lookup(&self, own: &ModuleName, children: &ModuleSchema) -> Result<FieldName> {
        let points = |field: &&Field| matches!(&field.kind, FieldType::Lookup { module } if module == own);
        let all: Vec<&FieldName> = children.fields.iter().filter(points).map(|field| &field.name).collect();
        let module = &children.module;
        let names = || all.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", ");
        match (self.lookup, &all[..]) {
            (_, []) => Err(wrong(self.name, &format!("{module} has no lookup to {own}"))),
            (None, [only]) => Ok(FieldName::clone(only)),
            (None, [first, ..]) => {
                let why = format!(
                    "{module} has several lookups to {own} ({}); say which one, such as {module}/{first}[…]",
                    names()
                );
                Err(wrong(self.name, &why))
            }
            (Some(named), all) => all.iter().find(|name| name.as_str() == named).map_or_else(
                || {
                    let why = format!("{named} of {module} is no lookup to {own}; there is {}", names());
                    Err(wrong(self.name, &why))
                },
                |name| Ok(FieldName::clone(name)),
            ),
        }
    }
}

/// There is no such child; `why` says what is wrong.
pub(crate) fn wrong(name: &str, why: &str) -> HubError {
    HubError::new(
        "mapping.child",
        format!("{name}: {why}"),
        "write MODULE[latest FIELD].FIELD by their API names, such as Deals[latest Closing_Date].Amount; earliest, highest and lowest choose another one",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use musubi_core::schema::Access;

    fn field(name: &str, kind: FieldType) -> Field {
        Field {
            name: name.into(),
            label: name.into(),
            kind,
            access: Access::Writable,
            mandatory: false,
            unique: false,
            custom: false,
        }
    }

    fn deals() -> ModuleSchema {
        let to = |module: &str| FieldType::Lookup { module: module.into() };
        let fields = vec![
            field("Contact_Name", to("Contacts")),
            field("Account_Name", to("Accounts")),
            field("Partner", to("Accounts")),
            field("Closing_Date", FieldType::Date),
            field("Created_Time", FieldType::DateTime),
            field("Amount", FieldType::Decimal { scale: 2 }),
            field("Stage", FieldType::Picklist { options: Vec::new() }),
            field("Owner", FieldType::User),
        ];
        ModuleSchema { module: "Deals".into(), label: "商談".into(), fields, demanded: Vec::new() }
    }

    fn check(own: &str, name: &str) -> std::result::Result<(String, Choice), String> {
        let found = read(name).and_then(|written| written.field(&own.into(), &deals()));
        match found.map(|field| (field.access, field.kind)) {
            Ok((Access::ReadOnly, FieldType::Through { way: Way::Child(child), .. })) => {
                Ok((child.lookup.to_string(), child.choice))
            }
            Ok(other) => panic!("{name}: {other:?}"),
            Err(error) => {
                assert_eq!(error.code, "mapping.child", "{name}");
                Err(error.message)
            }
        }
    }

    #[test]
    fn a_name_leads_to_a_field_of_one_child() {
        let contact = |choice| Ok(("Contact_Name".to_owned(), choice));
        assert_eq!(check("Contacts", "Deals[latest Closing_Date].Amount"), contact(Choice::Greatest));
        assert_eq!(check("Contacts", "Deals[earliest Created_Time].Stage"), contact(Choice::Least));
        assert_eq!(check("Contacts", "Deals/Contact_Name[highest Amount].Stage"), contact(Choice::Greatest));
        assert_eq!(check("Contacts", "Deals[lowest Amount].Closing_Date"), contact(Choice::Least));
        assert_eq!(
            check("Accounts", "Deals/Partner[latest Closing_Date].Amount"),
            Ok(("Partner".to_owned(), Choice::Greatest))
        );
    }

    #[test]
    fn a_name_that_leads_nowhere_says_why() {
        let check = |own, name, why: &str| {
            let message = check(own, name).unwrap_err();
            assert!(message.starts_with(name) && message.contains(why), "{message}");
        };
        for name in [
            "Deals[Closing_Date].Amount",
            "Deals[last Closing_Date].Amount",
            "Deals[latest Closing_Date]",
            "Deals[latest Closing_Date].",
            "Deals[latest Closing_Date].Contact_Name.Email",
            "[latest Closing_Date].Amount",
            "Deals/[latest Closing_Date].Amount",
            "Deals[latest Closing_Date, id].Amount",
        ] {
            check("Contacts", name, "cannot be read");
        }
        check("Leads", "Deals[latest Closing_Date].Amount", "Deals has no lookup to Leads");
        check(
            "Accounts",
            "Deals[latest Closing_Date].Amount",
            "(Account_Name, Partner); say which one, such as Deals/Account_Name[…]",
        );
        check(
            "Contacts",
            "Deals/Partner[latest Closing_Date].Amount",
            "Partner of Deals is no lookup to Contacts; there is Contact_Name",
        );
        check("Contacts", "Deals[latest Close_Date].Amount", "Deals has no field Close_Date");
        check("Contacts", "Deals[latest Closing_Date].Sum", "Deals has no field Sum");
        let misspelt = read("Deals[latest Close_Date].Amount").unwrap().field(&"Contacts".into(), &deals());
        assert_eq!(misspelt.unwrap_err().hint, "did you mean Closing_Date?");
        check("Contacts", "Deals[latest Amount].Stage", "Amount of Deals is not fit");
        check("Contacts", "Deals[highest Closing_Date].Stage", "Closing_Date of Deals is not fit");
        check("Contacts", "Deals[latest Stage].Amount", "Stage of Deals is not fit");
        check("Contacts", "Deals[latest Closing_Date].Owner", "people");
    }
}
