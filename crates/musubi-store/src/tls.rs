//! The line to PostgreSQL: encrypted or not, and what of the server's certificate is checked, as `sslmode` in the address says.
//!
//! The words mean what they mean to PostgreSQL's own programs (its documentation, "SSL Support"), except that `prefer`, the default, does not
//! fall back to a plain line when a handshake failed.

use crate::error::{Kind, Result, StoreError};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{WebPkiServerVerifier, verify_server_name};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use std::sync::Arc;
use tokio_postgres::Config;
use tokio_postgres::config::SslMode;
use tokio_postgres_rustls::MakeRustlsConnect;

/// What is checked of the server's certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Check {
    /// Nothing: the line is encrypted, and whoever answers is believed.
    Nothing,
    /// It is signed by a trusted authority.
    Chain,
    /// That, and it was made out to the host in the address.
    ChainAndName,
}

/// The parts of an address that the driver does not know itself.
#[derive(Debug, PartialEq, Eq)]
struct Wanted {
    mode: SslMode,
    check: Check,
    /// A file of authorities; without one, those the system trusts.
    roots: Option<String>,
}

/// Reads an address, and makes what its connections are encrypted with.
pub(crate) fn parse(url: &str) -> Result<(Config, MakeRustlsConnect)> {
    let (url, wanted) = split(url)?;
    let mut config: Config = url.parse().map_err(|_| unreadable("the database's address cannot be read"))?;
    config.ssl_mode(wanted.mode);
    let tls = MakeRustlsConnect::new(client(&wanted)?);
    Ok((config, tls))
}

fn unreadable(message: impl Into<String>) -> StoreError {
    StoreError::new(Kind::Unreachable, message).coded(
        "store.bad_address",
        "write it as postgres://user:password@host:port/database?sslmode=verify-full&sslrootcert=FILE",
    )
}

/// The address without the options that are ours, and what they say.
fn split(url: &str) -> Result<(String, Wanted)> {
    let (base, query) = url.split_once('?').unwrap_or((url, ""));
    let (mut mode, mut roots, mut kept) = (String::new(), None, Vec::new());
    for option in query.split('&').filter(|option| !option.is_empty()) {
        let (name, value) = option.split_once('=').unwrap_or((option, ""));
        match name {
            "sslmode" => mode = value.to_owned(),
            "sslrootcert" => roots = Some(decoded(value)).filter(|file| file != "system"),
            "sslcert" | "sslkey" | "sslpassword" => {
                return Err(unreadable(format!(
                    "{name} in the database's address: certificates of clients are not supported"
                )));
            }
            _ => kept.push(option),
        }
    }
    let (mode, check) = match mode.as_str() {
        "disable" => (SslMode::Disable, Check::Nothing),
        "" | "prefer" | "allow" => (SslMode::Prefer, Check::Nothing),
        // As PostgreSQL's own programs do: a named authority is there to be checked.
        "require" if roots.is_some() => (SslMode::Require, Check::Chain),
        "require" => (SslMode::Require, Check::Nothing),
        "verify-ca" => (SslMode::Require, Check::Chain),
        "verify-full" => (SslMode::Require, Check::ChainAndName),
        other => {
            return Err(unreadable(format!(
                "sslmode {other:?} in the database's address: there are disable, prefer, require, verify-ca and verify-full"
            )));
        }
    };
    let mut url = base.to_owned();
    for (at, option) in kept.iter().enumerate() {
        url.push(if at == 0 { '?' } else { '&' });
        url.push_str(option);
    }
    Ok((url, Wanted { mode, check, roots }))
}

