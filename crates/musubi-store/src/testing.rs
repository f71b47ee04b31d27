//! One suite for both engines: a promise is tested in memory, on a SQLite file, and on PostgreSQL when
//! MUSUBI_TEST_POSTGRES names a server where databases may be created. With CI=true it must.

use crate::commit::Changes;
use crate::link::{LinkRow, SyncId};
use crate::store::Store;
use musubi_core::Side;
use std::sync::atomic::{AtomicUsize, Ordering};

static NUMBER: AtomicUsize = AtomicUsize::new(0);

/// Runs the promise on every engine there is, each time on an empty store.
pub(crate) fn each_engine(promise: impl AsyncFn(Store)) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    futures::executor::block_on(promise(Store::in_memory().unwrap()));
    let folder = tempfile::tempdir().unwrap();
    runtime.block_on(promise(Store::open_file(&folder.path().join("musubi.db")).unwrap()));
    runtime.block_on(on_postgres(async |url| promise(Store::open_postgres(&url).await.unwrap()).await));
}

/// Runs something with the address of an empty PostgreSQL database, if there is a server.
pub(crate) async fn on_postgres(run: impl AsyncFn(String)) {
    let Some(server) = variable("MUSUBI_TEST_POSTGRES") else {
        assert!(variable("CI").as_deref() != Some("true"), "with CI=true, MUSUBI_TEST_POSTGRES must be set");
        eprintln!("skipped on PostgreSQL: MUSUBI_TEST_POSTGRES is not set");
        return;
    };
    let name = format!("musubi_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    let (client, connection) = tokio_postgres::connect(&server, tokio_postgres::NoTls).await.unwrap();
    let maintenance = async {
        client.batch_execute(&format!("create database {name}")).await.unwrap();
        let url = match server.split_once('?') {
            Some((base, options)) => format!("{}/{name}?{options}", cut_database(base)),
            None => format!("{}/{name}", cut_database(&server)),
        };
        run(url).await;
        client.batch_execute(&format!("drop database {name} with (force)")).await.unwrap();
    };
    futures::pin_mut!(maintenance, connection);
    futures::future::select(maintenance, connection).await;
}

fn cut_database(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at + 3);
    url[host..].find('/').map_or(url, |at| &url[..host + at])
}

#[expect(clippy::disallowed_methods, reason = "the one place where the tests read the environment")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// A module sync number for tests that need only one.
pub(crate) const SYNC: SyncId = SyncId(7);

/// Takes the lease of a module sync.
pub(crate) async fn lease(store: &Store, sync: SyncId) -> i64 {
    store.acquire(sync, "test", 0, i64::MAX).await.unwrap().expect("nobody else holds it")
}

/// A link between records whose ids are these with the side's first letter before it.
pub(crate) fn link(id: &str, state: i64) -> LinkRow {
    LinkRow { left_id: format!("l{id}"), right_id: format!("r{id}"), state, body: id.as_bytes().to_vec() }
}

/// Changes that only put these links.
pub(crate) fn links(links: Vec<LinkRow>) -> Changes {
    Changes { links_put: links, ..Changes::default() }
}

/// A record without a link.
pub(crate) fn unlinked(side: Side, id: &str, state: i64, due: i64) -> crate::unlinked::UnlinkedRow {
    crate::unlinked::UnlinkedRow { side, id: id.into(), state, due, body: vec![1, 2] }
}

/// A connection of workspace 1.
pub(crate) fn connection_row(name: &str) -> crate::connection::ConnectionRow {
    crate::connection::ConnectionRow {
        id: 0,
        workspace: 1,
        name: name.into(),
        service: "crm".into(),
        data_centre: Some("jp".into()),
        base_url: None,
        org: "600123".into(),
        org_named: true,
    }
}

/// An integration of workspace 1.
pub(crate) fn integration_row(name: &str) -> crate::integration::IntegrationRow {
    crate::integration::IntegrationRow {
        id: 0,
        workspace: 1,
        name: name.into(),
        left_connection: 1,
        right_connection: 2,
        state: crate::integration::IntegrationState::Active,
        config: "{}".into(),
    }
}

/// A module sync of workspace 1.
pub(crate) fn module_sync_row(integration: i64, module: &str) -> crate::module_sync::ModuleSyncRow {
    crate::module_sync::ModuleSyncRow {
        id: SyncId(0),
        workspace: 1,
        integration,
        position: 0,
        left_module: module.into(),
        right_module: module.into(),
        config: "{}".into(),
        mapping_version: 1,
        restored_at: None,
        state: crate::module_sync::ModuleState::Active,
        meanwhile: None,
        activated_at: 0,
        paused: false,
    }
}

/// A journal entry about the pair 1.
pub(crate) fn journal_row(seq: i64, at: i64) -> crate::journal::JournalRow {
    let (left_id, right_id) = (Some("l1".into()), Some("r1".into()));
    crate::journal::JournalRow { seq, at, side: Side::Right, left_id, right_id, kind: 1, body: vec![0] }
}

/// A run.
pub(crate) fn run_row(id: i64, ended_at: Option<i64>) -> crate::run::RunRow {
    crate::run::RunRow { id, kind: 0, started_at: 0, ended_at, body: vec![] }
}
