//! The document is what clients are generated from, so a change of it is seen as one.

use musubi_api::{App, Options, document};
use musubi_engine::Hub;
use musubi_store::Store;

/// Writes the file anew when it is set.
const WRITE: &str = "MUSUBI_WRITE_OPENAPI";

#[tokio::test]
async fn the_document_is_the_one_in_docs() {
    let app = App::new(Hub::offline(Store::in_memory().unwrap(), 1), Options::default());
    let made = document(&app).to_pretty_json().unwrap() + "\n";
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
    if std::env::vars_os().any(|(name, _)| name == WRITE) {
        std::fs::write(path, &made).unwrap();
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert!(made == kept, "the API differs from docs/openapi.json: run the test with {WRITE}=1");
}

#[tokio::test]
async fn every_operation_is_named_described_and_can_be_refused() {
    let app = App::new(Hub::offline(Store::in_memory().unwrap(), 1), Options::default());
    let document: serde_json::Value = serde_json::from_str(&document(&app).to_json().unwrap()).unwrap();
    let mut names = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let name = operation["operationId"].as_str().unwrap();
            assert!(!names.contains(&name.to_owned()), "{name} twice");
            assert!(
                operation["summary"].as_str().is_some_and(|text| text.ends_with(['.', '?'])),
                "{method} {path}"
            );
            let refusals = operation["responses"].as_object().unwrap();
            let open = path.ends_with("/setup") || name == "logIn";
            assert!(open || refusals.contains_key("401"), "{method} {path}");
            names.push(name.to_owned());
        }
    }
}
