//! HTTPS by certificate files, over real connections.

use musubi_api::{App, Certificate, CertificateError, Options};
use musubi_store::{Keyring, Store};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::net::TcpListener;

/// Writes a certificate of a new key, and gives it as PEM.
fn make(folder: &Path) -> (PathBuf, PathBuf, String) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (chain, key) = (folder.join("chain.pem"), folder.join("key.pem"));
    std::fs::write(&chain, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    (chain, key, made.cert.pem())
}

/// A client that believes this certificate only.
fn believes(pem: &str) -> reqwest::Client {
    let certificate = reqwest::Certificate::from_pem(pem.as_bytes()).unwrap();
    reqwest::Client::builder().no_proxy().tls_certs_only([certificate]).build().unwrap()
}

#[tokio::test]
async fn https_is_spoken_and_a_renewed_certificate_is_taken() {
    let store = Store::in_memory().unwrap().unlock(Keyring::new(&[1; 32])).await.unwrap();
    let hub = crate::hub::start(&store, 1).await;
    let folder = tempfile::tempdir().unwrap();
    let (chain, key, first) = make(folder.path());
    let certificate = Certificate::load(&chain, &key).unwrap().look_every(Duration::from_millis(50));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let app = App::new(hub.clone(), Options { https: true, ..Options::default() });
    let (end, ended) = tokio::sync::oneshot::channel::<()>();
    let served = musubi_api::serve(listener, app, Some(certificate), async { drop(ended.await) });
    let people = async move {
        let url = format!("https://localhost:{port}/healthz");
        let answer = believes(&first).get(&url).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        assert!(answer.headers().contains_key("strict-transport-security"));
        let plain = reqwest::Client::builder().no_proxy().build().unwrap();
        assert!(plain.get(format!("http://localhost:{port}/healthz")).send().await.is_err());
        // A certificate without its key is not taken: the old one goes on.
        let other = tempfile::tempdir().unwrap();
        let (renewed_chain, renewed_key, renewed) = make(other.path());
        std::fs::copy(&renewed_chain, &chain).unwrap();
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert_eq!(believes(&first).get(&url).send().await.unwrap().status(), 200);
        std::fs::copy(&renewed_key, &key).unwrap();
        let taken = async {
            while believes(&renewed).get(&url).send().await.is_err() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), taken).await.unwrap();
        assert!(believes(&first).get(&url).send().await.is_err(), "the old one is gone");
        end.send(()).unwrap();
    };
    let (served, ()) = tokio::join!(tokio::time::timeout(Duration::from_secs(60), served), people);
    served.unwrap().unwrap();
    hub.stop().await;
}

#[test]
fn what_cannot_be_used_is_told_by_file() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (chain, key, _) = make(folder.path());
    let (_, other_key, _) = make(other.path());
    let file = |chain: &Path, key: &Path| match Certificate::load(chain, key).err().unwrap() {
        CertificateError::File { file, .. } => file,
        CertificateError::Pair(why) => why.into(),
    };
    assert_eq!(file(Path::new("none.pem"), &key), Path::new("none.pem"));
    assert_eq!(file(&key, &key), key, "no certificate in it");
    assert_eq!(file(&chain, &chain), chain, "no key in it");
    assert!(matches!(Certificate::load(&chain, &other_key), Err(CertificateError::Pair(_))));
}
