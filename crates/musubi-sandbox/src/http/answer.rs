//! An answer, before it becomes bytes on the wire.

use axum::body::Body;
use serde_json::Value as Json;

/// What goes back to the client.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The media type; not sent with an empty body.
    pub content_type: String,
    /// Further headers.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Payload,
}

/// The body of an answer.
#[derive(Debug)]
pub enum Payload {
    /// All of it.
    Whole(Vec<u8>),
    /// Sent piece by piece.
    Stream(Body),
}

/// The media type of the services' JSON.
pub const JSON: &str = "application/json;charset=UTF-8";

impl Answer {
    /// A JSON answer.
    pub fn json(status: u16, body: &Json) -> Answer {
        Answer::json_bytes(status, body.to_string().into_bytes())
    }

    /// A JSON answer that is already written.
    pub fn json_bytes(status: u16, body: Vec<u8>) -> Answer {
        Answer { status, content_type: JSON.into(), headers: Vec::new(), body: Payload::Whole(body) }
    }

    /// An answer without body.
    pub fn empty(status: u16) -> Answer {
        Answer { status, content_type: String::new(), headers: Vec::new(), body: Payload::Whole(Vec::new()) }
    }

    /// 204.
    pub fn no_content() -> Answer {
        Answer::empty(204)
    }

    /// The same with one more header.
    pub fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Answer {
        self.headers.push((name, value.into()));
        self
    }
}