/// A text as it was before it became a part of an address.
fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let (mut out, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while at < bytes.len() {
        let hex = text.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn client(wanted: &Wanted) -> Result<ClientConfig> {
    let provider = Arc::new(ring::default_provider());
    let failed = |why: String| StoreError::new(Kind::Unreachable, why).coded("store.tls", HINT);
    let verifier = Verifier::new(wanted, Arc::clone(&provider)).map_err(failed)?;
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| failed(error.to_string()))?;
    Ok(config.dangerous().with_custom_certificate_verifier(Arc::new(verifier)).with_no_client_auth())
}

/// What to do about a certificate that is not believed.
pub(crate) const HINT: &str = "name the server's certificate authority with sslrootcert=FILE in the address, or choose another sslmode \
    (docs/guide/configuration.md)";

#[derive(Debug)]
struct Verifier {
    check: Check,
    provider: Arc<CryptoProvider>,
    /// Certificates that are trusted as they are: those in the file of authorities, one of which may be the server's own.
    trusted: Vec<CertificateDer<'static>>,
    chains: Option<Arc<WebPkiServerVerifier>>,
}

impl Verifier {
    fn new(wanted: &Wanted, provider: Arc<CryptoProvider>) -> std::result::Result<Verifier, String> {
        let mut verifier = Verifier { check: wanted.check, provider, trusted: Vec::new(), chains: None };
        if wanted.check == Check::Nothing {
            return Ok(verifier);
        }
        let mut roots = RootCertStore::empty();
        let found = match &wanted.roots {
            Some(file) => {
                let read = CertificateDer::pem_file_iter(file)
                    .and_then(Iterator::collect::<std::result::Result<Vec<_>, _>>);
                verifier.trusted =
                    read.map_err(|error| format!("the certificates in {file} cannot be read: {error}"))?;
                verifier.trusted.clone()
            }
            None => rustls_native_certs::load_native_certs().certs,
        };
        if roots.add_parsable_certificates(found).0 == 0 {
            let place = wanted.roots.as_deref().unwrap_or("the system's store");
            return Err(format!("there is no certificate of an authority in {place}"));
        }
        let chains =
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&verifier.provider));
        verifier.chains = Some(chains.build().map_err(|error| error.to_string())?);
        Ok(verifier)
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        own: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> std::result::Result<ServerCertVerified, rustls::Error> {
        let Some(chains) = &self.chains else { return Ok(ServerCertVerified::assertion()) };
        if self.trusted.iter().any(|trusted| trusted.as_ref() == own.as_ref()) {
            if self.check == Check::ChainAndName {
                verify_server_name(&ParsedCertificate::try_from(own)?, name)?;
            }
            return Ok(ServerCertVerified::assertion());
        }
        match chains.verify_server_cert(own, others, name, ocsp, now) {
            // The chain is looked at first: what is left to say is that the name is another.
            Err(rustls::Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) if self.check == Check::Chain => Ok(ServerCertVerified::assertion()),
            verified => verified,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, cert, signature, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, cert, signature, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(query: &str, mode: SslMode, check: Check) {
        let (url, wanted) = split(&format!("postgres://me@h/d{query}")).unwrap();
        assert_eq!((wanted.mode, wanted.check), (mode, check), "{query}");
        assert!(!url.contains("sslmode") && !url.contains("sslrootcert"), "{url}");
    }

    #[test]
    fn the_modes_are_those_of_postgresql() {
        check("", SslMode::Prefer, Check::Nothing);
        check("?sslmode=disable", SslMode::Disable, Check::Nothing);
        check("?sslmode=prefer&connect_timeout=3", SslMode::Prefer, Check::Nothing);
        check("?sslmode=require", SslMode::Require, Check::Nothing);
        check("?sslmode=require&sslrootcert=/ca.pem", SslMode::Require, Check::Chain);
        check("?sslrootcert=system&sslmode=verify-ca", SslMode::Require, Check::Chain);
        check("?sslmode=verify-full", SslMode::Require, Check::ChainAndName);
    }

    #[test]
    fn what_the_driver_knows_stays_and_what_nobody_knows_is_refused() {
        let (url, _) = split("postgres://h/d?connect_timeout=3&sslmode=require&application_name=a").unwrap();
        assert_eq!(url, "postgres://h/d?connect_timeout=3&application_name=a");
        for bad in ["?sslmode=verify", "?sslcert=a.pem", "?sslkey=a.key"] {
            assert_eq!(
                split(&format!("postgres://h/d{bad}")).unwrap_err().code,
                "store.bad_address",
                "{bad}"
            );
        }
    }

    #[test]
    fn a_file_name_may_hold_anything() {
        assert_eq!(decoded("/a%20b/%E7%B5%90.pem"), "/a b/結.pem");
        assert_eq!(decoded("100%"), "100%");
    }

    #[test]
    fn a_file_without_certificates_is_told() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let url = format!("postgres://h/d?sslmode=verify-full&sslrootcert={}", file.path().display());
        assert_eq!(parse(&url).err().unwrap().code, "store.tls");
        let url = "postgres://h/d?sslmode=verify-full&sslrootcert=/none.pem";
        assert_eq!(parse(url).err().unwrap().code, "store.tls");
    }
}
