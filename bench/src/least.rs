//! The least that calls and credits can be for a first load with the same kind of calls.

use crate::service::{BATCH, PAGE};
use serde::Serialize;

/// A write costs a credit for every so many records of its batch.
const RECORDS_PER_WRITE_CREDIT: usize = 10;

/// The least for so many records, and what it is made of.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Least {
    /// API calls to both orgs together.
    pub calls: usize,
    /// API credits of both orgs together.
    pub credits: usize,
    /// The terms in words.
    pub terms: String,
}

impl Least {
    /// Every record read once in full pages, written once in full batches, and read back once from the target.
    pub fn of(records: usize) -> Least {
        let pages = records.div_ceil(PAGE);
        let batches = records.div_ceil(BATCH);
        let write_credits = records.div_ceil(RECORDS_PER_WRITE_CREDIT);
        Least {
            calls: pages + batches + pages,
            credits: pages + write_credits + pages,
            terms: format!(
                "{pages} pages of {PAGE} read (1 credit each), {batches} batches of {BATCH} written ({write_credits} \
                 credits, 1 per {RECORDS_PER_WRITE_CREDIT} records), {pages} pages of {PAGE} read back (1 credit each)"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twenty_thousand_records() {
        let least = Least::of(20_000);
        assert_eq!((least.calls, least.credits), (400, 2_200));
        assert!(least.terms.starts_with("100 pages of 200 read"));
    }

    #[test]
    fn a_part_of_a_page_is_a_page() {
        assert_eq!(
            Least::of(201),
            Least { terms: Least::of(201).terms, calls: 2 + 3 + 2, credits: 2 + 21 + 2 }
        );
    }
}
