//! Long work that was started by a call and goes on after it was answered: plans, verifications, check-ups, backups.

use crate::app::App;
use crate::problem::Problem;
use futures::future::BoxFuture;
use musubi_engine::checkup::Checkup;
use musubi_engine::report::{Certificate, PlanReport, Stage};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::broadcast;
use tokio::task::JoinSet;
use utoipa::ToSchema;

/// So many ended jobs are remembered.
const REMEMBERED: usize = 50;

/// Long work.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Job {
    /// Its number.
    pub id: String,
    /// What it does.
    pub kind: JobKind,
    /// The integration it is about.
    #[schema(required)]
    pub integration: Option<String>,
    /// How it stands.
    pub state: JobState,
    /// In milliseconds since 1970.
    pub started_at: i64,
    /// In milliseconds since 1970; `null` while it runs.
    #[schema(required)]
    pub ended_at: Option<i64>,
    /// How far it is, if that is known.
    #[schema(required)]
    pub progress: Option<Progress>,
    /// What it found, once it is done.
    #[schema(required)]
    pub result: Option<JobResult>,
    /// Why it ended without a result.
    #[schema(required)]
    pub problem: Option<Problem>,
}

/// What a job does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum JobKind {
    /// Finds out what a run would do.
    Plan,
    /// Compares both sides completely.
    Verify,
    /// Checks what the hub needs.
    Checkup,
    /// Writes everything into a file.
    Backup,
}

/// How a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// It goes on.
    Running,
    /// It ended, with a result.
    Done,
    /// It ended without one.
    Failed,
}

/// What a job found.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum JobResult {
    /// Of a plan.
    Plan(PlanReport),
    /// Of a verification.
    Verify(Certificate),
    /// Of a check-up.
    Checkup(Checkup),
    /// Of a backup.
    Backup(BackupReport),
}

/// A backup.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BackupReport {
    /// The file, on the machine where the hub runs.
    pub file: String,
    /// Its size.
    pub bytes: u64,
}

/// How far a job is.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = JobProgress)]
pub struct Progress {
    /// What is being done.
    pub stage: Stage,
    /// Records read so far.
    pub scanned: u64,
    /// Records there are.
    pub expected: u64,
}

/// The jobs of this process.
pub struct Jobs {
    inner: Mutex<Inner>,
    told: broadcast::Sender<Job>,
}

#[derive(Default)]
struct Inner {
    last: u64,
    jobs: BTreeMap<u64, Job>,
    tasks: JoinSet<()>,
}

impl Default for Jobs {
    fn default() -> Jobs {
        Jobs { inner: Mutex::default(), told: broadcast::Sender::new(64) }
    }
}

/// By this a job tells how far it is.
pub struct Teller {
    app: App,
    id: u64,
}

impl Teller {
    /// So many of so many.
    pub fn tell(&self, stage: Stage, scanned: u64, expected: u64) {
        self.app.inner.jobs.change(self.id, |job| job.progress = Some(Progress { stage, scanned, expected }));
    }
}

impl App {
    /// Starts a job. Its work is given a way to tell how far it is.
    pub(crate) fn start(
        &self,
        kind: JobKind,
        integration: Option<String>,
        work: impl FnOnce(Teller) -> BoxFuture<'static, Result<JobResult, Problem>>,
    ) -> Job {
        let mut inner = self.inner.jobs.inner();
        inner.last += 1;
        let id = inner.last;
        let job = Job {
            id: id.to_string(),
            kind,
            integration,
            state: JobState::Running,
            started_at: self.now(),
            ended_at: None,
            progress: None,
            result: None,
            problem: None,
        };
        inner.jobs.insert(id, job.clone());
        inner.forget();
        let work = work(Teller { app: self.clone(), id });
        let app = self.clone();
        inner.tasks.spawn(async move {
            let done = work.await;
            let now = app.now();
            app.inner.jobs.change(id, |job| {
                job.ended_at = Some(now);
                match done {
                    Ok(result) => (job.state, job.result) = (JobState::Done, Some(result)),
                    Err(problem) => (job.state, job.problem) = (JobState::Failed, Some(problem)),
                }
            });
        });
        job
    }
}

impl Jobs {
    /// The jobs that are remembered, the newest first.
    pub fn all(&self) -> Vec<Job> {
        self.inner().jobs.values().rev().cloned().collect()
    }

    /// One job.
    pub fn get(&self, id: u64) -> Option<Job> {
        self.inner().jobs.get(&id).cloned()
    }

    /// Every change of a job, from now on.
    pub fn watch(&self) -> broadcast::Receiver<Job> {
        self.told.subscribe()
    }

    /// Forgets those that ended: what they found may name a person.
    pub fn forget_ended(&self) {
        self.inner().jobs.retain(|_, job| job.state == JobState::Running);
    }

    /// Ends all of them: nothing of what they do is lost, as they only read.
    pub async fn stop(&self) {
        let mut tasks = std::mem::take(&mut self.inner().tasks);
        tasks.shutdown().await;
    }

    fn change(&self, id: u64, change: impl FnOnce(&mut Job)) {
        let job = self.inner().jobs.get_mut(&id).map(|job| {
            change(job);
            job.clone()
        });
        if let Some(job) = job {
            // Nobody may be listening.
            let _ = self.told.send(job);
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn forget(&mut self) {
        while self.tasks.try_join_next().is_some() {}
        let ended = self.jobs.iter().filter(|(_, job)| job.state != JobState::Running);
        let ended: Vec<u64> = ended.map(|(id, _)| *id).collect();
        for id in ended.iter().take(ended.len().saturating_sub(REMEMBERED)) {
            self.jobs.remove(id);
        }
    }
}
