//! The calls: every operation the sandbox serves, with answers that please and answers that refuse.

mod bulk;
mod files;
mod metadata;
mod more;
mod notify;
mod queries;
mod records;
mod related;
mod settings;

use super::Recorder;

/// Makes all calls.
pub async fn run(recorder: &mut Recorder) {
    metadata::run(recorder).await;
    records::run(recorder).await;
    related::run(recorder).await;
    files::run(recorder).await;
    queries::run(recorder).await;
    notify::run(recorder).await;
    more::run(recorder).await;
    bulk::run(recorder).await;
    settings::run(recorder).await;
}
