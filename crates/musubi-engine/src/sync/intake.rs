//! How a reading enters the machine: what is read beside the mapped fields tells whether the record takes part, and goes no further.

use musubi_connector::Page;
use musubi_core::{
    Instant, Observation,
    scope::{Moment, Test, evaluate},
};

/// What becomes of the readings of one side.
#[derive(Clone, Debug, Default)]
pub struct Intake {
    /// Which records take part; all of them, if nothing is said.
    pub scope: Option<SideScope>,
    /// So many fields belong to the mapping; those behind them are read for other reasons.
    pub mapped: usize,
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
        let Some(scope) = &self.scope else { return };
        let moment = Moment::new(read_at, &scope.zone);
        for row in rows {
            row.member = evaluate(&scope.test, &row.slots, &moment);
            if row.slots.len() > self.mapped {
                let mut slots = std::mem::take(&mut row.slots).into_vec();
                slots.truncate(self.mapped);
                row.slots = slots.into();
            }
        }
    }
}
