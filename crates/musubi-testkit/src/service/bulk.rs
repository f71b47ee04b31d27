//! Bulk reads of the model: jobs that take their time, fail or are forgotten, and results that show what was when they began.

use super::Service;
use musubi_connector::{BulkJob, BulkState, Order, Position, ServiceError};
use musubi_core::{Instant, Observation};

/// A job.
#[derive(Debug)]
pub(super) struct Job {
    ready_at: i64,
    fails: bool,
    rows: Vec<Observation>,
    next: Option<String>,
}

/// What befalls a job.
#[derive(Clone, Copy, Debug)]
pub struct Fate {
    /// How long it takes, in milliseconds.
    pub takes: i64,
    /// It never comes to a result.
    pub fails: bool,
}

impl Service {
    /// Begins a job over the page at this place of the list as it was `lag` ago.
    pub fn bulk_start(&mut self, now: i64, lag: i64, page: Option<&str>, size: usize, fate: Fate) -> BulkJob {
        let position = page.map_or(Position::Start, |token| Position::After(token.to_owned()));
        let listed = self.list(now, lag, None, Order::IdAscending, &position, size);
        let (rows, next) = (listed.rows, listed.next);
        self.jobs.push(Job { ready_at: now + fate.takes, fails: fate.fails, rows, next });
        BulkJob { id: self.jobs.len().to_string(), started: Instant::from_seconds(self.second(now)) }
    }

    fn job(&self, job: &BulkJob) -> Option<&Job> {
        self.jobs.get(job.id.parse::<usize>().ok()?.checked_sub(1)?)
    }

    /// How far it is.
    pub fn bulk_state(&self, now: i64, job: &BulkJob) -> BulkState {
        match self.job(job) {
            Some(job) if now < job.ready_at => BulkState::Working,
            Some(job) if !job.fails => {
                BulkState::Ready { count: job.rows.len() as u64, next: job.next.clone() }
            }
            _ => BulkState::Failed(ServiceError { code: "FAILURE".into(), ..ServiceError::default() }),
        }
    }

    /// Rows of its result, and the place behind them.
    pub fn bulk_rows(&self, job: &BulkJob, from: u64, size: usize) -> (Vec<Observation>, Option<u64>) {
        let rows = self.job(job).map_or(&[][..], |job| &job.rows);
        let from = (from as usize).min(rows.len());
        let until = rows.len().min(from + size);
        (rows[from..until].to_vec(), (until < rows.len()).then_some(until as u64))
    }
}
