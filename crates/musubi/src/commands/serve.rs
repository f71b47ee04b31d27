//! `musubi serve`: the hub.

use super::Context;
use crate::bounds::Bounds;
use crate::environment::variable;
use crate::failure::{Exit, Failure};
use crate::hub::{self, Listen, Public};
use crate::{folders, notice_secrets, store, tasks};
use musubi_api::{Certificate, CertificateError, Options};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

const EXAMPLES: &str = "\
Examples:
  musubi serve
  musubi serve --listen 0.0.0.0:8080 --public-url https://musubi.example.com
  musubi serve --listen 0.0.0.0:8443 --tls-cert chain.pem --tls-key key.pem --public-url https://musubi.example.com:8443
  musubi serve --database postgres://musubi@db/musubi      any number of processes may share it
  musubi serve --log info --log-format json

It keeps every active integration in agreement until it is stopped; Ctrl-C lets what is under way end.
With --public-url the services tell it of changes as they happen; without, it asks them (everything works, edits
arrive at the next look instead of at once).

The console is at the address it listens on, the API under /api/v1. On first start it prints a code: whoever
enters it in the console becomes the owner. It answers /healthz and /readyz, /metrics (Prometheus), and receives webhooks under /hooks.";

/// Keep everything in agreement from now on.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// Address to listen on; port 0 takes any free port [default: 127.0.0.1:8080].
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// Where the services reach this hub from outside, such as https://musubi.example.com.
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// Every request comes through a proxy of ours, which sets X-Forwarded-For: believe it.
    #[arg(long)]
    trust_proxy: bool,
    /// Speak HTTPS with this certificate and the chain that vouches for it (PEM). Renewed files are taken within a minute.
    #[arg(long, value_name = "FILE")]
    tls_cert: Option<PathBuf>,
    /// The private key of that certificate (PEM, not encrypted).
    #[arg(long, value_name = "FILE")]
    tls_key: Option<PathBuf>,
    #[command(flatten)]
    bounds: Bounds,
}

const GIVE_BACK_EVERY: Duration = Duration::from_secs(5);
/// Every so many times, code as well.
const FORGET_CODE_EVERY: u32 = 4;

/// Serves until it is stopped.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Exit, Failure> {
    let listen = match arguments.listen {
        Some(listen) => listen,
        None => listen_from_environment()?,
    };
    let public = arguments.public_url.or_else(|| variable("MUSUBI_PUBLIC_URL"));
    let public = public.as_deref().map(public_url).transpose()?.map_or(Public::Nowhere, Public::At);
    let certificate = certificate(arguments.tls_cert, arguments.tls_key)?;
    let scheme = if certificate.is_some() { "https" } else { "http" };
    let polling = matches!(public, Public::Nowhere);
    let opened = store::open(&context.global).await?;
    notice_secrets::take(&opened).await?;
    let data = folders::data(&context.global);
    // Behind a proxy that speaks HTTPS for it, browsers reach it by https all the same.
    let https = certificate.is_some() || matches!(&public, Public::At(url) if url.starts_with("https://"));
    let api = Options {
        demo: false,
        https,
        trusts_proxy: arguments.trust_proxy,
        backups: Some(data.join("backups")),
    };
    let listen = Listen { at: listen, certificate };
    let serving = hub::serve(&opened, &data, listen, public, arguments.bounds.settings(), api).await?;
    if context.output.is_json() {
        let line = serde_json::json!({
            "listening": serving.address.to_string(), "webhooks": !polling, "setup_code": serving.setup_code
        });
        context.output.text(&line.to_string())?;
    } else {
        context.output.text(&format!("Musubi listens on {scheme}://{}", serving.address))?;
        if let Some(code) = &serving.setup_code {
            context.output.text(&format!(
                "First start: open {scheme}://{}/setup and enter this code to become the owner: {code}",
                serving.address
            ))?;
        }
        if polling && !context.global.quiet {
            context
                .output
                .remark("No --public-url: the services cannot call this hub, so it asks them for changes.");
        }
    }
    tokio::select! {
        () = tasks::stop_asked() => {}
        () = give_back_memory() => {}
    }
    if !context.global.quiet {
        context
            .output
            .remark("Stopping: what is under way ends first. Ctrl-C again stops at once; nothing is lost.");
    }
    tasks::settled(serving.stop()).await;
    Ok(Exit::Done)
}

