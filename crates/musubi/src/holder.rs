//! This process's name among the processes of the hub: no other living one has it, and after a crash the next one takes it up
//! again, so that the work goes on at once instead of when the dead one's leases have run out.

use crate::failure::{Exit, Failure};
use crate::folders;
use rand::TryRngCore;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Seek, Write};
use std::path::Path;

/// Processes that may share one data folder.
const MOST: usize = 64;

/// A name held for as long as this lives.
pub struct Holder {
    name: String,
    /// Locked; the system unlocks it however the process ends.
    _file: File,
}

impl Holder {
    /// Takes the first name of the data folder that no living process has.
    pub fn take(data: &Path) -> Result<Holder, Failure> {
        let folder = data.join("processes");
        folders::make(&folder)?;
        for place in 0..MOST {
            let path = folder.join(place.to_string());
            let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
            let file = file.map_err(|error| unusable(&path, &error))?;
            if file.try_lock().is_ok() {
                return Ok(Holder {
                    name: name_of(&file).map_err(|error| unusable(&path, &error))?,
                    _file: file,
                });
            }
        }
        Err(Failure::new(
            Exit::Failed,
            "process.too_many",
            format!("{MOST} processes share the data folder {} already", data.display()),
            "give further ones a --data folder of their own",
        ))
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// The name in the file; made at random the first time, so that folders of two machines never have the same.
fn name_of(mut file: &File) -> std::io::Result<String> {
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    if text.len() == 17 && text.ends_with('\n') {
        return Ok(text.trim_end().to_owned());
    }
    let random = rand::rngs::OsRng.try_next_u64().map_err(std::io::Error::other)?;
    let name = format!("{random:016x}");
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{name}")?;
    file.sync_all()?;
    Ok(name)
}

fn unusable(path: &Path, error: &std::io::Error) -> Failure {
    let (code, hint) = match error.kind() {
        ErrorKind::StorageFull => {
            ("store.full", "free some space; nothing was lost, and the work goes on when there is room")
        }
        _ => ("data.process", "give this user the right to the data folder, or name another with --data"),
    };
    Failure::new(Exit::Store, code, format!("the file {} cannot be used: {error}", path.display()), hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_from_a_folder_that_is_not_ours() {
        let code = |kind: ErrorKind| unusable(Path::new("0"), &kind.into()).code.into_owned();
        assert_eq!(code(ErrorKind::StorageFull), "store.full");
        assert_eq!(code(ErrorKind::PermissionDenied), "data.process");
    }

    #[test]
    fn living_processes_have_different_names_and_a_dead_ones_is_taken_up() {
        let folder = tempfile::tempdir().unwrap();
        let first = Holder::take(folder.path()).unwrap();
        let second = Holder::take(folder.path()).unwrap();
        assert_ne!(first.name(), second.name());
        let name = first.name().to_owned();
        drop(first);
        assert_eq!(Holder::take(folder.path()).unwrap().name(), name);
    }
}
