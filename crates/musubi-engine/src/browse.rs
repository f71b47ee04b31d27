//! A connection's modules, fields and records as a person looks at them, and changes them. Through the connection's gate, so that people and syncs together stay
//! within its limits; and with the service's own rules: a change is only made to the record as it was looked at.

use crate::account::Account;
use crate::error::{HubError, Result};
use crate::fields::{FieldInfo, field_info};
use crate::history::json;
use crate::hub::Hub;
use crate::references::{self, References};
use crate::typed;
use crate::value_schema::FieldValue;
use musubi_connector::gate::Lane;
use musubi_connector::{
    Automations, ItemOutcome, ListRequest, Order, Page, Position, Priced, Projection, WriteItem, WriteKind,
    WriteRequest,
};
use musubi_core::schema::{Access, Field, FieldType, ModuleSchema};
use musubi_core::{Instant, ModuleName, Observation, RemoteId, Value};
use serde::Serialize;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;

/// What a connection reached.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ConnectionTest)]
pub struct Reached {
    /// Always true: what cannot be reached is a problem.
    pub ok: bool,
    /// The org.
    pub org: ReachedOrg,
    /// The user in whose name calls are made.
    pub user: ReachedUser,
    /// API credits.
    pub credits: ReachedCredits,
    /// Milliseconds.
    pub took_ms: u64,
}

/// The org behind a connection.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = TestedOrg)]
pub struct ReachedOrg {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The paid edition, as the service names it.
    #[schema(required)]
    pub edition: Option<String>,
    /// IANA time zone, where told.
    #[schema(required)]
    pub time_zone: Option<String>,
}

/// The user behind a connection.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = TestedUser)]
pub struct ReachedUser {
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
}

/// API credits of a connection.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = TestedCredits)]
pub struct ReachedCredits {
    /// Spent or reserved by this hub in the last 24 hours.
    pub used: u64,
    /// What this hub may spend in 24 hours, where known.
    #[schema(required)]
    pub limit: Option<u64>,
}

/// A module of a connection.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Module {
    /// API name.
    pub api_name: String,
    /// What people call it.
    pub label: String,
    /// What people call many of them.
    pub plural_label: String,
    /// Records of it can be made by the API.
    pub creatable: bool,
    /// They can be changed.
    pub editable: bool,
    /// They can be deleted.
    pub deletable: bool,
    /// Made by the org.
    pub custom: bool,
}

/// A record as its service shows it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Record {
    /// Its id.
    pub id: String,
    /// When it was last changed, in milliseconds since 1970.
    pub modified_at: i64,
    /// Field by field: a text, a number as text, a boolean, a list of texts, `{id, name}` for a lookup or a user, the rows of a subform, or `null`.
    #[schema(value_type = BTreeMap<String, FieldValue>)]
    pub values: BTreeMap<String, Json>,
}

/// Some records.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = RecordPage)]
pub struct Records {
    /// The newest first.
    pub items: Vec<Record>,
    /// How to ask for more; `null` at the end.
    #[schema(required)]
    pub next: Option<String>,
}

impl Hub {
    /// Asks the service whether the credential is good, and whose it is.
    pub async fn reach(&self, connection: i64) -> Result<Reached> {
        let began = self.now();
        let account = self.inner.account(connection).await?;
        let org = account.ask(Lane::Interactive, Priced::Other, account.connector.org()).await?;
        let used = self.inner.store.credits_used(connection, self.now()).await?;
        Ok(Reached {
            ok: true,
            org: ReachedOrg { id: org.id, name: org.name, edition: org.edition, time_zone: org.time_zone },
            user: ReachedUser { name: org.current_user.name, email: org.current_user.email },
            credits: ReachedCredits {
                used: used.max(0).unsigned_abs(),
                limit: account.connector.limits().credits_per_day,
            },
            took_ms: (self.now() - began).unsigned_abs(),
        })
    }

    /// The modules of a connection.
    pub async fn modules(&self, connection: i64) -> Result<Vec<Module>> {
        let account = self.inner.account(connection).await?;
        let modules = account.ask(Lane::Interactive, Priced::Other, account.connector.modules()).await?;
        let module = |one: musubi_connector::ModuleInfo| Module {
            api_name: one.name.to_string(),
            plural_label: one.label.clone(),
            label: one.label,
            creatable: one.syncable,
            editable: one.syncable,
            deletable: one.syncable,
            custom: one.custom,
        };
        Ok(modules.into_iter().map(module).collect())
    }

