//! Fields of looked-up records: `Account_Name.Billing_City` is what the account of a contact holds. They can be a source, and never a target.

use crate::account::Account;
use crate::config::{Fields, ModuleConfig};
use crate::error::{HubError, Result};
use musubi_core::{
    FieldName, ModuleName, Side, Sides,
    schema::{Access, Field, FieldType, ModuleSchema},
};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What stands between the lookup and the field.
const DOT: char = '.';

/// Both modules with the fields of looked-up records that the configuration names.
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
        for (name, (lookup, field)) in names {
            let target = target(&schema, name, lookup)?;
            let parent = accounts.get(side).schema(&target).await?;
            schema.fields.push(through(name, lookup, field, &parent)?);
        }
        *schemas.get_mut(side) = Arc::new(schema);
    }
    Ok(schemas)
}

/// The names of that side that lead through a lookup, with both of their parts.
fn named(config: &ModuleConfig, side: Side) -> BTreeSet<(&str, (&str, &str))> {
    let Fields::List(pairs) = &config.fields else { return BTreeSet::new() };
    let names = pairs.iter().map(|pair| if side == Side::Left { &pair.left } else { &pair.right });
    names.filter_map(|name| Some((name.as_str(), name.split_once(DOT)?))).collect()
}

/// The module that the lookup points to.
fn target(schema: &ModuleSchema, name: &str, lookup: &str) -> Result<ModuleName> {
    match schema.field(&FieldName::new(lookup)).map(|field| &field.kind) {
        Some(FieldType::Lookup { module }) => Ok(module.clone()),
        Some(_) => Err(wrong(name, &format!("{lookup} of {} is no lookup to one module", schema.module))),
        None => Err(wrong(name, &format!("{} has no field {lookup}", schema.module))),
    }
}

fn through(name: &str, lookup: &str, field: &str, parent: &ModuleSchema) -> Result<Field> {
    let field = FieldName::new(field);
    let known = parent
        .field(&field)
        .ok_or_else(|| wrong(name, &format!("{} has no field {field}", parent.module)))?;
    if matches!(
        known.kind,
        FieldType::Lookup { .. }
            | FieldType::AnyLookup { .. }
            | FieldType::User
            | FieldType::Rows { .. }
            | FieldType::Other { .. }
    ) {
        return Err(wrong(name, "records, people, rows and files are not read through a lookup"));
    }
    Ok(Field {
        name: FieldName::new(name),
        label: format!("{}: {}", parent.label, known.label).as_str().into(),
        kind: FieldType::Through {
            lookup: FieldName::new(lookup),
            module: parent.module.clone(),
            field,
            holds: Box::new(known.kind.clone()),
        },
        access: Access::ReadOnly,
        mandatory: false,
        unique: false,
        custom: false,
    })
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
        ModuleSchema { module: name.into(), label: name.into(), fields }
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
    }
}
