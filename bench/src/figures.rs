//! What the ceiling loop was measured at: one JSON line, written by one process and read by the other.

use serde::{Deserialize, Serialize};

/// One run over a module.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// Records read.
    pub records: usize,
    /// Records written.
    pub sent: usize,
    /// Seconds from the first call to the last commit.
    pub wall_s: f64,
    /// Records read per second.
    pub records_per_s: f64,
    /// Processor seconds of the loop's own process.
    pub cpu_s: f64,
    /// Processor microseconds per record.
    pub cpu_us_per_record: f64,
    /// The most memory the process held, in megabytes.
    pub peak_mb: f64,
}

impl Figures {
    /// Figures with what follows from them.
    pub fn new(records: usize, sent: usize, wall_s: f64, cpu_s: f64, peak_mb: f64) -> Figures {
        // An empty module has no speed; a record that was never there cost nothing.
        let count = records.max(1) as f64;
        Figures {
            records,
            sent,
            wall_s,
            records_per_s: records as f64 / wall_s.max(f64::EPSILON),
            cpu_s,
            cpu_us_per_record: cpu_s * 1e6 / count,
            peak_mb,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speed_and_cost_follow() {
        let figures = Figures::new(20_000, 100, 0.5, 0.2, 18.0);
        assert_eq!(figures.records_per_s, 40_000.0);
        assert!((figures.cpu_us_per_record - 10.0).abs() < 1e-9);
        assert_eq!(Figures::new(0, 0, 1.0, 0.1, 1.0).records_per_s, 0.0);
    }
}
