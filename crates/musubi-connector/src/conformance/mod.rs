//! One suite for every implementation of the contract: run it against a connector and a service that can be edited by hand.
//!
//! Each check names the rule of `docs/spec/connector.md` that it holds the connector to. Checks make their own records and do not mind others'.

mod attachments;
mod bulk;
mod reads;
mod trouble;
mod writes;

use crate::{
    Automations, Connector, ListRequest, Order, Page, Position, Projection, WriteItem, WriteKind,
    WriteRequest, Written,
};
use async_trait::async_trait;
use futures::future::BoxFuture;
use musubi_core::{FieldName, Instant, ModuleName, Observation, RemoteId, Value};
use std::sync::Arc;

/// What goes wrong with the next call, once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// A write is carried out and its answer lost.
    LostWriteAnswer,
    /// A file is taken and the answer to its upload lost.
    LostUploadAnswer,
    /// 429.
    Throttle,
    /// 500, nothing done.
    ServerError,
    /// The work is done, the answer is not readable.
    GarbageAnswer,
    /// The access token stops working.
    TokenExpired,
}

/// Somebody who edits the service as its users do, and breaks it.
#[async_trait]
pub trait Hand: Send + Sync {
    /// Makes a record.
    async fn create(&self, values: &[(&FieldName, &str)]) -> RemoteId;
    /// Changes a record.
    async fn update(&self, id: &RemoteId, values: &[(&FieldName, &str)]);
    /// Deletes a record.
    async fn delete(&self, id: &RemoteId);
    /// Makes something that hangs on the record, so that it stands in one of its related lists.
    async fn relate(&self, id: &RemoteId);
    /// Hangs the address of something elsewhere on the record, where the service has such things.
    async fn attach_link(&self, id: &RemoteId, url: &str);
    /// Breaks the connector's next call.
    async fn trouble(&self, trouble: Trouble);
    /// Switches on an automation that sets the field `note` to `text` whenever a record is made or edited.
    async fn automate(&self, text: &str);
    /// Switches all automations off.
    async fn automate_nothing(&self);
    /// Lets the service's clock go on by more than a second.
    async fn wait(&self);
}

/// What is tested.
pub struct Subject {
    /// The connector.
    pub connector: Arc<dyn Connector>,
    /// Its service's users.
    pub hand: Arc<dyn Hand>,
    /// A module to make records in.
    pub module: ModuleName,
    /// A mandatory text field of it.
    pub name: FieldName,
    /// Another writable text field of it, not mandatory.
    pub note: FieldName,
}

/// What became of a check.
#[derive(Debug)]
pub struct Checked {
    /// The rule of the contract.
    pub rule: &'static str,
    /// What was wrong.
    pub result: Result<(), String>,
}

type Outcome = Result<(), String>;
type Check = for<'a> fn(&'a Subject) -> BoxFuture<'a, Outcome>;

const CHECKS: [(&str, Check); 24] = [
    ("1. the org names its user, who is one of its users", |s| Box::pin(reads::org(s))),
    ("2. modules and fields say what may be written", |s| Box::pin(reads::schema(s))),
    ("3. a module that is not there is an error of its own kind", |s| Box::pin(reads::no_module(s))),
    ("4. a listing is complete and in order, whatever the order", |s| Box::pin(reads::complete(s))),
    ("5. modified-since is inclusive", |s| Box::pin(reads::inclusive(s))),
    ("6. nothing modified is an empty last page", |s| Box::pin(reads::empty(s))),
    ("7. every answer tells the service's time and its price", |s| Box::pin(reads::meta(s))),
    ("8. read by id gives the records there are", |s| Box::pin(reads::by_id(s))),
    ("9. a deletion is told by the feed and by nothing else", |s| Box::pin(reads::deleted(s))),
    ("10. a lost page token is an error of its own kind", |s| Box::pin(reads::lost_token(s))),
    ("11. a write has one outcome per record, in order", |s| Box::pin(writes::per_record(s))),
    ("12. an update changes what it names; blank clears", |s| Box::pin(writes::only_named(s))),
    ("13. a condition that fails writes nothing", |s| Box::pin(writes::conditional(s))),
    ("14. a record that is gone is not found", |s| Box::pin(writes::gone(s))),
    ("15. writes run automations only when told to", |s| Box::pin(writes::automations_when_told(s))),
    ("16. a write whose answer is lost is unknown and not repeated", |s| Box::pin(trouble::lost_answer(s))),
    ("17. throttled: nothing was done; broken: not known", |s| Box::pin(trouble::refused(s))),
    ("18. an expired token is renewed; no write is doubled by it", |s| Box::pin(trouble::expired_token(s))),
    ("19. bulk rows are what a listing says", |s| Box::pin(bulk::same_as_list(s))),
    ("20. a watch says when it ends; ending it twice is no error", |s| Box::pin(bulk::watch(s))),
    ("21. what hangs on a record is counted; what cannot be counted is an error", |s| {
        Box::pin(reads::related(s))
    }),
    ("22. bulk rows come in the order of their ids, from any place on", |s| Box::pin(bulk::from_a_place(s))),
    ("23. a file that hangs on a record is read as it was made", |s| {
        Box::pin(attachments::there_and_back(s))
    }),
    ("24. an upload whose answer is lost is unknown and not repeated", |s| {
        Box::pin(attachments::lost_answer(s))
    }),
];

