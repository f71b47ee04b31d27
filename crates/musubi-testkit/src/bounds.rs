//! What bounds a module: a creation window, records that take part only with their parents, a share of the pairs that may be deleted. Said once for the engine and
//! once more to hold it against.

use crate::{
    scenario::{PARENT, Scenario},
    service::Record,
    violation::Violation,
};
use musubi_connector::WriteKind;
use musubi_core::{Instant, Side, Sides, Value};
use musubi_engine::sync::{Applies, Batch, DeletionLimit, Plan, Window};
use rand::{Rng, rngs::SmallRng, seq::IndexedRandom};

/// The age from which on records are too old.
const AGE: i64 = 86_400_000;
/// How long before the engine looks the old ones were made.
const LONG_AGO: i64 = 2 * AGE;
/// The same of the others: every list shows them.
const A_WHILE: i64 = 20_000;
/// Numbers of the people these records are about: nobody else has them.
const PEOPLE: std::ops::Range<usize> = 50..54;

/// A record that was there before anybody looked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct First {
    /// Where.
    pub side: Side,
    /// Who it is about.
    pub person: usize,
    /// With the person's e-mail address.
    pub with_email: bool,
    /// How long ago it was made.
    pub age: i64,
    /// Its lookup leads to itself.
    pub leads_to_itself: bool,
}

/// The bounds of a world.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bounds {
    /// Older records take no part: until they are changed, or for ever.
    pub window: Option<Applies>,
    /// Records are copied only if what their lookup leads to has its counterpart.
    pub only_with_parent: bool,
    /// So many of a hundred pairs are deleted without asking.
    pub share: Option<u8>,
    /// Records that were there before.
    pub first: Vec<First>,
}

impl Bounds {
    /// A fifth of the worlds has a window, an eighth copies only what hangs on something, a quarter has a share.
    pub fn draw(scenario: &Scenario, rng: &mut SmallRng) -> Bounds {
        let mut bounds = Bounds::default();
        if rng.random_ratio(1, 4) {
            bounds.share = [10, 30, 60].choose(rng).copied();
        }
        // A backup knows another beginning, and other pairs.
        if scenario.restores {
            return bounds;
        }
        let side = |rng: &mut SmallRng| if rng.random_ratio(1, 2) { Side::Left } else { Side::Right };
        if rng.random_ratio(1, 5) {
            bounds.window = [Applies::UntilChanged, Applies::ForEver].choose(rng).copied();
            for person in PEOPLE.start..rng.random_range(PEOPLE.start + 1..=PEOPLE.end) {
                let (side, with_email) = (side(rng), rng.random_ratio(4, 5));
                let first = First { side, person, with_email, age: LONG_AGO, leads_to_itself: false };
                if with_email && rng.random_ratio(1, 3) {
                    let age = if rng.random_ratio(1, 2) { LONG_AGO } else { A_WHILE };
                    bounds.first.push(First { side: side.other(), age, ..first.clone() });
                }
                bounds.first.push(first);
            }
        } else if rng.random_ratio(1, 6) {
            bounds.only_with_parent = true;
            // A pair that others can hang on.
            let person = PEOPLE.start;
            let first = |side| First { side, person, with_email: true, age: A_WHILE, leads_to_itself: true };
            bounds.first.extend(Side::BOTH.map(first));
        }
        bounds
    }

    /// The window as the engine is told it.
    pub fn window(&self) -> Option<Window> {
        self.window.map(|applies| Window { age: AGE, applies })
    }

    /// Lookups that a record may hang on.
    pub fn any_lookups(&self) -> Vec<u16> {
        if self.only_with_parent { vec![PARENT as u16] } else { Vec::new() }
    }

    /// Lookups that are not waited for.
    pub fn later(&self) -> Vec<u16> {
        if self.only_with_parent { Vec::new() } else { vec![PARENT as u16] }
    }

    /// How many deletions go without asking. A share stands alone, or beside a number.
    pub fn deletion_limit(&self, records: u64) -> DeletionLimit {
        let records = (self.share.is_none() || records.is_multiple_of(2)).then_some(records);
        DeletionLimit { records, percent: self.share }
    }

    /// It was made before the window, and does not take part for that. `began`: when each side was looked at first.
    pub fn leaves_out(&self, record: &Record, began: Option<Instant>) -> bool {
        let (Some(applies), Some(began)) = (self.window, began) else { return false };
        let since = began.second() - AGE / 1_000;
        record.created() < since && (applies == Applies::ForEver || record.modified() < began.second())
    }

    /// It is not copied, since it hangs on nothing that has its counterpart. `linked`: whether a record of its side has one.
    pub fn hangs_on_nothing(&self, record: &Record, linked: impl Fn(&str) -> bool) -> bool {
        self.only_with_parent
            && !matches!(&record.values()[PARENT], Value::Record(parent) if linked(parent.as_str()))
    }
}

/// I10: a record is copied only with what it hangs on.
pub fn copied(batch: &Batch, plan: &Plan) -> Result<(), Violation> {
    if batch.kind != WriteKind::Create || !plan.only_with_parent {
        return Ok(());
    }
    let hangs = |slot: u16, value: &Value| plan.any_lookups.contains(&slot) && !value.is_blank();
    match batch.items.iter().all(|item| item.assignments.iter().any(|one| hangs(one.slot, &one.value))) {
        true => Ok(()),
        false => Err(Violation::new("I10", "a record is copied that hangs on nothing")),
    }
}

/// The most deletions that may go without asking, however many pairs there were at the time.
pub fn most_deletions(plan: &Plan, records: Sides<usize>) -> u64 {
    let DeletionLimit { records: number, percent } = plan.deletion_limit;
    // No more pairs than the side with fewer records, those that were deleted included.
    let pairs = records.left.min(records.right) as u64;
    let share = percent.map(|percent| pairs * u64::from(percent) / 100);
    number.into_iter().chain(share).min().unwrap_or(plan.settings.delete_breaker as u64)
}
