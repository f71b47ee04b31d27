//! Sessions of browsers.

use crate::error::Result;
use crate::single::values;
use crate::store::Store;

/// A browser that somebody logged in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// Who.
    pub member: i64,
    /// When it began, in milliseconds since 1970.
    pub created_at: i64,
    /// When it was last used, in milliseconds since 1970.
    pub seen_at: i64,
    /// It ends then.
    pub expires_at: i64,
}

const INSERT: &str =
    "insert into session (digest, member, created_at, seen_at, expires_at) values ($1, $2, $3, $4, $5)";
const GET: &str =
    "select member, created_at, seen_at, expires_at from session where digest = $1 and expires_at > $2";
const TOUCH: &str = "update session set seen_at = $1, expires_at = $2 where digest = $3";
const DELETE: &str = "delete from session where digest = $1";
const FORGET: &str = "delete from session where expires_at <= $1";
pub(crate) const STATEMENTS: &[&str] = &[INSERT, GET, TOUCH, DELETE, FORGET];

impl Store {
    /// Opens a session, and forgets those that have ended.
    pub async fn insert_session(&self, digest: &[u8], member: i64, now: i64, until: i64) -> Result<()> {
        self.change(FORGET, values![now]).await?;
        self.change(INSERT, values![digest.to_vec(), member, now, now, until]).await.map(drop)
    }

    /// The session with this digest, unless it has ended.
    pub async fn session(&self, digest: &[u8], now: i64) -> Result<Option<SessionRow>> {
        self.one(GET, values![digest.to_vec(), now], |row| {
            Ok(SessionRow {
                member: row.int(0)?,
                created_at: row.int(1)?,
                seen_at: row.int(2)?,
                expires_at: row.int(3)?,
            })
        })
        .await
    }

    /// It was used, and ends later now.
    pub async fn touch_session(&self, digest: &[u8], now: i64, until: i64) -> Result<()> {
        self.change(TOUCH, values![now, until, digest.to_vec()]).await.map(drop)
    }

    /// Ends a session.
    pub async fn delete_session(&self, digest: &[u8]) -> Result<()> {
        self.change(DELETE, values![digest.to_vec()]).await.map(drop)
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::each_engine;

    #[test]
    fn a_session_ends_by_itself_and_by_logging_out() {
        each_engine(async |store| {
            store.insert_session(b"a", 1, 10, 100).await.unwrap();
            store.insert_session(b"b", 1, 10, 50).await.unwrap();
            assert_eq!(store.session(b"a", 99).await.unwrap().unwrap().member, 1);
            assert_eq!(store.session(b"b", 50).await.unwrap(), None);
            store.touch_session(b"a", 90, 200).await.unwrap();
            assert_eq!(store.session(b"a", 150).await.unwrap().unwrap().seen_at, 90);
            store.delete_session(b"a").await.unwrap();
            assert_eq!(store.session(b"a", 150).await.unwrap(), None);
        });
    }
}
