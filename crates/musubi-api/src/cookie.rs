//! The one cookie: which session a browser has. Scripts cannot read it, and other sites cannot make a browser send it with a change.

use crate::app::Options;
use axum::http::{HeaderMap, HeaderValue, header};

/// By https the browser itself refuses a cookie of this name that another host set.
const HTTPS: &str = "__Host-musubi";
const HTTP: &str = "musubi";

/// The session's secret, if the browser sent one.
pub(crate) fn session(headers: &HeaderMap) -> Option<&str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| matches!(*name, HTTPS | HTTP))
        .map(|(_, value)| value)
}

/// Has the browser keep the secret.
pub(crate) fn set(options: &Options, secret: &str) -> HeaderValue {
    value(options, secret, crate::access::LONGEST / 1000)
}

/// Has the browser forget it.
pub(crate) fn clear(options: &Options) -> HeaderValue {
    value(options, "", 0)
}

fn value(options: &Options, secret: &str, seconds: i64) -> HeaderValue {
    let (name, secure) = if options.https { (HTTPS, "; Secure") } else { (HTTP, "") };
    let text = format!("{name}={secret}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    HeaderValue::try_from(text).expect("secrets have no letters that headers cannot carry")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_comes_back_as_it_was_set() {
        for https in [false, true] {
            let options = Options { https, ..Options::default() };
            let set = set(&options, "s3cret");
            let pair = set.to_str().unwrap().split(';').next().unwrap().to_owned();
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, HeaderValue::try_from(format!("other=1; {pair}")).unwrap());
            assert_eq!(session(&headers), Some("s3cret"));
            assert!(clear(&options).to_str().unwrap().contains("Max-Age=0"));
        }
    }
}
