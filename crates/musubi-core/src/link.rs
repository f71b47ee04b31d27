//! What is remembered of one pair of records.

mod burst;
mod fate;
mod memory;
mod stored;

use crate::{Instant, Observation, Side, Sides, Value, codec::Writer, mapping::Mapping, mutant::Mutant};
use compact_str::CompactString;

pub use burst::Burst;
pub use fate::{Fate, Successor};
pub use memory::{Absorbed, Dirty, Echo, Memory};

/// Everything remembered of one pair of records, as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkBody {
    /// The mapping version the slots belong to.
    pub mapping: u32,
    /// Per side.
    pub sides: Sides<Memory>,
    /// What tells two automations that undo each other's work through us.
    pub burst: Burst,
    /// Per side: when it was deleted, if it was.
    pub gone: Sides<Option<Instant>>,
    /// Per side: how it left its module, once that is known. Only of one that is gone.
    pub fate: Sides<Option<Fate>>,
    /// Values that a person wants back and that are not written yet.
    pub restore: Vec<Restore>,
    /// Slots that a person left different on the two sides, until somebody changes one of them.
    pub apart: Vec<u16>,
    /// Slots that a policy let be different on the two sides without anything to tell, until somebody changes one of them: they stay so under another policy.
    pub let_be: Vec<u16>,
    /// Values that a service refused, one for each field and side at the most.
    pub barred: Vec<Barred>,
    /// The first load tied it or made one of the two, and what could not go along yet is still to come: that belongs to the load.
    pub of_load: bool,
    /// How it came out when it was last looked at.
    pub outcome: Option<Outcome>,
}

/// How a record, or a pair of two, came out in the last run that looked at it. Each has exactly one, so that they add up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The number of the run.
    pub run: u32,
    /// When, by our own clock.
    pub at: Instant,
    /// What, and why after the first dot: `added.right`, `skipped.scope`, `held.match.ambiguous`.
    pub code: CompactString,
}

/// A value that a service refused for a field. It is not sent again while it stays the same, so that the other fields of the record can be carried over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Barred {
    /// The side that refused it.
    pub side: Side,
    /// The slot.
    pub slot: u16,
    /// Stands for the value.
    pub digest: u64,
    /// The code under which it is told.
    pub code: CompactString,
    /// What is told with it: the service's own words.
    pub details: Box<str>,
}

impl Barred {
    /// Stands for a value.
    pub fn digest(value: &Value) -> u64 {
        let mut bytes = Writer::default();
        bytes.value(value);
        xxhash_rust::xxh3::xxh3_64(&bytes.finish())
    }
}

/// A value that a person wants back: what an undo writes, while the field holds what we wrote (I14).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restore {
    /// The side it goes to.
    pub side: Side,
    /// The slot.
    pub slot: u16,
    /// What the slot holds: anything else means that it was changed since.
    pub holds: Value,
    /// What it is to hold.
    pub back: Value,
    /// Who wants it.
    pub by: Box<str>,
}

impl LinkBody {
    /// A pair of which nothing is known.
    pub fn unknown(mapping: u32, slots: usize) -> LinkBody {
        LinkBody {
            mapping,
            sides: Sides::from_fn(|_| Memory::unknown(slots)),
            burst: Burst::default(),
            gone: Sides::default(),
            fate: Sides::default(),
            restore: Vec::new(),
            apart: Vec::new(),
            let_be: Vec::new(),
            barred: Vec::new(),
            of_load: false,
            outcome: None,
        }
    }

    /// This value was refused when it was sent to that side.
    pub fn bar(&self, side: Side, slot: u16, value: &Value) -> Option<&Barred> {
        let bar = self.barred.iter().find(|bar| (bar.side, bar.slot) == (side, slot))?;
        (bar.digest == Barred::digest(value)).then_some(bar)
    }

    /// The memory of one side.
    pub fn side(&self, side: Side) -> &Memory {
        self.sides.get(side)
    }

    /// The same memory for mapping version `version`: `earlier[slot]` is where the present slot stood.
    #[must_use]
    pub fn remap(&self, earlier: &[Option<u16>], version: u32) -> LinkBody {
        let sides = Sides::from_fn(|side| self.side(side).remap(earlier, earlier.len()));
        let place = |was: u16| earlier.iter().position(|place| *place == Some(was)).map(|at| at as u16);
        let restore = |wanted: &Restore| Some(Restore { slot: place(wanted.slot)?, ..wanted.clone() });
        LinkBody {
            mapping: version,
            sides,
            burst: self.burst.clone(),
            gone: self.gone,
            fate: self.fate.clone(),
            restore: self.restore.iter().filter_map(restore).collect(),
            apart: self.apart.iter().filter_map(|was| place(*was)).collect(),
            let_be: self.let_be.iter().filter_map(|was| place(*was)).collect(),
            barred: self
                .barred
                .iter()
                .filter_map(|bar| Some(Barred { slot: place(bar.slot)?, ..bar.clone() }))
                .collect(),
            of_load: self.of_load,
            outcome: self.outcome.clone(),
        }
    }

    /// Takes in what was read of `side`.
    pub fn absorb(
        &mut self,
        side: Side,
        observation: &Observation,
        as_of: Instant,
        mapping: &Mapping,
        mutant: Mutant,
    ) -> Absorbed {
        let kind = |slot| mapping.field(side, slot).kind.clone();
        self.sides.get_mut(side).absorb(observation, as_of, kind, mutant)
    }
}
