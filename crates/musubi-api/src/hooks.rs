//! Incoming notifications. They are hints: which records may have changed; the records are read before anything is decided.
//!
//! A call is answered 200 once its hints are durable, and 404 unless it knows both secrets: the one in the address and the one in its body.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use musubi_engine::{Change, Hub};
use serde::Deserialize;

/// What CRM posts. Newer fields are no error.
#[derive(Deserialize)]
struct Notification {
    channel_id: Id,
    #[serde(default)]
    token: Option<String>,
    #[serde(default)]
    ids: Vec<Id>,
    #[serde(default)]
    operation: Option<String>,
}

/// Ids come as text; older versions of the service sent channel ids as numbers.
#[derive(Deserialize)]
#[serde(untagged)]
enum Id {
    Text(String),
    Number(u64),
}

impl Id {
    fn into_text(self) -> String {
        match self {
            Id::Text(text) => text,
            Id::Number(number) => number.to_string(),
        }
    }
}

/// `POST /hooks/crm/{connection}/{secret}`.
pub(crate) async fn crm(
    State(hub): State<Hub>,
    Path((connection, secret)): Path<(String, String)>,
    body: Bytes,
) -> StatusCode {
    let Ok(connection) = connection.parse::<i64>() else { return StatusCode::NOT_FOUND };
    let Ok(notification) = serde_json::from_slice::<Notification>(&body) else {
        return StatusCode::NOT_FOUND;
    };
    let channel = match hub.channel(connection, &notification.channel_id.into_text()).await {
        Ok(Some(channel)) => channel,
        Ok(None) => return StatusCode::NOT_FOUND,
        Err(error) => {
            tracing::warn!(code = error.code, "a notification could not be checked");
            return StatusCode::SERVICE_UNAVAILABLE;
        }
    };
    let token = notification.token.unwrap_or_default();
    if !(same(&channel.token, secret.as_bytes()) & same(&channel.token, token.as_bytes())) {
        return StatusCode::NOT_FOUND;
    }
    let change = match notification.operation.as_deref() {
        Some("delete") => Change::Deleted,
        _ => Change::Written,
    };
    let ids = notification.ids.into_iter().map(|id| id.into_text().into()).collect();
    match hub.deliver(connection, channel.module.as_str(), ids, change).await {
        Ok(()) => StatusCode::OK,
        Err(error) => {
            // The polls will find what is lost here.
            tracing::warn!(code = error.code, "a notification could not be kept");
            StatusCode::SERVICE_UNAVAILABLE
        }
    }
}

/// Takes as long for any guess of the right length, however much of it is right.
fn same(secret: &[u8], guess: &[u8]) -> bool {
    let length = secret.len() == guess.len() && !secret.is_empty();
    let different = secret.iter().zip(guess).fold(0, |all, (a, b)| all | (a ^ b));
    length & (std::hint::black_box(different) == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_secret_itself_is_the_secret() {
        assert!(same(b"abc", b"abc"));
        for guess in [&b"abd"[..], b"ab", b"abcd", b""] {
            assert!(!same(b"abc", guess));
        }
        assert!(!same(b"", b""), "a channel without a secret lets nobody in");
    }

    #[test]
    fn ids_are_read_in_either_form() {
        let body = r#"{"server_time":1,"module":"Leads","ids":["5",6],"operation":"insert","channel_id":1000,"token":"t"}"#;
        let notification: Notification = serde_json::from_str(body).unwrap();
        let ids: Vec<String> = notification.ids.into_iter().map(Id::into_text).collect();
        assert_eq!(
            (ids, notification.channel_id.into_text()),
            (vec!["5".to_owned(), "6".to_owned()], "1000".to_owned())
        );
    }
}
