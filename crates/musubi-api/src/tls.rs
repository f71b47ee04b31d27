//! HTTPS by certificate files, which are read anew when they change: whoever renews certificates need not restart the hub.

use axum_server::tls_rustls::RustlsConfig;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// The newest protocol that both sides know is spoken.
const PROTOCOLS: [&str; 2] = ["h2", "http/1.1"];

/// Why a certificate cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// A file that cannot be read, or holds something else.
    #[error("{} cannot be used: {why}", file.display())]
    File {
        /// Which.
        file: PathBuf,
        /// Why.
        why: String,
    },
    /// Both can be read, and do not go together.
    #[error("the certificate and the key do not go together: {0}")]
    Pair(String),
}

/// A certificate in use.
pub struct Certificate {
    chain: PathBuf,
    key: PathBuf,
    look_every: Duration,
    read: [Vec<u8>; 2],
    pub(crate) config: RustlsConfig,
}

impl Certificate {
    /// Reads a certificate with the chain that vouches for it, and its private key, both PEM.
    pub fn load(chain: &Path, key: &Path) -> Result<Certificate, CertificateError> {
        let read = [contents(chain)?, contents(key)?];
        let config = RustlsConfig::from_config(Arc::new(parse(chain, key, &read)?));
        Ok(Certificate { chain: chain.into(), key: key.into(), look_every: LOOK_EVERY, read, config })
    }

    /// Looks at the files so often; a minute, if nothing else is said.
    pub fn look_every(self, look_every: Duration) -> Certificate {
        Certificate { look_every, ..self }
    }

    /// Takes what the files hold from now on. Does not end.
    pub(crate) async fn follow(mut self) {
        let mut told = None;
        loop {
            tokio::time::sleep(self.look_every).await;
            match self.read_again() {
                Ok(false) => told = None,
                Ok(true) => {
                    told = None;
                    tracing::info!("the certificate was renewed");
                }
                // The one in use serves until it can be replaced; said once, not every minute.
                Err(error) if told.as_ref() != Some(&error) => {
                    tracing::warn!(code = "serve.certificate", "the certificate was not renewed: {error}");
                    told = Some(error);
                }
                Err(_) => {}
            }
        }
    }

    fn read_again(&mut self) -> Result<bool, CertificateError> {
        let read = [contents(&self.chain)?, contents(&self.key)?];
        if read == self.read {
            return Ok(false);
        }
        self.config.reload_from_config(Arc::new(parse(&self.chain, &self.key, &read)?));
        self.read = read;
        Ok(true)
    }
}

fn contents(file: &Path) -> Result<Vec<u8>, CertificateError> {
    std::fs::read(file)
        .map_err(|error| CertificateError::File { file: file.to_owned(), why: error.to_string() })
}

fn parse(chain: &Path, key: &Path, read: &[Vec<u8>; 2]) -> Result<ServerConfig, CertificateError> {
    let wrong =
        |file: &Path, why: &str| CertificateError::File { file: file.to_owned(), why: why.to_owned() };
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&read[0]).collect();
    let certificates = certificates
        .ok()
        .filter(|all| !all.is_empty())
        .ok_or_else(|| wrong(chain, "it holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)"))?;
    let private = PrivateKeyDer::from_pem_slice(&read[1]).map_err(|_| {
        wrong(key, "it holds no unencrypted private key in PEM form (-----BEGIN PRIVATE KEY-----)")
    })?;
    let mut config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(certificates, private)
        .map_err(|error| CertificateError::Pair(error.to_string()))?;
    config.alpn_protocols = PROTOCOLS.map(|name| name.as_bytes().to_vec()).to_vec();
    Ok(config)
}
