//! What a person approved, and how something else is noticed.

use super::{Atom, Digest, Field, Kind, Operation, Plan};
use crate::Value;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// Of an atom, as it is kept.
const BYTES: usize = size_of::<Atom>();

/// What a person approved: a plan boiled down to its atoms.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Approved {
    version: u32,
    atoms: HashSet<Atom>,
}

/// How an operation is not what was approved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exceeds {
    /// The plan says nothing of it.
    NotPlanned,
    /// The source holds another value than the plan says, or the target holds something that the plan does not say would be replaced.
    OtherValue,
}

impl Approved {
    /// Of a whole plan.
    pub fn of(plan: &Plan) -> Approved {
        let atoms = plan.operations.iter().flat_map(Operation::atoms).collect();
        Approved { version: plan.version, atoms }
    }

    /// Nothing is approved yet, for a mapping of this version.
    pub fn nothing(version: u32) -> Approved {
        Approved { version, atoms: HashSet::new() }
    }

    /// Adds one operation.
    pub fn add(&mut self, operation: &Operation) {
        self.atoms.extend(operation.atoms());
    }

    /// How many things are approved.
    pub fn len(&self) -> usize {
        self.atoms.len()
    }

    /// Nothing is.
    pub fn is_empty(&self) -> bool {
        self.atoms.is_empty()
    }

    /// To be kept: the version and the atoms in order, low bytes first. No value and no id can be read out of it.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut atoms: Vec<Atom> = self.atoms.iter().copied().collect();
        atoms.sort_unstable();
        let mut bytes = Vec::with_capacity(size_of::<u32>() + atoms.len() * BYTES);
        bytes.extend(self.version.to_le_bytes());
        atoms.iter().for_each(|atom| bytes.extend(atom.to_le_bytes()));
        bytes
    }

    /// What [`Approved::to_bytes`] gave; nothing of anything else.
    pub fn from_bytes(bytes: &[u8]) -> Option<Approved> {
        let (version, rest) = bytes.split_first_chunk()?;
        let (atoms, over) = rest.as_chunks::<BYTES>();
        let atoms = atoms.iter().map(|atom| Atom::from_le_bytes(*atom)).collect();
        over.is_empty().then(|| Approved { version: u32::from_le_bytes(*version), atoms })
    }

    /// Stands for everything approved, whatever the order in which it was added.
    pub fn digest(&self) -> String {
        let all = self.atoms.iter().fold(Atom::from(self.version), |sum, atom| sum.wrapping_add(*atom));
        Digest(all).text()
    }

    /// I17: whether exactly this was approved, or part of it; otherwise how it differs.
    pub fn check(&self, operation: &Operation, version: u32) -> Result<(), Exceeds> {
        if version != self.version {
            return Err(Exceeds::NotPlanned);
        }
        if operation.kind != Kind::Update && !self.atoms.contains(&operation.own_atom()) {
            return Err(Exceeds::NotPlanned);
        }
        let allowed = |field: &Field| {
            let planned = |before| self.atoms.contains(&operation.field_atom(field, before));
            // A record that the plan makes is filled in more than one step when lookups go round in a circle. Its fields are blank until then.
            let is_blank = operation.before(field).is_none_or(Value::is_blank);
            planned(operation.before(field)) || (is_blank && planned(None))
        };
        if operation.fields.iter().all(allowed) { Ok(()) } else { Err(Exceeds::OtherValue) }
    }
}
