//! What happens, as it happens: server-sent events. A page that lost the connection says what it saw last, and is told what the journal has since.

use crate::app::App;
use crate::problem::Problem;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::stream::{self, Stream, StreamExt};
use musubi_engine::Followed;
use musubi_engine::report::HistoryEntry;
use serde::Serialize;
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::{broadcast, watch};
use utoipa::ToSchema;

/// The journal is looked at this often while a page listens.
const LOOK: Duration = Duration::from_millis(250);
/// At most so many entries at once: a page shows no more.
const MOST: usize = 100;

/// An entry with the integration it belongs to.
#[derive(Serialize, ToSchema)]
#[schema(as = JournalEvent)]
pub(crate) struct Told {
    integration: String,
    #[serde(flatten)]
    entry: HistoryEntry,
}

struct Listener {
    app: App,
    status: watch::Receiver<std::sync::Arc<musubi_engine::StatusReport>>,
    jobs: broadcast::Receiver<crate::jobs::Job>,
    /// What of the journals was told; nothing before the first look.
    followed: Option<Followed>,
    /// The time of the entry that the page saw last, if it was here before.
    since: Option<i64>,
    first: bool,
}

/// Events `status`, `journal` and `job`, each with its value as JSON. With `Last-Event-ID` the journal goes on from there.
#[utoipa::path(get, path = "/events", tag = "status", operation_id = "listen",
    responses((status = 200, content_type = "text/event-stream", body = String), (status = 401, body = Problem)))]
pub(crate) async fn listen(
    State(app): State<App>,
    headers: HeaderMap,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let since = headers.get("last-event-id").and_then(|value| value.to_str().ok()?.parse().ok());
    let listener = Listener {
        status: app.hub.watch_status(),
        jobs: app.inner.jobs.watch(),
        followed: None,
        since,
        first: true,
        app,
    };
    let events = stream::unfold(listener, |mut listener| async move {
        let events = listener.next().await;
        Some((stream::iter(events.into_iter().map(Ok)), listener))
    });
    Sse::new(events.flatten()).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)))
}

impl Listener {
    async fn next(&mut self) -> Vec<Event> {
        if std::mem::take(&mut self.first) {
            // From here on nothing is missed.
            self.journal().await;
            return self.standing().await;
        }
        tokio::select! {
            changed = self.status.changed() => match changed {
                Ok(()) => self.status(),
                // The hub stops; the page asks again.
                Err(_) => {
                    tokio::time::sleep(LOOK).await;
                    Vec::new()
                }
            },
            job = self.jobs.recv() => job.ok().and_then(|job| event("job", None, &job)).into_iter().collect(),
            () = tokio::time::sleep(LOOK) => self.journal().await,
        }
    }

    async fn standing(&mut self) -> Vec<Event> {
        self.status.mark_unchanged();
        match self.app.hub.status().await {
            Ok(status) => event("status", None, &status).into_iter().collect(),
            Err(_) => Vec::new(),
        }
    }

    /// What the hub found out for all who listen.
    fn status(&mut self) -> Vec<Event> {
        let status = std::sync::Arc::clone(&self.status.borrow_and_update());
        event("status", None, &*status).into_iter().collect()
    }

    async fn journal(&mut self) -> Vec<Event> {
        let Some(followed) = &mut self.followed else {
            self.followed = self.app.hub.follow(self.since).await.ok();
            return Vec::new();
        };
        let Ok(news) = self.app.hub.news(followed, MOST).await else { return Vec::new() };
        let told = |(integration, entry): (String, HistoryEntry)| {
            let id = entry.at.to_string();
            event("journal", Some(id), &Told { integration, entry })
        };
        news.into_iter().filter_map(told).collect()
    }
}

fn event(name: &str, id: Option<String>, value: &impl Serialize) -> Option<Event> {
    let event = Event::default().event(name).json_data(value).ok()?;
    Some(match id {
        Some(id) => event.id(id),
        None => event,
    })
}
