//! The file in which a plan waits for the run that is held to it.

use crate::failure::Failure;
use musubi_engine::approval::Approval;
use std::path::Path;

/// Writes it.
pub fn write(path: &Path, approval: &Approval) -> Result<(), Failure> {
    let text = serde_json::to_string(approval).unwrap_or_default();
    std::fs::write(path, text).map_err(|error| {
        Failure::configuration(
            "plan.file",
            format!("the plan cannot be written to {}: {error}", path.display()),
            "name another file",
        )
    })
}

/// Reads it.
pub fn read(path: &Path) -> Result<Approval, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        Failure::configuration(
            "plan.file",
            format!("the plan {} cannot be read: {error}", path.display()),
            "make one: `musubi plan NAME --out FILE`",
        )
    })?;
    Ok(Approval::read(&text)?)
}
