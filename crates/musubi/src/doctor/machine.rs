//! This machine: the data folder, its disk, the database, the key, the processes, the address from outside.

use super::Check;
use crate::cli::Global;
use crate::failure::{Exit, Failure};
use crate::folders::{self, Database};
use crate::store::{self, Opened};
use musubi_connector::Place;
use musubi_connector::http::{Http, HttpOptions, Request};
use musubi_store::Store;
use reqwest::Method;
use std::path::Path;
use std::time::Duration;

/// Less free space than this is wrong, in bytes.
const NO_ROOM: u64 = 100 << 20;
/// Less than this is worth saying.
const LITTLE_ROOM: u64 = 1 << 30;
/// A process heard of within so many milliseconds is at work.
const AT_WORK: i64 = 6_000;

/// The data folder and the room left on its disk.
pub fn folder(global: &Global) -> Vec<Check> {
    let path = folders::data(global);
    if let Err(failure) = folders::make(&path) {
        return vec![Check::failed("data folder", failure)];
    }
    let written = tempfile::Builder::new().prefix("doctor").tempfile_in(&path);
    let folder = match written {
        Ok(_) => Check::good("data folder", path.display().to_string()),
        Err(error) => Check::failed(
            "data folder",
            Failure::new(
                Exit::Store,
                "data.read_only",
                format!("{} cannot be written to: {error}", path.display()),
                "give this user the right to it, or name another with --data",
            ),
        ),
    };
    let mut checks = vec![folder];
    checks.extend(room(&path).map(room_check));
    checks
}

#[cfg(unix)]
fn room(path: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(path).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(not(unix))]
fn room(_: &Path) -> Option<u64> {
    None
}

fn room_check(free: u64) -> Check {
    let message = format!("{:.1} GB free", free as f64 / 1e9);
    let hint = "each link takes about 1 KB, and each change some hundred bytes of history: make room";
    if free < NO_ROOM {
        return Check::failed("disk", Failure::new(Exit::Store, "data.full", message, hint));
    }
    if free < LITTLE_ROOM { Check::warning("disk", message, hint) } else { Check::good("disk", message) }
}

/// The database and its key.
pub async fn database(global: &Global) -> (Vec<Check>, Option<Opened>) {
    let named = match folders::database(global) {
        Ok(named) => named,
        Err(failure) => return (vec![Check::failed("database", failure)], None),
    };
    let opened = match store::open_existing(global).await {
        Ok(opened) => opened,
        Err(failure) if failure.code == "store.none" => {
            let note = Check::warning("database", failure.message, failure.hint.into_owned());
            return (vec![note], None);
        }
        Err(failure) => return (vec![Check::failed("database", failure)], None),
    };
    let mut checks = vec![Check::good("database", named.shown())];
    let key = match (&named, crate::environment::variable("MUSUBI_KEY")) {
        (_, Some(_)) => "from MUSUBI_KEY; it opens the stored secrets".to_owned(),
        (Database::Sqlite(_), None) => {
            let file = crate::key::file(&named).unwrap_or_default();
            format!("{}; it opens the stored secrets", file.display())
        }
        (Database::Postgres(_), None) => "none".to_owned(),
    };
    checks.push(Check::good("key", key));
    (checks, Some(opened))
}

/// The processes at work on the database.
pub async fn processes(store: &Store) -> Check {
    let now = store::now();
    match store.processes().await {
        Err(error) => Check::failed("hub", error),
        Ok(rows) => match rows.iter().filter(|row| now - row.heartbeat < AT_WORK).count() {
            0 => Check::warning(
                "hub",
                "no process is at work on this database",
                "start `musubi serve`; until then nothing is kept in agreement",
            ),
            1 => Check::good("hub", "one process is at work"),
            many => Check::good("hub", format!("{many} processes share the work")),
        },
    }
}

/// Whether the hub answers under the address the services are told.
pub async fn public_url(url: Option<&str>) -> Check {
    let Some(url) = url else {
        return Check::good("webhooks", "no public address: changes are found by asking, at the next look");
    };
    match answers(url).await {
        Ok(()) if url.starts_with("http://") => Check::warning(
            "webhooks",
            format!("{url} is answered by a hub, without encryption"),
            "Zoho calls https addresses: put a proxy with a certificate before the hub",
        ),
        Ok(()) => Check::good("webhooks", format!("{url} is answered by a hub")),
        Err(failure) => Check::failed("webhooks", failure),
    }
}

async fn answers(url: &str) -> Result<(), Failure> {
    let hint =
        "start `musubi serve` and check the proxy before it; changes are found by asking until it answers";
    let failed =
        |why: String| Failure::new(Exit::Service, "serve.unreachable", format!("{url}: {why}"), hint);
    let place = Place::base_url(url).map_err(|error| failed(error.service.message))?;
    let http = Http::new(HttpOptions::default(), &place)?;
    let health = place.accounts().join("healthz").expect("a fixed path joins any base");
    let request = Request::new(Method::GET, health, Duration::from_secs(10));
    let answer = http.send(request).await.map_err(|error| failed(error.service.message))?;
    if answer.status == 200 {
        Ok(())
    } else {
        Err(failed(format!("it answers {} instead of 200", answer.status)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::State;

    #[test]
    fn a_disk_fills_in_steps() {
        assert_eq!(room_check(50 << 20).state, State::Failed);
        assert_eq!(room_check(500 << 20).state, State::Warning);
        assert_eq!(room_check(50 << 30).state, State::Good);
    }

    #[tokio::test]
    async fn an_address_nobody_answers_is_wrong() {
        let check = public_url(Some("http://127.0.0.1:1")).await;
        assert_eq!(check.state, State::Failed, "{check:?}");
        assert_eq!(public_url(None).await.state, State::Good);
    }
}
