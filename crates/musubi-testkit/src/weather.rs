//! The accidents that happen to a world's calls.

/// How nasty a world is.
#[derive(Clone, Debug)]
pub struct Weather {
    /// Chance in 1,000 that a call is answered with 429.
    pub throttled: u32,
    /// Chance in 1,000 that a call fails before the service does anything.
    pub failed: u32,
    /// Chance in 1,000 that a call is carried out and its answer lost.
    pub lost: u32,
    /// The same for writes only, besides.
    pub lost_writes: u32,
    /// Chance in 1,000 that a call is carried out only after its answer was given up.
    pub late: u32,
    /// Chance in 1,000 that one record of a write is refused for now.
    pub item: u32,
    /// Chance in 1,000 at each store effect that the process crashes there.
    pub crash: u32,
    /// Chance in 1,000 that a webhook is lost; the same for doubled.
    pub webhook_lost: u32,
    /// Webhooks arrive at all.
    pub webhooks: bool,
    /// Bound on how late a list shows a change, in milliseconds.
    pub list_lag: i64,
}

impl Weather {
    /// No accidents at all, and every webhook arrives.
    pub const FAIR: Weather = Weather {
        throttled: 0,
        failed: 0,
        lost: 0,
        lost_writes: 0,
        late: 0,
        item: 0,
        crash: 0,
        webhook_lost: 0,
        webhooks: true,
        list_lag: 0,
    };
}