    /// The fields of a module.
    pub async fn fields(&self, connection: i64, module: &str) -> Result<Vec<FieldInfo>> {
        let account = self.inner.account(connection).await?;
        let schema = account.schema(&ModuleName::from(module)).await?;
        let info = |field: &Field| FieldInfo { required: schema.needs(field), ..field_info(field) };
        Ok(schema.fields.iter().map(info).collect())
    }

    /// A page of records, by id from the newest. `cursor` is the `next` of the page before. Of those that are looked for there is one page.
    pub async fn records(
        &self,
        connection: i64,
        module: &str,
        cursor: Option<String>,
        search: Option<&str>,
    ) -> Result<Records> {
        let (account, projection) = self.looked_at(connection, module, With::Cells).await?;
        if let Some(text) = search.map(str::trim).filter(|text| !text.is_empty()) {
            return found(&account, &projection, text).await;
        }
        let request = ListRequest {
            projection: Arc::clone(&projection),
            modified_since: None,
            order: Order::IdDescending,
            position: cursor.map_or(Position::Start, Position::After),
        };
        let page = account.ask(Lane::Interactive, Priced::List, account.connector.list(request)).await?;
        let next = page.next.clone();
        Ok(Records { items: rows(&account, page, &projection).await, next })
    }

    /// One record; `None` when the service does not show it.
    pub async fn record(&self, connection: i64, module: &str, id: &str) -> Result<Option<Record>> {
        let (account, projection) = self.looked_at(connection, module, With::Rows).await?;
        let ids = [RemoteId::new(id)];
        let call = account.connector.read(Arc::clone(&projection), &ids);
        let page = account.ask(Lane::Interactive, Priced::Read, call).await?;
        Ok(rows(&account, page, &projection).await.into_iter().next())
    }

    /// Makes a record and gives its id.
    pub async fn create_record(
        &self,
        connection: i64,
        module: &str,
        values: &BTreeMap<String, Json>,
    ) -> Result<String> {
        self.write(connection, module, WriteKind::Create, None, values, None).await
    }

    /// Changes a record; only if nobody changed it after `unmodified_since`, where that is given.
    pub async fn change_record(
        &self,
        connection: i64,
        module: &str,
        id: &str,
        values: &BTreeMap<String, Json>,
        unmodified_since: Option<i64>,
    ) -> Result<()> {
        let since = unmodified_since.map(Instant::from_millis);
        self.write(connection, module, WriteKind::Update, Some(id), values, since).await.map(drop)
    }

    /// Puts a record into the service's recycle bin.
    pub async fn delete_record(&self, connection: i64, module: &str, id: &str) -> Result<()> {
        self.write(connection, module, WriteKind::Delete, Some(id), &BTreeMap::new(), None).await.map(drop)
    }

    async fn write(
        &self,
        connection: i64,
        module: &str,
        kind: WriteKind,
        id: Option<&str>,
        values: &BTreeMap<String, Json>,
        unmodified_since: Option<Instant>,
    ) -> Result<String> {
        let (account, projection) = self.looked_at(connection, module, With::Rows).await?;
        let mut item = WriteItem { id: id.map(RemoteId::new), values: Vec::new() };
        for (name, value) in values {
            let slot = projection.fields.iter().position(|field| field.name.as_str() == name);
            let (slot, field) =
                slot.map(|slot| (slot, &projection.fields[slot])).ok_or_else(|| unknown(module, name))?;
            let writable = match kind {
                WriteKind::Create => field.access != Access::ReadOnly,
                WriteKind::Update | WriteKind::Delete => field.access == Access::Writable,
            };
            if !writable {
                return Err(HubError::new(
                    "field.read_only",
                    format!("{name} of {module} cannot be written"),
                    "leave it out",
                ));
            }
            item.values.push((slot as u16, typed::value(field, value)?));
        }
        // A person's own edit: what shall happen upon it happens.
        let automations = Automations::Run;
        let request = WriteRequest { projection, kind, items: vec![item], unmodified_since, automations };
        let priced = Priced::Write(kind, 1);
        let written = account.ask(Lane::Interactive, priced, account.connector.write(request)).await?;
        outcome(written.outcomes.into_iter().next())
    }

