//! API credits over a rolling day, and the number of calls at the same time.

use std::collections::{BTreeMap, VecDeque};

const DAY_MS: i64 = 86_400_000;
/// Spending is added up per this many milliseconds, which bounds the memory of the rolling day.
const GRAIN_MS: i64 = 10_000;

/// Bookings go to the log this often, in milliseconds of the sandbox's clock.
const KEEP_MS: i64 = 1_000;

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
    /// Whether what is booked goes to a log.
    pub keeping: bool,
    unkept: BTreeMap<String, Usage>,
    kept_ms: i64,
}

/// Limits that may be set, as the log keeps them.
#[derive(Debug, Clone, Copy, serde::Serialize, serde::Deserialize)]
pub struct Limits {
    allowance: Option<u64>,
    concurrency: u32,
    sub_concurrency: u32,
    enforce: bool,
}

/// Calls and credits of one endpoint.
#[derive(Debug, Clone, Copy, Default, serde::Serialize, serde::Deserialize)]
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

impl Usage {
    /// Adds another count.
    pub fn add(&mut self, other: Usage) {
        self.calls += other.calls;
        self.credits += other.credits;
        self.errors += other.errors;
    }
}

/// When bookings go to the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// At the end.
    Now,
    /// When the last time is long enough ago.
    InTime,
}

/// Counts without making the name anew every time.
fn count(endpoints: &mut BTreeMap<String, Usage>, endpoint: &str, usage: Usage) {
    match endpoints.get_mut(endpoint) {
        Some(known) => known.add(usage),
        None => _ = endpoints.insert(endpoint.to_owned(), usage),
    }
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
            keeping: false,
            unkept: BTreeMap::new(),
            kept_ms: 0,
        }
    }

    /// The limits in force.
    pub fn limits(&self) -> Limits {
        Limits {
            allowance: self.allowance,
            concurrency: self.concurrency,
            sub_concurrency: self.sub_concurrency,
            enforce: self.enforce_concurrency,
        }
    }

    /// Sets the limits.
    pub fn set_limits(&mut self, limits: Limits) {
        self.allowance = limits.allowance;
        self.concurrency = limits.concurrency;
        self.sub_concurrency = limits.sub_concurrency;
        self.enforce_concurrency = limits.enforce;
    }

    /// What was booked since the last time and goes to the log: once in a while, so that a call costs no line.
    pub fn to_keep(&mut self, now_ms: i64, due: Due) -> Option<Vec<(String, Usage)>> {
        let due = due == Due::Now || (now_ms - self.kept_ms).abs() >= KEEP_MS;
        if self.unkept.is_empty() || !due {
            return None;
        }
        self.kept_ms = now_ms;
        Some(std::mem::take(&mut self.unkept).into_iter().collect())
    }

    /// Takes back what the log kept.
    pub fn restore(&mut self, at_ms: i64, kept: Vec<(String, Usage)>) {
        for (endpoint, usage) in kept {
            self.spend(usage.credits, at_ms);
            self.endpoints.entry(endpoint).or_default().add(usage);
        }
    }

    fn spend(&mut self, credits: u64, now_ms: i64) {
        self.used += credits;
        let grain = now_ms / GRAIN_MS;
        match self.spent.back_mut() {
            Some((at, sum)) if *at == grain => *sum += credits,
            _ if credits > 0 => self.spent.push_back((grain, credits)),
            _ => {}
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
        self.spend(credits, now_ms);
        let usage = Usage { calls: 1, credits, errors: u64::from(failed) };
        count(&mut self.endpoints, endpoint, usage);
        if self.keeping {
            count(&mut self.unkept, endpoint, usage);
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
