//! The key a database's secrets are read with, checked when the store is unlocked.

use crate::error::{Kind, Result, StoreError};
use crate::secret::Keyring;
use crate::single::values;
use crate::store::Store;
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::sync::Arc;

const PUT: &str = "insert into key_check (id, value) values (1, $1) on conflict (id) do nothing";
const GET: &str = "select value from key_check where id = 1";
pub(crate) const STATEMENTS: &[&str] = &[PUT, GET];

const ROW: &str = "key_check";
const TEXT: &[u8] = b"musubi";

impl Store {
    /// The store with the key of its secrets. The first key ever given is the database's; any other is refused.
    pub async fn unlock(&self, keyring: Keyring) -> Result<Store> {
        self.change(PUT, values![keyring.seal(ROW, TEXT)?]).await?;
        let check = self.one(GET, values![], |row| row.bytes(0)).await?.unwrap_or_default();
        keyring.open(ROW, &check).map_err(|_| {
            StoreError::new(Kind::WrongKey, "this is not the key the secrets were encrypted with")
        })?;
        Ok(Store { keyring: Some(Arc::new(keyring)), ..self.clone() })
    }

    /// Whether a key was ever given: then a process without it must not start.
    pub async fn has_key(&self) -> Result<bool> {
        Ok(self.one(GET, values![], |row| row.bytes(0)).await?.is_some())
    }

    pub(crate) fn keyring(&self) -> Result<&Keyring> {
        self.keyring.as_deref().ok_or_else(|| {
            StoreError::new(Kind::WrongKey, "the store has no key to read or write secrets with").coded(
                "store.locked",
                "give the key in MUSUBI_KEY, or start from the folder that holds the key file",
            )
        })
    }
}

/// The key in this file; made on the first start, readable by its owner alone.
pub fn key_file(path: &Path) -> Result<Keyring> {
    let failed = |e: std::io::Error| {
        StoreError::new(Kind::Unreachable, format!("the key file {}: {e}", path.display()))
            .coded("store.key_file", "check the folder and who may read and write it")
    };
    match std::fs::read(path) {
        Ok(bytes) => {
            let key: [u8; 32] = bytes.as_slice().try_into().map_err(|_| {
                StoreError::new(
                    Kind::WrongKey,
                    format!("the key file {} does not hold 32 bytes", path.display()),
                )
                .coded("store.key_file", "put the original key file back")
            })?;
            Ok(Keyring::new(&key))
        }
        Err(e) if e.kind() == ErrorKind::NotFound => {
            let key: [u8; 32] = crate::secret::random()?;
            // Written whole under another name first: a key file is never half there.
            let part = path.with_extension("part");
            let mut file = private(&part).map_err(failed)?;
            file.write_all(&key).and_then(|()| file.sync_all()).map_err(failed)?;
            std::fs::hard_link(&part, path)
                .or_else(|e| if path.exists() { Ok(()) } else { Err(e) })
                .map_err(failed)?;
            std::fs::remove_file(&part).map_err(failed)?;
            let kept = std::fs::read(path).map_err(failed)?;
            Ok(Keyring::new(&kept.try_into().unwrap_or(key)))
        }
        Err(e) => Err(failed(e)),
    }
}

fn private(path: &Path) -> std::io::Result<std::fs::File> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::each_engine;

    #[test]
    fn the_first_key_is_the_key() {
        each_engine(async |store| {
            assert!(!store.has_key().await.unwrap());
            store.unlock(Keyring::new(&[1; 32])).await.unwrap();
            store.unlock(Keyring::new(&[1; 32])).await.unwrap();
            assert!(store.has_key().await.unwrap());
            let wrong = store.unlock(Keyring::new(&[2; 32])).await.unwrap_err();
            assert_eq!((wrong.kind, wrong.code), (Kind::WrongKey, "store.wrong_key"));
        });
    }

    #[cfg(unix)]
    #[test]
    fn a_key_file_is_private_and_stays_the_same() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let sealed = key_file(&path).unwrap().seal("x", b"secret").unwrap();
        assert_eq!(key_file(&path).unwrap().open("x", &sealed).unwrap(), b"secret");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        std::fs::write(&path, b"short").unwrap();
        assert_eq!(key_file(&path).unwrap_err().code, "store.key_file");
    }
}
