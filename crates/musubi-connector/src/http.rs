//! The one place that builds HTTP clients and sends requests.
//!
//! Time-outs always, no redirects, no proxy from the environment, no repetition, answers of bounded size, and only to the hosts that the connection names.

use crate::{CallError, CallErrorKind, place::Place};
use bytes::Bytes;
use musubi_core::Instant;
use reqwest::Method;
use reqwest::header::{CONTENT_LENGTH, HeaderMap, HeaderName, HeaderValue};
use std::sync::Arc;
use std::time::Duration;
use url::{Origin, Url};

/// How the clients are built.
#[derive(Clone, Copy, Debug)]
pub struct HttpOptions {
    /// Longest time to connect.
    pub connect_timeout: Duration,
    /// How long an idle connection is kept.
    pub idle_timeout: Duration,
    /// Largest answer that is held in memory, in bytes; downloads are not bounded by it.
    pub max_answer: usize,
}

impl Default for HttpOptions {
    fn default() -> HttpOptions {
        HttpOptions {
            connect_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(60),
            max_answer: 32 << 20,
        }
    }
}

/// Kept-alive connections to any number of services, and what they have in common: certificates above all. One serves a whole program. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Pool {
    client: reqwest::Client,
    max_answer: usize,
}

/// A pool with the hosts that may be talked to. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Http {
    pool: Pool,
    origins: Arc<[Origin]>,
}

/// A request to send.
#[derive(Clone, Debug)]
pub struct Request {
    /// GET, POST, PUT, PATCH or DELETE.
    pub method: Method,
    /// The whole address.
    pub url: Url,
    /// Headers. Secret ones are marked sensitive by [`Request::secret_header`].
    pub headers: HeaderMap,
    /// The body, if any.
    pub body: Option<Bytes>,
    /// The deadline of the whole exchange, answer included.
    pub timeout: Duration,
}

impl Request {
    /// A request without body and headers.
    pub fn new(method: Method, url: Url, timeout: Duration) -> Request {
        Request { method, url, headers: HeaderMap::new(), body: None, timeout }
    }

    /// Adds a header that `Debug` does not show.
    pub fn secret_header(&mut self, name: HeaderName, value: &str) -> Result<(), CallError> {
        let mut value = HeaderValue::from_str(value).map_err(|_| {
            CallError::new(
                CallErrorKind::Auth,
                "INVALID_TOKEN",
                "the access token holds characters that no token has",
            )
        })?;
        value.set_sensitive(true);
        self.headers.insert(name, value);
        Ok(())
    }
}

/// A whole answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The service's clock, from the `Date` header; [`Instant::START`] when there is none.
    pub server_time: Instant,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, decompressed.
    pub body: Bytes,
}

/// An answer whose body has not been read yet.
#[derive(Debug)]
pub struct Opened {
    /// HTTP status.
    pub status: u16,
    /// As in [`Answer::server_time`].
    pub server_time: Instant,
    response: reqwest::Response,
}

impl Pool {
    /// A pool without connections yet.
    pub fn new(options: HttpOptions) -> Result<Pool, CallError> {
        // The process may have installed a provider already; either one serves.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .user_agent(concat!("Musubi/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(options.connect_timeout)
            .pool_idle_timeout(options.idle_timeout)
            .tcp_nodelay(true)
            .gzip(true)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .referer(false)
            .build()
            .map_err(|error| CallError::new(CallErrorKind::NotSent, "HTTP_CLIENT", cause(&error)))?;
        Ok(Pool { client, max_answer: options.max_answer })
    }

    /// The pool, for the hosts of one place only.
    pub fn at(&self, place: &Place) -> Http {
        Http { pool: self.clone(), origins: place.origins().into() }
    }
}

impl Http {
    /// A pool of its own for one place.
    pub fn new(options: HttpOptions, place: &Place) -> Result<Http, CallError> {
        Ok(Pool::new(options)?.at(place))
    }

    /// The same pool of connections for another place.
    pub fn at(&self, place: &Place) -> Http {
        self.pool.at(place)
    }

    /// Sends and reads the whole answer, whatever its status.
    pub async fn send(&self, request: Request) -> Result<Answer, CallError> {
        let opened = self.open(request).await?;
        opened.answer(self.pool.max_answer).await
    }

    /// Sends and gives the answer to be read piece by piece.
    pub async fn open(&self, request: Request) -> Result<Opened, CallError> {
        if !self.origins.contains(&request.url.origin()) {
            return Err(CallError::new(
                CallErrorKind::NotSent,
                "FOREIGN_HOST",
                format!("{} is not a host of this connection", request.url.host_str().unwrap_or("this")),
            ));
        }
        let Request { method, url, headers, body, timeout } = request;
        let mut builder = self.pool.client.request(method, url).headers(headers).timeout(timeout);
        if let Some(body) = body {
            builder = builder.body(body);
        }
        let response = builder.send().await.map_err(failed)?;
        let server_time = server_time(response.headers());
        Ok(Opened { status: response.status().as_u16(), server_time, response })
    }
}