/// Runs every check, one after the other.
pub async fn run(subject: &Subject) -> Vec<Checked> {
    let mut all = Vec::with_capacity(CHECKS.len());
    for (rule, check) in CHECKS {
        all.push(Checked { rule, result: check(subject).await });
    }
    all
}

fn ensure(holds: bool, otherwise: impl FnOnce() -> String) -> Outcome {
    if holds { Ok(()) } else { Err(otherwise()) }
}

/// Any error as a sentence.
fn said(error: impl std::fmt::Debug) -> String {
    format!("{error:?}")
}

impl Subject {
    /// Name in slot 0, note in slot 1.
    async fn projection(&self) -> Result<Arc<Projection>, String> {
        let schema = self.connector.schema(&self.module).await.map_err(said)?;
        let field = |name: &FieldName| {
            schema.field(name).cloned().ok_or_else(|| format!("{name} is not in the schema"))
        };
        Ok(Arc::new(Projection {
            module: self.module.clone(),
            fields: vec![field(&self.name)?, field(&self.note)?],
        }))
    }

    async fn write(&self, kind: WriteKind, items: Vec<WriteItem>) -> Result<Written, String> {
        self.write_with(Automations::Skip, kind, items).await
    }

    async fn write_with(
        &self,
        automations: Automations,
        kind: WriteKind,
        items: Vec<WriteItem>,
    ) -> Result<Written, String> {
        let projection = self.projection().await?;
        let request = WriteRequest { projection, kind, items, unmodified_since: None, automations };
        self.connector.write(request).await.map_err(said)
    }

    async fn page(&self, order: Order, since: Option<Instant>, position: Position) -> Result<Page, String> {
        let projection = self.projection().await?;
        let request = ListRequest { projection, modified_since: since, order, position };
        self.connector.list(request).await.map_err(said)
    }

    /// Every record of the module.
    async fn all(&self, order: Order, since: Option<Instant>) -> Result<Vec<Observation>, String> {
        let (mut rows, mut position) = (Vec::new(), Position::Start);
        loop {
            let page = self.page(order, since, position).await?;
            rows.extend(page.rows);
            match page.next {
                Some(next) => position = Position::After(next),
                None => return Ok(rows),
            }
        }
    }

    /// The one record with that id.
    async fn one(&self, id: &RemoteId) -> Result<Option<Observation>, String> {
        let page =
            self.connector.read(self.projection().await?, std::slice::from_ref(id)).await.map_err(said)?;
        ensure(page.rows.len() <= 1, || "two records with one id".to_owned())?;
        Ok(page.rows.into_iter().next())
    }

    async fn named(&self, name: &str) -> Result<Vec<Observation>, String> {
        let rows = self.all(Order::IdAscending, None).await?;
        Ok(rows.into_iter().filter(|row| row.slots[0] == Some(Value::text(name))).collect())
    }
}

/// A new record of that name.
fn new(name: &str) -> WriteItem {
    WriteItem { id: None, values: vec![(0, Value::text(name))] }
}

/// A change of the note of a record.
fn change(id: &RemoteId, note: Value) -> WriteItem {
    WriteItem { id: Some(id.clone()), values: vec![(1, note)] }
}
