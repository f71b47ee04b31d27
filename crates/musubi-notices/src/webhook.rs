//! By a call: `POST` with a JSON object, signed so that the receiver can tell who sent it, and when.

use crate::message::Message;
use crate::refused::{Refused, words};
use crate::settings::{Webhook, address};
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use musubi_connector::http::{Pool, Request};
use musubi_connector::{CallErrorKind, Place, Secret};
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use sha2::Sha256;
use std::time::Duration;

const TIMEOUT: Duration = Duration::from_secs(20);
/// So much of an answer that says no is read.
const ANSWER: usize = 4 << 10;

/// What the header `Musubi-Signature` says: the time in seconds since 1970, and in hexadecimal the HMAC-SHA-256 of that time, a full stop and the body.
pub fn signature(secret: &Secret, seconds: i64, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.reveal().as_bytes()).expect("HMAC takes any key");
    mac.update(seconds.to_string().as_bytes());
    mac.update(b".");
    mac.update(body);
    let hex: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("t={seconds},v1={hex}")
}

pub(crate) async fn send(
    webhook: &Webhook,
    secret: Option<&Secret>,
    pool: &Pool,
    message: &Message,
    now: i64,
) -> Result<String, Refused> {
    let secret = secret.ok_or_else(|| {
        Refused::new(
            "notices.webhook_secret",
            "there is no secret to sign webhooks with",
            "give one in the console, or set MUSUBI_NOTICES_WEBHOOK_SECRET and apply again",
        )
    })?;
    let invalid = || {
        Refused::new(
            "notices.webhook",
            "the address of the webhook cannot be used",
            "apply the configuration again with notices.webhook.url mended",
        )
    };
    let url = address(&webhook.url).ok_or_else(invalid)?;
    let body = serde_json::to_vec(&message.body).map_err(|_| invalid())?;
    // Only the host that was configured is called; a redirect is not followed.
    let origin = Place::base_url(&url.origin().ascii_serialization()).map_err(|_| invalid())?;
    let mut request = Request::new(Method::POST, url, TIMEOUT);
    request.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let signed = signature(secret, now.div_euclid(1_000), &body);
    for (name, value) in [("musubi-signature", signed.as_str()), ("musubi-delivery", message.id.as_str())] {
        let value = HeaderValue::from_str(value).map_err(|_| invalid())?;
        request.headers.insert(HeaderName::from_static(name), value);
    }
    request.body = Some(Bytes::from(body));
    let opened = pool.at(&origin).open(request).await.map_err(|error| {
        let code = if error.kind == CallErrorKind::NotSent {
            "notices.webhook_unreachable"
        } else {
            "notices.webhook_unanswered"
        };
        Refused::new(code, words(&error.service.message), "check the address, and that the receiver runs")
    })?;
    if (200..300).contains(&opened.status) {
        return Ok(format!("the receiver answered {}", opened.status));
    }
    let status = opened.status;
    let said = match opened.answer(ANSWER).await {
        Ok(answer) => words(&String::from_utf8_lossy(&answer.body)),
        Err(_) => String::new(),
    };
    let colon = if said.is_empty() { "" } else { ": " };
    Err(Refused::new(
        "notices.webhook_refused",
        format!("the receiver answered {status}{colon}{said}"),
        "look into the receiver; anything but 2xx counts as no",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The value comes from another implementation:
    /// `printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac whisper`.
    #[test]
    fn the_signature_is_what_anybody_computes() {
        let signed = signature(&Secret::new("whisper"), 1_700_000_000, b"{\"a\":1}");
        assert_eq!(
            signed,
            "t=1700000000,v1=11051b911625f8ea9085d1614da246e5b497c1beeb1f1db469d87945d86444a5"
        );
    }
}
