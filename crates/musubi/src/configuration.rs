//! A configuration file, or what comes from standard input.

use crate::failure::Failure;
use std::io::Read;
use std::path::Path;

/// Reads it; `-` is standard input.
pub fn read(path: &Path) -> Result<String, Failure> {
    let mut text = String::new();
    let read = if path.as_os_str() == "-" {
        std::io::stdin().read_to_string(&mut text).map(drop)
    } else {
        std::fs::read_to_string(path).map(|read| text = read)
    };
    read.map_err(|error| {
        Failure::configuration(
            "config.file",
            format!("the configuration {} cannot be read: {error}", path.display()),
            "name a TOML file; `musubi help apply` shows one",
        )
    })?;
    Ok(text)
}
