//! People of a workspace.

use crate::error::{Result, StoreError};
use crate::single::values;
use crate::sql::{Expect, Row, args};
use crate::store::Store;

/// A person who may log in.
#[derive(Clone, PartialEq, Eq)]
pub struct MemberRow {
    /// Its number; 0 before it is stored.
    pub id: i64,
    /// The workspace.
    pub workspace: i64,
    /// What people call them.
    pub name: String,
    /// In lower case; unique in the workspace.
    pub email: String,
    /// `owner`, `admin` or `user`.
    pub role: String,
    /// A PHC string: the password's digest with its parameters.
    pub password: String,
    /// `en`, `ja`, or what the browser says.
    pub language: Option<String>,
    /// `light`, `dark` or `auto`.
    pub theme: String,
    /// May log in.
    pub active: bool,
    /// In milliseconds since 1970.
    pub created_at: i64,
    /// When they were last there.
    pub last_seen_at: Option<i64>,
}

const COUNT: &str = "select count(*) from member where workspace = $1";
const INSERT: &str = "insert into member (id, workspace, name, email, role, password, language, theme, active, created_at) \
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
const UPDATE: &str = "update member set name = $1, role = $2, password = $3, language = $4, theme = $5, active = $6 where id = $7";
const LIST: &str = "select id, workspace, name, email, role, password, language, theme, active, created_at, last_seen_at \
    from member where workspace = $1 order by name, id";
const BY_EMAIL: &str = "select id, workspace, name, email, role, password, language, theme, active, created_at, last_seen_at \
    from member where workspace = $1 and email = $2";
const GET: &str = "select id, workspace, name, email, role, password, language, theme, active, created_at, last_seen_at \
    from member where id = $1";
const SEEN: &str = "update member set last_seen_at = $1 where id = $2";
const DELETE: &str = "delete from member where id = $1";
const DELETE_SESSIONS: &str = "delete from session where member = $1";
const DELETE_TOKENS: &str = "delete from api_token where member = $1";
const DELETE_ANSWERS: &str = "delete from answer where member = $1";
pub(crate) const STATEMENTS: &[&str] = &[
    COUNT,
    INSERT,
    UPDATE,
    LIST,
    BY_EMAIL,
    GET,
    SEEN,
    DELETE,
    DELETE_SESSIONS,
    DELETE_TOKENS,
    DELETE_ANSWERS,
];

fn member(row: &Row<'_>) -> Result<MemberRow> {
    Ok(MemberRow {
        id: row.int(0)?,
        workspace: row.int(1)?,
        name: row.text(2)?,
        email: row.text(3)?,
        role: row.text(4)?,
        password: row.text(5)?,
        language: row.text_or_null(6)?,
        theme: row.text(7)?,
        active: row.int(8)? != 0,
        created_at: row.int(9)?,
        last_seen_at: row.int_or_null(10)?,
    })
}

impl Store {
    /// How many people a workspace has: 0 before its first start is finished.
    pub async fn count_members(&self, workspace: i64) -> Result<i64> {
        Ok(self.one(COUNT, values![workspace], |row| row.int(0)).await?.unwrap_or(0))
    }

    /// Stores a new person and gives their number. An address that is taken is a conflict.
    pub async fn insert_member(&self, row: &MemberRow) -> Result<i64> {
        let id = self.next_number("member").await?;
        let active = i64::from(row.active);
        let values = values![
            id,
            row.workspace,
            &row.name,
            &row.email,
            &row.role,
            &row.password,
            &row.language,
            &row.theme,
            active,
            row.created_at
        ];
        self.change(INSERT, values).await?;
        Ok(id)
    }

    /// Changes everything but the number, the workspace and the address.
    pub async fn update_member(&self, row: &MemberRow) -> Result<()> {
        let active = i64::from(row.active);
        let values = values![&row.name, &row.role, &row.password, &row.language, &row.theme, active, row.id];
        match self.change(UPDATE, values).await? {
            1 => Ok(()),
            _ => Err(StoreError::missing("member")),
        }
    }

    /// The people of a workspace, by name.
    pub async fn members(&self, workspace: i64) -> Result<Vec<MemberRow>> {
        self.all(LIST, values![workspace], member).await
    }

    /// The person with this address, in lower case.
    pub async fn member_by_email(&self, workspace: i64, email: &str) -> Result<Option<MemberRow>> {
        self.one(BY_EMAIL, values![workspace, email], member).await
    }

    /// One person.
    pub async fn member(&self, id: i64) -> Result<Option<MemberRow>> {
        self.one(GET, values![id], member).await
    }

    /// They were there at this time.
    pub async fn member_seen(&self, id: i64, at: i64) -> Result<()> {
        self.change(SEEN, values![at, id]).await.map(drop)
    }

    /// Ends all sessions of a person.
    pub async fn delete_sessions_of(&self, member: i64) -> Result<()> {
        self.change(DELETE_SESSIONS, values![member]).await.map(drop)
    }

    /// Deletes a person with their sessions and API tokens.
    pub async fn delete_member(&self, id: i64) -> Result<()> {
        self.write(move |tx| {
            Box::pin(async move {
                for sql in [DELETE_SESSIONS, DELETE_TOKENS, DELETE_ANSWERS, DELETE] {
                    tx.queue(sql, &args![id], Expect::Any)?;
                }
                Ok(())
            })
        })
        .await
    }
}

impl std::fmt::Debug for MemberRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MemberRow {{ id: {}, role: {} }}", self.id, self.role)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;
    use crate::testing::each_engine;

    fn ann() -> MemberRow {
        MemberRow {
            id: 0,
            workspace: 1,
            name: "Ann".into(),
            email: "ann@example.com".into(),
            role: "owner".into(),
            password: "$argon2id$…".into(),
            language: None,
            theme: "auto".into(),
            active: true,
            created_at: 5,
            last_seen_at: None,
        }
    }

    #[test]
    fn an_address_is_taken_once_and_a_person_goes_with_what_opens_doors() {
        each_engine(async |store| {
            assert_eq!(store.count_members(1).await.unwrap(), 0);
            let id = store.insert_member(&ann()).await.unwrap();
            assert_eq!(store.insert_member(&ann()).await.unwrap_err().kind, Kind::Conflict);
            let mut stored = store.member_by_email(1, "ann@example.com").await.unwrap().unwrap();
            assert_eq!(stored, MemberRow { id, ..ann() });
            stored.active = false;
            stored.language = Some("ja".into());
            store.update_member(&stored).await.unwrap();
            store.member_seen(id, 9).await.unwrap();
            stored.last_seen_at = Some(9);
            assert_eq!(store.members(1).await.unwrap(), [stored]);
            store.insert_session(b"digest", id, 1, 100).await.unwrap();
            store.delete_member(id).await.unwrap();
            assert_eq!(store.member(id).await.unwrap(), None);
            assert_eq!(store.session(b"digest", 2).await.unwrap(), None);
        });
    }
}
