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
    }
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
