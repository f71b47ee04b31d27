//! What a process used: time of the wall, time of the processors, memory.
#![expect(clippy::disallowed_methods, reason = "a measurement reads the clock; this is the file that does")]

use crate::Failure;
use rustix::time::{ClockId, clock_gettime};
use std::fs;
use std::time::Instant;

/// A measurement under way.
pub struct Usage {
    began: Instant,
    cpu: f64,
}

impl Usage {
    /// Starts measuring this process.
    pub fn start() -> Usage {
        Usage { began: Instant::now(), cpu: cpu_seconds() }
    }

    /// Seconds since the start.
    pub fn wall(&self) -> f64 {
        self.began.elapsed().as_secs_f64()
    }

    /// A number that no other measurement of this machine has.
    pub fn mark(&self) -> String {
        let time = clock_gettime(ClockId::Realtime);
        format!("{}-{}", std::process::id(), time.tv_sec)
    }

    /// Processor seconds of all threads since the start.
    pub fn cpu(&self) -> f64 {
        cpu_seconds() - self.cpu
    }
}

fn cpu_seconds() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// The most memory this process ever held, in megabytes of 1,000,000 bytes.
pub fn peak_memory_mb() -> Result<f64, Failure> {
    let status =
        fs::read_to_string("/proc/self/status").map_err(|error| Failure::at("/proc/self/status", error))?;
    peak_in(&status).ok_or_else(|| Failure("the system does not say how much memory was held".into()))
}

fn peak_in(status: &str) -> Option<f64> {
    crate::process::kibibytes(status, "VmHWM:").map(|held| held * 1024.0 / 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_costs_processor_time() {
        let usage = Usage::start();
        let mut sum = 0u64;
        while usage.cpu() < 0.005 {
            sum = std::hint::black_box(sum.wrapping_add(1));
        }
        assert!(usage.wall() > 0.0);
    }

    #[test]
    fn the_peak_is_read_in_kibibytes() {
        assert_eq!(peak_in("VmPeak:\t 9 kB\nVmHWM:\t  1000 kB\n"), Some(1.024));
        assert_eq!(peak_in(""), None);
        assert!(peak_memory_mb().unwrap() > 0.5);
    }
}
