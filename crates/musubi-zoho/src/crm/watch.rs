//! Notifications: which records of a module may have changed. They are hints; the records are read before anything is decided.

use super::{Crm, body};
use crate::envelope::{self, Entry};
use crate::session::Call;
use crate::time;
use musubi_connector::http::Answer;
use musubi_connector::retry::Effect;
use musubi_connector::{CallError, CallErrorKind, WatchRequest};
use musubi_core::Instant;
use reqwest::Method;
use serde::Deserialize;

/// Channels ended by one call.
const CHANNELS: usize = 50;

#[derive(Deserialize)]
struct Watched<'a> {
    #[serde(borrow)]
    watch: Vec<Entry<'a>>,
}

#[derive(Deserialize)]
struct Details {
    events: Vec<Event>,
}

#[derive(Deserialize)]
struct Event {
    channel_expiry: String,
}

impl Crm {
    /// Starting a channel that exists renews it.
    pub(super) async fn start_watch(&self, request: WatchRequest) -> Result<Instant, CallError> {
        let mut out = Vec::with_capacity(256);
        let mut key = |name: &str, value: &str| {
            out.extend_from_slice(name.as_bytes());
            body::text(&mut out, value);
        };
        key("{\"watch\":[{\"channel_id\":", &request.channel);
        key(",\"events\":[", &format!("{}.all", request.module));
        key("],\"notify_url\":", &request.notify_url);
        key(",\"token\":", &request.token);
        key(",\"channel_expiry\":", &time::text(request.until));
        out.extend_from_slice(
            b",\"return_affected_field_values\":false,\"notify_on_related_action\":false}]}",
        );
        let call = Call::new(Effect::Write, Method::POST, [super::BASE, super::VERSION, "actions", "watch"])
            .body(out);
        let reply = self.session.send(call).await?;
        ends(&reply.answer)
    }

    pub(super) async fn end_watches(&self, channels: &[String]) -> Result<(), CallError> {
        for channels in channels.chunks(CHANNELS) {
            let ids = channels.join(",");
            let call =
                Call::new(Effect::Write, Method::DELETE, [super::BASE, super::VERSION, "actions", "watch"])
                    .query("channel_ids", ids);
            let reply = self.session.send(call).await?;
            let entries = serde_json::from_slice::<Watched<'_>>(&reply.answer.body).ok();
            let refused = match (reply.answer.status, entries) {
                (200..=207 | 400, Some(answer)) => answer.watch.iter().any(|entry| !ended(&entry.code)),
                (200..=207, None) => false,
                _ => !ended(&envelope::refusal(&reply.answer).service.code),
            };
            if refused {
                return Err(envelope::refusal(&reply.answer));
            }
        }
        Ok(())
    }
}

/// Gone is gone, by whomever.
fn ended(code: &str) -> bool {
    matches!(code, "SUCCESS" | "NOT_SUBSCRIBED")
}

/// When the watch really ends: services shorten what they think too long.
fn ends(answer: &Answer) -> Result<Instant, CallError> {
    let entries = serde_json::from_slice::<Watched<'_>>(&answer.body).ok();
    let Some(entry) = entries.as_ref().and_then(|answer| answer.watch.first()) else {
        return Err(match answer.status {
            200..=207 => envelope::garbage(answer.status),
            _ => envelope::refusal(answer),
        });
    };
    if entry.code != "SUCCESS" {
        return Err(CallError { kind: CallErrorKind::Refused, service: entry.error(answer.status) });
    }
    let details = entry.details.and_then(|raw| serde_json::from_str::<Details>(raw.get()).ok());
    let expiry = details.and_then(|details| time::parse(&details.events.first()?.channel_expiry));
    expiry.ok_or_else(|| envelope::garbage(answer.status))
}
