//! Consent in a browser: the person opens an address, signs in and presses a button; the service sends the browser back to this machine
//! with a code, which is good for a refresh token.
//!
//! The listener is bound to the loopback alone, takes a code only with the state it made up itself, and ends with the first.

use crate::failure::{Exit, Failure};
use rand::TryRngCore;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

/// What the browser is sent back to; the API console of Zoho must know the whole address.
const PATH: &str = "/callback";
/// A request longer than this is not from a browser that was sent back.
const LONGEST: usize = 16 << 10;
/// A browser that connects sends its request within this.
const REQUEST: Duration = Duration::from_secs(5);

/// Waits on this machine for the browser to come back.
pub struct Consent {
    listener: TcpListener,
    port: u16,
    state: String,
}

/// What the browser brought.
#[derive(Debug, PartialEq, Eq)]
pub struct Brought {
    /// The code.
    pub code: String,
    /// Where it must be exchanged, if the service says.
    pub accounts_server: Option<String>,
}

/// What a request means.
#[derive(Debug, PartialEq, Eq)]
enum Meaning {
    Code(Brought),
    /// The person pressed the other button, or the service refused.
    Refused(String),
    /// Not the one waited for.
    Other(u16, &'static str),
}

impl Consent {
    /// Listens on this port of the loopback.
    pub async fn listen(port: u16) -> Result<Consent, Failure> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let refused = |error: std::io::Error| {
            Failure::new(
                Exit::Failed,
                "connect.listen",
                format!("cannot listen on {address}: {error}"),
                "choose another port with --redirect-port, and register its address in the API console too",
            )
        };
        let listener = TcpListener::bind(address).await.map_err(refused)?;
        let port = listener.local_addr().map_err(refused)?.port();
        let mut random = [0; 24];
        rand::rngs::OsRng.try_fill_bytes(&mut random).map_err(|error| {
            Failure::other("connect.random", format!("this machine gives no random numbers: {error}"))
        })?;
        let state = random.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Consent { listener, port, state })
    }

    /// Where the browser is sent back to.
    pub fn redirect_uri(&self) -> String {
        format!("http://127.0.0.1:{}{PATH}", self.port)
    }

    /// What the browser must bring back unchanged.
    pub fn state(&self) -> &str {
        &self.state
    }

    /// Waits until the browser comes back.
    pub async fn wait(&self) -> Result<Brought, Failure> {
        loop {
            let Ok((mut stream, _)) = self.listener.accept().await else { continue };
            let read = tokio::time::timeout(REQUEST, request(&mut stream)).await;
            let Ok(Some(target)) = read else { continue };
            let meaning = meaning(&target, &self.state);
            let (status, title, text) = match &meaning {
                Meaning::Code(_) => {
                    (200, "Connected", "You may close this page: Musubi goes on in the terminal.")
                }
                Meaning::Refused(_) => {
                    (200, "Not connected", "Nothing was connected. Musubi says more in the terminal.")
                }
                Meaning::Other(status, text) => (*status, "Not this one", *text),
            };
            // A browser that is gone already has brought what it was sent with.
            let _ = tokio::time::timeout(REQUEST, answer(&mut stream, status, title, text)).await;
            match meaning {
                Meaning::Code(brought) => return Ok(brought),
                Meaning::Refused(error) => {
                    return Err(Failure::new(
                        Exit::Credential,
                        "connect.denied",
                        format!("the consent was not given: {error}"),
                        "run the command again and press Accept",
                    ));
                }
                Meaning::Other(..) => {}
            }
        }
    }
}

/// The target of a GET request, once its head is there.
async fn request(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    let mut part = [0; 2048];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        let read = stream.read(&mut part).await.ok().filter(|read| *read > 0)?;
        head.extend_from_slice(&part[..read]);
        if head.len() > LONGEST {
            return None;
        }
    }
    let head = String::from_utf8(head).ok()?;
    let mut words = head.lines().next()?.split(' ');
    let (method, target) = (words.next()?, words.next()?);
    (method == "GET").then(|| target.to_owned())
}

async fn answer(stream: &mut TcpStream, status: u16, title: &str, text: &str) -> std::io::Result<()> {
    let body = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{title}</title>\
         <body style=\"font:16px/1.5 system-ui;max-width:34rem;margin:3rem auto;padding:0 1rem\"><h1>{title}</h1><p>{text}</p>"
    );
    let head = format!(
        "HTTP/1.1 {status} Answer\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {}\r\n\
         cache-control: no-store\r\nreferrer-policy: no-referrer\r\nconnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body.as_bytes()).await?;
    stream.shutdown().await
}

fn meaning(target: &str, state: &str) -> Meaning {
    let Ok(url) = Url::parse("http://127.0.0.1").and_then(|base| base.join(target)) else {
        return Meaning::Other(400, "This address cannot be read.");
    };
    if url.path() != PATH {
        return Meaning::Other(404, "There is nothing here.");
    }
    let of = |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    // Somebody else's code would tie somebody else's account.
    if of("state").as_deref() != Some(state) {
        return Meaning::Other(
            400,
            "This did not begin in the terminal that waits here. Open the address that it printed.",
        );
    }
    match (of("code"), of("error")) {
        (Some(code), None) => Meaning::Code(Brought { code, accounts_server: of("accounts-server") }),
        // The service's own word, without what could break a line of the terminal.
        (_, Some(error)) => Meaning::Refused(error.chars().filter(char::is_ascii_graphic).take(60).collect()),
        (None, None) => Meaning::Other(400, "The service sent no code."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_counts_only_with_our_state() {
        let brought = |server: Option<&str>| {
            Meaning::Code(Brought { code: "c".into(), accounts_server: server.map(str::to_owned) })
        };
        assert_eq!(meaning("/callback?code=c&state=s", "s"), brought(None));
        assert_eq!(
            meaning(
                "/callback?state=s&location=eu&accounts-server=https%3A%2F%2Faccounts.zoho.eu&code=c",
                "s"
            ),
            brought(Some("https://accounts.zoho.eu"))
        );
        for other in
            ["/callback?code=c", "/callback?code=c&state=t", "/callback?state=s", "/", "/favicon.ico", "//"]
        {
            assert!(matches!(meaning(other, "s"), Meaning::Other(..)), "{other}");
        }
        assert_eq!(
            meaning("/callback?error=access%0Adenied&state=s", "s"),
            Meaning::Refused("accessdenied".into())
        );
    }
}
