//! Tokens for programs.

use crate::error::Result;
use crate::single::values;
use crate::sql::Row;
use crate::store::Store;

/// A token that a program uses in a person's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiTokenRow {
    /// Its number.
    pub id: i64,
    /// In whose name.
    pub member: i64,
    /// What it is for.
    pub name: String,
    /// `read`, `write` or `admin`.
    pub scope: String,
    /// In milliseconds since 1970.
    pub created_at: i64,
    /// It ends then.
    pub expires_at: i64,
    /// When it was last used.
    pub used_at: Option<i64>,
}

const INSERT: &str = "insert into api_token (id, workspace, member, name, scope, digest, created_at, expires_at) \
    values ($1, $2, $3, $4, $5, $6, $7, $8)";
const LIST: &str = "select id, member, name, scope, created_at, expires_at, used_at from api_token \
    where workspace = $1 order by id";
const BY_DIGEST: &str = "select id, member, name, scope, created_at, expires_at, used_at from api_token \
    where digest = $1 and expires_at > $2";
const USED: &str = "update api_token set used_at = $1 where id = $2";
const DELETE: &str = "delete from api_token where workspace = $1 and id = $2";
pub(crate) const STATEMENTS: &[&str] = &[INSERT, LIST, BY_DIGEST, USED, DELETE];

fn token(row: &Row<'_>) -> Result<ApiTokenRow> {
    Ok(ApiTokenRow {
        id: row.int(0)?,
        member: row.int(1)?,
        name: row.text(2)?,
        scope: row.text(3)?,
        created_at: row.int(4)?,
        expires_at: row.int(5)?,
        used_at: row.int_or_null(6)?,
    })
}

impl Store {
    /// Keeps a token by its digest and gives its number.
    pub async fn insert_api_token(&self, workspace: i64, row: &ApiTokenRow, digest: &[u8]) -> Result<i64> {
        let id = self.next_number("api_token").await?;
        let values = values![
            id,
            workspace,
            row.member,
            &row.name,
            &row.scope,
            digest.to_vec(),
            row.created_at,
            row.expires_at
        ];
        self.change(INSERT, values).await?;
        Ok(id)
    }

    /// The tokens of a workspace, those that have ended among them.
    pub async fn api_tokens(&self, workspace: i64) -> Result<Vec<ApiTokenRow>> {
        self.all(LIST, values![workspace], token).await
    }

    /// The token with this digest, unless it has ended.
    pub async fn api_token(&self, digest: &[u8], now: i64) -> Result<Option<ApiTokenRow>> {
        self.one(BY_DIGEST, values![digest.to_vec(), now], token).await
    }

    /// It was used at this time.
    pub async fn api_token_used(&self, id: i64, at: i64) -> Result<()> {
        self.change(USED, values![at, id]).await.map(drop)
    }

    /// Ends a token; false if there was none.
    pub async fn delete_api_token(&self, workspace: i64, id: i64) -> Result<bool> {
        Ok(self.change(DELETE, values![workspace, id]).await? == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::each_engine;

    #[test]
    fn a_token_is_found_by_its_digest_until_it_ends() {
        each_engine(async |store| {
            let row = ApiTokenRow {
                id: 0,
                member: 3,
                name: "nightly".into(),
                scope: "read".into(),
                created_at: 1,
                expires_at: 100,
                used_at: None,
            };
            let id = store.insert_api_token(1, &row, b"d").await.unwrap();
            store.api_token_used(id, 7).await.unwrap();
            let kept = ApiTokenRow { id, used_at: Some(7), ..row };
            assert_eq!(store.api_token(b"d", 99).await.unwrap().as_ref(), Some(&kept));
            assert_eq!(store.api_token(b"d", 100).await.unwrap(), None);
            assert_eq!(store.api_tokens(1).await.unwrap(), [kept]);
            assert!(!store.delete_api_token(2, id).await.unwrap(), "of another workspace");
            assert!(store.delete_api_token(1, id).await.unwrap());
            assert!(store.api_tokens(1).await.unwrap().is_empty());
        });
    }
}
