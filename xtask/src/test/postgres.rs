//! A throw-away PostgreSQL cluster: Debian's server, a temporary folder, a free port on the loopback, no durability.

use super::debian;
use super::guard::{Ending, Guarded};
use super::identity::{self, ServiceUser};
use crate::say;
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{ChildStdout, Command, Stdio};
use std::thread;
use std::time::Duration;

/// Where Debian keeps the servers, one folder per version.
const SERVERS: &str = "/usr/lib/postgresql";
/// How long a server may take to start, in steps of a tenth of a second.
const START_STEPS: u32 = 300;

/// A running cluster; it ends with this value, or with this process.
pub struct Postgres {
    /// The address of its first database, as a user who may create others.
    pub url: String,
    _server: Guarded,
    _output: ChildStdout,
}

impl Postgres {
    /// Installs the server if need be, makes a cluster and starts it.
    pub fn start() -> Result<Postgres, String> {
        debian::ensure("PostgreSQL", || programs().is_some(), &["postgresql"])?;
        let programs = programs().ok_or("PostgreSQL's server programs are not there")?;
        let user = if identity::is_root() { Some(identity::service_user()?) } else { None };
        let folder = new_folder(user)?;
        let made = make_cluster(&programs, user, &folder);
        made.and_then(|()| serve(&programs, user, &folder)).inspect_err(|_| {
            // The guard removes the folder of a server that ran; this one may never have.
            let _ = fs::remove_dir_all(&folder);
        })
    }
}

/// The folder of the newest installed server's programs.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir(SERVERS).ok()?.filter_map(Result::ok).filter_map(|entry| {
        let version: u32 = entry.file_name().to_str()?.parse().ok()?;
        let folder = entry.path().join("bin");
        folder.join("initdb").exists().then_some((version, folder))
    });
    versions.max().map(|(_, folder)| folder)
}

/// A folder of our own outside the build folder, which a service user may not be able to reach.
fn new_folder(user: Option<ServiceUser>) -> Result<PathBuf, String> {
    let folder = std::env::temp_dir().join(format!("musubi-postgres-{}", std::process::id()));
    fs::create_dir(&folder)
        .and_then(|()| user.map_or(Ok(()), |user| chown(&folder, Some(user.uid), Some(user.gid))))
        .map_err(|error| format!("{} cannot be made: {error}", folder.display()))?;
    Ok(folder)
}

fn make_cluster(programs: &Path, user: Option<ServiceUser>, folder: &Path) -> Result<(), String> {
    let mut command = Command::new(programs.join("initdb"));
    command.args(["--username=musubi", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]);
    command.arg("--pgdata").arg(folder.join("data")).current_dir(folder).stdin(Stdio::null());
    if let Some(user) = user {
        command.gid(user.gid).uid(user.uid);
    }
    let made = command.output().map_err(|error| format!("initdb could not be started: {error}"))?;
    if made.status.success() {
        return Ok(());
    }
    Err(format!("initdb failed: {}", String::from_utf8_lossy(&made.stderr).trim()))
}

fn serve(programs: &Path, user: Option<ServiceUser>, folder: &Path) -> Result<Postgres, String> {
    let port = free_port()?;
    let mut command = Command::new(programs.join("postgres"));
    command.arg("-D").arg(folder.join("data")).current_dir(folder);
    let settings = [
        "listen_addresses=127.0.0.1".to_string(),
        format!("port={port}"),
        "unix_socket_directories=".into(),
        "max_connections=300".into(),
        // Nothing here must outlive the run, so no write waits for the disk.
        "fsync=off".into(),
        "full_page_writes=off".into(),
        // Tests provoke errors; only what keeps the server from running is worth a line.
        "log_min_messages=fatal".into(),
    ];
    for setting in settings {
        command.arg("-c").arg(setting);
    }
    let (server, output) = Guarded::start(&command, Ending::Interrupt, user, Some(folder))?;
    wait_until_ready(programs, port)?;
    let url = format!("postgres://musubi@127.0.0.1:{port}/postgres");
    say::line(&format!("PostgreSQL is ready at {url}"));
    Ok(Postgres { url, _server: server, _output: output })
}

fn free_port() -> Result<u16, String> {
    let listener = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    listener.map(|address| address.port()).map_err(|error| format!("no free port: {error}"))
}

fn wait_until_ready(programs: &Path, port: u16) -> Result<(), String> {
    for _ in 0..START_STEPS {
        let mut probe = Command::new(programs.join("pg_isready"));
        probe
            .args(["-q", "-U", "musubi", "-d", "postgres", "-h", "127.0.0.1", "-p", &port.to_string()])
            .stdin(Stdio::null());
        if probe.status().is_ok_and(|status| status.success()) {
            return Ok(());
        }
        thread::sleep(Duration::from_millis(100));
    }
    Err(format!("PostgreSQL did not become ready on port {port} in {} s", START_STEPS / 10))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpStream;

    fn ask(url: &str, statement: &str) -> String {
        let psql = programs().unwrap().join("psql");
        let answer = Command::new(psql).args(["-XAtc", statement, url]).current_dir("/").output().unwrap();
        String::from_utf8_lossy(&answer.stdout).trim().to_string()
    }

    #[test]
    fn a_cluster_starts_answers_and_leaves_nothing() {
        if programs().is_none() {
            println!("skipped: PostgreSQL is not installed");
            return;
        }
        let folder = std::env::temp_dir().join(format!("musubi-postgres-{}", std::process::id()));
        let postgres = Postgres::start().unwrap();
        let address = postgres.url.split(['@', '/']).nth(3).unwrap().to_string();
        assert!(TcpStream::connect(&address).is_ok());
        assert_eq!(ask(&postgres.url, "create database probe"), "CREATE DATABASE");
        assert_eq!(ask(&postgres.url, "show fsync"), "off");
        drop(postgres);
        assert!(TcpStream::connect(&address).is_err(), "the server is still there");
        assert!(!folder.exists(), "the folder is still there");
    }
}
