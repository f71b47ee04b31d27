//! Access tokens: one per connection, encrypted, refreshed by one process at a time.

use crate::error::Result;
use crate::single::values;
use crate::store::Store;

/// A connection's token.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenRow {
    /// Raised by one with each new token; 0 before the first.
    pub version: i64,
    /// The token, if there is one.
    pub secret: Option<Vec<u8>>,
    /// When it expires, in milliseconds since 1970.
    pub expires_at: i64,
    /// Until when somebody has claimed to refresh it; 0 for nobody.
    pub claimed_until: i64,
}

const GET: &str = "select version, secret, expires_at, claimed_until from token where connection = $1";
const CLAIM: &str = "insert into token (connection, version, expires_at, claimed_until) values ($1, $2, 0, $3) \
    on conflict (connection) do update set claimed_until = excluded.claimed_until \
    where token.version = excluded.version and token.claimed_until <= $4";
const SAVE: &str = "insert into token (connection, version, secret, expires_at, claimed_until) \
    values ($1, $2, $3, $4, 0) on conflict (connection) do update set version = excluded.version, \
    secret = excluded.secret, expires_at = excluded.expires_at, claimed_until = 0 \
    where token.version < excluded.version";
const UNCLAIM: &str = "update token set claimed_until = 0 where connection = $1 and version = $2";
pub(crate) const STATEMENTS: &[&str] = &[GET, CLAIM, SAVE, UNCLAIM];

fn bound_to(connection: i64) -> String {
    format!("token:{connection}")
}

impl Store {
    /// A connection's token and who refreshes it, if there is a row yet.
    pub async fn token(&self, connection: i64) -> Result<Option<TokenRow>> {
        let row = self
            .one(GET, values![connection], |row| {
                Ok(TokenRow {
                    version: row.int(0)?,
                    secret: row.bytes_or_null(1)?,
                    expires_at: row.int(2)?,
                    claimed_until: row.int(3)?,
                })
            })
            .await?;
        let Some(mut row) = row else { return Ok(None) };
        if let Some(sealed) = row.secret {
            row.secret = Some(self.keyring()?.open(&bound_to(connection), &sealed)?);
        }
        Ok(Some(row))
    }

    /// Claims the refresh of the token of this version (0 before the first) until then; false if it was refreshed
    /// meanwhile, or somebody else's claim still holds at `now`. The loser reads the token again after a while.
    pub async fn claim_refresh(&self, connection: i64, version: i64, now: i64, until: i64) -> Result<bool> {
        Ok(self.change(CLAIM, values![connection, version, until, now]).await? == 1)
    }

    /// Keeps a new token; its version must be higher than the stored one, otherwise nothing changes and it is false.
    pub async fn save_token(
        &self,
        connection: i64,
        version: i64,
        secret: &[u8],
        expires_at: i64,
    ) -> Result<bool> {
        let sealed = self.keyring()?.seal(&bound_to(connection), secret)?;
        Ok(self.change(SAVE, values![connection, version, sealed, expires_at]).await? == 1)
    }

    /// Gives the claim up after a refresh that failed.
    pub async fn unclaim_refresh(&self, connection: i64, version: i64) -> Result<()> {
        self.change(UNCLAIM, values![connection, version]).await.map(drop)
    }
}

impl std::fmt::Debug for TokenRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TokenRow {{ version: {}, expires_at: {} }}", self.version, self.expires_at)
    }
}

#[cfg(test)]
mod tests {
    use crate::secret::Keyring;
    use crate::testing::each_engine;

    #[test]
    fn one_refresh_at_a_time_and_one_per_version() {
        each_engine(async |store| {
            let store = store.unlock(Keyring::new(&[3; 32])).await.unwrap();
            assert_eq!(store.token(1).await.unwrap(), None);
            assert!(store.claim_refresh(1, 0, 10, 100).await.unwrap());
            assert!(!store.claim_refresh(1, 0, 50, 150).await.unwrap(), "claimed until 100");
            assert!(store.claim_refresh(1, 0, 100, 200).await.unwrap(), "the claim has run out");
            assert!(store.save_token(1, 1, b"access", 9000).await.unwrap());
            assert!(!store.save_token(1, 1, b"late", 9000).await.unwrap(), "the slower of two refreshes");
            assert!(!store.claim_refresh(1, 0, 300, 400).await.unwrap(), "refreshed meanwhile");
            let token = store.token(1).await.unwrap().unwrap();
            assert_eq!((token.version, token.secret, token.expires_at), (1, Some(b"access".to_vec()), 9000));
            assert!(store.claim_refresh(1, 1, 300, 400).await.unwrap());
            store.unclaim_refresh(1, 1).await.unwrap();
            assert!(store.claim_refresh(1, 1, 301, 400).await.unwrap());
        });
    }
}
