//! Workspaces, their settings, and the audit trail.

use crate::error::Result;
use crate::single::values;
use crate::store::Store;

/// A tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkspaceRow {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: String,
}

/// Something a person did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRow {
    /// Ever higher.
    pub id: i64,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// Who.
    pub actor: String,
    /// What, as a stable word such as `integration.pause`.
    pub action: String,
    /// Details as JSON.
    pub body: String,
}

const ENSURE: &str = "insert into workspace (id, name, created_at) values ($1, $2, $3) \
    on conflict (name) do nothing";
const LIST: &str = "select id, name from workspace order by id";
const BY_NAME: &str = "select id, name from workspace where name = $1";
const SET: &str = "insert into setting (workspace, name, value) values ($1, $2, $3) \
    on conflict (workspace, name) do update set value = excluded.value";
pub(crate) const GET: &str = "select value from setting where workspace = $1 and name = $2";
const AUDIT: &str =
    "insert into audit (workspace, id, at, actor, action, body) values ($1, $2, $3, $4, $5, $6)";
const AUDITED: &str = "select id, at, actor, action, body from audit where workspace = $1 and id < $2 \
    order by id desc limit $3";
pub(crate) const STATEMENTS: &[&str] = &[ENSURE, LIST, BY_NAME, SET, GET, AUDIT, AUDITED];

impl Store {
    /// The workspace of this name; made if there is none.
    pub async fn ensure_workspace(&self, name: &str, now: i64) -> Result<WorkspaceRow> {
        let find = || {
            self.one(BY_NAME, values![name], |row| Ok(WorkspaceRow { id: row.int(0)?, name: row.text(1)? }))
        };
        if let Some(found) = find().await? {
            return Ok(found);
        }
        let id = self.next_number("workspace").await?;
        self.change(ENSURE, values![id, name, now]).await?;
        find().await?.ok_or_else(|| crate::StoreError::missing("workspace"))
    }

    /// All workspaces.
    pub async fn workspaces(&self) -> Result<Vec<WorkspaceRow>> {
        self.all(LIST, values![], |row| Ok(WorkspaceRow { id: row.int(0)?, name: row.text(1)? })).await
    }

    /// Keeps a setting of a workspace.
    pub async fn set_setting(&self, workspace: i64, name: &str, value: &str) -> Result<()> {
        self.change(SET, values![workspace, name, value]).await.map(drop)
    }

    /// A setting of a workspace, if it is kept.
    pub async fn setting(&self, workspace: i64, name: &str) -> Result<Option<String>> {
        self.one(GET, values![workspace, name], |row| row.text(0)).await
    }

    /// Notes that somebody did something.
    pub async fn audit(&self, workspace: i64, at: i64, actor: &str, action: &str, body: &str) -> Result<()> {
        let id = self.next_number("audit").await?;
        self.change(AUDIT, values![workspace, id, at, actor, action, body]).await.map(drop)
    }

    /// What was done before this entry, the newest first; `i64::MAX` begins.
    pub async fn audited(&self, workspace: i64, before: i64, limit: i64) -> Result<Vec<AuditRow>> {
        self.all(AUDITED, values![workspace, before, limit], |row| {
            Ok(AuditRow {
                id: row.int(0)?,
                at: row.int(1)?,
                actor: row.text(2)?,
                action: row.text(3)?,
                body: row.text(4)?,
            })
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::each_engine;

    #[test]
    fn a_workspace_is_made_once_and_keeps_its_settings() {
        each_engine(async |store| {
            let made = store.ensure_workspace("main", 1).await.unwrap();
            assert_eq!(store.ensure_workspace("main", 2).await.unwrap(), made);
            assert_eq!(store.workspaces().await.unwrap(), std::slice::from_ref(&made));
            store.set_setting(made.id, "lag", "1").await.unwrap();
            store.set_setting(made.id, "lag", "2").await.unwrap();
            assert_eq!(store.setting(made.id, "lag").await.unwrap().as_deref(), Some("2"));
            assert_eq!(store.setting(made.id + 1, "lag").await.unwrap(), None);
        });
    }

    #[test]
    fn the_audit_trail_is_read_from_its_end() {
        each_engine(async |store| {
            for at in 1..=3 {
                store.audit(1, at, "ann", "integration.pause", "{}").await.unwrap();
            }
            let last = store.audited(1, i64::MAX, 2).await.unwrap();
            assert_eq!(last.iter().map(|row| row.at).collect::<Vec<_>>(), [3, 2]);
            assert_eq!(store.audited(1, last[1].id, 9).await.unwrap().len(), 1);
        });
    }
}