/// For as long as the hub serves: what a load or a start needed is not kept for the quiet days after it.
async fn give_back_memory() {
    let mut often = tokio::time::interval(GIVE_BACK_EVERY);
    often.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    for times in 0_u32.. {
        often.tick().await;
        musubi_memory::give_back();
        if times % FORGET_CODE_EVERY == 1 {
            musubi_memory::forget_code();
        }
    }
}

/// Both files or neither, as given here or by the environment.
fn certificate(chain: Option<PathBuf>, key: Option<PathBuf>) -> Result<Option<Certificate>, Failure> {
    let refused = |why: String, hint: &'static str| Failure::new(Exit::Usage, "serve.certificate", why, hint);
    let chain = chain.or_else(|| variable("MUSUBI_TLS_CERT").map(PathBuf::from));
    let key = key.or_else(|| variable("MUSUBI_TLS_KEY").map(PathBuf::from));
    let (chain, key) = match (chain, key) {
        (None, None) => return Ok(None),
        (Some(chain), Some(key)) => (chain, key),
        _ => {
            return Err(refused(
                "a certificate and a key belong together, and only one of them is given".into(),
                "give both --tls-cert and --tls-key",
            ));
        }
    };
    let certificate = Certificate::load(&chain, &key).map_err(|error| {
        let hint = match error {
            CertificateError::File { .. } => "give PEM files that the user who runs musubi can read",
            CertificateError::Pair(_) => "give the key that the certificate was made for",
        };
        refused(error.to_string(), hint)
    })?;
    Ok(Some(certificate))
}

fn listen_from_environment() -> Result<SocketAddr, Failure> {
    let Some(text) = variable("MUSUBI_LISTEN") else { return Ok(SocketAddr::from(([127, 0, 0, 1], 8080))) };
    text.parse().map_err(|_| {
        Failure::new(
            Exit::Usage,
            "usage.listen",
            format!("MUSUBI_LISTEN is {text:?}, which is no address to listen on"),
            "an address and a port, such as 0.0.0.0:8080",
        )
    })
}

/// An address services can call: no query, no slash at the end.
fn public_url(text: &str) -> Result<String, Failure> {
    let wrong = |why: &str| {
        Failure::new(
            Exit::Usage,
            "usage.public_url",
            format!("--public-url {text:?} cannot be used: {why}"),
            "give the address under which the services reach this hub, such as https://musubi.example.com",
        )
    };
    let url = url::Url::parse(text).map_err(|_| wrong("it must begin with https:// or http://"))?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(wrong("it must begin with https:// or http://"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("it must end with the path"));
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_address_is_checked_before_anything_starts() {
        assert_eq!(public_url("https://m.example/").unwrap(), "https://m.example");
        assert_eq!(public_url("https://m.example/hub/").unwrap(), "https://m.example/hub");
        for bad in ["m.example", "ftp://m.example", "https://m.example/?a=1"] {
            assert_eq!(public_url(bad).unwrap_err().code, "usage.public_url", "{bad}");
        }
    }

    #[test]
    fn a_certificate_needs_its_key_and_files_that_are_there() {
        assert!(certificate(None, None).unwrap().is_none());
        for (chain, key) in
            [(Some("c.pem"), None), (None, Some("k.pem")), (Some("none.pem"), Some("none.pem"))]
        {
            let refused = certificate(chain.map(PathBuf::from), key.map(PathBuf::from)).err().unwrap();
            assert_eq!(refused.code, "serve.certificate");
        }
    }
}