impl Opened {
    /// Reads the rest, which must not be larger than `max` bytes.
    pub async fn answer(mut self, max: usize) -> Result<Answer, CallError> {
        let expected =
            self.response.content_length().and_then(|length| usize::try_from(length).ok()).unwrap_or(0);
        let mut body = Vec::with_capacity(expected.min(max));
        while let Some(chunk) = self.response.chunk().await.map_err(failed)? {
            if body.len() + chunk.len() > max {
                return Err(CallError::new(
                    CallErrorKind::Unknown,
                    "ANSWER_TOO_LARGE",
                    format!("the answer is larger than {max} bytes"),
                ));
            }
            body.extend_from_slice(&chunk);
        }
        let mut headers = std::mem::take(self.response.headers_mut());
        headers.remove(CONTENT_LENGTH);
        Ok(Answer { status: self.status, server_time: self.server_time, headers, body: body.into() })
    }

    /// The next piece of the body; `None` at its end.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, CallError> {
        self.response.chunk().await.map_err(failed)
    }
}

/// What the `Date` header says.
fn server_time(headers: &HeaderMap) -> Instant {
    static PARSER: jiff::fmt::rfc2822::DateTimeParser = jiff::fmt::rfc2822::DateTimeParser::new();
    headers
        .get(reqwest::header::DATE)
        .and_then(|value| PARSER.parse_timestamp(value.as_bytes()).ok())
        .map_or(Instant::START, |at| Instant::from_millis(at.as_millisecond()))
}

/// Only a failure to connect proves that nothing was sent.
fn failed(error: reqwest::Error) -> CallError {
    let error = error.without_url();
    let (kind, code, what) = if error.is_connect() {
        (CallErrorKind::NotSent, "NO_CONNECTION", "the service could not be reached")
    } else if error.is_builder() {
        (CallErrorKind::NotSent, "BAD_REQUEST_LINE", "the request could not be made")
    } else if error.is_timeout() {
        (CallErrorKind::Unknown, "TIMEOUT", "the service did not answer in time")
    } else {
        (CallErrorKind::Unknown, "CONNECTION_BROKEN", "the connection broke before the whole answer came")
    };
    CallError::new(kind, code, format!("{what} ({})", cause(&error)))
}

/// The innermost reason, which is where "connection refused" stands.
fn cause(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    let text = innermost.to_string();
    // The number says nothing that its words do not.
    text.split(" (os error").next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    /// A server that answers every connection with these bytes and closes it.
    async fn server(answer: &'static [u8]) -> (Place, tokio::task::JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let place = Place::base_url(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        #[expect(clippy::disallowed_methods, reason = "a test's server ends with the test's runtime")]
        let task = tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let mut buffer = [0; 4096];
                let _ = socket.read(&mut buffer).await;
                let _ = socket.write_all(answer).await;
            }
        });
        (place, task)
    }

    async fn get(place: &Place, options: HttpOptions) -> Result<Answer, CallError> {
        let http = Http::new(options, place)?;
        http.send(Request::new(Method::GET, place.accounts(), Duration::from_millis(300))).await
    }

    #[tokio::test]
    async fn the_answer_tells_the_services_time() {
        let (place, _task) =
            server(b"HTTP/1.1 204 No Content\r\nDate: Sun, 22 Nov 2026 08:18:21 GMT\r\n\r\n").await;
        let answer = get(&place, HttpOptions::default()).await.unwrap();
        assert_eq!(
            (answer.status, answer.server_time),
            (204, Instant::parse("2026-11-22T08:18:21Z").unwrap())
        );
    }

    #[tokio::test]
    async fn a_redirect_is_not_followed() {
        let (place, _task) =
            server(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n").await;
        assert_eq!(get(&place, HttpOptions::default()).await.unwrap().status, 302);
    }

    #[tokio::test]
    async fn a_refused_connection_was_not_sent_and_a_broken_one_may_have_been() {
        let nobody = Place::base_url("http://127.0.0.1:1").unwrap();
        assert_eq!(get(&nobody, HttpOptions::default()).await.unwrap_err().kind, CallErrorKind::NotSent);
        for answer in [&b""[..], b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n123", b"what?\r\n\r\n"] {
            let (place, _task) = server(answer).await;
            assert_eq!(get(&place, HttpOptions::default()).await.unwrap_err().kind, CallErrorKind::Unknown);
        }
    }

    #[tokio::test]
    async fn an_endless_answer_is_cut_off() {
        let (place, _task) = server(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n1234567890").await;
        let error = get(&place, HttpOptions { max_answer: 9, ..HttpOptions::default() }).await.unwrap_err();
        assert_eq!(error.service.code, "ANSWER_TOO_LARGE");
    }

    #[tokio::test]
    async fn only_named_hosts_are_talked_to() {
        let (place, _task) = server(b"HTTP/1.1 204 No Content\r\n\r\n").await;
        let http =
            Http::new(HttpOptions::default(), &Place::base_url("http://127.0.0.1:1").unwrap()).unwrap();
        let request = Request::new(Method::GET, place.accounts(), Duration::from_secs(1));
        let error = http.send(request).await.unwrap_err();
        assert_eq!((error.kind, error.service.code.as_str()), (CallErrorKind::NotSent, "FOREIGN_HOST"));
    }
}
