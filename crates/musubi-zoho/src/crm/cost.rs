//! What CRM calls cost, and what an edition allows. From the vendor's page on API limits.

use musubi_connector::{Limits, Priced, WriteKind};

/// Credits of one call.
pub(crate) fn price(call: Priced) -> u32 {
    match call {
        Priced::List | Priced::Read | Priced::Other | Priced::Write(WriteKind::Delete, _) => 1,
        Priced::Deleted => 2,
        Priced::Write(WriteKind::Create | WriteKind::Update, records) => {
            u32::try_from(records.div_ceil(10)).unwrap_or(u32::MAX).max(1)
        }
        Priced::BulkRead => 50,
        // The download is told when it is made; the rows themselves cost nothing.
        Priced::BulkRows => 0,
    }
}

/// Questions after a job, until it is ready: it may take some minutes.
const QUESTIONS: u64 = 30;
/// What an answer of a query costs, and the records in it.
const QUERY: (u64, u64) = (2, 600);

/// From how many records on a bulk read costs less than a listing by id, whose pages take a call for each of `groups` of fields and, for the groups behind the
/// first, one for every hundred records; or one query for three of them.
pub(crate) fn bulk_pays_from(groups: usize, by_query: bool) -> u64 {
    let bulk = u64::from(price(Priced::BulkRead)) + QUESTIONS;
    let first = u64::from(price(Priced::List));
    if by_query {
        return 200 + (bulk - first) / QUERY.0 * QUERY.1 + 1;
    }
    let page = first + 2 * (groups as u64).saturating_sub(1) * u64::from(price(Priced::Read));
    bulk / page * 200 + 1
}

/// What an edition allows; `None` for the edition is the least any org has.
pub(crate) fn limits(edition: Option<&str>, users: u64) -> Limits {
    let edition = edition.map(str::to_ascii_lowercase);
    // Concurrency, then credits: base, for each user, at most.
    let (concurrency, credits) = match edition.as_deref() {
        Some("standard") => (10, Some((50_000, 250, 100_000))),
        Some("professional") => (15, Some((50_000, 500, 3_000_000))),
        Some("enterprise" | "zohoone" | "one") => (20, Some((50_000, 1_000, 5_000_000))),
        Some("ultimate" | "crmplus") => (25, Some((50_000, 2_000, u64::MAX))),
        // Not known or free.
        _ => (5, Some((5_000, 0, 5_000))),
    };
    Limits {
        page: 200,
        read_batch: 100,
        write_batch: 100,
        concurrency,
        credits_per_day: credits.map(|(base, each, most)| (base + each * users).min(most)),
        conditional_update: true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_price_list() {
        assert_eq!(price(Priced::Write(WriteKind::Create, 100)), 10);
        assert_eq!(price(Priced::Write(WriteKind::Update, 1)), 1);
        assert_eq!(price(Priced::Write(WriteKind::Update, 11)), 2);
        assert_eq!(price(Priced::Write(WriteKind::Delete, 100)), 1);
        assert_eq!(price(Priced::BulkRead), 50);
        assert_eq!(price(Priced::BulkRows), 0);
    }

    #[test]
    fn editions_grow() {
        let credits = |edition, users| limits(edition, users).credits_per_day;
        assert_eq!(credits(Some("free"), 3), Some(5_000));
        assert_eq!(credits(Some("Standard"), 1_000), Some(100_000));
        assert_eq!(credits(Some("enterprise"), 10), Some(60_000));
        assert_eq!(limits(None, 1).concurrency, 5);
    }
}
