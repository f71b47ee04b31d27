//! Which way a side is read the first time – page by page, or in bulk – and why.

use crate::sync::{ByBulk, SyncState};
use musubi_connector::NoBulk;
use musubi_core::Side;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Below so many records a bulk read is not worth its waiting, whatever it costs.
const LEAST: u64 = 10_000;

/// Whether the first reading may be a bulk read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = BulkChoice)]
#[serde(rename_all = "snake_case")]
pub enum BulkChoice {
    /// Where it costs less than listing, from 10,000 records on.
    #[default]
    Auto,
    /// Wherever it tells what a listing tells, however few records there are.
    Always,
    /// Never.
    Never,
}

impl BulkChoice {
    /// What goes without saying is not written.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
    pub(crate) fn is_auto(&self) -> bool {
        *self == BulkChoice::Auto
    }

    /// From how many records on a side is read in bulk, by what its service says.
    pub(crate) fn decide(self, offered: Result<u64, NoBulk>) -> ByBulk {
        let never = |reason| match reason {
            NoBulk::NotOffered => "not_offered",
            NoBulk::Module => "module",
            NoBulk::Fields(_) => "fields",
            NoBulk::TooManyFields => "too_many_fields",
        };
        match (self, offered) {
            (BulkChoice::Never, _) => ByBulk::Never("setting"),
            (_, Err(reason)) => ByBulk::Never(never(reason)),
            (BulkChoice::Always, Ok(_)) => ByBulk::From(1),
            (BulkChoice::Auto, Ok(cheaper)) => ByBulk::From(cheaper.max(LEAST)),
        }
    }
}

/// How a side is read the first time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Reading {
    /// Page by page, or in bulk.
    pub way: ReadingWay,
    /// A stable code: `cheaper` or `setting`; of a listing `few_records`, `setting`, `not_offered`, `module`, `fields`, `too_many_fields` or `failed`.
    pub why: &'static str,
}

/// A way to read everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReadingWay {
    /// Page by page.
    List,
    /// A job of the service that gives everything in one file.
    Bulk,
}

/// How each side is read the first time.
#[derive(Default, Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReadingBySide {
    /// The left.
    pub left: Reading,
    /// The right.
    pub right: Reading,
}

impl Default for Reading {
    fn default() -> Reading {
        Reading { way: ReadingWay::List, why: "few_records" }
    }
}

impl Reading {
    /// What the plan of a sync and its state say of a side.
    pub(crate) fn of(side: Side, bulk: ByBulk, state: &SyncState, records: u64) -> Reading {
        let (way, why) = match bulk {
            ByBulk::Never(_) if records < LEAST => (ReadingWay::List, "few_records"),
            ByBulk::Never(why) => (ReadingWay::List, why),
            ByBulk::From(_) if state.bulk.get(side).gave_up() => (ReadingWay::List, "failed"),
            ByBulk::From(least) if records < least => (ReadingWay::List, "few_records"),
            ByBulk::From(least) if least < LEAST => (ReadingWay::Bulk, "setting"),
            ByBulk::From(_) => (ReadingWay::Bulk, "cheaper"),
        };
        Reading { way, why }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_setting_and_the_service_decide() {
        let offered = || Ok(23_601);
        assert_eq!(BulkChoice::Auto.decide(offered()), ByBulk::From(23_601));
        assert_eq!(BulkChoice::Auto.decide(Ok(5_201)), ByBulk::From(10_000));
        assert_eq!(BulkChoice::Always.decide(offered()), ByBulk::From(1));
        assert_eq!(BulkChoice::Never.decide(offered()), ByBulk::Never("setting"));
        let none = Err(NoBulk::Fields(vec!["Items".into()]));
        assert_eq!(
            BulkChoice::Always.decide(none),
            ByBulk::Never("fields"),
            "what it does not tell stays untold"
        );
    }

    #[test]
    fn what_is_told_of_it() {
        let of = |bulk, state: &SyncState, records| Reading::of(Side::Left, bulk, state, records).why;
        let fresh = SyncState::default();
        assert_eq!(of(ByBulk::From(23_601), &fresh, 23_600), "few_records");
        assert_eq!(of(ByBulk::From(23_601), &fresh, 23_601), "cheaper");
        assert_eq!(of(ByBulk::From(1), &fresh, 5), "setting");
        assert_eq!(of(ByBulk::Never("module"), &fresh, 1_000_000), "module");
        let mut failed = fresh;
        failed.bulk.left.failed = 2;
        assert_eq!(of(ByBulk::From(1), &failed, 5), "failed");
    }
}
