//! Fields of other records: `Account_Name.Billing_City` is what the account of a contact holds, and [`child`] is about records that point to this one. They can be a source,
//! and never a target.

use crate::account::Account;
use crate::child;
use crate::config::{Fields, ModuleConfig, meaning};
use crate::error::{HubError, Result};
use musubi_core::{
    FieldName, ModuleName, Side, Sides,
    schema::{Access, Field, FieldType, ModuleSchema, Way},
};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What stands between the lookup and the field.
const DOT: char = '.';

/// Both modules with the fields of other records that the configuration names.
pub(crate) async fn add(
    config: &ModuleConfig,
    accounts: &Sides<Arc<Account>>,
    mut schemas: Sides<Arc<ModuleSchema>>,
) -> Result<Sides<Arc<ModuleSchema>>> {
    for side in Side::BOTH {
        let names = named(config, side);
        if names.is_empty() {
            continue;
        }
        let mut schema = ModuleSchema::clone(schemas.get(side));
        let account = accounts.get(side);
        for name in names {
            let field = match name.split_once(DOT) {
                Some((lookup, field)) if !child::is_meant(name) => {
                    let target = target(&schema, name, lookup)?;
                    through(name, lookup, field, &*account.schema(&target).await?)?
                }
                _ => {
                    let written = child::read(name)?;
                    let children =
                        account.schema(&written.module()).await.map_err(|error| no_module(name, error))?;
                    written.field(&schema.module, &children)?
                }
            };
            schema.fields.push(field);
        }
        *schemas.get_mut(side) = Arc::new(schema);
    }
    Ok(schemas)
}

/// The names of that side that lead to another record.
fn named(config: &ModuleConfig, side: Side) -> BTreeSet<&str> {
    let Fields::List(pairs) = &config.fields else { return BTreeSet::new() };
    let names = pairs.iter().map(|pair| if side == Side::Left { &pair.left } else { &pair.right });
    names.map(String::as_str).filter(|name| name.contains(DOT) || child::is_meant(name)).collect()
}

/// A child's module that is not there is the mapping's mistake; anything else is the connection's trouble.
fn no_module(name: &str, error: HubError) -> HubError {
    match error.code {
        "module.unknown" => HubError { hint: error.hint, ..child::wrong(name, &error.message) },
        _ => error,
    }
}

/// The module that the lookup points to.
fn target(schema: &ModuleSchema, name: &str, lookup: &str) -> Result<ModuleName> {
    match schema.field(&FieldName::new(lookup)).map(|field| &field.kind) {
        Some(FieldType::Lookup { module }) => Ok(module.clone()),
        Some(_) => Err(wrong(name, &format!("{lookup} of {} is no lookup to one module", schema.module))),
        None => {
            let missing = wrong(name, &format!("{} has no field {lookup}", schema.module));
            let lookups = |field: &&Field| matches!(field.kind, FieldType::Lookup { .. });
            Err(meaning(missing, lookup, schema.fields.iter().filter(lookups)))
        }
    }
}

fn through(name: &str, lookup: &str, field: &str, parent: &ModuleSchema) -> Result<Field> {
    let field = FieldName::new(field);
    let known = parent.field(&field).ok_or_else(|| {
        let missing = wrong(name, &format!("{} has no field {field}", parent.module));
        meaning(missing, field.as_str(), parent.fields.iter())
    })?;
    if !is_readable(&known.kind) {
        return Err(wrong(name, "records, people, rows and files are not read through a lookup"));
    }
    Ok(read_field(name, Way::Lookup(FieldName::new(lookup)), parent, known))
}

/// Whether such a value is read of another record.
pub(crate) fn is_readable(kind: &FieldType) -> bool {
    !matches!(
        kind,
        FieldType::Lookup { .. }
            | FieldType::AnyLookup { .. }
            | FieldType::User
            | FieldType::Rows { .. }
            | FieldType::Filled
            | FieldType::Other { .. }
    )
}

/// A field of another record as one of this record.
pub(crate) fn read_field(name: &str, way: Way, other: &ModuleSchema, known: &Field) -> Field {
    Field {
        name: FieldName::new(name),
        label: format!("{}: {}", other.label, known.label).as_str().into(),
        kind: FieldType::Through {
            way,
            module: other.module.clone(),
            field: known.name.clone(),
            holds: Box::new(known.kind.clone()),
        },
        access: Access::ReadOnly,
        mandatory: false,
        unique: false,
        custom: false,
    }
}

fn wrong(name: &str, why: &str) -> HubError {
    HubError::new(
        "mapping.through",
        format!("{name}: {why}"),
        "write LOOKUP.FIELD, both by their API names, such as Account_Name.Billing_City",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

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

    fn module(name: &str, fields: Vec<Field>) -> ModuleSchema {
        ModuleSchema { module: name.into(), label: name.into(), fields, demanded: Vec::new() }
    }

    #[test]
    fn a_name_leads_through_a_lookup_to_a_field_that_can_be_read() {
        let text = FieldType::Text { max: 80, multiline: false };
        let accounts = module("Accounts", vec![field("City", text.clone()), field("Owner", FieldType::User)]);
        let lookup = field("Account_Name", FieldType::Lookup { module: "Accounts".into() });
        let contacts = module("Contacts", vec![lookup, field("City", text.clone())]);
        assert_eq!(target(&contacts, "Account_Name.City", "Account_Name").unwrap().as_str(), "Accounts");
        let found = through("Account_Name.City", "Account_Name", "City", &accounts).unwrap();
        assert_eq!((found.access, found.kind.plain()), (Access::ReadOnly, &text));
        for error in [
            target(&contacts, "City.City", "City").unwrap_err(),
            target(&contacts, "No.City", "No").unwrap_err(),
            through("Account_Name.No", "Account_Name", "No", &accounts).unwrap_err(),
            through("Account_Name.Owner", "Account_Name", "Owner", &accounts).unwrap_err(),
        ] {
            assert_eq!(error.code, "mapping.through", "{error:?}");
        }
        let misspelt = through("Account_Name.Ctiy", "Account_Name", "Ctiy", &accounts).unwrap_err();
        assert_eq!(misspelt.hint, "did you mean City?");
        let misspelt = target(&contacts, "Acount_Name.City", "Acount_Name").unwrap_err();
        assert_eq!(misspelt.hint, "did you mean Account_Name?");
    }
}
