//! API credits over a rolling day, and the number of calls at the same time.

use std::collections::{BTreeMap, VecDeque};

const DAY_MS: i64 = 86_400_000;
/// Spending is added up per this many milliseconds, which bounds the memory of the rolling day.
const GRAIN_MS: i64 = 10_000;

/// The allowance of one org and what it has used.
#[derive(Debug)]
pub struct Credits {
    /// Credits per rolling day; `None` is without end.
    pub allowance: Option<u64>,
    /// Calls at the same time.
    pub concurrency: u32,
    /// Heavy calls at the same time.
    pub sub_concurrency: u32,
    /// Whether the limits on calls at the same time apply.
    pub enforce_concurrency: bool,
    running: u32,
    running_heavy: u32,
    spent: VecDeque<(i64, u64)>,
    used: u64,
    /// Calls and credits per endpoint since the start.
    pub endpoints: BTreeMap<String, Usage>,
}

/// Calls and credits of one endpoint.
#[derive(Debug, Clone, Copy, Default, serde::Serialize)]
pub struct Usage {
    /// How many calls.
    pub calls: u64,
    /// How many credits.
    pub credits: u64,
    /// How many calls were answered 4xx or 5xx.
    pub errors: u64,
}

/// Whether a call counts against the limit of heavy calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// An ordinary call.
    Light,
    /// A write of more than ten records, a search, a query, a conversion.
    Heavy,
}

impl Credits {
    /// The allowance of an edition.
    pub fn for_edition(edition: &str, users: u64) -> Credits {
        let (allowance, concurrency) = match edition {
            "free" => (Some(5_000), 5),
            "standard" => (Some((50_000 + 250 * users).min(100_000)), 10),
            "professional" => (Some((50_000 + 500 * users).min(3_000_000)), 15),
            "ultimate" | "crmplus" => (None, 25),
            _ => (Some((50_000 + 1_000 * users).min(5_000_000)), 20),
        };
        Credits {
            allowance,
            concurrency,
            sub_concurrency: 10,
            enforce_concurrency: true,
            running: 0,
            running_heavy: 0,
            spent: VecDeque::new(),
            used: 0,
            endpoints: BTreeMap::new(),
        }
    }

    /// Begins a call; false when too many run already or the day's credits are used up.
    pub fn begin(&mut self, weight: Weight, now_ms: i64) -> bool {
        self.expire(now_ms);
        let over_day = self.allowance.is_some_and(|allowance| self.used >= allowance);
        let over_running = self.enforce_concurrency
            && (self.running >= self.concurrency
                || (weight == Weight::Heavy && self.running_heavy >= self.sub_concurrency));
        if over_day || over_running {
            return false;
        }
        self.running += 1;
        self.running_heavy += u32::from(weight == Weight::Heavy);
        true
    }

    /// Ends a call that began.
    pub fn end(&mut self, weight: Weight) {
        self.running = self.running.saturating_sub(1);
        self.running_heavy = self.running_heavy.saturating_sub(u32::from(weight == Weight::Heavy));
    }

    /// Books a call on its endpoint.
    pub fn book(&mut self, endpoint: &str, credits: u64, failed: bool, now_ms: i64) {
        self.expire(now_ms);
        self.used += credits;
        let grain = now_ms / GRAIN_MS;
        match self.spent.back_mut() {
            Some((at, sum)) if *at == grain => *sum += credits,
            _ if credits > 0 => self.spent.push_back((grain, credits)),
            _ => {}
        }
        if !self.endpoints.contains_key(endpoint) {
            self.endpoints.insert(endpoint.to_owned(), Usage::default());
        }
        if let Some(usage) = self.endpoints.get_mut(endpoint) {
            usage.calls += 1;
            usage.credits += credits;
            usage.errors += u64::from(failed);
        }
    }

    /// Credits used in the last 24 hours.
    pub fn used(&mut self, now_ms: i64) -> u64 {
        self.expire(now_ms);
        self.used
    }

    /// The credits left, once at least half of them are used: only then the service tells.
    pub fn remaining_to_tell(&self) -> Option<u64> {
        let allowance = self.allowance?;
        (self.used * 2 >= allowance).then(|| allowance.saturating_sub(self.used))
    }

    fn expire(&mut self, now_ms: i64) {
        while let Some((grain, sum)) = self.spent.front() {
            if now_ms - grain * GRAIN_MS < DAY_MS {
                break;
            }
            self.used -= sum;
            self.spent.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_rolls() {
        let mut credits = Credits::for_edition("free", 1);
        credits.book("GET x", 2_499, false, 0);
        assert_eq!(credits.remaining_to_tell(), None);
        credits.book("GET x", 2_501, false, 1_000);
        assert_eq!(credits.remaining_to_tell(), Some(0));
        assert!(!credits.begin(Weight::Light, 2_000));
        assert!(credits.begin(Weight::Light, DAY_MS + 20_000));
        assert_eq!(credits.endpoints["GET x"].calls, 2);
    }

    #[test]
    fn calls_at_the_same_time_are_bounded() {
        let mut credits = Credits::for_edition("free", 1);
        for _ in 0..5 {
            assert!(credits.begin(Weight::Light, 0));
        }
        assert!(!credits.begin(Weight::Light, 0));
        credits.end(Weight::Light);
        assert!(credits.begin(Weight::Light, 0));
    }
}
