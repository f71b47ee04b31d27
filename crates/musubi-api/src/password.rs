//! Passwords are kept as Argon2id digests. Making one takes 19 MB for a moment, so only one is made at a time.

use crate::problem::Problem;
use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use axum::http::StatusCode;
use tokio::sync::Semaphore;

/// Shorter ones are refused.
pub const SHORTEST: usize = 12;
/// Longer ones are no passwords but a load.
const LONGEST: usize = 256;

static ONE: Semaphore = Semaphore::const_new(1);

/// A password that may be kept.
pub fn check(field: &str, password: &str) -> Result<(), Problem> {
    let length = password.chars().count();
    if length < SHORTEST {
        let detail = format!("A password has at least {SHORTEST} characters; this one has {length}.");
        return Err(Problem::input(field, "too_short", detail));
    }
    if password.len() > LONGEST {
        return Err(Problem::input(field, "too_long", format!("A password has at most {LONGEST} bytes.")));
    }
    Ok(())
}

/// The digest to keep.
pub async fn digest(password: String) -> Result<String, Problem> {
    work(move || Argon2::default().hash_password(password.as_bytes()).map(|digest| digest.to_string()).ok())
        .await?
        .ok_or_else(defect)
}

/// Whether this is the password. With no digest it takes as long, and is wrong: nobody learns who has an account.
pub async fn is_right(password: String, digest: Option<String>) -> Result<bool, Problem> {
    if password.len() > LONGEST {
        return Ok(false);
    }
    work(move || {
        let Some(digest) = digest else {
            let _ = Argon2::default().hash_password(password.as_bytes());
            return false;
        };
        PasswordHash::new(&digest)
            .is_ok_and(|digest| Argon2::default().verify_password(password.as_bytes(), &digest).is_ok())
    })
    .await
}

async fn work<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
    let _permit = ONE.acquire().await.map_err(|_| defect())?;
    tokio::task::spawn_blocking(work).await.map_err(|_| defect())
}

fn defect() -> Problem {
    Problem::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "auth.password_defect",
        "The password could not be worked on.",
        "Try again; if it stays so, look into the hub's log.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_password_is_the_password() {
        let kept = digest("correct horse battery".into()).await.unwrap();
        assert!(kept.starts_with("$argon2id$"), "{kept}");
        assert!(is_right("correct horse battery".into(), Some(kept.clone())).await.unwrap());
        assert!(!is_right("correct horse battery ".into(), Some(kept)).await.unwrap());
        assert!(!is_right("anything at all".into(), None).await.unwrap());
        assert!(!is_right("anything at all".into(), Some("damaged".into())).await.unwrap());
    }

    #[test]
    fn length_counts_in_characters() {
        assert!(check("password", "ぱすわーどはながくする！").is_ok());
        assert_eq!(check("password", "short").unwrap_err().status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert!(check("password", &"x".repeat(300)).is_err());
    }
}
