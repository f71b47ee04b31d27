//! A connection's modules, fields and records as a person looks at them, and changes them. Through the connection's gate, so that people and syncs together stay
//! within its limits; and with the service's own rules: a change is only made to the record as it was looked at.

use crate::account::Account;
use crate::error::{HubError, Result};
use crate::history::json;
use crate::hub::Hub;
use crate::typed;
use musubi_connector::gate::Lane;
use musubi_connector::{
    ItemOutcome, ListRequest, Order, Page, Position, Priced, Projection, WriteItem, WriteKind, WriteRequest,
};
use musubi_core::schema::{Access, Field, FieldType, ModuleSchema};
use musubi_core::{Instant, ModuleName, Observation, RemoteId};
use serde::Serialize;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;

/// What a connection reached.
#[derive(Clone, Debug, Serialize, ToSchema)]
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
pub struct ReachedOrg {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The paid edition, as the service names it.
    pub edition: Option<String>,
    /// IANA time zone, where told.
    pub time_zone: Option<String>,
}

/// The user behind a connection.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReachedUser {
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
}

/// API credits of a connection.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReachedCredits {
    /// Spent or reserved by this hub in the last 24 hours.
    pub used: u64,
    /// What this hub may spend in 24 hours, where known.
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

/// A field of a module.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FieldInfo {
    /// API name.
    pub api_name: String,
    /// What people call it.
    pub label: String,
    /// `text`, `textarea`, `email`, `phone`, `url`, `integer`, `decimal`, `boolean`, `date`, `datetime`, `picklist`, `multi_picklist`, `lookup`, `owner`, `subform` or `other`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The longest text, in characters.
    pub max_length: Option<u32>,
    /// What a picklist offers.
    pub options: Vec<Choice>,
    /// The module a lookup points to.
    pub lookup: Option<Target>,
    /// It can never be written.
    pub read_only: bool,
    /// It can be written when a record is made, and not later.
    pub create_only: bool,
    /// A record needs it.
    pub required: bool,
    /// No two records have the same.
    pub unique: bool,
    /// Made by the org.
    pub custom: bool,
}

/// What a picklist offers.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Choice {
    /// What is stored.
    pub value: String,
    /// What people see.
    pub label: String,
}

/// What a lookup points to.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Target {
    /// The module.
    pub module: String,
}

/// A record as its service shows it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Record {
    /// Its id.
    pub id: String,
    /// When it was last changed, in milliseconds since 1970.
    pub modified_at: i64,
    /// Field by field: a text, a number as text, a boolean, a list of texts, `{id, name}` for a lookup or a user, or `null`.
    #[schema(value_type = BTreeMap<String, Option<Object>>)]
    pub values: BTreeMap<String, Json>,
}

/// Some records.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Records {
    /// The newest first.
    pub items: Vec<Record>,
    /// How to ask for more; `null` at the end.
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
        Ok(schema.fields.iter().map(field_info).collect())
    }

    /// A page of records, by id from the newest. `cursor` is the `next` of the page before.
    pub async fn records(&self, connection: i64, module: &str, cursor: Option<String>) -> Result<Records> {
        let (account, projection) = self.looked_at(connection, module).await?;
        let request = ListRequest {
            projection: Arc::clone(&projection),
            modified_since: None,
            order: Order::IdDescending,
            position: cursor.map_or(Position::Start, Position::After),
        };
        let page = account.ask(Lane::Interactive, Priced::List, account.connector.list(request)).await?;
        let next = page.next.clone();
        Ok(Records { items: rows(page, &projection), next })
    }

    /// One record; `None` when the service does not show it.
    pub async fn record(&self, connection: i64, module: &str, id: &str) -> Result<Option<Record>> {
        let (account, projection) = self.looked_at(connection, module).await?;
        let ids = [RemoteId::new(id)];
        let call = account.connector.read(Arc::clone(&projection), &ids);
        let page = account.ask(Lane::Interactive, Priced::Read, call).await?;
        Ok(rows(page, &projection).into_iter().next())
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
        let (account, projection) = self.looked_at(connection, module).await?;
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
        let request = WriteRequest { projection, kind, items: vec![item], unmodified_since };
        let priced = Priced::Write(kind, 1);
        let written = account.ask(Lane::Interactive, priced, account.connector.write(request)).await?;
        outcome(written.outcomes.into_iter().next())
    }

    /// A connection, and all fields of a module that people look at.
    async fn looked_at(&self, connection: i64, module: &str) -> Result<(Arc<Account>, Arc<Projection>)> {
        let account = self.inner.account(connection).await?;
        let module = ModuleName::from(module);
        let schema = account.schema(&module).await?;
        Ok((account, Arc::new(Projection { module, fields: shown(&schema) })))
    }
}

