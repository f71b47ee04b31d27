//! Throw-away PostgreSQL databases for tests of the program.

use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

static NUMBER: AtomicUsize = AtomicUsize::new(0);

/// A database of its own on the server that MUSUBI_TEST_POSTGRES names; dropped with this.
pub struct Database {
    server: String,
    name: String,
    pub url: String,
}

impl Database {
    /// None when no server is named; with CI set that is a failure.
    #[expect(clippy::disallowed_methods, reason = "a test is told by variables where its database is")]
    #[expect(clippy::print_stderr, reason = "a test that is left out says so")]
    pub fn make() -> Option<Database> {
        let Ok(server) = std::env::var("MUSUBI_TEST_POSTGRES") else {
            assert!(std::env::var("CI").is_err(), "MUSUBI_TEST_POSTGRES is not set");
            eprintln!("skipped: MUSUBI_TEST_POSTGRES is not set");
            return None;
        };
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("musubi_program_{}_{number}", std::process::id());
        let mut url = url::Url::parse(&server).unwrap();
        url.set_path(&name);
        let database = Database { server, name, url: url.to_string() };
        database.psql(&format!("create database {}", database.name));
        Some(database)
    }

    /// Carries a statement out in this database.
    #[allow(dead_code, reason = "each test binary uses a part of it")]
    pub fn tell(&self, statement: &str) {
        let done = Command::new("psql").args([&self.url, "-q", "-c", statement]).status();
        assert!(done.is_ok_and(|status| status.success()), "psql could not: {statement}");
    }

    fn psql(&self, statement: &str) {
        let made = Command::new("psql").args([&self.server, "-q", "-c", statement]).status();
        assert!(made.is_ok_and(|status| status.success()), "psql could not: {statement}");
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.psql(&format!("drop database {} with (force)", self.name));
        }
    }
}
