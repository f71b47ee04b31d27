//! Authorised calls to one org: token, deadline, one repetition of a read after a refused token.

use crate::envelope;
use bytes::Bytes;
use musubi_connector::http::{Answer, Http, Opened, Request};
use musubi_connector::retry::Effect;
use musubi_connector::{CallError, CallErrorKind, Credential, Meta, Place};
use musubi_core::Instant;
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue};
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// Largest answer of an API call that is not a download.
const LARGEST_ANSWER: usize = 32 << 20;

/// One org, as one credential sees it.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) http: Http,
    pub(crate) credential: Arc<Credential>,
    pub(crate) place: Place,
    pub(crate) timeout: Duration,
}

/// A call in the making.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    effect: Effect,
    method: Method,
    path: Vec<&'a str>,
    query: Vec<(&'a str, String)>,
    headers: Vec<(HeaderName, String)>,
    body: Option<Bytes>,
}

/// An answer with the requests it took.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) answer: Answer,
    pub(crate) requests: u32,
}

impl Reply {
    /// Clock and cost.
    pub(crate) fn meta(&self, credits: u32) -> Meta {
        Meta { server_time: self.answer.server_time, credits, requests: self.requests }
    }
}

impl<'a> Call<'a> {
    pub(crate) fn new(effect: Effect, method: Method, path: impl Into<Vec<&'a str>>) -> Call<'a> {
        Call { effect, method, path: path.into(), query: Vec::new(), headers: Vec::new(), body: None }
    }

    pub(crate) fn get(path: impl Into<Vec<&'a str>>) -> Call<'a> {
        Call::new(Effect::Read, Method::GET, path)
    }

    pub(crate) fn query(mut self, name: &'a str, value: impl Into<String>) -> Call<'a> {
        self.query.push((name, value.into()));
        self
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Call<'a> {
        self.headers.push((HeaderName::from_static(name), value.into()));
        self
    }

    /// `If-Modified-Since` and its like take RFC 3339 here, not the HTTP date.
    pub(crate) fn time_header(self, name: &'static str, at: Option<Instant>) -> Call<'a> {
        match at {
            Some(at) => self.header(name, crate::time::text(at)),
            None => self,
        }
    }

    pub(crate) fn body(mut self, body: impl Into<Bytes>) -> Call<'a> {
        self.body = Some(body.into());
        self
    }

    fn url(&self, mut url: Url) -> Url {
        url.path_segments_mut().expect("http addresses have a path").pop_if_empty().extend(&self.path);
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        url
    }
}

impl Session {
    /// Makes the call and reads the answer; refusals of the whole request are still answers here.
    pub(crate) async fn send(&self, call: Call<'_>) -> Result<Reply, CallError> {
        let (opened, requests) = self.open(&call).await?;
        let answer = opened.answer(LARGEST_ANSWER).await?;
        Ok(Reply { answer, requests })
    }

    /// Makes a call that must succeed: 200, 201, 204 or 304; anything else is the error it stands for.
    pub(crate) async fn fetch(&self, call: Call<'_>) -> Result<Reply, CallError> {
        let reply = self.send(call).await?;
        match reply.answer.status {
            200..=204 | 304 => Ok(reply),
            _ => Err(envelope::refusal(&reply.answer)),
        }
    }

    /// Makes the call and leaves the answer's body unread.
    pub(crate) async fn open(&self, call: &Call<'_>) -> Result<(Opened, u32), CallError> {
        self.open_for(call, self.timeout).await
    }

    /// The same, and the last byte of the body may come as late as this.
    pub(crate) async fn open_for(
        &self,
        call: &Call<'_>,
        longest: Duration,
    ) -> Result<(Opened, u32), CallError> {
        let deadline = tokio::time::Instant::now() + longest;
        let mut requests = 0;
        loop {
            let token =
                tokio::time::timeout_at(deadline, self.credential.token()).await.map_err(|_| {
                    CallError::new(CallErrorKind::NotSent, "TIMEOUT", "no access token could be had in time")
                })??;
            let url = call.url(self.place.api(token.api_domain.as_deref())?);
            let left = deadline.duration_since(tokio::time::Instant::now());
            let mut request = Request::new(call.method.clone(), url, left);
            request.body = call.body.clone();
            for (name, value) in &call.headers {
                let value = HeaderValue::from_str(value).map_err(|_| {
                    CallError::new(CallErrorKind::NotSent, "INVALID_HEADER", "a header cannot be sent")
                })?;
                request.headers.insert(name.clone(), value);
            }
            request.secret_header(AUTHORIZATION, &format!("Zoho-oauthtoken {}", token.access.reveal()))?;
            requests += 1;
            let opened = self.http.open(request).await?;
            if opened.status != 401 {
                self.credential.accepted();
                return Ok((opened, requests));
            }
            let refusal = envelope::refusal(&opened.answer(LARGEST_ANSWER).await?);
            let of_the_token =
                matches!(refusal.service.code.as_str(), "INVALID_TOKEN" | "AUTHENTICATION_FAILURE");
            if !of_the_token || !self.credential.refused(&token).await {
                return Err(refusal);
            }
            // A write is never repeated here; refused at the door, nothing of it was done.
            if call.effect == Effect::Write || requests > 1 {
                return Err(CallError { kind: CallErrorKind::NotSent, ..refusal });
            }
        }
    }
}