/// Services give at most fifty fields at once: those that a person fills in come first.
fn shown(schema: &ModuleSchema) -> Vec<Field> {
    const MOST: usize = 50;
    let known = |field: &&Field| !matches!(field.kind, FieldType::Other { .. } | FieldType::Rows { .. });
    let mut fields: Vec<Field> = schema.fields.iter().filter(known).cloned().collect();
    fields.sort_by_key(|field| (field.access == Access::ReadOnly, !field.mandatory));
    fields.truncate(MOST);
    fields
}

fn rows(page: Page, projection: &Projection) -> Vec<Record> {
    let record = |row: Observation| {
        let value = |(field, value): (&Field, &Option<musubi_core::Value>)| {
            value.as_ref().map(|value| (field.name.to_string(), shown_value(value)))
        };
        Record {
            id: row.id.to_string(),
            modified_at: row.modified.millis(),
            values: projection.fields.iter().zip(row.slots.iter()).filter_map(value).collect(),
        }
    };
    page.rows.into_iter().map(record).collect()
}

/// A lookup and a user with their ids, so that they can be written as they are shown.
fn shown_value(value: &musubi_core::Value) -> Json {
    match value {
        musubi_core::Value::Record(id) => serde_json::json!({ "id": id.as_str(), "name": null }),
        musubi_core::Value::User(user) => serde_json::json!({ "id": user.id.as_str(), "name": user.email }),
        value => json(value),
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

fn field_info(field: &Field) -> FieldInfo {
    let texts = |options: &[compact_str::CompactString]| {
        let choice =
            |text: &compact_str::CompactString| Choice { value: text.to_string(), label: text.to_string() };
        options.iter().map(choice).collect()
    };
    let (kind, max_length, options, lookup) = match &field.kind {
        FieldType::Text { max, multiline: false } => ("text", Some(*max), Vec::new(), None),
        FieldType::Text { max, multiline: true } => ("textarea", Some(*max), Vec::new(), None),
        FieldType::Email { max } => ("email", Some(*max), Vec::new(), None),
        FieldType::Phone { max } => ("phone", Some(*max), Vec::new(), None),
        FieldType::Url { max } => ("url", Some(*max), Vec::new(), None),
        FieldType::Integer => ("integer", None, Vec::new(), None),
        FieldType::Decimal { .. } => ("decimal", None, Vec::new(), None),
        FieldType::Bool => ("boolean", None, Vec::new(), None),
        FieldType::Date => ("date", None, Vec::new(), None),
        FieldType::DateTime => ("datetime", None, Vec::new(), None),
        FieldType::Picklist { options } => ("picklist", None, texts(options), None),
        FieldType::MultiPicklist { options } => ("multi_picklist", None, texts(options), None),
        FieldType::Lookup { module } => {
            ("lookup", None, Vec::new(), Some(Target { module: module.to_string() }))
        }
        FieldType::User => ("owner", None, Vec::new(), None),
        FieldType::Rows { .. } => ("subform", None, Vec::new(), None),
        FieldType::Other { .. } => ("other", None, Vec::new(), None),
    };
    FieldInfo {
        api_name: field.name.to_string(),
        label: field.label.to_string(),
        kind,
        max_length,
        options,
        lookup,
        read_only: field.access == Access::ReadOnly,
        create_only: field.access == Access::CreateOnly,
        required: field.mandatory,
        unique: field.unique,
        custom: field.custom,
    }
}
