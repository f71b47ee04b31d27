//! What people call the records and users that fields point to.

use crate::account::Account;
use crate::error::Result;
use crate::hub::Hub;
use crate::value_schema::Reference;
use musubi_connector::gate::Lane;
use musubi_connector::{Page, Priced, Projection};
use musubi_core::link::LinkBody;
use musubi_core::schema::{Field, FieldType, ModuleSchema};
use musubi_core::value::UserRef;
use musubi_core::{FieldName, ModuleName, RemoteId, Side, Value};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use utoipa::ToSchema;

/// Fields that name a record to people, in the order they are tried.
const NAMES: [&str; 12] = [
    "Full_Name",
    "Last_Name",
    "Account_Name",
    "Deal_Name",
    "Product_Name",
    "Price_Book_Name",
    "Campaign_Name",
    "Vendor_Name",
    "Subject",
    "Event_Title",
    "Note_Title",
    "Name",
];

/// What people call a record, from the texts of its fields.
pub(crate) fn called(text: impl Fn(&str) -> Option<String>) -> Option<String> {
    NAMES.iter().find_map(|name| match *name {
        "Last_Name" => {
            let last = text("Last_Name")?;
            Some([text("First_Name"), Some(last)].into_iter().flatten().collect::<Vec<_>>().join(" "))
        }
        name => text(name),
    })
}

/// What people call one side of a pair, by what is remembered of it. `slot`: where a field's values are.
pub(crate) fn label(body: &LinkBody, side: Side, slot: impl Fn(&str) -> Option<usize>) -> Option<String> {
    called(|name| {
        let slot = u16::try_from(slot(name)?).ok()?;
        body.side(side).current(slot)?.as_text().map(str::to_owned)
    })
}

/// The fields by which people look for a record: its names and its address.
pub(crate) fn looked_for_by(schema: &ModuleSchema) -> Vec<FieldName> {
    let known = |field: &&Field| {
        // A full name is put together by the service, and cannot be asked for.
        let name = field.name.as_str();
        // Nor can a note be asked for by what it says.
        let is_name = NAMES[1..].contains(&name) && name != "Note_Title";
        (is_name || name == "First_Name" || name == "Email")
            && matches!(field.kind, FieldType::Text { .. } | FieldType::Email { .. })
    };
    schema.fields.iter().filter(known).map(|field| field.name.clone()).collect()
}

/// A user of a connection's org.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = OrgUser)]
pub struct OrgUser {
    /// Their id.
    pub id: String,
    /// What people call them.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Can own records.
    pub active: bool,
}

impl Hub {
    /// The users of a connection's org, by name.
    pub async fn org_users(&self, connection: i64) -> Result<Vec<OrgUser>> {
        let users = self.inner.account(connection).await?.users().await?;
        let user = |user: &musubi_connector::User| OrgUser {
            id: user.id.to_string(),
            name: user.name.clone(),
            email: user.email.clone(),
            active: user.active,
        };
        let mut users: Vec<OrgUser> = users.iter().map(user).collect();
        users.sort_by(|a, b| (!a.active, &a.name, &a.id).cmp(&(!b.active, &b.name, &b.id)));
        Ok(users)
    }
}

/// In so many modules the name of what a lookup to any of several points to is looked for: each costs a call.
const MOST_MODULES: usize = 4;

/// The names of what some records point to.
#[derive(Default)]
pub(crate) struct References {
    records: HashMap<(ModuleName, RemoteId), String>,
    users: HashMap<RemoteId, String>,
}

