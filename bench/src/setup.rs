//! The work: a fresh sandbox with so many contacts in one org and none in the other.

use crate::control::Account;
use crate::programs::{self, SandboxProcess};
use crate::{Failure, service};
use std::path::Path;
use tempfile::TempDir;

/// The module that is carried over.
pub const MODULE: &str = "Contacts";
/// The seed of the made-up contacts: every contender meets the same ones.
const SEED: u64 = 7;
/// How old they are at the least, in seconds.
const AGE: u64 = 900;

/// One contender's work, untouched.
pub struct Setup {
    /// The sandbox.
    pub sandbox: SandboxProcess,
    /// The org that has the records, and its credentials.
    pub source: Account,
    /// The org that gets them.
    pub target: Account,
    /// How many there are.
    pub records: usize,
    /// A folder for the contender's files.
    pub folder: TempDir,
}

/// So many records have one more user.
const RECORDS_PER_USER: usize = 5_000;

impl Setup {
    /// Starts a sandbox and fills its first CRM org.
    pub async fn new(program: &Path, records: usize) -> Result<Setup, Failure> {
        let sandbox = programs::start_sandbox(program).await?;
        let mut crm = sandbox.control.orgs().await?.into_iter().filter(|org| org.service == "crm");
        let (Some(source), Some(target)) = (crm.next(), crm.next()) else {
            return Err(Failure("the sandbox has no two CRM orgs".into()));
        };
        for org in [&source, &target] {
            sandbox.control.lift_allowance(org).await?;
            // The hub keeps to what an org of its edition and size may spend in a day: a company with a million contacts has people.
            sandbox.control.add_users(org, records / RECORDS_PER_USER).await?;
        }
        sandbox.control.generate(&source, MODULE, records, SEED).await?;
        // The records are old when a contender first sees them, as an org's mostly are.
        sandbox.control.advance(AGE).await?;
        let folder =
            tempfile::tempdir().map_err(|error| Failure::at("no folder for the measurement", error))?;
        Ok(Setup { sandbox, source, target, records, folder })
    }

    /// The other org has the same records already.
    pub async fn fill_target(&self) -> Result<(), Failure> {
        self.sandbox.control.generate(&self.target, MODULE, self.records, SEED).await?;
        self.sandbox.control.advance(AGE).await
    }

    /// Whether every record arrived: a contender that loses some is not fast but wrong.
    pub async fn check_arrived(&self) -> Result<(), Failure> {
        let target: service::Org = self.sandbox.control.authorize(&self.target).await?;
        let arrived = self.sandbox.control.count(&target, MODULE).await?;
        if arrived == self.records {
            return Ok(());
        }
        Err(Failure(format!("{arrived} of {} records arrived", self.records)))
    }
}
