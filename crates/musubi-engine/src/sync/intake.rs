//! How a reading enters the machine: what is read beside the mapped fields tells whether the record takes part, and goes no further.

use musubi_connector::Page;
use musubi_core::{
    Instant, Observation, Value,
    derived::Recipe,
    scope::{Moment, Test, evaluate},
};

/// What becomes of the readings of one side.
#[derive(Clone, Debug, Default)]
pub struct Intake {
    /// Which records take part; all of them, if nothing is said.
    pub scope: Option<SideScope>,
    /// So many fields belong to the mapping; those behind them are read for other reasons.
    pub mapped: usize,
    /// Slots that no service fills: they are made of others.
    pub made: Vec<Made>,
}

/// A slot that is made of other fields of the reading.
#[derive(Clone, Debug)]
pub struct Made {
    /// The slot.
    pub slot: u16,
    /// How.
    pub recipe: Recipe,
    /// Where its sources stand.
    pub sources: Vec<u16>,
}

/// The compiled scope of one side.
#[derive(Clone, Debug)]
pub struct SideScope {
    /// The conditions.
    pub test: Test,
    /// The org's zone.
    pub zone: jiff::tz::TimeZone,
    /// Belonging changes with the days.
    pub relative: bool,
}

impl Intake {
    /// The day by which readings are judged then, where belonging changes with the days.
    pub fn day(&self, now: Instant) -> Option<i32> {
        let scope = self.scope.as_ref().filter(|scope| scope.relative)?;
        Some(Moment::new(now, &scope.zone).day())
    }

    /// Takes in a page that the service answered.
    pub fn page(&self, page: &mut Page) {
        self.rows(&mut page.rows, page.meta.server_time);
    }

    /// Takes in rows that were read then, by the service's clock.
    pub fn rows(&self, rows: &mut [Observation], read_at: Instant) {
        let judge = self.scope.as_ref().map(|scope| (scope, Moment::new(read_at, &scope.zone)));
        if judge.is_none() && self.made.is_empty() {
            return;
        }
        for row in rows {
            if let Some((scope, moment)) = &judge {
                row.member = evaluate(&scope.test, &row.slots, moment);
            }
            self.make(row);
            if row.slots.len() > self.mapped {
                let mut slots = std::mem::take(&mut row.slots).into_vec();
                slots.truncate(self.mapped);
                row.slots = slots.into();
            }
        }
    }

    /// Fills the slots that are made of others. All are made before the first is put in its place: a source may stand where another one goes.
    fn make(&self, row: &mut Observation) {
        if self.made.is_empty() {
            return;
        }
        let source = |at: &u16| row.slots.get(usize::from(*at)).and_then(Option::as_ref);
        let values: Vec<Option<Value>> =
            self.made.iter().map(|made| made.recipe.of(made.sources.iter().map(source))).collect();
        for (made, value) in self.made.iter().zip(values) {
            if let Some(place) = row.slots.get_mut(usize::from(made.slot)) {
                *place = value;
            }
        }
    }
}
