//! Secrets of a workspace that belong to no connection, such as the password of its mail server.

use crate::error::Result;
use crate::single::values;
use crate::store::Store;

const PUT: &str = "insert into kept_secret (workspace, name, value) values ($1, $2, $3) \
    on conflict (workspace, name) do update set value = excluded.value";
const GET: &str = "select value from kept_secret where workspace = $1 and name = $2";
const DELETE: &str = "delete from kept_secret where workspace = $1 and name = $2";
pub(crate) const STATEMENTS: &[&str] = &[PUT, GET, DELETE];

fn bound_to(workspace: i64, name: &str) -> String {
    format!("kept_secret:{workspace}:{name}")
}

impl Store {
    /// Keeps a secret, encrypted.
    pub async fn keep_secret(&self, workspace: i64, name: &str, secret: &[u8]) -> Result<()> {
        let sealed = self.keyring()?.seal(&bound_to(workspace, name), secret)?;
        self.change(PUT, values![workspace, name, sealed]).await.map(drop)
    }

    /// A kept secret, if there is one.
    pub async fn kept_secret(&self, workspace: i64, name: &str) -> Result<Option<Vec<u8>>> {
        let sealed = self.one(GET, values![workspace, name], |row| row.bytes(0)).await?;
        sealed.map(|sealed| self.keyring()?.open(&bound_to(workspace, name), &sealed)).transpose()
    }

    /// Whether there is one; needs no key.
    pub async fn has_kept_secret(&self, workspace: i64, name: &str) -> Result<bool> {
        Ok(self.one(GET, values![workspace, name], |row| row.bytes(0)).await?.is_some())
    }

    /// Forgets a secret.
    pub async fn forget_secret(&self, workspace: i64, name: &str) -> Result<()> {
        self.change(DELETE, values![workspace, name]).await.map(drop)
    }
}

#[cfg(test)]
mod tests {
    use crate::secret::Keyring;
    use crate::testing::each_engine;

    #[test]
    fn a_secret_is_kept_for_its_workspace_and_name_alone() {
        each_engine(async |store| {
            let open = store.unlock(Keyring::new(&[1; 32])).await.unwrap();
            open.keep_secret(1, "smtp", b"first").await.unwrap();
            open.keep_secret(1, "smtp", b"second").await.unwrap();
            assert_eq!(open.kept_secret(1, "smtp").await.unwrap().as_deref(), Some(&b"second"[..]));
            assert_eq!(open.kept_secret(2, "smtp").await.unwrap(), None);
            assert!(store.has_kept_secret(1, "smtp").await.unwrap());
            assert_eq!(store.kept_secret(1, "smtp").await.unwrap_err().code, "store.locked");
            open.forget_secret(1, "smtp").await.unwrap();
            assert!(!store.has_kept_secret(1, "smtp").await.unwrap());
        });
    }
}
