//! Jobs and uploaded files of all orgs, kept in memory: a restart forgets them, as a day does.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use serde_json::Value;
use tokio::task::JoinSet;

/// Milliseconds a job takes at least, unless set otherwise.
const DEFAULT_DELAY_MS: i64 = 300;
/// Milliseconds a job and its result are kept.
const KEPT_MS: i64 = 86_400_000;
/// Results kept at the same time; the oldest go first, which bounds the memory.
const MOST_RESULTS: usize = 24;
/// Uploaded files kept at the same time.
const MOST_UPLOADS: usize = 16;

/// A job.
#[derive(Debug, Clone)]
pub struct Job {
    /// The org it belongs to.
    pub org_id: String,
    /// When it was made, in milliseconds.
    pub created_ms: i64,
    /// Who made it: id and name.
    pub created_by: (i64, String),
    /// What the details show besides state and result.
    pub shown: Value,
    /// Set when the work is done.
    pub done: Option<Done>,
}

/// The result of a job.
#[derive(Debug, Clone)]
pub struct Done {
    /// What the details show of it.
    pub shown: Value,
    /// The file to download.
    pub file: Bytes,
    /// The work failed.
    pub failed: bool,
}

/// Where a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Not begun.
    Added,
    /// Waiting for its turn.
    Queued,
    /// At work.
    InProgress,
    /// Done.
    Completed,
    /// Given up.
    Failed,
}

/// An uploaded file.
#[derive(Debug, Clone)]
pub struct Upload {
    /// Its number.
    pub id: i64,
    /// The org it belongs to.
    pub org_id: String,
    /// The ZIP file.
    pub zip: Bytes,
}

/// All jobs, uploads and the tasks at work.
#[derive(Debug)]
pub struct Bulk {
    delay_ms: AtomicI64,
    jobs: Mutex<BTreeMap<i64, Job>>,
    uploads: Mutex<VecDeque<Upload>>,
    tasks: Mutex<JoinSet<()>>,
}

impl Default for Bulk {
    fn default() -> Bulk {
        Bulk {
            delay_ms: AtomicI64::new(DEFAULT_DELAY_MS),
            jobs: Mutex::default(),
            uploads: Mutex::default(),
            tasks: Mutex::new(JoinSet::new()),
        }
    }
}

impl Bulk {
    /// Milliseconds a job takes at least.
    pub fn delay_ms(&self) -> i64 {
        self.delay_ms.load(Ordering::Relaxed)
    }

    /// Sets how long a job takes at least.
    pub fn set_delay_ms(&self, delay_ms: i64) {
        self.delay_ms.store(delay_ms.max(0), Ordering::Relaxed);
    }

    fn jobs(&self) -> MutexGuard<'_, BTreeMap<i64, Job>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a job; what is too old, or too much, is forgotten.
    pub fn add(&self, id: i64, job: Job) {
        let mut jobs = self.jobs();
        jobs.retain(|_, known| job.created_ms - known.created_ms < KEPT_MS);
        let with_result = jobs.values().filter(|job| job.done.is_some()).count();
        if with_result >= MOST_RESULTS
            && let Some(oldest) =
                jobs.iter().filter(|(_, job)| job.done.is_some()).min_by_key(|(_, job)| job.created_ms)
        {
            let oldest = *oldest.0;
            jobs.remove(&oldest);
        }
        jobs.insert(id, job);
    }

    /// A job of an org; a day after it was made it is forgotten.
    pub fn get(&self, id: i64, org_id: &str, now_ms: i64) -> Option<Job> {
        let known = |job: &&Job| job.org_id == org_id && now_ms - job.created_ms < KEPT_MS;
        self.jobs().get(&id).filter(known).cloned()
    }

    /// Ends a job.
    pub fn finish(&self, id: i64, done: Done) {
        if let Some(job) = self.jobs().get_mut(&id) {
            job.done = Some(done);
        }
    }

    /// Where a job is now.
    pub fn phase(&self, job: &Job, now_ms: i64) -> Phase {
        let age = now_ms - job.created_ms;
        match &job.done {
            Some(done) if age >= self.delay_ms() => {
                if done.failed {
                    Phase::Failed
                } else {
                    Phase::Completed
                }
            }
            _ if age < self.delay_ms() / 4 => Phase::Added,
            _ if age < self.delay_ms() / 2 => Phase::Queued,
            _ => Phase::InProgress,
        }
    }

    /// Keeps an uploaded file.
    pub fn upload(&self, upload: Upload) {
        let mut uploads = self.uploads.lock().unwrap_or_else(PoisonError::into_inner);
        if uploads.len() >= MOST_UPLOADS {
            uploads.pop_front();
        }
        uploads.push_back(upload);
    }

    /// An uploaded file of an org.
    pub fn uploaded(&self, id: i64, org_id: &str) -> Option<Upload> {
        let uploads = self.uploads.lock().unwrap_or_else(PoisonError::into_inner);
        uploads.iter().find(|upload| upload.id == id && upload.org_id == org_id).cloned()
    }

    /// Does work beside the calls: `work` on a thread of its own, then `after`.
    pub fn run<F>(&self, work: impl FnOnce() + Send + 'static, after: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        while tasks.try_join_next().is_some() {}
        tasks.spawn(async move {
            // The join set of the work ends with this task.
            let mut working = JoinSet::new();
            working.spawn_blocking(work);
            while working.join_next().await.is_some() {}
            after.await;
        });
    }

    /// Forgets everything.
    pub fn clear(&self) {
        self.jobs().clear();
        self.uploads.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn job(created_ms: i64) -> Job {
        Job { org_id: "1".into(), created_ms, created_by: (1, "A".into()), shown: json!({}), done: None }
    }

    fn done() -> Done {
        Done { shown: json!({}), file: Bytes::new(), failed: false }
    }

    #[test]
    fn a_job_takes_its_time_even_when_the_work_is_quick() {
        let bulk = Bulk::default();
        bulk.add(5, job(1000));
        assert_eq!(bulk.phase(&bulk.get(5, "1", 1000).unwrap(), 1000), Phase::Added);
        bulk.finish(5, done());
        assert_eq!(bulk.phase(&bulk.get(5, "1", 1000).unwrap(), 1100), Phase::Queued);
        assert_eq!(bulk.phase(&bulk.get(5, "1", 1000).unwrap(), 1200), Phase::InProgress);
        assert_eq!(bulk.phase(&bulk.get(5, "1", 1000).unwrap(), 1300), Phase::Completed);
        assert!(bulk.get(5, "2", 1000).is_none());
    }

    #[test]
    fn old_jobs_and_too_many_results_are_forgotten() {
        let bulk = Bulk::default();
        for id in 0..30 {
            bulk.add(id, job(id));
            bulk.finish(id, done());
        }
        assert!(bulk.get(0, "1", 1000).is_none());
        assert!(bulk.get(29, "1", 1000).is_some());
        assert!(bulk.get(29, "1", KEPT_MS + 29).is_none());
        bulk.add(99, job(KEPT_MS + 100));
        assert!(bulk.get(29, "1", 1000).is_none());
    }
}