impl References {
    /// Asks for the names of all that the records of a page point to. What the service does not tell stays without a name: nobody shall miss a record for want
    /// of the name of another.
    pub async fn of(account: &Account, page: &Page, projection: &Projection) -> References {
        let mut found = References::default();
        let mut wanted: BTreeMap<&ModuleName, BTreeSet<&RemoteId>> = BTreeMap::new();
        let mut people = false;
        for row in &page.rows {
            for (field, value) in projection.fields.iter().zip(row.slots.iter()) {
                for (kind, value) in cells(&field.kind, value.as_ref()) {
                    match (kind, value) {
                        (FieldType::Lookup { module }, Value::Record(id)) => {
                            wanted.entry(module).or_default().insert(id);
                        }
                        // Which of the modules it is, the value does not say; there are few.
                        (FieldType::AnyLookup { modules }, Value::Record(id)) => {
                            for module in modules.iter().take(MOST_MODULES) {
                                wanted.entry(module).or_default().insert(id);
                            }
                        }
                        (_, Value::User(_)) => people = true,
                        _ => {}
                    }
                }
            }
        }
        if people && let Ok(users) = account.users().await {
            found.users = users.iter().map(|user| (user.id.clone(), user.name.clone())).collect();
        }
        for (module, ids) in wanted {
            let ids: Vec<RemoteId> = ids.into_iter().cloned().collect();
            // What fails for one module fails for its other ids, too.
            let _ = found.learn(account, module, &ids).await;
        }
        found
    }

    async fn learn(&mut self, account: &Account, module: &ModuleName, ids: &[RemoteId]) -> Result<()> {
        let schema = account.schema(module).await?;
        let names = |field: &&Field| {
            (NAMES.contains(&field.name.as_str()) || field.name.as_str() == "First_Name")
                && matches!(field.kind, FieldType::Text { .. })
        };
        let fields: Vec<Field> = schema.fields.iter().filter(names).cloned().collect();
        let projection = Arc::new(Projection { module: module.clone(), fields });
        for ids in ids.chunks(account.connector.limits().read_batch.max(1)) {
            let call = account.connector.read(Arc::clone(&projection), ids);
            let page = account.ask(Lane::Interactive, Priced::Read, call).await?;
            for row in page.rows {
                let text = |name: &str| {
                    let slot = projection.fields.iter().position(|field| field.name.as_str() == name)?;
                    row.slots.get(slot)?.as_ref()?.as_text().map(str::to_owned)
                };
                if let Some(name) = called(text) {
                    self.records.insert((module.clone(), row.id.clone()), name);
                }
            }
        }
        Ok(())
    }

    /// A record of the module that the field points to.
    pub fn record(&self, kind: &FieldType, id: &RemoteId) -> Reference {
        let name = match kind {
            FieldType::Lookup { module } => self.records.get(&(module.clone(), id.clone())).cloned(),
            FieldType::AnyLookup { modules } => {
                modules.iter().find_map(|module| self.records.get(&(module.clone(), id.clone()))).cloned()
            }
            _ => None,
        };
        Reference { id: id.to_string(), name }
    }

    /// A user.
    pub fn user(&self, user: &UserRef) -> Reference {
        let name = self.users.get(&user.id).cloned().or_else(|| user.email.as_ref().map(ToString::to_string));
        Reference { id: user.id.to_string(), name }
    }
}

/// A value with its type, or those of the cells of a subform.
fn cells<'a>(kind: &'a FieldType, value: Option<&'a Value>) -> Vec<(&'a FieldType, &'a Value)> {
    match (kind, value) {
        (FieldType::Rows { columns, .. }, Some(Value::Rows(rows))) => {
            let row = |row: &'a [Value]| columns.iter().map(|column| &column.kind).zip(row);
            rows.iter().flat_map(|cells| row(cells)).collect()
        }
        (kind, Some(value)) => vec![(kind, value)],
        (_, None) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_of_any_module_goes_by_what_its_people_call_it() {
        let of = |fields: &[(&str, &str)]| {
            let found = |name: &str| fields.iter().find(|(field, _)| *field == name);
            called(|name| found(name).map(|(_, text)| (*text).to_owned()))
        };
        assert_eq!(of(&[("Event_Title", "定例会議"), ("Venue", "Tokyo")]).as_deref(), Some("定例会議"));
        assert_eq!(of(&[("Note_Title", "訪問メモ")]).as_deref(), Some("訪問メモ"));
        assert_eq!(of(&[("Subject", "Call back"), ("Name", "another")]).as_deref(), Some("Call back"));
        assert_eq!(of(&[("First_Name", "陽菜"), ("Last_Name", "中村")]).as_deref(), Some("陽菜 中村"));
        assert_eq!(of(&[("Last_Name", "中村")]).as_deref(), Some("中村"));
        assert_eq!(of(&[("Phone", "03")]), None);
    }
}
