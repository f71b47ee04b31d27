//! Notices: what people are told when they do not look – that a first load is done, that something stopped or waits for them, and each day what is unresolved.
//!
//! `watch` sees what holds, `conditions` decides what of it is told, `digest` counts once a day, `words` puts it into sentences, `deliver` sends it.

mod conditions;
mod deliver;
mod digest;
mod names;
mod told;
mod watch;
mod words;

pub use musubi_notices::{Event, Language, Settings, Smtp, Tls, Webhook};
pub use told::{Delivery, Matter, Notice, Tried};
pub(crate) use watch::keep;

use crate::error::{HubError, Result};
use crate::hub::{Hub, Inner};
use musubi_connector::Secret;
use musubi_notices::{Refused, Secrets};
use serde::Serialize;
use told::Body;
use utoipa::ToSchema;

/// Where the settings are kept.
const SETTINGS: &str = "notices";
/// Notices in trouble are counted for so long.
const LATELY: i64 = 7 * 24 * 3_600_000;

/// The secrets of notices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeSecret {
    /// The password at the mail server.
    Smtp,
    /// What webhooks are signed with.
    Webhook,
}

impl NoticeSecret {
    fn name(self) -> &'static str {
        match self {
            NoticeSecret::Smtp => "notices.smtp",
            NoticeSecret::Webhook => "notices.webhook",
        }
    }

    /// What can never be right is said before it is kept.
    pub fn check(self, secret: &Secret) -> Result<()> {
        let secret = secret.reveal();
        let (least, hint) = match self {
            NoticeSecret::Smtp => (1, "give the password in one line, of at most 1,000 characters"),
            NoticeSecret::Webhook => {
                (16, "make one of 16 to 1,000 characters, such as by `openssl rand -base64 32`")
            }
        };
        let length = secret.chars().count();
        if !(least..=1_000).contains(&length) || secret.chars().any(char::is_control) {
            let message = format!("{} is too short, too long or not in one line", self.name());
            return Err(HubError::new("config.notice_secret", message, hint));
        }
        Ok(())
    }
}

/// The settings, and which secrets are kept beside them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = KeptNoticeSettings)]
pub struct Kept {
    /// Who is told of what, and how.
    pub settings: Settings,
    /// A password for the mail server is kept.
    pub has_smtp_password: bool,
    /// A secret to sign webhooks with is kept.
    pub has_webhook_secret: bool,
}

impl Hub {
    /// Who is told of what, and how.
    pub async fn notice_settings(&self) -> Result<Kept> {
        let (store, workspace) = (&self.inner.store, self.inner.workspace);
        Ok(Kept {
            settings: settings(&self.inner).await?,
            has_smtp_password: store.has_kept_secret(workspace, NoticeSecret::Smtp.name()).await?,
            has_webhook_secret: store.has_kept_secret(workspace, NoticeSecret::Webhook.name()).await?,
        })
    }

    /// Changes it, for what is told from now on. A password belongs to its server: with another one it is forgotten.
    pub async fn set_notice_settings(&self, settings: &Settings) -> Result<()> {
        settings.check()?;
        let before = self::settings(&self.inner).await?;
        let login = |settings: &Settings| {
            settings.smtp.as_ref().map(|smtp| (smtp.server.clone(), smtp.port(), smtp.user.clone()))
        };
        if login(&before).is_some_and(|before| login(settings) != Some(before)) {
            self.set_notice_secret(NoticeSecret::Smtp, None).await?;
        }
        let text = serde_json::to_string(settings).expect("names and choices always serialise");
        self.inner.store.set_setting(self.inner.workspace, SETTINGS, &text).await?;
        self.inner.poke.notify_one();
        Ok(())
    }

    /// Keeps a secret, encrypted; or forgets it.
    pub async fn set_notice_secret(&self, which: NoticeSecret, secret: Option<&Secret>) -> Result<()> {
        let (store, workspace) = (&self.inner.store, self.inner.workspace);
        match secret {
            Some(secret) => {
                which.check(secret)?;
                store.keep_secret(workspace, which.name(), secret.reveal().as_bytes()).await?;
            }
            None => store.forget_secret(workspace, which.name()).await?,
        }
        Ok(())
    }

    /// The notices before this one, the newest first, with how they went out; `None` begins.
    pub async fn notices(&self, before: Option<i64>, limit: usize) -> Result<Vec<Notice>> {
        let (store, hub) = (&self.inner.store, &self.inner);
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = store.notices(hub.workspace, before.unwrap_or(i64::MAX), limit).await?;
        let settings = settings(hub).await?;
        let mut notices = Vec::new();
        for row in rows {
            let Some(body) = Body::of(&row) else { continue };
            let deliveries = store.notice_deliveries(row.id).await?;
            notices.push(Notice {
                id: row.id,
                at: row.at,
                event: body.event,
                integration: (!row.about.is_empty()).then(|| row.about.clone()),
                subject: words::subject(&row, &body, settings.language),
                matters: body.matters,
                over: body.over,
                deliveries: deliveries.into_iter().map(Delivery::from).collect(),
            });
        }
        Ok(notices)
    }

    /// Sends a test to everybody who is named in the settings, at once, and says what became of it. Nothing is tried again.
    pub async fn test_notices(&self) -> Result<Vec<Tried>> {
        deliver::test(&self.inner).await
    }
}

impl From<Refused> for HubError {
    fn from(refused: Refused) -> HubError {
        HubError::new(refused.code, refused.message, refused.hint)
    }
}

pub(crate) async fn settings(hub: &Inner) -> Result<Settings> {
    let text = hub.store.setting(hub.workspace, SETTINGS).await?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
}

/// How many notices of the last days were tried and have not arrived.
pub(crate) async fn in_trouble(hub: &Inner) -> Result<u64> {
    let count = hub.store.notices_in_trouble(hub.workspace, hub.now() - LATELY).await?;
    Ok(u64::try_from(count).unwrap_or(0))
}

async fn secrets(hub: &Inner) -> Result<Secrets> {
    let kept = async |which: NoticeSecret| -> Result<Option<Secret>> {
        let bytes = hub.store.kept_secret(hub.workspace, which.name()).await?;
        Ok(bytes.and_then(|bytes| String::from_utf8(bytes).ok()).map(Secret::new))
    };
    Ok(Secrets {
        smtp_password: kept(NoticeSecret::Smtp).await?,
        webhook_secret: kept(NoticeSecret::Webhook).await?,
    })
}
