//! A store beside the real one: for rehearsals, whose commits are thrown away.

use crate::error::{Result, StoreError};
use crate::store::{Engine, Store};
use crate::threads::Which;
use crate::{backup, schema, sqlite};

impl Store {
    /// An empty store that nobody else sees and that leaves nothing behind: what does not fit into its cache goes to a nameless temporary file. Like
    /// [`Store::in_memory`] it does everything at once on the caller's thread.
    pub fn scratch() -> Result<Store> {
        let mut connection = sqlite::open_nameless()?;
        schema::copy_template(&mut connection)?;
        Ok(Store::over(connection))
    }

    /// A scratch store that holds one consistent state of everything that this one holds, whatever its engine.
    pub async fn scratch_copy(&self) -> Result<Store> {
        let copy = match &self.inner.engine {
            Engine::Sqlite(engine) => {
                let copy = |from: &mut rusqlite::Connection| {
                    let mut to = sqlite::open_nameless()?;
                    sqlite::copy_pages(from, &mut to)?;
                    Ok(to)
                };
                engine.with_connection(Which::Reader, copy).await?
            }
            Engine::Postgres(pool) => {
                let to = sqlite::Tx::new(sqlite::open_nameless()?);
                backup::export_into(pool, &to).await?;
                to.into_connection().ok_or_else(|| StoreError::other("the copy is still in use"))?
            }
        };
        Ok(Store { keyring: self.keyring.clone(), ..Store::over(copy) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{SYNC, each_engine, lease, link, links};

    #[test]
    fn a_scratch_copy_holds_the_same_and_is_independent() {
        each_engine(async |store| {
            let epoch = lease(&store, SYNC).await;
            store.commit(SYNC, epoch, 1, links(vec![link("1", 0)])).await.unwrap();
            let copy = store.scratch_copy().await.unwrap();
            copy.commit(SYNC, epoch, 1, links(vec![link("2", 0)])).await.unwrap();
            assert_eq!(copy.counts(SYNC).await.unwrap().all_links(), 2);
            assert_eq!(store.counts(SYNC).await.unwrap().all_links(), 1);
            assert_eq!(Store::scratch().unwrap().counts(SYNC).await.unwrap().all_links(), 0);
        });
    }
}
