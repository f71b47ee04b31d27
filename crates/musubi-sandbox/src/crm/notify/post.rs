//! Sends notifications: at once, side by side, once each.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;

/// Notifications waiting to be sent; what comes on top is lost, as after an outage of the real thing.
const QUEUE: usize = 20_000;
/// Notifications on their way at the same time.
const SIDE_BY_SIDE: usize = 64;
/// A receiver that takes longer is given up.
const PATIENCE: Duration = Duration::from_secs(10);

/// One notification to send.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// Where to.
    pub url: String,
    /// What, in JSON.
    pub body: Vec<u8>,
    /// Wait so long first.
    pub delay: Duration,
}

/// What became of notifications since the start.
#[derive(Debug, Default)]
pub struct Counts {
    /// Answered 2xx.
    pub delivered: AtomicU64,
    /// Not answered, or otherwise.
    pub failed: AtomicU64,
    /// The queue was full.
    pub lost: AtomicU64,
}

/// The queue and the tasks that empty it. Dropping it ends them.
#[derive(Debug, Default)]
pub struct Post {
    /// What became of notifications.
    pub counts: Arc<Counts>,
    started: OnceLock<Option<Started>>,
}

#[derive(Debug)]
struct Started {
    sender: mpsc::Sender<Delivery>,
    /// Held so that the task ends with it.
    _task: Mutex<JoinSet<()>>,
}

impl Post {
    /// Hands a notification over; never waits, never fails. Must be called within a runtime.
    pub fn send(&self, delivery: Delivery) {
        let started = self.started.get_or_init(|| start(Arc::clone(&self.counts)).ok());
        let queued = started.as_ref().is_some_and(|started| started.sender.try_send(delivery).is_ok());
        if !queued {
            self.counts.lost.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Starts sending, with the first notification there is.
fn start(counts: Arc<Counts>) -> Result<Started, reqwest::Error> {
    // Another client in the process may have chosen the provider already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .timeout(PATIENCE)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .tcp_nodelay(true)
        .build()?;
    let (sender, receiver) = mpsc::channel(QUEUE);
    let mut task = JoinSet::new();
    task.spawn(run(receiver, client, counts));
    Ok(Started { sender, _task: Mutex::new(task) })
}

async fn run(mut receiver: mpsc::Receiver<Delivery>, client: reqwest::Client, counts: Arc<Counts>) {
    let permits = Arc::new(Semaphore::new(SIDE_BY_SIDE));
    let mut sending = JoinSet::new();
    while let Some(delivery) = receiver.recv().await {
        while sending.try_join_next().is_some() {}
        let (client, counts, permits) = (client.clone(), Arc::clone(&counts), Arc::clone(&permits));
        sending.spawn(async move {
            if !delivery.delay.is_zero() {
                tokio::time::sleep(delivery.delay).await;
            }
            let Ok(_permit) = permits.acquire_owned().await else { return };
            let request =
                client.post(&delivery.url).header("content-type", "application/json").body(delivery.body);
            // Harder: one attempt; a receiver that is away misses the notification for good.
            let delivered = request.send().await.is_ok_and(|answer| answer.status().is_success());
            let count = if delivered { &counts.delivered } else { &counts.failed };
            count.fetch_add(1, Ordering::Relaxed);
        });
    }
}
