//! What calls that start something were answered, by the key their caller gave them: sent again, they start nothing.

use crate::error::Result;
use crate::single::values;
use crate::store::Store;

/// A call that was begun before.
#[derive(Clone, PartialEq, Eq)]
pub struct AnswerRow {
    /// A digest of what was asked.
    pub request: Vec<u8>,
    /// The status of the answer; `None` while there is none, for good if the process ended before it had one.
    pub status: Option<i64>,
    /// The answer; kept encrypted, for it may hold a secret that is shown once.
    pub body: Vec<u8>,
}

const BEGIN: &str = "insert into answer (member, name, request, started_at) values ($1, $2, $3, $4) \
    on conflict (member, name) do nothing";
const GET: &str = "select request, status, body from answer where member = $1 and name = $2";
const KEEP: &str = "update answer set status = $1, body = $2 where member = $3 and name = $4";
const FORGET: &str = "delete from answer where started_at < $1";
pub(crate) const STATEMENTS: &[&str] = &[BEGIN, GET, KEEP, FORGET];

fn bound_to(member: i64, name: &str) -> String {
    format!("answer:{member}:{name}")
}

impl Store {
    /// Notes that a call begins. Gives what is known of it if it was begun before.
    pub async fn begin_answer(
        &self,
        member: i64,
        name: &str,
        request: &[u8],
        now: i64,
    ) -> Result<Option<AnswerRow>> {
        loop {
            if self.change(BEGIN, values![member, name, request.to_vec(), now]).await? > 0 {
                return Ok(None);
            }
            let known = self
                .one(GET, values![member, name], |row| {
                    Ok((row.bytes(0)?, row.int_or_null(1)?, row.bytes_or_null(2)?))
                })
                .await?;
            // It may have been forgotten between the two statements.
            if let Some((request, status, body)) = known {
                let open = |body: Vec<u8>| self.keyring()?.open(&bound_to(member, name), &body);
                let body = body.map(open).transpose()?.unwrap_or_default();
                return Ok(Some(AnswerRow { request, status, body }));
            }
        }
    }

    /// Keeps what a call was answered.
    pub async fn keep_answer(&self, member: i64, name: &str, status: i64, body: &[u8]) -> Result<()> {
        let sealed = self.keyring()?.seal(&bound_to(member, name), body)?;
        self.change(KEEP, values![status, sealed, member, name]).await.map(drop)
    }

    /// Forgets the calls that began before this time.
    pub async fn forget_answers(&self, before: i64) -> Result<()> {
        self.change(FORGET, values![before]).await.map(drop)
    }
}

impl std::fmt::Debug for AnswerRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AnswerRow {{ status: {:?} }}", self.status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Keyring;
    use crate::testing::each_engine;

    #[test]
    fn a_call_begins_once_and_its_answer_is_kept_for_a_while() {
        each_engine(async |store| {
            let store = store.unlock(Keyring::new(&[3; 32])).await.unwrap();
            assert_eq!(store.begin_answer(1, "k", &[7], 100).await.unwrap(), None);
            let running = AnswerRow { request: vec![7], status: None, body: Vec::new() };
            assert_eq!(store.begin_answer(1, "k", &[8], 101).await.unwrap(), Some(running));
            assert_eq!(store.begin_answer(2, "k", &[8], 101).await.unwrap(), None, "another person's key");
            store.keep_answer(1, "k", 201, b"made").await.unwrap();
            let done = AnswerRow { request: vec![7], status: Some(201), body: b"made".to_vec() };
            assert_eq!(store.begin_answer(1, "k", &[7], 102).await.unwrap(), Some(done));
            assert_eq!(store.begin_answer(3, "k", &[9], 103).await.unwrap(), None);
            store.forget_answers(101).await.unwrap();
            assert_eq!(store.begin_answer(1, "k", &[9], 104).await.unwrap(), None, "a day later it is new");
            assert!(store.begin_answer(3, "k", &[9], 104).await.unwrap().is_some());
        });
    }
}
