//! What a run would do, as a value: it can be shown, hashed, approved, and held against what a run is about to do (I17).
//!
//! A plan is compared by its *atoms*: a create, a link, a delete is one, and so is every field that is written. So it does not matter in which order, in which
//! batches, or in how many steps the same things are done. Ids of records that are yet to be made never count: such a record is known by the one it is made from.

use crate::{RemoteId, Side, Value, codec::Writer, value::UserRef};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

mod approved;

pub use approved::{Approved, Exceeds};

/// Everything a run of one module sync would do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The version of the mapping that the slots belong to.
    pub version: u32,
    /// What would be done: one operation for each record written to, in a fixed order.
    pub operations: Vec<Operation>,
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operation {
    /// What.
    pub kind: Kind,
    /// The side written to; right for a link, which writes to neither.
    pub target: Side,
    /// The record it is done because of, on the other side.
    pub source: RemoteId,
    /// The record written to or tied; `None` when it is yet to be made.
    pub target_id: Option<RemoteId>,
    /// The fields written, by slot.
    pub fields: Vec<Field>,
}

/// What an operation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = OperationKind))]
pub enum Kind {
    /// Two existing records are tied: they match.
    Link,
    /// A record is made: the source has no counterpart.
    Create,
    /// Fields of a record are written.
    Update,
    /// A record is deleted: the source was.
    Delete,
}

/// One field, before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Its slot in the mapping.
    pub slot: u16,
    /// What the target holds now; `None` when the record is yet to be made.
    pub before: Option<Value>,
    /// What it would hold; `None` for a lookup to a record that is yet to be made.
    pub after: Option<Value>,
    /// The source's value.
    pub source: Value,
    /// Why.
    pub why: Why,
}

/// Why a field is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = WriteReason))]
pub enum Why {
    /// It belongs to a record that is made.
    New,
    /// The source's value changed.
    Changed,
    /// The two records have never agreed on it yet.
    FirstMeeting,
    /// Both sides changed it, and the policy decided.
    Conflict,
}

/// The identity of one thing that is done.
pub type Atom = u128;

impl Operation {
    /// What it does, piece by piece. An update has an atom for each field; the others have one more for themselves.
    pub fn atoms(&self) -> impl Iterator<Item = Atom> + '_ {
        let own = (self.kind != Kind::Update).then(|| self.own_atom());
        own.into_iter().chain(self.fields.iter().map(|field| self.field_atom(field, self.before(field))))
    }

    /// Stands for the whole operation; no id of a record that is yet to be made enters it.
    pub fn digest(&self) -> Atom {
        let fields = self.fields.iter().map(|field| self.field_atom(field, self.before(field)));
        fields.fold(self.own_atom(), Atom::wrapping_add)
    }

    /// A record that is yet to be made holds nothing that could be lost.
    fn before<'a>(&self, field: &'a Field) -> Option<&'a Value> {
        self.target_id.as_ref().and(field.before.as_ref())
    }

    fn head(&self, what: u8) -> Writer {
        let mut out = Writer::with_capacity(64);
        out.byte(what);
        out.byte(self.target.number() as u8);
        out.text(self.source.as_str());
        out
    }

    fn own_atom(&self) -> Atom {
        let mut out = self.head(self.kind as u8);
        if self.kind == Kind::Link {
            out.text(self.target_id.as_ref().map_or("", RemoteId::as_str));
        }
        xxhash_rust::xxh3::xxh3_128(&out.finish())
    }

    fn field_atom(&self, field: &Field, before: Option<&Value>) -> Atom {
        let mut out = self.head(u8::MAX);
        out.unsigned(u64::from(field.slot));
        out.value(&plain(&field.source));
        out.slot(before.map(plain).as_ref());
        xxhash_rust::xxh3::xxh3_128(&out.finish())
    }
}

/// Users count by their ids: one answer tells the address, another does not.
fn plain(value: &Value) -> Value {
    match value {
        Value::User(user) => Value::User(Box::new(UserRef { id: user.id.clone(), email: None })),
        Value::Rows(rows) => Value::Rows(rows.iter().map(|row| row.iter().map(plain).collect()).collect()),
        other => other.clone(),
    }
}

impl Plan {
    /// The plan of these operations, as they came up. What is done to one record in several steps becomes one operation.
    pub fn of(version: u32, operations: impl IntoIterator<Item = Operation>) -> Plan {
        let mut all: BTreeMap<(Side, RemoteId, u8), Operation> = BTreeMap::new();
        for operation in operations {
            // A link, what is written, and a deletion stand side by side.
            let group = match operation.kind {
                Kind::Link => 0,
                Kind::Create | Kind::Update => 1,
                Kind::Delete => 2,
            };
            let key = (operation.target, operation.source.clone(), group);
            match all.get_mut(&key) {
                None => drop(all.insert(key, operation)),
                Some(earlier) => earlier.then(operation),
            }
        }
        let mut operations: Vec<Operation> = all.into_values().collect();
        operations.iter_mut().for_each(|operation| operation.fields.sort_by_key(|field| field.slot));
        Plan { version, operations }
    }

    /// Stands for the whole plan.
    pub fn digest(&self) -> String {
        Approved::of(self).digest()
    }

    /// What of it was not done. `done` is asked about each operation (no slot) and about each field of it.
    pub fn outstanding(&self, done: impl Fn(&Operation, Option<u16>) -> bool) -> Vec<Operation> {
        let rest = |operation: &Operation| {
            let own = operation.kind == Kind::Update || done(operation, None);
            let mut rest = operation.clone();
            rest.fields.retain(|field| !done(operation, Some(field.slot)));
            (!own || !rest.fields.is_empty()).then_some(rest)
        };
        self.operations.iter().filter_map(rest).collect()
    }
}

impl Operation {
    /// A later step with the same record.
    fn then(&mut self, later: Operation) {
        if later.kind == Kind::Create {
            self.kind = Kind::Create;
            self.target_id = None;
        }
        for field in later.fields {
            match self.fields.iter_mut().find(|earlier| earlier.slot == field.slot) {
                Some(earlier) => {
                    *earlier = Field { before: earlier.before.take(), why: earlier.why, ..field };
                }
                None => self.fields.push(field),
            }
        }
    }
}

/// Stands for operations, whatever the order in which they are added; each is to be added once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digest(Atom);

impl Digest {
    /// Of nothing yet, for a mapping of this version.
    pub fn new(version: u32) -> Digest {
        Digest(Atom::from(version))
    }

    /// One operation more.
    pub fn add(&mut self, operation: &Operation) {
        operation.atoms().for_each(|atom| self.0 = self.0.wrapping_add(atom));
    }

    /// As text.
    pub fn text(self) -> String {
        format!("{:032x}", self.0)
    }
}

#[cfg(test)]
mod tests;
