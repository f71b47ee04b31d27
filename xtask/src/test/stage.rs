//! What the steps share: the database, started when the first step asks for it, and the settings tests read.

use super::postgres::Postgres;
use crate::environment;
use std::process::Command;

/// Folders of vendor files that some tests compare with: variable, and where they lie beside a checkout.
const VENDOR_FILES: &[(&str, &str)] = &[
    ("MUSUBI_ZOHO_OPENAPI", "../shared/zoho/openapi"),
    ("MUSUBI_ZOHO_RECORDED", "../shared/zoho/recorded/nango_recorded.jsonl"),
];

/// The shared state of one run.
pub struct Stage {
    postgres: Option<Postgres>,
    /// The console was built in this run.
    pub has_console: bool,
}

impl Stage {
    /// Nothing started yet.
    pub fn new() -> Stage {
        Stage { postgres: None, has_console: false }
    }

    /// The address of a PostgreSQL server on which databases may be created.
    ///
    /// The one the caller names in `MUSUBI_TEST_POSTGRES`, else a throw-away cluster that ends with the run.
    pub fn postgres(&mut self) -> Result<String, String> {
        if let Some(url) = environment::variable("MUSUBI_TEST_POSTGRES") {
            return Ok(url);
        }
        if self.postgres.is_none() {
            self.postgres = Some(Postgres::start()?);
        }
        Ok(self.postgres.as_ref().map(|postgres| postgres.url.clone()).unwrap_or_default())
    }

    /// Gives a test program the vendor files, where the caller did not say and they lie at their usual place.
    pub fn add_vendor_files(&self, command: &mut Command) {
        for (name, place) in VENDOR_FILES {
            let path = environment::root().join(place);
            if environment::variable(name).is_none() && path.exists() {
                command.env(name, path);
            }
        }
    }
}