    /// A connection, and all fields of a module that people look at.
    async fn looked_at(
        &self,
        connection: i64,
        module: &str,
        with: With,
    ) -> Result<(Arc<Account>, Arc<Projection>)> {
        let account = self.inner.account(connection).await?;
        let module = ModuleName::from(module);
        let schema = account.schema(&module).await?;
        Ok((account, Arc::new(Projection { module, fields: shown(&schema, with) })))
    }
}

/// Whether the rows of subforms are looked at, too.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum With {
    /// A list shows none.
    Cells,
    /// They are.
    Rows,
}

/// A list shows as many fields as services give at once, first those that a person fills in; one record shows all.
pub(crate) fn shown(schema: &ModuleSchema, with: With) -> Vec<Field> {
    const MOST: usize = 50;
    let known = |field: &&Field| match field.kind {
        FieldType::Other { .. } => false,
        FieldType::Rows { .. } => with == With::Rows,
        _ => true,
    };
    let mut fields: Vec<Field> = schema.fields.iter().filter(known).cloned().collect();
    fields.sort_by_key(|field| (field.access == Access::ReadOnly, !field.mandatory));
    if with == With::Cells {
        fields.truncate(MOST);
    }
    fields
}

/// The records that a person looks for, by a name, an address or the id.
async fn found(account: &Account, projection: &Arc<Projection>, text: &str) -> Result<Records> {
    let schema = account.schema(&projection.module).await?;
    let names = references::looked_for_by(&schema);
    let call = account.connector.find(&projection.module, &names, text);
    let mut ids = account.ask(Lane::Interactive, Priced::List, call).await?;
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        ids.insert(0, RemoteId::new(text));
        ids.truncate(account.connector.limits().read_batch);
    }
    let call = account.connector.read(Arc::clone(projection), &ids);
    let page = account.ask(Lane::Interactive, Priced::Read, call).await?;
    Ok(Records { items: rows(account, page, projection).await, next: None })
}

async fn rows(account: &Account, page: Page, projection: &Projection) -> Vec<Record> {
    let names = References::of(account, &page, projection).await;
    let record = |row: Observation| {
        let value = |(field, value): (&Field, &Option<Value>)| {
            value.as_ref().map(|value| (field.name.to_string(), shown_value(&names, &field.kind, value)))
        };
        Record {
            id: row.id.to_string(),
            modified_at: row.modified.millis(),
            values: projection.fields.iter().zip(row.slots.iter()).filter_map(value).collect(),
        }
    };
    page.rows.into_iter().map(record).collect()
}

/// As it can be written again: lookups and users with their ids, rows by their columns.
pub(crate) fn shown_value(names: &References, kind: &FieldType, value: &Value) -> Json {
    match (kind, value) {
        (kind, Value::Record(id)) => serde_json::json!(names.record(kind, id)),
        (_, Value::User(user)) => serde_json::json!(names.user(user)),
        (FieldType::Rows { columns, .. }, Value::Rows(rows)) => {
            let cell = |(column, value): (&Field, &Value)| {
                (column.name.to_string(), shown_value(names, &column.kind, value))
            };
            let row = |row: &[Value]| -> Json { columns.iter().zip(row).map(cell).collect() };
            rows.iter().map(|cells| row(cells)).collect()
        }
        (_, value) => json(value),
    }
}

fn outcome(outcome: Option<ItemOutcome>) -> Result<String> {
    let refused = |error: musubi_connector::ServiceError| {
        HubError::new(
            "record.refused",
            format!("the service refused it: {} ({})", error.message, error.code),
            "correct what it names",
        )
    };
    match outcome {
        Some(ItemOutcome::Done { id, .. }) => Ok(id.to_string()),
        Some(ItemOutcome::ConditionFailed) => Err(HubError::new(
            "record.changed_meanwhile",
            "somebody changed the record after it was looked at",
            "look at it again",
        )),
        Some(ItemOutcome::NotFound) => Err(HubError::new(
            "record.unknown",
            "the service does not show this record",
            "it may have been deleted",
        )),
        Some(ItemOutcome::Refused(error) | ItemOutcome::TryLater(error)) => Err(refused(error)),
        Some(ItemOutcome::Unknown) | None => Err(HubError::new(
            "record.not_known",
            "the service did not say what became of it",
            "look at the record before trying again",
        )),
    }
}

fn unknown(module: &str, name: &str) -> HubError {
    HubError::new(
        "field.unknown",
        format!("{module} has no field {name}"),
        "take a field from the module's list",
    )
}
