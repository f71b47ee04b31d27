//! What the system tells of another process: memory and processor time.

use crate::Failure;
use std::fs;
use std::time::Duration;

/// Ticks of the processor clock in a second, as Linux tells them to programs.
const TICKS: f64 = 100.0;

/// Memory held now, in megabytes of 1,000,000 bytes.
pub fn memory_mb(process: u32) -> Result<f64, Failure> {
    let status = read(process, "status")?;
    kibibytes(&status, "VmRSS:").map(|held| held * 1024.0 / 1e6).ok_or_else(|| unknown(process))
}

/// Memory of a process that has nothing to do: looked at each second for so long, the middle counts. A look at the services now and then is no rest.
pub async fn resting_memory_mb(process: u32, seconds: u64) -> Result<f64, Failure> {
    let mut seen = Vec::new();
    for _ in 0..seconds.max(1) {
        tokio::time::sleep(Duration::from_secs(1)).await;
        seen.push(memory_mb(process)?);
    }
    seen.sort_by(f64::total_cmp);
    Ok(seen[seen.len() / 2])
}

/// Processor seconds of all threads since the process began.
pub fn cpu_seconds(process: u32) -> Result<f64, Failure> {
    let stat = read(process, "stat")?;
    ticks(&stat).map(|ticks| ticks / TICKS).ok_or_else(|| unknown(process))
}

fn read(process: u32, file: &str) -> Result<String, Failure> {
    let path = format!("/proc/{process}/{file}");
    fs::read_to_string(&path).map_err(|error| Failure::at(path, error))
}

fn unknown(process: u32) -> Failure {
    Failure(format!("the system does not say what process {process} uses"))
}

/// A line of `status`, in KiB.
pub(crate) fn kibibytes(status: &str, name: &str) -> Option<f64> {
    status.lines().find_map(|line| line.strip_prefix(name))?.split_whitespace().next()?.parse().ok()
}

/// User and system time; they are the 12th and 13th word after the name, which may hold spaces itself.
fn ticks(stat: &str) -> Option<f64> {
    let (_, rest) = stat.rsplit_once(") ")?;
    let mut words = rest.split(' ').skip(11);
    let user: f64 = words.next()?.parse().ok()?;
    let system: f64 = words.next()?.parse().ok()?;
    Some(user + system)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_found_behind_a_name_with_spaces() {
        let stat = "42 (a (b) c) S 1 42 42 0 -1 4194560 1 0 0 0 7 5 0 0 20 0 9 0 100 0 0";
        assert_eq!(ticks(stat), Some(12.0));
        assert_eq!(ticks("42"), None);
    }

    #[test]
    fn memory_is_found_by_its_name() {
        assert_eq!(kibibytes("Name:\tx\nVmRSS:\t  2048 kB\n", "VmRSS:"), Some(2048.0));
        assert_eq!(kibibytes("Name:\tx\n", "VmRSS:"), None);
    }
}
